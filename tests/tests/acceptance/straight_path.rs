//! A visit from the first call to the bill, as everybody concerned sees it.

use serde_json::{Value, json};

use crate::support::{App, phi};

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_goes_from_schedule_to_bill_and_every_view_tells_it() {
    // Given a clinic with a licensed provider and a patient
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    assert_eq!(visit.scheduled.sequence(), 1);
    assert_eq!(visit.scheduled.status, 201);

    // When the visit takes its course, each act is the next one of the stream and further on in the log
    let mut last = visit.scheduled.clone();
    let mut is_next = |answer: crate::support::Answer, sequence: u64| {
        assert_eq!(answer.sequence(), sequence, "{}", answer.text);
        assert!(answer.position() > last.position() && answer["hash"] != last["hash"]);
        last = answer;
    };
    is_next(visit.arrive().await, 2);
    is_next(visit.verify_identity().await, 3);
    is_next(visit.attest_location("WI").await, 4);
    visit.contacts().await;
    let checked_in = visit.check_in().await;
    is_next(checked_in.clone(), 7);

    // Then the waiting room shows the patient, by name, to the desk
    let room = visit.desk.get(&format!("/v1/waiting-room?min_position={}", checked_in.position())).await.ok();
    let row = room.entry("rows", "visit_id", visit.id);
    assert_eq!(row["state"], "checked-in");
    assert_eq!(row["place"], 1);
    assert_eq!(row["identity_verified"], true);
    assert_eq!(row["jurisdiction"], "WI");
    assert_eq!(row["patient"]["family_name"], phi::FAMILY_NAME);
    assert_eq!(row["patient"].get("mrn"), None, "a list does not need the record number");
    assert_eq!(row["reason"], phi::REASON);

    // When the provider treats, writes, signs and closes
    is_next(visit.admit().await, 8);
    is_next(visit.consent("give", "telehealth").await, 9);
    is_next(visit.joins("patient", "p1").await, 10);
    is_next(visit.joins("provider", "d1").await, 11);
    let note = visit.draft_note().await;
    is_next(note.clone(), 12);
    is_next(visit.sign(&note).await, 13);
    is_next(visit.addend(&note).await, 14);
    is_next(visit.end().await, 15);
    let charge = visit.charge().await;
    is_next(charge.clone(), 16);
    let billed = visit.bill().await;
    is_next(billed.clone(), 17);

    // Then the visit tells all of it, at the version the bill was written as
    let shown = visit.show().await;
    assert_eq!(shown["state"], "closed");
    assert_eq!(shown["outcome"], "completed");
    assert_eq!(shown["patient_id"], visit.patient.id.to_string());
    assert_eq!(shown["provider_id"], visit.provider.id.to_string());
    assert_eq!(shown["reason"], phi::REASON);
    assert_eq!(shown["address"], phi::ADDRESS);
    assert_eq!(shown["identity_verified"], true);
    assert_eq!(shown["location"], json!({ "jurisdiction": "WI", "licence_gap": false }));
    assert_eq!(shown["presence"], json!({ "patient": "present", "provider": "present" }));
    assert_eq!(shown["hash"], billed["hash"]);
    assert_eq!(shown.header("etag"), "\"17\"");
    assert_eq!(shown["notes"][0]["state"], "signed");
    assert_eq!(shown["notes"][0]["note_id"], note["note_id"]);
    assert_eq!(shown["charges"][0]["state"], "billed");
    assert_eq!(shown["charges"][0]["charge_id"], charge["charge_id"]);

    // and so do the chart,
    let newest = billed.position();
    let chart = format!("/v1/patients/{}/chart?min_position={newest}", visit.patient.id);
    let chart = visit.provider.client.get(&chart).await.ok();
    assert_eq!(chart["patient"]["given_name"], phi::GIVEN_NAME);
    let charted = chart.entry("visits", "visit_id", visit.id);
    assert_eq!(charted["state"], "closed");
    assert_eq!(charted["reason"], phi::REASON);
    assert_eq!(charted["address"], phi::ADDRESS);
    assert_eq!(charted["notes"][0]["body"]["objective"], phi::NOTE);
    assert_eq!(charted["notes"][0]["addenda"][0]["body"], phi::ADDENDUM);
    assert_eq!(charted["consents"][0]["kind"], "telehealth");
    assert_eq!(charted["charges"][0]["code"], phi::PROCEDURE);
    assert_eq!(charted["charges"][0]["diagnoses"], json!([phi::DIAGNOSIS]));

    // the timeline, event by event, with the hashes the writers were given,
    let timeline =
        visit.provider.client.get(&visit.path(&format!("timeline?min_position={newest}&limit=500"))).await.ok();
    let own: Vec<&Value> = timeline.list("entries").iter().filter(|entry| entry["stream_type"] == "visit").collect();
    let told: Vec<&str> = own.iter().filter_map(|entry| entry["event_type"].as_str()).collect();
    let expected = [
        "scheduled",
        "arrived",
        "identity-verified",
        "location-attested",
        "callback-number-given",
        "emergency-contact-recorded",
        "checked-in",
        "admitted",
        "consent-given",
        "participant-joined",
        "participant-joined",
        "note-drafted",
        "note-signed",
        "note-addended",
        "ended",
        "charge-captured",
        "billed",
    ];
    assert_eq!(told, expected);
    assert_eq!(own[0]["hash"], visit.scheduled["hash"]);
    assert_eq!(own[16]["hash"], billed["hash"]);
    assert_eq!(own[0]["payload"]["reason"], phi::REASON);
    assert_eq!(own[0]["actor"], "front-desk-1");
    assert!(
        timeline.list("entries").iter().any(|entry| entry["access"]["action"] == "read-note"),
        "reads are told too"
    );

    // the provider's day,
    let day =
        format!("/v1/providers/{}/day?date={}&min_position={newest}", visit.provider.id, visit.starts_at.date_naive());
    let day = visit.provider.client.get(&day).await.ok();
    let of_day = day.entry("visits", "visit_id", visit.id);
    assert_eq!(of_day["state"], "closed");
    assert_eq!(of_day["patient"]["family_name"], phi::FAMILY_NAME);
    assert_eq!(of_day["reason"], phi::REASON);

    // and the waiting room, where nobody waits any more.
    let room = visit.desk.get(&format!("/v1/waiting-room?min_position={newest}")).await.ok();
    assert_eq!(room.list("rows"), &[] as &[Value]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clinics_own_record_names_its_providers_and_their_licences() {
    let clinic = App::start().await.with_clinic().await;
    let provider = clinic.provider().await;
    let record = clinic.front_desk().await.get(&format!("/v1/clinic?min_position={}", provider.position)).await.ok();
    assert_eq!(record["clinic_id"], clinic.id.to_string());
    assert_eq!(record["time_zone"], "America/Chicago");
    let entry = record.entry("providers", "provider_id", provider.id);
    assert_eq!(entry["licences"][0]["jurisdiction"], "WI");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_is_found_by_the_beginning_of_the_name_the_number_and_the_birth_date() {
    let clinic = App::start().await.with_clinic().await;
    let (wanted, other) = (clinic.patient().await, clinic.patient_named("Quilter").await);
    let desk = clinic.front_desk().await;
    for (question, expected) in [
        (json!({ "family_name": "quillf" }), vec![wanted.id]),
        (json!({ "family_name": "QUIL" }), vec![wanted.id, other.id]),
        (json!({ "mrn": phi::MRN, "family_name": phi::FAMILY_NAME }), vec![wanted.id]),
        (json!({ "birth_date": phi::BIRTH_DATE, "family_name": "Quilter" }), vec![other.id]),
        (json!({ "family_name": "Brook" }), vec![]),
    ] {
        let found = desk.post("/v1/patients/search", question.clone()).await.ok();
        let ids: Vec<&str> =
            found.list("patients").iter().filter_map(|patient| patient["patient_id"].as_str()).collect();
        assert_eq!(ids, expected.iter().map(ToString::to_string).collect::<Vec<_>>(), "{question}");
    }
    let record = desk.get(&format!("/v1/patients/{}", wanted.id)).await.ok();
    assert_eq!((&record["mrn"], &record["phone"]), (&json!(phi::MRN), &json!(phi::PHONE)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_note_never_changes_and_is_only_added_to() {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    visit.wait().await;
    visit.admit().await;

    // A draft written anew is another note to sign: the signature over the first is refused
    let first = visit.draft_note().await;
    let path = visit.note_path(&first);
    let shown = visit.provider.client.get(&path).await.ok();
    let body = json!({ "subjective": "Coughs", "assessment": "A cold", "plan": "Rest" });
    let anew = json!({ "note_id": first["note_id"], "template_version": "soap/1", "body": body });
    let second = visit.provider.client.post(&visit.path("notes"), anew.clone()).await.written();
    assert_eq!(second["note_id"], first["note_id"]);
    assert_ne!(second["content_sha256"], first["content_sha256"]);
    let stale =
        json!({ "content_sha256": shown["content_sha256"], "rendered_at_position": shown["rendered_at_position"] });
    visit.provider.client.post(&format!("{path}/sign"), stale).await.refused(409, "note-changed");

    // An addendum needs a signature first, and a charge is billed only after it
    let early = json!({ "body": phi::ADDENDUM });
    visit.provider.client.post(&format!("{path}/addenda"), early).await.refused(409, "note-not-signed");
    visit.end().await;
    visit.charge().await;
    visit.billing.post(&visit.path("bill"), json!({})).await.refused(409, "note-not-signed");

    // Signed: the hash stands, the draft is closed, and additions are shown beside it
    visit.sign(&second).await;
    visit.provider.client.post(&visit.path("notes"), anew).await.refused(409, "note-already-signed");
    let addendum = visit.addend(&second).await;
    let signed = visit.provider.client.get(&path).await.ok();
    assert_eq!(signed["state"], "signed");
    assert_eq!(signed["content_sha256"], second["content_sha256"]);
    assert_eq!(signed["body"], body);
    assert_eq!(signed["addenda"], json!([addendum["addendum_id"]]));
    assert_eq!(signed["addenda_bodies"], json!([phi::ADDENDUM]));
    visit.bill().await;
}
