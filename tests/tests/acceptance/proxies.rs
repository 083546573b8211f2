//! Who acts for a patient: a parent of a child, on an authority that was seen; and a minor whom a rule lets act alone.

use chrono::{Days, NaiveDate};
use daybook_domain::patient::{Command, NewAuthority, Patient, ProxyDocument, ProxyKind, ProxyMatter};
use daybook_domain::{Actor, AuthorityId, Request, Role};
use daybook_ledger::append::CommandKey;
use daybook_ledger::cqrs::{self, ExecuteError, Execution};
use daybook_ledger::{Intent, Loaded, Metadata, aggregate};
use serde_json::{Value, json};

use crate::support::{Answer, App, Clinic, Person, Visit, fresh_id, now};

const TEXT: &str = "consent/2026-01";
const NAME: &str = "Bea Quillfeather";

fn today() -> NaiveDate {
    now().date_naive()
}

/// Somebody who is so many years old.
async fn aged(clinic: &Clinic, years: u64) -> Person {
    let born = today() - Days::new(years * 366);
    clinic.patient_born(&born.to_string()).await
}

async fn child_waits(clinic: &Clinic) -> Visit {
    let (child, provider) = (aged(clinic, 10).await, clinic.provider().await);
    let visit = clinic.visit_of(&child, &provider).await;
    visit.wait().await;
    visit
}

fn parent() -> Value {
    json!({
        "kind": "parent", "name": NAME, "document": "birth-certificate", "scope": ["consent", "information"],
        "expires_on": today() + Days::new(200),
    })
}

fn authorities(visit: &Visit) -> String {
    format!("/v1/patients/{}/proxy-authorities", visit.patient.id)
}

async fn identified(visit: &Visit, authority: &Value) -> Answer {
    let who = json!({ "authority_id": authority, "method": "document", "identifiers": ["name", "photo"] });
    visit.desk.post(&visit.path("proxies"), who).await
}

fn answers(proxy: &Value, answer: &str) -> Value {
    json!({ "participant_id": proxy, "answer": answer, "kind": "telehealth", "text_version": TEXT })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_consents_for_a_child_on_an_authority_that_was_seen() {
    let clinic = App::start().await.with_clinic().await;
    let visit = child_waits(&clinic).await;
    let consent = json!({ "kind": "telehealth", "text_version": TEXT });
    visit.patient.client.post(&visit.path("consents/give"), consent).await.refused(409, "proxy-needed");

    for (who, client) in [("patient", &visit.patient.client), ("provider", &visit.provider.client)] {
        let refused = client.post(&authorities(&visit), parent()).await;
        assert_eq!(refused.status, 403, "{who}");
    }
    let verified = visit.desk.post(&authorities(&visit), parent()).await.written();
    let proxy = identified(&visit, &verified["authority_id"]).await.written()["participant_id"].clone();
    identified(&visit, &verified["authority_id"]).await.refused(409, "wrong-state");
    visit.patient.client.post(&visit.path("consents/proxy"), answers(&proxy, "given")).await.refused(403, "denied");
    let given = visit.desk.post(&visit.path("consents/proxy"), answers(&proxy, "given")).await.written();

    let shown = visit.show().await;
    assert_eq!(shown["consents"]["telehealth"], json!({ "given": TEXT }));
    let expected = json!([{ "participant_id": proxy, "authority_id": verified["authority_id"], "kind": "parent" }]);
    assert_eq!(shown["proxies"], expected);
    let chart = format!("/v1/patients/{}/chart?min_position={}", visit.patient.id, given.position());
    let chart = visit.provider.client.get(&chart).await.ok();
    let consent = &chart["visits"][0]["consents"][0];
    assert_eq!(consent["participant"], "proxy");
    assert_eq!((&consent["participant_id"], &consent["authority_id"]), (&proxy, &verified["authority_id"]));

    let back = json!({ "participant_id": proxy, "kind": "telehealth" });
    visit.desk.post(&visit.path("consents/proxy/withdraw"), back.clone()).await.written();
    visit.desk.post(&visit.path("consents/proxy/withdraw"), back).await.refused(409, "consent-not-given");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_without_authority_or_after_its_end() {
    let clinic = App::start().await.with_clinic().await;
    let visit = child_waits(&clinic).await;
    identified(&visit, &json!(fresh_id())).await.refused(409, "proxy-without-authority");
    let nobody = answers(&json!(fresh_id()), "given");
    visit.desk.post(&visit.path("consents/proxy"), nobody).await.refused(404, "unknown-participant");

    let verified = visit.desk.post(&authorities(&visit), parent()).await.written();
    let proxy = identified(&visit, &verified["authority_id"]).await.written()["participant_id"].clone();
    let end = json!({ "authority_id": verified["authority_id"], "reason": "grounds-ended" });
    visit.desk.post(&format!("{}/end", authorities(&visit)), end.clone()).await.written();
    let again = visit.desk.post(&format!("{}/end", authorities(&visit)), end).await;
    again.refused(409, "authority-already-ended");
    let given = answers(&proxy, "given");
    visit.desk.post(&visit.path("consents/proxy"), given).await.refused(409, "proxy-without-authority");

    let mut scheduling = parent();
    scheduling["scope"] = json!(["scheduling"]);
    let other = visit.desk.post(&authorities(&visit), scheduling).await.written();
    let proxy = identified(&visit, &other["authority_id"]).await.written()["participant_id"].clone();
    let given = answers(&proxy, "given");
    visit.desk.post(&visit.path("consents/proxy"), given).await.refused(409, "proxy-without-authority");

    let record = visit.desk.get(&format!("/v1/patients/{}", visit.patient.id)).await.ok();
    let shown: Vec<_> =
        record.list("proxy_authorities").iter().map(|one| (one["name"].clone(), one["ended"].clone())).collect();
    assert_eq!(shown, [(json!(NAME), json!("grounds-ended")), (json!(NAME), Value::Null)]);
}

/// As if the front desk had seen the document on a day that is past.
async fn verified_long_ago(visit: &Visit, expires_on: NaiveDate) -> AuthorityId {
    let (_, ledger) = visit.clinic.app.beside().await;
    let (clinic, authority_id) = (visit.clinic.id, AuthorityId(fresh_id()));
    let execution = Execution { clinic, key: CommandKey { id: fresh_id(), request_hash: [0; 32] }, expected: None };
    let verify = || async {
        let patient: Loaded<Patient> = aggregate::load(&ledger, clinic, visit.patient.id).await?;
        let command = daybook_domain::patient::VerifyProxyAuthority {
            kind: ProxyKind::Parent,
            name: NAME.try_into().unwrap(),
            document: ProxyDocument::BirthCertificate,
            scope: vec![ProxyMatter::Consent],
            expires_on,
        };
        let command = Command::VerifyProxyAuthority(command, NewAuthority { authority_id, today: expires_on });
        let actor = Actor { role: Role::FrontDesk, subject: "front-desk-1".into(), person: None };
        Ok::<_, ExecuteError>(Intent::new(patient, Request { at: now(), actor, command }, Metadata::new()))
    };
    cqrs::execute(&ledger, execution, verify).await.unwrap();
    authority_id
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_authority_does_not_do_and_none_is_verified_for_the_past() {
    let clinic = App::start().await.with_clinic().await;
    let visit = child_waits(&clinic).await;
    let expired = verified_long_ago(&visit, today() - Days::new(3)).await;
    let refused = identified(&visit, &json!(expired)).await.refused(409, "proxy-authority-expired");
    assert!(refused["detail"].as_str().unwrap().contains("verify it anew"));
    let mut past = parent();
    past["expires_on"] = json!(today() - Days::new(3));
    let refused = visit.desk.post(&authorities(&visit), past).await.refused(422, "expiry-unreasonable");
    assert_eq!(refused["errors"][0]["field"], "expires_on");
    let mut nothing = parent();
    nothing["scope"] = json!([]);
    visit.desk.post(&authorities(&visit), nothing).await.refused(422, "scope-empty");
    let stranger = format!("/v1/patients/{}/proxy-authorities", fresh_id());
    visit.desk.post(&stranger, parent()).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_does_not_act_for_a_patient_of_age() {
    let clinic = App::start().await.with_clinic().await;
    let (adult, provider) = (aged(&clinic, 30).await, clinic.provider().await);
    let visit = clinic.visit_of(&adult, &provider).await;
    let verified = visit.desk.post(&authorities(&visit), parent()).await.written();
    identified(&visit, &verified["authority_id"]).await.refused(409, "proxy-without-authority");
    // Days ahead, from wherever they may be.
    visit.consent("give", "telehealth").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_minor_consents_alone_only_where_a_rule_lets_them_and_the_log_does_not_say_to_what() {
    let clinic = App::start().await.with_clinic().await;
    let (child, provider) = (aged(&clinic, 15).await, clinic.provider().await);
    let visit = clinic.visit_of(&child, &provider).await;
    let give = visit.path("consents/give");
    let to = |service: &str| json!({ "kind": "telehealth", "text_version": TEXT, "service": service });
    // Whether somebody is of age depends on where they are.
    let nowhere = json!({ "kind": "telehealth", "text_version": TEXT });
    visit.patient.client.post(&give, nowhere).await.refused(409, "location-not-attested");
    visit.wait().await;
    visit.patient.client.post(&give, to("general-medical")).await.refused(409, "rule-unknown");
    visit.patient.client.post(&give, to("acupuncture")).await.refused(422, "invalid-body");
    visit.patient.client.post(&give, to("sexually-transmitted-infection")).await.written();
    let stored: String = clinic.log_from(0).await.iter().map(Value::to_string).collect();
    assert!(stored.contains("consent-given") && stored.contains("system:age-at-visit"), "who read the birth date");
    for phi in ["transmitted-infection", "minor-consent.", NAME] {
        assert!(!stored.contains(phi), "{phi}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_clinic_takes_consents_once_its_compliance_officer_accepted_the_age_of_majority() {
    let clinic = Clinic::open_real(&App::start().await).await;
    let visit = clinic.visit().await;
    visit.wait().await;
    let consent = json!({ "kind": "telehealth", "text_version": TEXT });
    visit.patient.client.post(&visit.path("consents/give"), consent).await.refused(409, "rule-unreviewed");
    // No and no longer are everybody's right, whatever anybody reviewed.
    visit.consent("decline", "recording").await;
    let compliance = clinic.compliance().await;
    let rule = compliance.get("/v1/rules/majority.18").await.ok();
    let review = json!({ "content_sha256": rule["content_sha256"], "verdict": "accepted" });
    compliance.post("/v1/rules/majority.18/review", review).await.written();
    visit.consent("give", "telehealth").await;
}
