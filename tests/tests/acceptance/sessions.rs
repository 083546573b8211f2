//! A group in one call, each with a visit and a chart of their own.

use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Clinic, Person, Visit, now};

async fn opened(desk: &Client, provider: &Person, capacity: u16) -> Answer {
    let body = json!({ "provider_id": provider.id, "starts_at": now(), "capacity": capacity });
    desk.post("/v1/sessions", body).await
}

/// Three patients of one provider, in the waiting room.
async fn three(clinic: &Clinic, provider: &Person) -> Vec<Visit> {
    let mut visits = Vec::new();
    for _ in 0..3 {
        let patient = clinic.patient().await;
        let visit = clinic.visit_of(&patient, provider).await;
        visit.wait().await;
        visits.push(visit);
    }
    visits
}

async fn join(visit: &Visit, session: &Value) -> Answer {
    visit.desk.post(&visit.path("session/join"), json!({ "session_id": session })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn three_patients_share_a_call_and_no_chart() {
    let clinic = App::start().await.with_clinic().await;
    let provider = clinic.provider().await;
    let visits = three(&clinic, &provider).await;
    let desk = &visits[0].desk;
    let session = opened(desk, &provider, 3).await.written()["session_id"].clone();
    let mut last = 0;
    for visit in &visits {
        last = join(visit, &session).await.written().position();
        visit.admit().await;
    }
    let path = format!("/v1/sessions/{}", session.as_str().unwrap());
    let shown = provider.client.get(&path).await.ok();
    assert_eq!((shown.list("visits").len(), &shown["closed"]), (3, &json!(false)));

    // What one of them may see holds nothing of the others.
    let others = |visit: &Visit| {
        let id = visit.id;
        visits.iter().filter(move |other| other.id != id)
    };
    for visit in &visits {
        let own = visit.patient.client.get(&format!("/v1/visits/{}", visit.id)).await.ok();
        assert_eq!(own["session_id"], session);
        let timeline = visit.path(&format!("timeline?min_position={last}"));
        let told = format!("{}{}", own.text, visit.patient.client.get(&timeline).await.ok().text);
        for other in others(visit) {
            for theirs in [other.id, other.patient.id] {
                assert!(!told.contains(&theirs.to_string()), "one patient is told of another");
            }
        }
        let chart = format!("/v1/patients/{}/chart?min_position={last}", visit.patient.id);
        let chart = provider.client.get(&chart).await.ok();
        assert_eq!(chart.list("visits").len(), 1);
        for other in others(visit) {
            assert!(!chart.text.contains(&other.id.to_string()));
        }
    }
    // And what holds the others is closed to them.
    for visit in &visits {
        visit.patient.client.get(&path).await.refused(403, "denied");
        for other in others(visit) {
            visit.patient.client.get(&format!("/v1/visits/{}", other.id)).await.refused(404, "not-found");
            visit.patient.client.get(&other.path("timeline")).await.refused(404, "not-found");
            let chart = format!("/v1/patients/{}/chart", other.patient.id);
            assert!([403, 404].contains(&visit.patient.client.get(&chart).await.status));
        }
    }
    // The session's own stream names nobody.
    let log = clinic.log_from(0).await;
    let of_session: String =
        log.iter().filter(|event| event["stream_type"] == "session").map(Value::to_string).collect();
    assert!(of_session.contains("visit-joined-session"));
    for visit in &visits {
        assert!(!of_session.contains(&visit.patient.id.to_string()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_want_the_last_place_get_one_answer_each_and_one_place() {
    let clinic = App::start().await.with_clinic().await;
    let provider = clinic.provider().await;
    let visits = three(&clinic, &provider).await;
    let session = opened(&visits[0].desk, &provider, 2).await.written()["session_id"].clone();
    join(&visits[0], &session).await.written();
    let (one, other) = tokio::join!(join(&visits[1], &session), join(&visits[2], &session));
    let (won, lost) = if one.status == 200 { ((&visits[1], one), other) } else { ((&visits[2], other), one) };
    won.1.written();
    lost.refused(409, "session-full");
    let loser = if won.0.id == visits[1].id { &visits[2] } else { &visits[1] };
    assert_eq!(loser.show().await["session_id"], Value::Null, "no partial write");
    won.0.desk.post(&won.0.path("session/leave"), json!({})).await.written();
    won.0.desk.post(&won.0.path("session/leave"), json!({})).await.refused(409, "in-no-session");
    join(loser, &session).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_has_a_leader_bounds_and_an_end() {
    let clinic = App::start().await.with_clinic().await;
    let (provider, colleague) = (clinic.provider().await, clinic.provider().await);
    let visits = three(&clinic, &provider).await;
    let desk = &visits[0].desk;
    let refused = opened(desk, &provider, 1).await.refused(422, "capacity-out-of-range");
    assert_eq!(refused["errors"][0]["field"], "capacity");
    opened(&colleague.client, &provider, 5).await.refused(403, "denied");
    opened(&visits[0].patient.client, &provider, 5).await.refused(403, "denied");
    let theirs = opened(desk, &colleague, 5).await.written()["session_id"].clone();
    join(&visits[0], &theirs).await.refused(409, "session-of-another-provider");
    join(&visits[0], &json!(visits[0].id)).await.refused(404, "unknown-session");

    let session = opened(&provider.client, &provider, 5).await.written()["session_id"].clone();
    let path = format!("/v1/sessions/{}", session.as_str().unwrap());
    colleague.client.get(&path).await.refused(403, "denied");
    join(&visits[0], &session).await.written();
    join(&visits[0], &session).await.refused(409, "already-in-a-session");
    provider.client.post(&format!("{path}/close"), json!({})).await.written();
    provider.client.post(&format!("{path}/close"), json!({})).await.refused(409, "session-closed");
    join(&visits[1], &session).await.refused(409, "session-closed");
    visits[0].desk.post(&visits[0].path("session/leave"), json!({})).await.written();
}
