//! Every read of protected content stands in the log before the content leaves; where it cannot stand, nothing leaves.

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, Row};
use uuid::Uuid;

use crate::support::{App, Client, Visit, eventually, fresh_id, phi};

/// A visit with everything in it that can be read.
async fn told_visit() -> (Visit, String) {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    let note = visit.draft_note().await;
    let newest = visit.sign(&note).await.position();
    visit.desk.get(&format!("/v1/waiting-room?min_position={newest}")).await.ok();
    let note = visit.note_path(&note);
    (visit, note)
}

/// Every question whose answer holds protected content: who asks, what, and what the policies call it.
fn questions<'a>(visit: &'a Visit, note: &str) -> Vec<(&'a Client, Method, String, Value, &'static str)> {
    let (provider, desk, patient) = (&visit.provider.client, &visit.desk, &visit.patient.client);
    let shown = format!("/v1/visits/{}", visit.id);
    let record = format!("/v1/patients/{}", visit.patient.id);
    let day = format!("/v1/providers/{}/day?date={}", visit.provider.id, visit.starts_at.date_naive());
    let get = |who, path: &str, action| (who, Method::GET, path.to_owned(), Value::Null, action);
    vec![
        get(provider, &shown, "read-visit"),
        get(patient, &shown, "read-visit"),
        get(desk, &shown, "read-visit"),
        get(&visit.billing, &shown, "read-visit"),
        get(provider, &format!("{shown}?at_sequence=3"), "read-visit"),
        get(provider, &visit.path("timeline"), "read-timeline"),
        get(provider, note, "read-note"),
        get(provider, &record, "read-patient"),
        get(patient, &record, "read-patient"),
        get(provider, &format!("{record}/chart"), "read-chart"),
        get(provider, &format!("{record}/history"), "read-history"),
        get(provider, &day, "read-day"),
        get(desk, "/v1/waiting-room", "read-waiting-room"),
        get(desk, "/v1/waiting-room?at_position=12", "read-waiting-room"),
        (desk, Method::POST, "/v1/patients/search".into(), json!({ "mrn": phi::MRN }), "find-patient"),
    ]
}

async fn ask(who: &Client, method: &Method, path: &str, body: &Value, request_id: Uuid) -> crate::support::Answer {
    let id = request_id.to_string();
    match *method {
        Method::POST => who.post_with(path, body.clone(), &[("X-Request-Id", &id)]).await,
        _ => who.get_with(path, &[("X-Request-Id", &id)]).await,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_with_protected_content_is_in_the_log_under_its_reader_action_and_patient() {
    let (visit, note) = told_visit().await;
    for (who, method, path, body, action) in questions(&visit, &note) {
        let request_id = fresh_id();
        let answer = ask(who, &method, &path, &body, request_id).await.ok();
        assert!(
            phi::ALL.iter().any(|phi| answer.text.contains(phi)),
            "{path} shows nothing protected: {}",
            answer.text
        );
        let facts = visit.clinic.facts_of(request_id).await;
        let [fact] = &facts[..] else { panic!("{path}: {facts:?}") };
        assert_eq!(fact.kind, "phi-read", "{path}");
        assert_eq!(fact.payload["reader"], who.subject, "{path}");
        assert_eq!(fact.payload["action"], action, "{path}");
        assert_eq!(fact.payload["patients"], json!([visit.patient.id]), "{path}");
        assert!(!fact.payload["policies"].as_array().unwrap().is_empty(), "{path}");
        assert_eq!(fact.metadata["actor"], who.subject, "{path}");
        let newest = answer["rendered_at_position"].as_u64().unwrap_or(fact.position);
        assert_eq!(newest, fact.position, "a signer is told the position of what was shown");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_while_the_fact_is_not_yet_written() {
    // Given a log nobody can write to for a while
    let (visit, note) = told_visit().await;
    let mut owner = PgConnection::connect(&visit.clinic.app.database.url).await.unwrap();
    for (who, method, path, body, _) in questions(&visit, &note) {
        let mut holding = owner.begin().await.unwrap();
        holding.execute("LOCK TABLE ledger.events IN SHARE MODE").await.unwrap();
        // When somebody asks, and the fact waits at that lock
        let (who, request_id) = (who.clone(), fresh_id());
        let asked = path.clone();
        let asking = tokio::spawn(async move { ask(&who, &method, &asked, &body, request_id).await });
        eventually("the fact waits to be written", async || {
            let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ledger.events'::regclass
                           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
            sqlx::query(waiting).fetch_one(&visit.clinic.app.owner).await.unwrap().get::<i64, _>(0) > 0
        })
        .await;
        // Then the answer waits with it
        assert!(!asking.is_finished(), "{path} was answered before the fact was written");
        holding.rollback().await.unwrap();
        asking.await.unwrap().ok();
        assert_eq!(visit.clinic.facts_of(request_id).await.len(), 1, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_is_not_shown() {
    let (visit, note) = told_visit().await;
    let owner = &visit.clinic.app.owner;
    let size = visit.clinic.log_size().await;
    owner.execute("REVOKE INSERT ON ledger.events FROM daybook_append").await.unwrap();
    for (who, method, path, body, _) in questions(&visit, &note) {
        let answer = ask(who, &method, &path, &body, fresh_id()).await.refused(503, "audit-unavailable");
        for phi in phi::ALL {
            assert!(!answer.text.contains(phi), "{path}");
        }
        assert!(!answer.header("retry-after").is_empty(), "{path}");
    }
    assert_eq!(visit.clinic.log_size().await, size);
    owner.execute("GRANT INSERT ON ledger.events TO daybook_append").await.unwrap();
    visit.show().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_is_a_fact_and_so_is_a_command_that_was_not_permitted() {
    let (visit, note) = told_visit().await;
    let stranger = visit.clinic.provider().await.client;
    let request_id = fresh_id();
    ask(&visit.billing, &Method::GET, &note, &Value::Null, request_id).await.refused(403, "denied");
    let facts = visit.clinic.facts_of(request_id).await;
    assert_eq!(facts.len(), 1);
    assert_eq!((facts[0].kind.as_str(), &facts[0].payload["action"]), ("access-denied", &json!("read-note")));
    assert_eq!(facts[0].payload["reader"], "billing-1");
    assert_eq!(facts[0].payload["patients"], json!([visit.patient.id]));
    assert_eq!(facts[0].payload["policies"], json!(["billing-no-clinical"]));

    let request_id = fresh_id();
    ask(&stranger, &Method::POST, &visit.path("end"), &json!({ "outcome": "completed" }), request_id)
        .await
        .refused(403, "denied");
    let facts = visit.clinic.facts_of(request_id).await;
    assert_eq!((facts[0].kind.as_str(), &facts[0].payload["action"]), ("access-denied", &json!("end")));
    assert_eq!(facts[0].payload["reason"], "not-permitted");
    assert_eq!(visit.state().await, "admitted");
}
