//! Access worth a second look, what a patient consented to, who received what stands no longer, and what a breach reaches.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Clinic, Visit, now, phi};

impl Clinic {
    /// A report, once everything that was written is in it.
    pub async fn report(&self, who: &Client, path: &str) -> Answer {
        let sign = if path.contains('?') { '&' } else { '?' };
        who.get(&format!("/v1/audit/{path}{sign}min_position={}", self.log_size().await - 1)).await.ok()
    }
}

fn told(answer: &Answer, columns: &[&str]) -> Vec<Vec<Value>> {
    answer.list("rows").iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect()).collect()
}

async fn visit() -> Visit {
    App::start().await.with_clinic().await.visit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_namesake_ones_own_record_and_many_at_once_are_noticed_and_usual_work_is_not() {
    let clinic = App::start().await.with_clinic().await;
    let (provider, officer) = (clinic.provider().await, clinic.compliance().await);
    let (usual, namesake) = (clinic.patient().await, clinic.patient_named("Brook").await);
    for patient in [&usual, &namesake] {
        clinic.visit_of(patient, &provider).await;
    }
    clinic.app.read_models_caught_up().await;
    for patient in [&usual, &namesake] {
        provider.client.get(&format!("/v1/patients/{}", patient.id)).await.ok();
    }
    // Somebody of the staff who is a patient here, too.
    let both = clinic.somebody("front-desk", &usual.client.subject, None).await;
    usual.client.get(&format!("/v1/patients/{}", usual.id)).await.ok();
    both.get(&format!("/v1/patients/{}", usual.id)).await.ok();

    let open_all_day = "opens=00:00:00&closes=23:59:59.999999999";
    let signs = async |more: &str| {
        let report = clinic.report(&officer, &format!("notable?{open_all_day}{more}")).await;
        let mut told = told(&report, &["sign", "reader", "patients"]);
        told.retain(|row| row[0] != "after-hours"); // a weekend
        told
    };
    let row = |sign: &str, reader: &Client, patient: &uuid::Uuid| {
        vec![json!(sign), json!(reader.subject), json!(patient.to_string())]
    };
    let expected = [row("same-surname", &provider.client, &namesake.id), row("own-record", &both, &usual.id)];
    assert_eq!(signs("").await, expected);
    let bulk = signs("&bulk=1").await;
    assert!(bulk.contains(&row("bulk", &provider.client, &namesake.id)) && bulk.len() == 3, "{bulk:?}");

    // Whatever the hour, nobody works in this clinic now.
    let hour = chrono::Timelike::hour(&now().naive_utc());
    let elsewhere =
        if (12..20).contains(&hour) { "opens=00:00:00&closes=00:00:01" } else { "opens=12:00:00&closes=12:00:01" };
    let night = clinic.report(&officer, &format!("notable?{elsewhere}")).await;
    let night = told(&night, &["sign", "reader"]);
    assert!(night.contains(&vec![json!("after-hours"), json!(provider.client.subject)]), "{night:?}");
    officer.get("/v1/audit/notable?opens=10:00:00&closes=09:00:00").await.refused(400, "invalid-parameter");
    provider.client.get("/v1/audit/notable").await.refused(403, "denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_through_a_broken_glass_is_one_without_a_relation() {
    let visit = visit().await;
    let stranger = visit.clinic.provider().await;
    let reason = json!({ "reason": "provider-unreachable", "details": phi::REASON, "minutes": 30 });
    stranger.client.post(&format!("/v1/patients/{}/break-glass", visit.patient.id), reason).await.written();
    stranger.client.get(&format!("/v1/visits/{}", visit.id)).await.ok();
    visit.provider.client.get(&format!("/v1/visits/{}", visit.id)).await.ok();
    let report = visit.clinic.report(&visit.clinic.auditor().await, "notable").await;
    let strangers: Vec<_> =
        told(&report, &["sign", "reader"]).into_iter().filter(|row| row[0] == "no-relation").collect();
    assert_eq!(strangers, [[json!("no-relation"), json!(stranger.client.subject)]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_are_told_as_they_stood_at_a_time() {
    let visit = visit().await;
    visit.wait().await;
    let given = visit.consent("give", "telehealth").await;
    visit.consent("decline", "recording").await;
    let withdrawn = visit.consent("withdraw", "telehealth").await;
    let officer = visit.clinic.compliance().await;
    let path = format!("consents?patient={}", visit.patient.id);
    let stood = ["consent", "answer", "by", "stood_at_the_time"];
    let row =
        |consent: &str, answer: &str, stood: bool| vec![json!(consent), json!(answer), json!("patient"), json!(stood)];
    let now = visit.clinic.report(&officer, &path).await;
    assert_eq!(
        told(&now, &stood),
        [row("telehealth", "given", false), row("recording", "declined", false), row("telehealth", "withdrawn", false)]
    );
    assert_eq!(now["rows"][2]["position"], withdrawn.position());
    let at = given["recorded_at"].as_str().unwrap();
    let then = visit.clinic.report(&officer, &format!("{path}&at={at}")).await;
    assert_eq!(told(&then, &stood), [row("telehealth", "given", true)]);
    officer.get(&format!("/v1/audit/consents?patient={}", visit.id)).await.refused(404, "not-found");
    visit.desk.get(&format!("/v1/audit/consents?patient={}", visit.patient.id)).await.refused(403, "denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_read_what_a_note_said_before_is_found_and_who_read_it_after_is_not() {
    let visit = visit().await;
    visit.wait().await;
    visit.admit().await;
    visit.consent("give", "telehealth").await;
    let note = visit.draft_note().await;
    let officer = visit.clinic.compliance().await;
    officer.get(&visit.path("timeline")).await.ok();
    visit.sign(&note).await;
    let path = visit.path(&format!("notes/{}", note["note_id"].as_str().unwrap()));
    visit.provider.client.get(&path).await.ok();
    visit.patient.client.get(&visit.path("timeline")).await.ok();
    visit.desk.get(&format!("/v1/patients/{}", visit.patient.id)).await.ok();
    let chicago: daybook_domain::TimeZone = "America/Chicago".try_into().unwrap();
    let disclosure = json!({
        "ground": "judicial-proceeding", "on": chicago.day(now()), "recipient": "A court", "description": phi::NOTE,
        "purpose": "A subpoena", "visits": [visit.id],
    });
    let disclosures = format!("/v1/patients/{}/disclosures", visit.patient.id);
    let disclosed = officer.post(&disclosures, disclosure).await.written();
    let superseded = visit.addend(&note).await;
    visit.provider.client.get(&path).await.ok();

    let recalled = visit.clinic.report(&officer, &format!("recall?visit={}", visit.id)).await;
    let rows = told(&recalled, &["version", "superseded", "how", "who"]);
    let row = |how: &str, who: Value| vec![json!(1), json!("added-to"), json!(how), who];
    let reads: Vec<_> = rows.iter().filter(|row| row[2] != "disclosure").cloned().collect();
    let provider = json!(visit.provider.client.subject);
    assert!(reads.contains(&row("read-note", provider)), "{reads:?}");
    assert!(reads.contains(&row("read-timeline", json!(visit.patient.client.subject))), "{reads:?}");
    assert!(!reads.iter().any(|row| row[3] == officer.subject || row[3] == visit.desk.subject), "{reads:?}");
    assert!(
        recalled.list("rows").iter().all(|row| row["position"].as_u64().is_none_or(|at| at < superseded.position()))
    );
    // To whom is sealed: the disclosure's id leads to it.
    assert!(rows.contains(&row("disclosure", Value::Null)) && !recalled.text.contains("A court"), "{rows:?}");
    assert!(recalled.text.contains(disclosed["disclosure_id"].as_str().unwrap()));
    let other = visit.clinic.visit().await;
    let none = visit.clinic.report(&officer, &format!("recall?visit={}", other.id)).await;
    assert!(none.list("rows").is_empty());
    officer.get(&format!("/v1/audit/recall?visit={}", visit.patient.id)).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_received_an_export_that_held_a_superseded_note_is_recalled() {
    let visit = visit().await;
    visit.wait().await;
    visit.admit().await;
    visit.consent("give", "telehealth").await;
    let (officer, auditor) = (visit.clinic.compliance().await, visit.clinic.auditor().await);
    let other = visit.clinic.visit_of(&visit.patient, &visit.clinic.provider().await).await;
    let taken = async |who: &Client, scope: Value, recipient: &str, key: Option<&str>| {
        let asked =
            json!({ "scope": scope, "reason": "complaint-review", "recipient": recipient, "recipient_key": key });
        who.post("/v1/audit/exports", asked).await.ok();
    };
    let key = Some("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p");
    let of = |id: uuid::Uuid| json!({ "kind": "visit", "visit_id": id });
    let patient = json!({ "kind": "patient", "patient_id": visit.patient.id });
    let before = json!({ "kind": "time", "from": "2020-01-01T00:00:00Z", "to": now() });
    let note = visit.draft_note().await;
    taken(&officer, patient.clone(), "before-it-was-signed", key).await;
    visit.sign(&note).await;
    taken(&officer, of(visit.id), "with-the-visit", key).await;
    taken(&officer, patient, "with-the-record", key).await;
    taken(&officer, of(other.id), "with-another-visit", key).await;
    taken(&auditor, json!({ "kind": "clinic" }), "with-the-log", None).await;
    taken(&auditor, before, "of-an-earlier-time", None).await;
    visit.addend(&note).await;
    taken(&officer, of(visit.id), "with-what-superseded-it", key).await;

    let recalled = visit.clinic.report(&officer, &format!("recall?visit={}", visit.id)).await;
    let mut rows = told(&recalled, &["how", "who", "recipient", "note_of_it"]);
    rows.retain(|row| row[0].as_str().is_some_and(|how| how.starts_with("export")));
    let row =
        |how, who: &Client, recipient, content| [json!(how), json!(who.subject), json!(recipient), json!(content)];
    let expected = [
        row("export-content", &officer, "with-the-visit", "with content"),
        row("export-content", &officer, "with-the-record", "with content"),
        row("export-log", &auditor, "with-the-log", "content withheld"),
    ];
    assert_eq!(rows, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stolen_session_received_is_told_patient_by_patient() {
    let clinic = App::start().await.with_clinic().await;
    let (one, another, spared) = (clinic.visit().await, clinic.visit().await, clinic.patient().await);
    let (thief, officer) = (clinic.somebody("front-desk", "stolen-1", None).await, clinic.compliance().await);
    let from = (now() - TimeDelta::seconds(1)).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    for patient in [&one.patient, &another.patient, &one.patient] {
        thief.get(&format!("/v1/patients/{}", patient.id)).await.ok();
    }
    thief.get(&format!("/v1/patients/{}/chart", spared.id)).await.refused(403, "denied");
    let to = (now() + TimeDelta::seconds(1)).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();

    let path = format!("received?reader=stolen-1&from={from}&to={to}");
    let received = clinic.report(&officer, &path).await;
    let mut rows = told(&received, &["patient", "times"]);
    let mut expected = vec![vec![json!(one.patient.id), json!(2)], vec![json!(another.patient.id), json!(1)]];
    rows.sort_by_key(|row| row[0].to_string());
    expected.sort_by_key(|row| row[0].to_string());
    assert_eq!(rows, expected);
    assert!(received["notes"][0].as_str().unwrap().starts_with("2 patients. 1 times they were turned away"));

    // By the session, which the access report names.
    let accesses = clinic.report(&officer, "access?reader=stolen-1").await;
    let session = accesses["rows"][0]["session"].as_str().expect("a session").to_owned();
    let by_session = clinic.report(&officer, &format!("received?session={session}&from={from}&to={to}")).await;
    assert_eq!(by_session["rows"], received["rows"]);
    let before =
        clinic.report(&officer, &format!("received?reader=stolen-1&from=2020-01-01T00:00:00Z&to={from}")).await;
    assert!(before.list("rows").is_empty());
    for wrong in [format!("from={from}&to={to}"), format!("reader=x&from={to}&to={from}"), "reader=x".into()] {
        officer.get(&format!("/v1/audit/received?{wrong}")).await.refused(400, "invalid-parameter");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_connected_nothing_is_compared_and_integrity_is_not_completeness() {
    let clinic = App::start().await.with_clinic().await;
    let auditor = clinic.auditor().await;
    let reconciled = auditor.get("/v1/audit/reconciliation").await.ok();
    assert!(reconciled.list("rows").is_empty());
    assert!(reconciled.text.contains("Nothing connected") && reconciled.text.contains("Integrity is not completeness"));
    let integrity = clinic.report(&auditor, "integrity").await;
    assert!(integrity.text.contains("leaves no fact") && integrity.list("rows").is_empty(), "{}", integrity.text);
    clinic.front_desk().await.get("/v1/audit/integrity").await.refused(403, "denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_review_is_opened_decided_line_by_line_and_closed() {
    let visit = visit().await;
    let clinic = &visit.clinic;
    let (officer, administrator) = (clinic.compliance().await, clinic.administrator().await);
    visit.desk.get(&format!("/v1/patients/{}", visit.patient.id)).await.ok();
    visit.provider.client.get(&format!("/v1/visits/{}", visit.id)).await.ok();
    visit.patient.client.get(&format!("/v1/visits/{}", visit.id)).await.ok();
    clinic.report(&officer, "access").await;
    let opened = officer.post("/v1/audit/access-reviews", json!({})).await.written();
    let review = opened.header("location").to_owned();
    let lines = officer.get(&review).await.ok();
    let mut who = told(&lines, &["subject", "role", "decision"]);
    who.sort_by_key(|row| row[0].to_string());
    let line = |who: &Client, role: &str| vec![json!(who.subject), json!(role), Value::Null];
    let mut expected =
        vec![line(&officer, "compliance"), line(&visit.desk, "front-desk"), line(&visit.provider.client, "provider")];
    expected.sort_by_key(|row| row[0].to_string());
    assert_eq!(who, expected, "staff who were shown something, and no patient");

    let (decide, close) = (format!("{review}/decide"), format!("{review}/close"));
    let keep = |line: &Value| json!({ "line": line, "decision": "keep", "reason": "needed" });
    officer.post(&close, json!({})).await.refused(409, "lines-undecided");
    for row in lines.list("rows") {
        if row["subject"] == officer.subject {
            officer.post(&decide, keep(&row["line"])).await.refused(409, "second-person-needed");
        }
        administrator.post(&decide, keep(&row["line"])).await.written();
    }
    let left = json!({ "line": lines["rows"][0]["line"], "decision": "remove", "reason": "left" });
    clinic.somebody("compliance", "officer-2", None).await.post(&decide, left).await.written();
    let odd = json!({ "line": 1, "decision": "keep", "reason": "left" });
    administrator.post(&decide, odd).await.refused(422, "reason-contradicts-decision");
    administrator.post(&decide, keep(&json!(99))).await.refused(404, "unknown-access-line");
    administrator.post(&close, json!({})).await.refused(403, "denied");
    officer.post(&close, json!({})).await.written();
    administrator.post(&decide, keep(&json!(1))).await.refused(409, "access-review-closed");

    let closed = officer.get(&review).await.ok();
    assert_eq!((&closed["rows"][0]["decision"], &closed["rows"][0]["reason"]), (&json!("remove"), &json!("left")));
    assert_eq!(closed["rows"][0]["decided_by"], "officer-2");
    let listed = clinic.report(&clinic.auditor().await, "access-reviews").await;
    let brief = told(&listed, &["state", "lines", "decided", "closed_by"]);
    assert_eq!(brief, [[json!("closed"), json!(3), json!(3), json!(officer.subject)]]);
    for who in [&visit.desk, &visit.provider.client, &administrator, &clinic.auditor().await] {
        who.post("/v1/audit/access-reviews", json!({})).await.refused(403, "denied");
    }
    let unknown = format!("/v1/audit/access-reviews/{}", visit.id);
    officer.get(&unknown).await.refused(404, "not-found");
    officer.post(&format!("{unknown}/close"), json!({})).await.refused(404, "unknown-access-review");
    let nobody = json!({ "from": "2020-01-01T00:00:00Z", "to": "2020-04-01T00:00:00Z" });
    officer.post("/v1/audit/access-reviews", nobody).await.refused(409, "nothing-to-review");
}
