//! Visits on demand: asked for, taken by exactly one provider, declined, called off, expired.

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, App, Clinic, Person, now, phi};

fn asked(patient: &Person) -> Value {
    json!({ "patient_id": patient.id, "modality": "video", "reason": phi::REASON, "jurisdiction": "WI" })
}

async fn ask(patient: &Person) -> Answer {
    patient.client.post("/v1/visits/requests", asked(patient)).await
}

fn id(answer: &Answer) -> String {
    answer["visit_id"].as_str().expect("an id").to_owned()
}

async fn claim(provider: &Person, visit: &str) -> Answer {
    provider.client.post(&format!("/v1/visits/{visit}/claim"), json!({ "duration_minutes": 20 })).await
}

async fn board(reader: &crate::support::Client, after: &Answer) -> Answer {
    reader.get(&format!("/v1/requests?min_position={}", after.position())).await.ok()
}

/// A provider whose only licence is elsewhere.
async fn provider_in(clinic: &Clinic, jurisdiction: &str) -> Person {
    let administrator = clinic.administrator().await;
    let made = administrator.post("/v1/providers", json!({ "name": "Ida Lund" })).await.written();
    let id: Uuid = made["provider_id"].as_str().unwrap().parse().unwrap();
    let licence = json!({ "jurisdiction": jurisdiction, "number": "7-1", "kind": "full", "from": "2020-01-01", "to": "2099-12-31" });
    administrator.post(&format!("/v1/providers/{id}/licences"), licence).await.written();
    let client = clinic.somebody("provider", &format!("provider-{id}"), Some(id)).await;
    Person { id, client, position: made.position() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_seen_on_the_board_taken_and_goes_on_as_any_visit() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider, elsewhere) =
        (clinic.patient().await, clinic.provider().await, provider_in(&clinic, "MN").await);
    let desk = clinic.front_desk().await;
    let requested = ask(&patient).await.written();
    assert_eq!(requested.header("location"), format!("/v1/visits/{}", id(&requested)));
    let visit = id(&requested);

    // The board says who waits, why and since when; a provider sees what they are licensed for.
    let seen = board(&provider.client, &requested).await;
    let row = seen.entry("requests", "visit_id", &visit);
    assert_eq!((&row["reason"], &row["place"], &row["jurisdiction"]), (&json!(phi::REASON), &json!(1), &json!("WI")));
    assert_eq!(row["patient"]["family_name"], phi::FAMILY_NAME);
    assert_eq!(board(&elsewhere.client, &requested).await.list("requests"), &[] as &[Value]);
    assert_eq!(board(&desk, &requested).await.list("requests").len(), 1);
    patient.client.get("/v1/requests").await.refused(403, "denied");
    clinic.billing().await.get("/v1/requests").await.refused(403, "denied");

    // The patient sees that it is open, and nobody arrives before it is taken.
    let shown = patient.client.get(&format!("/v1/visits/{visit}")).await.ok();
    assert_eq!((&shown["state"], &shown["reason"]), (&json!("requested"), &json!(phi::REASON)));
    let waiting = patient.client.get(&format!("/v1/visits/{visit}/waiting")).await.ok();
    assert_eq!(waiting["status"], "You asked to be seen. We are looking for a provider who is free.");
    let arrive = format!("/v1/visits/{visit}/arrive");
    patient.client.post(&arrive, json!({})).await.refused(409, "wrong-state");

    claim(&elsewhere, &visit).await.refused(409, "licence-not-valid");
    let claimed = claim(&provider, &visit).await.written();
    assert_eq!(board(&provider.client, &claimed).await.list("requests"), &[] as &[Value]);
    let shown = provider.client.get(&format!("/v1/visits/{visit}")).await.ok();
    assert_eq!((&shown["state"], &shown["provider_id"]), (&json!("scheduled"), &json!(provider.id)));
    assert_eq!((&shown["reason"], &shown["request"]["claimed_by"]), (&json!(phi::REASON), &json!(provider.id)));
    let room = desk.get(&format!("/v1/waiting-room?min_position={}", claimed.position())).await.ok();
    assert_eq!(room.entry("rows", "visit_id", &visit)["state"], "scheduled");

    // Its provider's time is taken, and the visit goes on as any.
    let starts_at: DateTime<Utc> = shown["starts_at"].as_str().unwrap().parse().unwrap();
    let mut same_time = crate::support::visit_request(clinic.patient().await.id, provider.id, starts_at);
    same_time.as_object_mut().unwrap().remove("overbook");
    desk.post("/v1/visits", same_time).await.refused(409, "slot-taken");
    patient.client.post(&arrive, json!({})).await.written();
    let how = json!({ "method": "spoken", "identifiers": ["name", "birth-date"] });
    desk.post(&format!("/v1/visits/{visit}/identity"), how).await.written();
    let place = json!({ "jurisdiction": "WI", "address": phi::ADDRESS });
    patient.client.post(&format!("/v1/visits/{visit}/location"), place).await.written();
    let number = json!({ "number": "608 555 0143" });
    patient.client.post(&format!("/v1/visits/{visit}/callback-number"), number).await.written();
    let nobody = json!({ "answer": "none" });
    patient.client.post(&format!("/v1/visits/{visit}/emergency-contact"), nobody).await.written();
    desk.post(&format!("/v1/visits/{visit}/check-in"), json!({})).await.written();
    provider.client.post(&format!("/v1/visits/{visit}/admit"), json!({})).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_claim_at_once_exactly_one_gets_it() {
    let app = App::start().await;
    let clinic = app.with_clinic().await;
    let other = app.another_server().await;
    let visit = id(&ask(&clinic.patient().await).await.written());
    let mut providers = Vec::new();
    for number in 0..4 {
        let mut provider = clinic.provider().await;
        if number % 2 == 1 {
            provider.client = provider.client.through(&other);
        }
        providers.push(provider);
    }
    let answers = join_all(providers.iter().map(|provider| claim(provider, &visit))).await;
    let won: Vec<usize> = (0..4).filter(|at| answers[*at].status == 200).collect();
    assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|answer| &answer.text).collect::<Vec<_>>());
    for (at, answer) in answers.into_iter().enumerate().filter(|(at, _)| *at != won[0]) {
        answer.refused(409, "already-claimed");
        // Nothing of theirs was taken.
        let day = format!("/v1/providers/{}/day?date={}", providers[at].id, now().date_naive());
        assert_eq!(providers[at].client.get(&day).await.ok().list("visits"), &[] as &[Value]);
    }
    let shown = providers[won[0]].client.get(&format!("/v1/visits/{visit}")).await.ok();
    assert_eq!(shown["provider_id"], json!(providers[won[0]].id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_request_stays_open_and_who_declined_is_kept_from_the_patient() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, first, second) = (clinic.patient().await, clinic.provider().await, clinic.provider().await);
    let visit = id(&ask(&patient).await.written());
    let path = format!("/v1/visits/{visit}/decline-request");
    first.client.post(&path, json!({ "reason": "bored" })).await.refused(422, "invalid-body");
    let declined = first.client.post(&path, json!({ "reason": "outside-specialty" })).await.written();
    first.client.post(&path, json!({ "reason": "no-time" })).await.refused(409, "already-declined");
    patient.client.post(&path, json!({ "reason": "no-time" })).await.refused(403, "denied");
    let seen = board(&second.client, &declined).await;
    let row = seen.entry("requests", "visit_id", &visit);
    assert_eq!(row["declined_by"], json!({ first.id.to_string(): "outside-specialty" }));
    let own = patient.client.get(&format!("/v1/visits/{visit}")).await.ok();
    assert_eq!(own["request"]["declined_by"], json!({}));
    claim(&second, &visit).await.written();
    first.client.post(&path, json!({ "reason": "no-time" })).await.refused(409, "already-claimed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_has_one_open_request_and_asks_for_nobody_else() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, another, provider) = (clinic.patient().await, clinic.patient().await, clinic.provider().await);
    patient.client.post("/v1/visits/requests", asked(&another)).await.refused(404, "not-found");
    provider.client.post("/v1/visits/requests", asked(&another)).await.refused(403, "denied");
    let desk = clinic.front_desk().await;
    let mut nobody = asked(&another);
    nobody["patient_id"] = json!(Uuid::from_u128(5));
    desk.post("/v1/visits/requests", nobody).await.refused(422, "unknown-patient");

    // Many at once: one is open.
    let answers = join_all((0..4).map(|_| ask(&patient))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 1, "{:?}", lost.iter().map(|answer| &answer.text).collect::<Vec<_>>());
    let visit = id(&won[0]);
    for answer in lost {
        let refused = answer.refused(409, "request-already-open");
        assert!(refused["detail"].as_str().unwrap().contains(&visit), "it says which: {}", refused.text);
    }
    desk.post("/v1/visits/requests", asked(&patient)).await.refused(409, "request-already-open");
    ask(&another).await.written();

    // Called off, it is nobody's to take, and the patient may ask anew.
    let why = json!({ "by": "patient", "reason": "no-longer-needed" });
    patient.client.post(&format!("/v1/visits/{visit}/cancel"), why).await.written();
    claim(&provider, &visit).await.refused(409, "wrong-state");
    let anew = id(&ask(&patient).await.written());
    claim(&provider, &anew).await.written();
    claim(&clinic.provider().await, &anew).await.refused(409, "already-claimed");
    ask(&patient).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_a_patient_gives_lies_ahead_and_a_claim_keeps_to_it() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider, desk) = (clinic.patient().await, clinic.provider().await, clinic.front_desk().await);
    let with = |earliest: Option<DateTime<Utc>>, latest: Option<DateTime<Utc>>| {
        let mut request = asked(&patient);
        (request["earliest"], request["latest"]) = (json!(earliest), json!(latest));
        request
    };
    let minutes = |minutes| Some(now() + TimeDelta::minutes(minutes));
    for (earliest, latest) in [(None, minutes(-5)), (minutes(20), minutes(10)), (None, minutes(8 * 24 * 60))] {
        let refused =
            desk.post("/v1/visits/requests", with(earliest, latest)).await.refused(422, "request-window-unreasonable");
        assert_eq!(refused["errors"][0]["field"], "latest");
    }
    let (earliest, latest) = (minutes(60), minutes(120));
    let visit = id(&desk.post("/v1/visits/requests", with(earliest, latest)).await.written());
    let path = format!("/v1/visits/{visit}/claim");
    for outside in [minutes(30), minutes(150)] {
        let wish = json!({ "duration_minutes": 20, "starts_at": outside });
        let refused = provider.client.post(&path, wish).await.refused(422, "outside-requested-window");
        assert_eq!(refused["errors"][0]["field"], "starts_at");
    }
    desk.post(&format!("/v1/visits/{visit}/expire-request"), json!({})).await.refused(409, "request-still-open");
    // Left out, the start is as soon as the patient can.
    claim(&provider, &visit).await.written();
    let shown = provider.client.get(&format!("/v1/visits/{visit}")).await.ok();
    let starts_at: DateTime<Utc> = shown["starts_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(Some(starts_at), earliest);
    desk.post(&format!("/v1/visits/{visit}/claim"), json!({ "duration_minutes": 20 })).await.refused(403, "denied");
}
