//! What a note goes through after it is written: signed as it was shown, corrected, entered in error, cosigned.

use serde_json::{Value, json};

use crate::support::{Answer, App, Visit, phi};

/// A visit with the patient admitted, and a first draft of a note.
async fn drafted() -> (Visit, Answer) {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    let note = visit.draft_note().await;
    (visit, note)
}

/// The same, signed, with the visit ended and a charge captured: ready to be billed.
async fn signed() -> (Visit, Answer) {
    let (visit, note) = drafted().await;
    visit.sign(&note).await;
    visit.end().await;
    visit.charge().await;
    (visit, note)
}

impl Visit {
    async fn shown(&self, note: &Answer) -> Answer {
        self.provider.client.get(&self.note_path(note)).await.ok()
    }

    async fn on_note(&self, note: &Answer, what: &str, body: Value) -> Answer {
        self.provider.client.post(&format!("{}/{what}", self.note_path(note)), body).await
    }

    async fn charted_note(&self, after: &Answer) -> Value {
        let path = format!("/v1/patients/{}/chart?min_position={}", self.patient.id, after.position());
        let chart = self.provider.client.get(&path).await.ok();
        chart.entry("visits", "visit_id", self.id)["notes"][0].clone()
    }
}

fn signature(shown: &Answer, rendered_at_position: u64) -> Value {
    json!({ "content_sha256": shown["content_sha256"], "rendered_at_position": rendered_at_position })
}

/// The right content for what is shown.
fn correction(shown: &Answer) -> Value {
    json!({
        "signed_sha256": shown["signed_sha256"], "rendered_at_position": shown["rendered_at_position"],
        "reason": "The inhaler was not prescribed.", "template_version": "soap/1",
        "body": { "subjective": "Wheezes at night", "assessment": "Asthma", "plan": "Wait and see" },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_names_a_position_at_which_all_that_is_signed_stood_in_the_log() {
    let (visit, note) = drafted().await;
    let shown = visit.shown(&note).await;
    let at = shown["rendered_at_position"].as_u64().unwrap();
    let size = visit.clinic.log_size().await;
    for wrong in [0, note.position() - 1, size, 9_000_000_000_000_000] {
        let refused = visit.on_note(&note, "sign", signature(&shown, wrong)).await;
        let refused = refused.refused(422, "rendered-position-wrong");
        assert_eq!(refused["errors"][0]["field"], "rendered_at_position");
        assert!(refused["detail"].as_str().unwrap().contains(&note.position().to_string()), "{}", refused.text);
    }
    assert_eq!(visit.clinic.log_size().await, size, "a refused signature leaves nothing behind");

    // An answer that came after what was shown would be signed without having been seen
    visit.consent("give", "telehealth").await;
    visit.on_note(&note, "sign", signature(&shown, at)).await.refused(422, "rendered-position-wrong");
    let again = visit.shown(&note).await;
    let at = again["rendered_at_position"].as_u64().unwrap();
    visit.on_note(&note, "sign", signature(&again, at)).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_enters_the_consents_as_they_stand_in_what_is_signed() {
    let (visit, note) = drafted().await;
    let given = visit.consent("give", "telehealth").await;
    visit.consent("give", "recording").await;
    let withdrawn = visit.consent("withdraw", "recording").await;
    let would_be = visit.shown(&note).await;
    let signed = visit.sign(&note).await;
    let shown = visit.shown(&note).await;
    assert_eq!(shown["consents"], would_be["consents"], "what is signed is what was shown");
    assert_eq!(
        shown["consents"],
        json!([
            {
                "kind": "telehealth", "answer": "given", "participant": "patient", "text_version": "consent/2026-01",
                "answered_at": given["recorded_at"], "position": given.position(),
            },
            {
                "kind": "recording", "answer": "withdrawn", "participant": "patient", "text_version": "consent/2026-01",
                "answered_at": withdrawn["recorded_at"], "position": withdrawn.position(),
            },
        ])
    );
    assert_eq!(
        (&shown["signed_sha256"], &shown["content_sha256"]),
        (&signed["signed_sha256"], &note["content_sha256"])
    );
    assert_ne!(shown["signed_sha256"], shown["content_sha256"]);

    // What changes afterwards changes nothing of it
    visit.consent("withdraw", "telehealth").await;
    assert_eq!(visit.shown(&note).await["consents"], shown["consents"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_follows_a_template_and_is_signed_only_with_what_it_requires() {
    let (visit, _) = drafted().await;
    let client = &visit.provider.client;
    let templates = client.get("/v1/note-templates").await.ok();
    let phone = templates.entry("templates", "version", "phone/1");
    let required = |section: &&Value| section["required"] == true;
    let required: Vec<_> = phone["sections"].as_array().unwrap().iter().filter(required).collect();
    assert_eq!(required.iter().map(|section| &section["key"]).collect::<Vec<_>>(), ["reason", "assessment", "advice"]);

    let draft = |template: &str, body: Value| {
        let note = json!({ "template_version": template, "body": body });
        async { client.post(&visit.path("notes"), note).await }
    };
    let unknown = draft("soap/99", json!({ "plan": "Rest" })).await.refused(422, "unknown-template");
    assert_eq!(unknown["errors"][0]["field"], "template_version");
    let foreign = draft("phone/1", json!({ "plan": "Rest" })).await.refused(422, "section-not-in-template");
    assert_eq!(foreign["errors"][0]["field"], "body");
    draft("phone/1", json!({ "reason": "x".repeat(2_001) })).await.refused(422, "section-too-long");
    draft("phone/1", json!({ "reason": null })).await.refused(422, "note-empty");

    // Half a note is a draft, and no more
    let note = draft("phone/1", json!({ "reason": "Asks for a refill" })).await.written();
    let shown = visit.shown(&note).await;
    let at = shown["rendered_at_position"].as_u64().unwrap();
    let refused = visit.on_note(&note, "sign", signature(&shown, at)).await.refused(409, "section-missing");
    assert!(refused["detail"].as_str().unwrap().contains("Assessment, Advice"), "{}", refused.text);
    let whole = json!({
        "note_id": note["note_id"], "template_version": "phone/1",
        "body": { "reason": "Asks for a refill", "assessment": "Asthma, stable", "advice": "Use as before" },
    });
    let whole = client.post(&visit.path("notes"), whole).await.written();
    visit.sign(&whole).await;
    assert_eq!(visit.shown(&note).await["versions"][0]["template_version"], "phone/1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_note_says_the_new_and_keeps_the_old_beside_it_marked() {
    let (visit, note) = signed().await;
    visit.bill().await;
    let shown = visit.shown(&note).await;

    // A correction is whole, of what the note says, and by who treats
    let mut half = correction(&shown);
    half["body"] = json!({ "plan": "Wait and see" });
    visit.on_note(&note, "corrections", half).await.refused(409, "section-missing");
    let mut stale = correction(&shown);
    stale["signed_sha256"] = shown["content_sha256"].clone();
    visit.on_note(&note, "corrections", stale).await.refused(409, "note-changed");
    let path = format!("{}/corrections", visit.note_path(&note));
    visit.desk.post(&path, correction(&shown)).await.refused(403, "denied");

    let corrected = visit.on_note(&note, "corrections", correction(&shown)).await.written();
    visit.on_note(&note, "corrections", correction(&shown)).await.refused(409, "note-changed");
    let now = visit.shown(&note).await;
    assert_eq!((&now["state"], &now["corrections"]), (&json!("signed"), &json!(1)));
    assert_eq!(now["signed_sha256"], corrected["signed_sha256"]);
    assert_eq!(now["body"]["plan"], "Wait and see");
    let [old, new] = now.list("versions") else { panic!("two versions: {}", now.text) };
    assert_eq!((&old["corrected"], &new["corrected"]), (&json!(true), &json!(false)));
    assert_eq!((&old["body"]["objective"], &old["signed_sha256"]), (&json!(phi::NOTE), &shown["signed_sha256"]));
    assert_eq!(new["reason"], "The inhaler was not prescribed.");

    let charted = visit.charted_note(&corrected).await;
    assert_eq!(charted["body"]["plan"], "Wait and see");
    assert_eq!(charted["corrections"][0]["replaced_body"]["objective"], phi::NOTE);
    assert_eq!(charted["corrections"][0]["reason"], "The inhaler was not prescribed.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_entered_in_error_stays_marked_and_the_visit_needs_another_before_it_is_billed() {
    let (visit, note) = signed().await;
    let why = json!({ "reason": "Written for another patient." });
    visit.on_note(&note, "entered-in-error", json!({})).await.refused(422, "invalid-body");
    let marked = visit.on_note(&note, "entered-in-error", why.clone()).await.written();
    visit.on_note(&note, "entered-in-error", why).await.refused(409, "note-in-error");
    visit.on_note(&note, "addenda", json!({ "body": "More." })).await.refused(409, "note-in-error");
    let shown = visit.shown(&note).await;
    assert_eq!((&shown["state"], &shown["body"]["objective"]), (&json!("entered-in-error"), &json!(phi::NOTE)));
    assert_eq!(shown["entered_in_error"]["reason"], "Written for another patient.");
    let charted = visit.charted_note(&marked).await;
    assert_eq!((&charted["state"], &charted["body"]["objective"]), (&json!("entered-in-error"), &json!(phi::NOTE)));
    assert_eq!(charted["entered_in_error"]["reason"], "Written for another patient.");

    visit.billing.post(&visit.path("bill"), json!({})).await.refused(409, "note-not-signed");
    let another = visit.draft_note().await;
    visit.billing.post(&visit.path("bill"), json!({})).await.refused(409, "note-not-signed");
    visit.sign(&another).await;
    visit.bill().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_cosigned_by_who_was_asked_and_is_not_billed_before() {
    let (visit, note) = signed().await;
    let (cosigner, stranger) = (visit.clinic.provider().await, visit.clinic.provider().await);
    let path = visit.note_path(&note);
    cosigner.client.get(&path).await.refused(403, "denied");

    let ask = |cosigner: String| visit.on_note(&note, "cosign-requests", json!({ "cosigner_id": cosigner }));
    let own = ask(visit.provider.id.to_string()).await.refused(422, "cosigner-is-author");
    assert_eq!(own["errors"][0]["field"], "cosigner_id");
    ask("00000000-0000-0000-0000-000000000001".into()).await.refused(422, "unknown-cosigner");
    ask(cosigner.id.to_string()).await.written();
    visit.billing.post(&visit.path("bill"), json!({})).await.refused(409, "note-not-cosigned");

    // Who is asked sees the visit and the note, and nothing else is open to them
    cosigner.client.get(&format!("/v1/visits/{}", visit.id)).await.ok();
    cosigner
        .client
        .post(&visit.path("cancel"), json!({ "by": "clinic", "reason": "other" }))
        .await
        .refused(403, "denied");
    let shown = cosigner.client.get(&path).await.ok();
    let cosign = |shown: &Answer, position: u64| {
        json!({
            "signed_sha256": shown["signed_sha256"], "attestation": "discussed-with-author",
            "rendered_at_position": position,
        })
    };
    let at = shown["rendered_at_position"].as_u64().unwrap();
    let cosign_path = format!("{path}/cosign");
    stranger.client.post(&cosign_path, cosign(&shown, at)).await.refused(403, "denied");
    visit.provider.client.post(&cosign_path, cosign(&shown, at)).await.refused(403, "denied");
    cosigner.client.post(&cosign_path, cosign(&shown, 0)).await.refused(422, "rendered-position-wrong");
    let cosigned = cosigner.client.post(&cosign_path, cosign(&shown, at)).await.written();
    cosigner.client.post(&cosign_path, cosign(&shown, at)).await.refused(409, "note-already-cosigned");
    let charted = visit.charted_note(&cosigned).await;
    assert_eq!(
        (&charted["cosign"]["state"], &charted["cosign"]["attestation"]),
        (&json!("cosigned"), &json!("discussed-with-author"))
    );

    // What is corrected has to be cosigned anew
    let now = visit.shown(&note).await;
    visit.on_note(&note, "corrections", correction(&now)).await.written();
    visit.billing.post(&visit.path("bill"), json!({})).await.refused(409, "note-not-cosigned");
    cosigner.client.post(&cosign_path, cosign(&shown, at)).await.refused(409, "note-changed");
    let again = cosigner.client.get(&path).await.ok();
    let at = again["rendered_at_position"].as_u64().unwrap();
    cosigner.client.post(&cosign_path, cosign(&again, at)).await.written();
    let shown = visit.shown(&note).await;
    assert_eq!(
        (&shown["cosign"]["state"], &shown["cosignature"]["signed_sha256"]),
        (&json!("cosigned"), &again["signed_sha256"])
    );
    visit.bill().await;
}
