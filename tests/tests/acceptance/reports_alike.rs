//! A report of the server and the command line's of the same name and parameters say the same: one is told out of read models, the
//! other out of the log alone.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{App, Client, Fact, Visit, now, phi, replay};

/// A report: its name on the command line and what goes with it, and the same at the server.
struct Report {
    name: &'static str,
    arguments: Vec<String>,
    path: String,
}

fn report(name: &'static str, arguments: &str, path: String) -> Report {
    Report { name, arguments: arguments.split_whitespace().map(Into::into).collect(), path }
}

/// A visit in which there is something to say in each of them.
async fn eventful() -> Visit {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (clinic, officer) = (&visit.clinic, visit.clinic.compliance().await);
    visit.wait().await;
    visit.admit().await;
    visit.consent("give", "telehealth").await;
    visit.consent("decline", "recording").await;
    let note = visit.draft_note().await;
    visit.sign(&note).await;
    visit.provider.client.get(&visit.note_path(&note)).await.ok();
    visit.patient.client.get(&visit.path("timeline")).await.ok();
    visit.desk.get(&format!("/v1/patients/{}", visit.patient.id)).await.ok();
    visit.desk.get(&format!("/v1/patients/{}/chart", visit.patient.id)).await.refused(403, "denied");
    let zone: daybook_domain::TimeZone = "America/Chicago".try_into().unwrap();
    for ground in ["public-health", "treatment-payment-operations"] {
        let disclosure = json!({
            "ground": ground, "on": zone.day(now()), "recipient": "The county", "description": phi::NOTE,
            "purpose": "A report", "visits": [visit.id],
        });
        officer.post(&format!("/v1/patients/{}/disclosures", visit.patient.id), disclosure).await.written();
    }
    let export = json!({
        "scope": { "kind": "visit", "visit_id": visit.id }, "reason": "complaint-review", "recipient": "county-auditor",
    });
    clinic.auditor().await.post("/v1/audit/exports", export).await.ok();
    visit.addend(&note).await;
    // Of the same name, and with no relation to the patient.
    let namesake = clinic.patient_named("Brook").await;
    let stranger = clinic.provider().await;
    let why = json!({ "reason": "provider-unreachable", "details": phi::REASON, "minutes": 30 });
    let broken = format!("/v1/patients/{}/break-glass", visit.patient.id);
    let glass = stranger.client.post(&broken, why.clone()).await.written();
    stranger.client.post(&format!("/v1/patients/{}/break-glass", namesake.id), why).await.written();
    clinic.app.read_models_caught_up().await;
    stranger.client.get(&visit.path("timeline")).await.ok();
    stranger.client.get(&format!("/v1/patients/{}", namesake.id)).await.ok();
    let finding = json!({ "finding": "justified", "details": phi::DETAILS });
    let glass = glass["glass_id"].as_str().expect("an id").to_owned();
    officer.post(&format!("{broken}/{glass}/review"), finding).await.written();
    // Somebody of the staff who is a patient, too.
    let both = clinic.somebody("front-desk", &visit.patient.client.subject, None).await;
    both.get(&format!("/v1/patients/{}", visit.patient.id)).await.ok();
    visit
}

/// What both say of the same time, without what each says of itself: the asking is a fact too, so that the log is longer each time.
fn said(mut report: Value) -> Value {
    assert!(report["unwitnessed"]["longest"]["events"].as_u64() > Some(20), "{report}");
    assert!(report["as_of"].is_null() || report["as_of"].as_u64() > Some(20), "{report}");
    let fields = report.as_object_mut().expect("an object");
    fields.retain(|name, _| !["unwitnessed", "as_of"].contains(&name.as_str()));
    let notes = fields["notes"].as_array_mut().expect("notes");
    notes.retain(|note| !note.as_str().is_some_and(|note| note.starts_with("The log has ")));
    report
}

async fn by_server(who: &Client, report: &Report, size: u64) -> Value {
    let sign = if report.path.contains('?') { '&' } else { '?' };
    let waits = ["access-reviews/", "disclosures", "reconciliation"].iter().all(|other| !report.path.contains(other));
    let wait = if waits { format!("&min_position={}", size - 1) } else { String::new() };
    who.get(&format!("{}{sign}form=json{wait}", report.path)).await.ok().body
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_and_the_command_line_say_the_same() {
    let begun = now();
    let visit = eventful().await;
    let (clinic, officer) = (&visit.clinic, visit.clinic.compliance().await);
    let opened = officer.post("/v1/audit/access-reviews", json!({})).await.written();
    let review = opened.header("location").to_owned();
    let accesses = officer.get("/v1/audit/access").await.ok();
    let session = accesses.entry("rows", "reader", &visit.desk.subject)["session"].as_str().expect("one").to_owned();
    let time = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let (from, to) = (time(begun - TimeDelta::seconds(1)), time(now()));
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;

    let period = format!("--from {from} --to {to}");
    let (of, patient, id) = (format!("from={from}&to={to}"), visit.patient.id, visit.id);
    let review_id = review.rsplit('/').next().expect("an id");
    let desk = visit.desk.subject.as_str();
    let disclosures = format!("/v1/patients/{patient}/disclosures");
    let reports = [
        report("access", &period, format!("/v1/audit/access?limit=1000&{of}")),
        report(
            "access",
            &format!("--patient {patient} {period}"),
            format!("/v1/audit/access?limit=1000&patient={patient}&{of}"),
        ),
        report(
            "access",
            &format!("--reader {desk} {period}"),
            format!("/v1/audit/access?limit=1000&reader={desk}&{of}"),
        ),
        report("break-glass", &period, format!("/v1/audit/break-glass?{of}")),
        report("disclosures", &patient.to_string(), disclosures.clone()),
        report("notable", &format!("--bulk 1 {period}"), format!("/v1/audit/notable?bulk=1&{of}")),
        report("consents", &format!("{patient} --at {to}"), format!("/v1/audit/consents?patient={patient}&at={to}")),
        report("integrity", &period, format!("/v1/audit/integrity?{of}")),
        report("reconciliation", "", "/v1/audit/reconciliation".into()),
        report("recall", &id.to_string(), format!("/v1/audit/recall?visit={id}")),
        report("received", &format!("--reader {desk} {period}"), format!("/v1/audit/received?reader={desk}&{of}")),
        report(
            "received",
            &format!("--session {session} {period}"),
            format!("/v1/audit/received?session={session}&{of}"),
        ),
        report("access-review", review_id, review.clone()),
    ];
    for asked in &reports {
        let server = said(by_server(&officer, asked, clinic.log_size().await).await);
        let arguments: Vec<&str> = asked.arguments.iter().map(String::as_str).collect();
        let line = [&["report", asked.name][..], &arguments, &["--form", "json"]].concat();
        let command_line = said(serde_json::from_str(&clinic.replay(&officer, &line).await.ok().out).unwrap());
        assert_eq!(command_line, server, "{line:?}");
        let rows = server["rows"].as_array().expect("rows");
        assert_eq!(rows.is_empty(), asked.name == "reconciliation", "{line:?}: {rows:?}");
    }

    // What the patient is told, which says nothing of the log.
    let copy = officer.get(&format!("{disclosures}?copy=patient&form=json")).await.ok().body;
    let line = ["report", "disclosures", &patient.to_string(), "--copy-for-patient", "--form", "json"];
    let said: Value = serde_json::from_str(&clinic.replay(&officer, &line).await.ok().out).unwrap();
    assert_eq!((&said, &said["unwitnessed"]), (&copy, &Value::Null));

    let help = replay::run(&clinic.app, &["report", "--help"]).await.ok().out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let there: BTreeSet<_> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    let compared: BTreeSet<_> = reports.iter().map(|report| report.name).chain(["help"]).collect();
    assert_eq!(there, compared, "reports of the command line, and those that were compared");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accounting_and_an_access_review_are_told_on_a_terminal_and_that_is_a_fact() {
    let visit = eventful().await;
    let (clinic, officer) = (&visit.clinic, visit.clinic.compliance().await);
    let (patient, auditor) = (visit.patient.id.to_string(), visit.clinic.auditor().await);
    let last_read = async || {
        let facts = clinic.log_from(0).await.iter().map(Fact::of).collect::<Vec<_>>();
        let read = facts.into_iter().rfind(|fact| fact.kind == "phi-read").expect("a read");
        (read.payload["reader"].clone(), read.payload["action"].clone(), read.metadata["reason"].clone())
    };
    let whole = clinic.replay(&officer, &["report", "disclosures", &patient]).await.ok().out;
    for said in ["LONGEST UNWITNESSED INTERVAL", "public-health", "The county", phi::NOTE, "164.512(b)", "exempt"] {
        assert!(whole.contains(said), "{said}: {whole}");
    }
    let because = json!("complaint-review");
    assert_eq!(last_read().await, (json!(officer.subject), json!("read-disclosures"), because.clone()));
    let copy = clinic.replay(&officer, &["report", "disclosures", &patient, "--copy-for-patient"]).await.ok().out;
    assert!(copy.contains("public-health") && !copy.contains("exempt") && !copy.contains("UNWITNESSED"), "{copy}");
    let refused = clinic.replay(&auditor, &["report", "disclosures", &patient]).await;
    assert_eq!((refused.code, refused.out.as_str()), (Some(2), ""), "{}", refused.error);

    let opened = officer.post("/v1/audit/access-reviews", json!({})).await.written();
    let review = opened.header("location").rsplit('/').next().expect("an id").to_owned();
    let lines = clinic.replay(&auditor, &["report", "access-review", &review]).await.ok().out;
    for said in ["LONGEST UNWITNESSED INTERVAL", "Access review", &visit.desk.subject, &visit.provider.client.subject] {
        assert!(lines.contains(said), "{said}: {lines}");
    }
    assert_eq!(last_read().await, (json!(auditor.subject), json!("read-accesses"), because));
}
