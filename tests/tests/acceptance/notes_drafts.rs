//! Drafts as they are saved while somebody writes: durable at once, beside the log, never over what was not seen.

use serde_json::{Value, json};
use sqlx::Row;

use crate::support::{Answer, App, Client, Visit, phi};

/// An admitted patient, and a note that was begun.
async fn begun() -> (Visit, Answer) {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    let note = visit.draft_note().await;
    (visit, note)
}

fn draft(based_on: u64, plan: &str) -> Value {
    let body = json!({ "subjective": "Wheezes at night", "assessment": "Asthma", "plan": plan });
    json!({ "based_on": based_on, "template_version": "soap/1", "body": body })
}

/// Keeps a draft, as an editor does now and then.
async fn keep(client: &Client, path: &str, draft: Value) -> Answer {
    keep_with(client, path, draft, &[]).await
}

async fn keep_with(client: &Client, path: &str, draft: Value, headers: &[(&str, &str)]) -> Answer {
    client.put_with(&format!("{path}/draft"), draft, headers).await
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_saves_add_nothing_to_the_visits_stream_and_the_last_one_is_what_is_signed() {
    const SAVES: u64 = 5_000;
    let (visit, note) = begun().await;
    let (client, path) = (&visit.provider.client, visit.note_path(&note));
    let size = visit.clinic.log_size().await;
    let mut revision = 1;
    for save in 0..SAVES {
        let kept = keep(client, &path, draft(revision, &format!("Inhaler, puffs: {save}"))).await.ok();
        assert_eq!(kept["revision"], revision + 1);
        revision += 1;
    }
    assert_eq!(visit.clinic.log_size().await, size, "a save is no event");

    // What was saved last is shown, and is not signed before it is drafted
    let shown = client.get(&path).await.ok();
    assert_eq!(shown["kept_draft"]["revision"], revision);
    assert_eq!(shown["kept_draft"]["body"]["plan"], format!("Inhaler, puffs: {}", SAVES - 1));
    assert_eq!((&shown["revision"], &shown["body"]["objective"]), (&json!(1), &json!(phi::NOTE)));
    let stale = json!({
        "content_sha256": shown["content_sha256"], "rendered_at_position": shown["rendered_at_position"],
    });
    client.post(&format!("{path}/sign"), stale).await.refused(409, "draft-newer");
    let mut last = draft(revision, &format!("Inhaler, puffs: {}", SAVES - 1));
    last["note_id"] = note["note_id"].clone();
    let last = client.post(&visit.path("notes"), last).await.written();
    visit.sign(&last).await;
    let signed = client.get(&path).await.ok();
    assert_eq!(signed["body"]["plan"], format!("Inhaler, puffs: {}", SAVES - 1));
    assert_eq!((&signed["kept_draft"], &signed["revision"]), (&Value::Null, &json!(SAVES + 2)));
    assert_eq!(visit.show().await.sequence(), note.sequence() + 2, "drafted anew once, and signed");
    let rows = sqlx::query("SELECT count(*) FROM drafts.notes").fetch_one(&visit.clinic.app.owner).await.unwrap();
    assert_eq!(rows.get::<i64, _>(0), 0, "what is signed is in the log, and no longer beside it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_tab_is_told_what_is_newer_and_overwrites_nothing() {
    let (visit, note) = begun().await;
    let (client, path) = (&visit.provider.client, visit.note_path(&note));
    keep(client, &path, draft(1, "First tab")).await.ok();
    let refused = keep(client, &path, draft(1, "Second tab")).await.refused(409, "draft-newer");
    assert!(refused["detail"].as_str().unwrap().contains("revision 2"), "{}", refused.text);
    // Nor does a draft that is written into the log, whether it says what it is based on or not
    let mut second = draft(1, "Second tab");
    second["note_id"] = note["note_id"].clone();
    client.post(&visit.path("notes"), second.clone()).await.refused(409, "draft-newer");
    second.as_object_mut().unwrap().remove("based_on");
    client.post(&visit.path("notes"), second.clone()).await.refused(409, "draft-newer");
    assert_eq!(client.get(&path).await.ok()["kept_draft"]["body"]["plan"], "First tab");
    // Nobody writes on what does not exist yet
    keep(client, &path, draft(3, "From the future")).await.refused(409, "draft-newer");
    // The second tab, having looked, goes on from there
    second["based_on"] = json!(2);
    client.post(&visit.path("notes"), second).await.written();
    let shown = client.get(&path).await.ok();
    assert_eq!((&shown["body"]["plan"], &shown["revision"]), (&json!("Second tab"), &json!(3)));
    assert_eq!(shown["kept_draft"], Value::Null, "what is in the log is not shown twice");
    keep(client, &path, draft(2, "First tab again")).await.refused(409, "draft-newer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_save_that_is_repeated_is_the_same_save() {
    let (visit, note) = begun().await;
    let (client, path) = (&visit.provider.client, visit.note_path(&note));
    let key = [("Idempotency-Key", "save-1")];
    let first = keep_with(client, &path, draft(1, "Inhaler"), &key).await.ok();
    let again = keep_with(client, &path, draft(1, "Inhaler"), &key).await.ok();
    assert_eq!((&first["revision"], &again["revision"]), (&json!(2), &json!(2)));
    let mut written = draft(2, "Inhaler");
    written["note_id"] = note["note_id"].clone();
    let key = [("Idempotency-Key", "draft-1")];
    let first = client.post_with(&visit.path("notes"), written.clone(), &key).await.written();
    let again = client.post_with(&visit.path("notes"), written, &key).await.written();
    assert_eq!((&again["hash"], &again["repeated"]), (&first["hash"], &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_kept_by_the_rules_that_let_it_be_written() {
    let (visit, note) = begun().await;
    let (client, path) = (&visit.provider.client, visit.note_path(&note));
    keep(&visit.desk, &path, draft(1, "Not theirs")).await.refused(403, "denied");
    keep(&visit.clinic.provider().await.client, &path, draft(1, "Not theirs")).await.refused(403, "denied");
    let unknown = visit.path("notes/00000000-0000-0000-0000-000000000001");
    keep(client, &unknown, draft(1, "Nowhere")).await.refused(404, "unknown-note");
    let mut empty = draft(1, "x");
    empty["body"] = json!({});
    keep(client, &path, empty).await.refused(422, "note-empty");
    let mut foreign = draft(1, "x");
    foreign["template_version"] = json!("soap/99");
    keep(client, &path, foreign).await.refused(422, "unknown-template");
    keep(client, &path, json!({ "template_version": "soap/1", "body": {} })).await.refused(422, "invalid-body");
    visit.sign(&note).await;
    keep(client, &path, draft(1, "Too late")).await.refused(409, "note-already-signed");
    let rows = sqlx::query("SELECT count(*) FROM drafts.notes").fetch_one(&visit.clinic.app.owner).await.unwrap();
    assert_eq!(rows.get::<i64, _>(0), 0, "nothing was kept of what was refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_draft_is_sealed_outlives_the_server_and_is_gone_with_the_patients_key() {
    let (visit, note) = begun().await;
    let (app, path) = (&visit.clinic.app, visit.note_path(&note));
    keep(&visit.provider.client, &path, draft(1, "Antidisestablishment")).await.ok();
    let row = sqlx::query("SELECT payload || sealed FROM drafts.notes").fetch_one(&app.owner).await.unwrap();
    let stored = String::from_utf8_lossy(row.get::<&[u8], _>(0)).into_owned();
    assert!(stored.contains("soap/1") && !stored.contains("Antidisestablishment"));

    // Another server, which shares nothing but the database, shows what was acknowledged
    let other = app.another_server().await;
    let shown = visit.provider.client.through(&other).get(&path).await.ok();
    assert_eq!(shown["kept_draft"]["body"]["plan"], "Antidisestablishment");

    // With the key of the patient destroyed, nobody reads it again
    let gone = sqlx::query("DELETE FROM keys.data_keys WHERE patient_id = $1").bind(visit.patient.id);
    gone.execute(&app.owner).await.unwrap();
    let another = app.another_server().await;
    let shown = visit.provider.client.through(&another).get(&path).await.ok();
    assert_eq!(shown["kept_draft"]["body"], json!({ "key_missing": true }));
    assert!(!shown.text.contains("Antidisestablishment"));
}
