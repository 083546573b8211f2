//! Exports over HTTP: a tar that proves itself, on the record before its first byte.

use daybook_audit::bundle::{Bundle, Content};
use daybook_audit::{Policy, Report, Tail, Verdict, examine};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{App, Client, Clinic, Fact, Visit, fresh_id, phi};

const EXPORTS: &str = "/v1/audit/exports";

async fn visit() -> Visit {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit
}

fn of(scope: Value) -> Value {
    json!({ "scope": scope, "reason": "complaint-review", "recipient": "county-auditor" })
}

/// A tar, taken away.
async fn taken(who: &Client, scope: &Value, request: Uuid) -> Vec<u8> {
    let asked = who.request(Method::POST, EXPORTS).header("X-Request-Id", request.to_string()).json(&of(scope.clone()));
    let answer = asked.send().await.unwrap().error_for_status().unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("cache-control")), ("application/x-tar".into(), "no-store".into()));
    answer.bytes().await.unwrap().into()
}

/// What somebody finds out who has the tar and, from elsewhere, the log's key.
async fn examined(clinic: &Clinic, bundle: &[u8]) -> Report {
    let place = std::env::temp_dir().join(format!("daybook-exported-{}.tar", fresh_id()));
    std::fs::write(&place, bundle).unwrap();
    let key = clinic.app.anybody().get(&format!("/v1/clinics/{}/log/key", clinic.id)).await.ok().text;
    let policy = Policy::read(&format!("log {key}quorum none\n")).unwrap();
    let report = Bundle::open(&place).map(|bundle| examine(&bundle, &policy));
    std::fs::remove_file(place).unwrap();
    report.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn compliance_and_auditors_take_a_part_of_the_log_away_and_it_proves_itself() {
    let visit = visit().await;
    let (clinic, (auditor, compliance)) =
        (&visit.clinic, (visit.clinic.auditor().await, visit.clinic.compliance().await));
    let scopes = [
        (json!({ "kind": "visit", "visit_id": visit.id }), "visit", Tail::OperatorsStatement),
        (json!({ "kind": "patient", "patient_id": visit.patient.id }), "patient", Tail::OperatorsStatement),
        (json!({ "kind": "time", "from": "2020-01-01T00:00:00Z", "to": "2099-01-01T00:00:00Z" }), "time", Tail::Proven),
        (json!({ "kind": "clinic" }), "clinic", Tail::Proven),
    ];
    for (scope, kind, tail) in scopes {
        for who in [&auditor, &compliance] {
            let request = fresh_id();
            let bundle = taken(who, &scope, request).await;
            let text = String::from_utf8_lossy(&bundle);
            assert!(phi::ALL.iter().all(|phi| !text.contains(phi)), "{kind}: content was not withheld");
            let report = examined(clinic, &bundle).await;
            assert_eq!((report.verdict, report.tail), (Verdict::Valid, tail), "{kind}: {report:?}");
            assert!(report.events > 5, "{kind}: {report:?}");
            let facts = clinic.facts_of(request).await;
            let kinds: Vec<_> = facts.iter().map(|fact| fact.kind.as_str()).collect();
            assert_eq!(kinds, ["phi-read", "export-made"]);
            let made = &facts[1].payload;
            assert_eq!((&made["taker"], &made["of"]), (&json!(who.subject), &json!(kind)));
            assert_eq!((&made["reason"], &made["recipient"]), (&json!("complaint-review"), &json!("county-auditor")));
            assert_eq!((&made["content"], &made["form"]), (&json!("withheld"), &json!("bundle")));
            assert!(facts[1].position < report.size.unwrap(), "it was recorded before the log was read");
            let patients = if ["visit", "patient"].contains(&kind) { vec![visit.patient.id] } else { vec![] };
            assert_eq!(made["patients"], json!(patients), "{kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_takes_anything_away_and_what_does_not_fit_is_refused() {
    let visit = visit().await;
    let all = of(json!({ "kind": "clinic" }));
    for who in [&visit.desk, &visit.billing, &visit.provider.client, &visit.patient.client] {
        // Not for a patient either: it is not about one thing of theirs.
        who.post(EXPORTS, all.clone()).await.refused(403, "denied");
    }
    let (auditor, size) = (visit.clinic.auditor().await, visit.clinic.log_size().await);
    for (kind, field) in [("visit", "visit_id"), ("patient", "patient_id")] {
        auditor.post(EXPORTS, of(json!({ "kind": kind, field: fresh_id() }))).await.refused(404, "not-found");
    }
    let none = json!({ "kind": "time", "from": "2000-01-01T00:00:00Z", "to": "2000-01-02T00:00:00Z" });
    auditor.post(EXPORTS, of(none)).await.refused(404, "not-found");
    for scope in [
        json!({ "kind": "time", "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z" }),
        json!({ "kind": "time", "from": "2026-01-02T00:00:00Z" }),
        json!({ "kind": "visit" }),
        json!({ "kind": "everything" }),
        json!({ "kind": "clinic", "clinic_id": fresh_id() }),
    ] {
        auditor.post(EXPORTS, of(scope)).await.refused(422, "invalid-body");
    }
    auditor.post(EXPORTS, json!({ "scope": { "kind": "clinic" } })).await.refused(422, "invalid-body");
    assert_eq!(visit.clinic.log_size().await, size, "what was refused was recorded as taken");
    // Another clinic's auditor learns nothing.
    let elsewhere = visit.clinic.app.with_clinic().await.auditor().await;
    let request = of(json!({ "kind": "visit", "visit_id": visit.id }));
    elsewhere.post(EXPORTS, request).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn content_leaves_for_one_recipient_by_compliance_alone() {
    let visit = visit().await;
    let (auditor, compliance) = (visit.clinic.auditor().await, visit.clinic.compliance().await);
    // Of an identity that nobody has.
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let of = |scope: Value, key: &str| {
        let mut body = of(scope);
        body["recipient_key"] = key.into();
        body
    };
    let scope = json!({ "kind": "visit", "visit_id": visit.id });
    auditor.post(EXPORTS, of(scope.clone(), key)).await.refused(403, "denied");
    compliance.post(EXPORTS, of(scope.clone(), "age1nobody")).await.refused(422, "invalid-body");
    let mut table = of(scope.clone(), key);
    table["form"] = "csv".into();
    compliance.post(EXPORTS, table).await.refused(422, "invalid-body");
    let asked = compliance.request(Method::POST, EXPORTS).json(&of(scope, key)).send().await.unwrap();
    let bundle: Vec<u8> = asked.error_for_status().unwrap().bytes().await.unwrap().into();
    let report = examined(&visit.clinic, &bundle).await;
    assert_eq!((report.verdict, report.content), (Verdict::Valid, Some(Content::Included)), "{report:?}");
    let text = String::from_utf8_lossy(&bundle);
    assert!(phi::ALL.iter().all(|phi| !text.contains(phi)), "something leaves that is not sealed");
    let facts = visit.clinic.log_from(0).await;
    let made = facts.iter().map(Fact::of).rfind(|fact| fact.kind == "export-made").unwrap().payload;
    assert_eq!((&made["content"], &made["recipient_key"]), (&json!("included"), &json!(key)));
}

#[tokio::test(flavor = "multi_thread")]
async fn content_of_a_time_and_of_a_clinic_is_on_the_record_of_everybody_in_it() {
    let visit = visit().await;
    let other = visit.clinic.patient().await;
    let compliance = visit.clinic.compliance().await;
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    for scope in [
        json!({ "kind": "clinic" }),
        json!({ "kind": "time", "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z" }),
    ] {
        let mut body = of(scope.clone());
        body["recipient_key"] = key.into();
        let request = fresh_id();
        let asked = compliance.request(Method::POST, EXPORTS).header("X-Request-Id", request.to_string()).json(&body);
        let asked = asked.send().await.unwrap();
        let bundle: Vec<u8> = asked.error_for_status().unwrap().bytes().await.unwrap().into();
        let report = examined(&visit.clinic, &bundle).await;
        assert_eq!((report.verdict, report.content), (Verdict::Valid, Some(Content::Included)), "{report:?}");
        let text = String::from_utf8_lossy(&bundle);
        assert!(phi::ALL.iter().all(|phi| !text.contains(phi)), "something leaves that is not sealed");
        let made = visit.clinic.facts_of(request).await.pop().unwrap();
        let mut patients = vec![visit.patient.id, other.id];
        patients.sort();
        assert_eq!((made.kind.as_str(), &made.payload["patients"]), ("export-made", &json!(patients)), "{scope}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_forms_are_one_file_without_what_is_sealed() {
    let visit = visit().await;
    let auditor = visit.clinic.auditor().await;
    for (form, media_type, said) in [
        ("csv", "text/csv; charset=utf-8", "\"checked-in\""),
        ("fhir", "application/fhir+ndjson", "\"Provenance\""),
        ("html", "text/html; charset=utf-8", "<td>checked in</td>"),
    ] {
        let mut body = of(json!({ "kind": "visit", "visit_id": visit.id }));
        body["form"] = form.into();
        let request = fresh_id();
        let asked = auditor.request(Method::POST, EXPORTS).header("X-Request-Id", request.to_string()).json(&body);
        let asked = asked.send().await.unwrap();
        assert_eq!(asked.headers()["content-type"], media_type);
        assert!(asked.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        let text = asked.error_for_status().unwrap().text().await.unwrap();
        assert!(text.contains(said) && text.contains("This proves nothing by itself."), "{text}");
        assert!(phi::ALL.iter().all(|phi| !text.contains(phi)), "something leaves that is not sealed");
        assert_eq!(visit.clinic.facts_of(request).await.pop().unwrap().payload["form"], form);
    }
}
