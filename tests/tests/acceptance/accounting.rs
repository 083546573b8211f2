//! Disclosures to somebody outside, and the accounting of them: what a patient is told, and what only compliance is.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::support::{Answer, App, Clinic, Visit, fresh_id, now, phi};

const RECIPIENT: &str = "Dane County Sheriff";
const PURPOSE: &str = "A warrant of last week";

impl Visit {
    fn disclosures(&self) -> String {
        format!("/v1/patients/{}/disclosures", self.patient.id)
    }

    /// What the clinic's calendar says.
    fn day(&self, ago: u64) -> NaiveDate {
        let chicago: daybook_domain::TimeZone = "America/Chicago".try_into().expect("a time zone");
        chicago.day(now()) - Days::new(ago)
    }

    fn disclosure(&self, ground: &str, ago: u64) -> Value {
        json!({
            "ground": ground, "on": self.day(ago), "recipient": RECIPIENT, "address": phi::ADDRESS,
            "description": phi::NOTE, "purpose": PURPOSE, "visits": [self.id],
        })
    }

    async fn disclosed(&self, ground: &str, ago: u64) -> String {
        let officer = self.clinic.compliance().await;
        let made = officer.post(&self.disclosures(), self.disclosure(ground, ago)).await.written();
        made["disclosure_id"].as_str().expect("an id").to_owned()
    }

    async fn suspend(&self, disclosure: &str, statement: &str, stated: u64, until: NaiveDate) -> Answer {
        let suspension = json!({
            "statement": statement, "agency": "Sheriff Ray", "stated_on": self.day(stated), "until": until,
        });
        let path = format!("{}/{disclosure}/suspend", self.disclosures());
        self.clinic.compliance().await.post(&path, suspension).await
    }

    async fn told_to_patient(&self) -> Answer {
        self.patient.client.get(&self.disclosures()).await.ok()
    }
}

async fn visit() -> Visit {
    App::start().await.with_clinic().await.visit().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_is_told_what_the_rule_says_and_compliance_what_was_left_out() {
    let visit = visit().await;
    visit.disclosed("treatment-payment-operations", 9).await;
    visit.disclosed("public-health", 8).await;
    visit.disclosed("public-health", 2).await;
    visit.disclosed("required-by-law", 366 * 6 + 2).await;
    visit.disclosed("not-permitted", 1).await;

    let told = visit.told_to_patient().await;
    let lines = told.list("disclosures");
    let brief: Vec<_> = lines.iter().map(|line| (line["ground"].clone(), line["number"].clone())).collect();
    assert_eq!(brief, [(json!("public-health"), json!(2)), (json!("not-permitted"), json!(1))]);
    let first = &lines[0];
    assert_eq!((&first["recipient"], &first["address"]), (&json!(RECIPIENT), &json!(phi::ADDRESS)));
    assert_eq!((&first["description"], &first["purpose"]), (&json!(phi::NOTE), &json!(PURPOSE)));
    assert_eq!((&first["on"], &first["last_on"]), (&json!(visit.day(8)), &json!(visit.day(2))));
    assert_eq!(first["provision"], "164.512(b)");
    assert_eq!(told["left_out"], Value::Null);

    let officer = visit.clinic.compliance().await;
    let whole = officer.get(&visit.disclosures()).await.ok();
    assert_eq!(whole["disclosures"], told["disclosures"]);
    let exempt = whole["left_out"]["exempt"].as_array().unwrap();
    assert_eq!((exempt.len(), &exempt[0]["ground"]), (1, &json!("treatment-payment-operations")));
    assert_eq!(exempt[0]["visits"], json!([visit.id]));
    let copy = officer.get(&format!("{}?copy=patient", visit.disclosures())).await.ok();
    assert_eq!(copy.body, told.body);
    let day = visit.day(1);
    let short = officer.get(&format!("{}?from={day}&to={day}", visit.disclosures())).await.ok();
    assert_eq!(short.list("disclosures").len(), 1);
    for wrong in ["from=yesterday", "copy=police", "since=2026-01-01"] {
        officer.get(&format!("{}?{wrong}", visit.disclosures())).await.refused(400, "invalid-parameter");
    }

    let stored = json!(visit.clinic.log_from(0).await).to_string();
    assert!(stored.contains("disclosure-made"));
    for sealed in [RECIPIENT, PURPOSE, phi::NOTE, phi::ADDRESS] {
        assert!(!stored.contains(sealed), "{sealed} stands in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_disclosure_is_not_told_while_it_lasts_nor_that_there_is_one() {
    let visit = visit().await;
    let before = visit.told_to_patient().await.body;
    let (police, court) =
        (visit.disclosed("law-enforcement", 5).await, visit.disclosed("judicial-proceeding", 5).await);
    visit.suspend(&court, "written", 4, visit.day(0)).await.refused(409, "not-suspendable");
    let in_forty_days = visit.day(0) + Days::new(40);
    visit.suspend(&police, "oral", 4, in_forty_days).await.refused(422, "oral-suspension-too-long");
    visit.suspend(&police, "written", 4, in_forty_days).await.written();
    let told = visit.told_to_patient().await;
    assert_eq!(told.list("disclosures").len(), 1);
    assert_eq!(told["disclosures"][0]["disclosure_id"], court);
    assert!(!told.text.contains("suspend") && !told.text.contains(&police));
    let keys = |body: &Value| body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&told.body), keys(&before), "the shape does not give it away");

    let officer = visit.clinic.compliance().await;
    let whole = officer.get(&visit.disclosures()).await.ok();
    let suspended = &whole["left_out"]["suspended"][0];
    assert_eq!(suspended["disclosure_id"], police);
    assert_eq!(suspended["suspension"]["until"], json!(in_forty_days));
    assert_eq!(suspended["suspension"]["agency"], "Sheriff Ray");

    // The agency takes it back: it ended yesterday.
    visit.suspend(&police, "written", 4, visit.day(1)).await.written();
    assert_eq!(visit.told_to_patient().await.list("disclosures").len(), 2);
    assert_eq!(officer.get(&visit.disclosures()).await.ok()["left_out"]["suspended"], json!([]));
    visit.suspend(&fresh_id().to_string(), "written", 4, visit.day(0)).await.refused(404, "unknown-disclosure");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_compliance_records_disclosures_and_only_the_patient_reads_of_them_besides() {
    let visit = visit().await;
    let other = visit.clinic.visit().await;
    let disclosure = visit.disclosure("public-health", 1);
    for who in [
        &visit.desk,
        &visit.provider.client,
        &visit.billing,
        &visit.clinic.administrator().await,
        &visit.clinic.auditor().await,
    ] {
        who.post(&visit.disclosures(), disclosure.clone()).await.refused(403, "denied");
        who.get(&visit.disclosures()).await.refused(403, "denied");
    }
    visit.patient.client.post(&visit.disclosures(), disclosure.clone()).await.refused(403, "denied");
    other.patient.client.get(&visit.disclosures()).await.refused(404, "not-found");

    // What cannot be true changes nothing.
    let officer = visit.clinic.compliance().await;
    let with = |name: &str, value: Value| {
        let mut disclosure = disclosure.clone();
        disclosure[name] = value;
        disclosure
    };
    for (wrong, code) in [
        (with("on", json!(visit.day(0) + Days::new(2))), "disclosure-in-future"),
        (with("visits", json!([other.id])), "visit-of-another"),
        (with("visits", json!([fresh_id()])), "visit-of-another"),
        (with("visits", json!(vec![visit.id; 101])), "too-many-visits-disclosed"),
        (with("ground", json!("spite")), "invalid-body"),
        (with("recipient", json!("")), "invalid-body"),
        (with("colour", json!("red")), "invalid-body"),
    ] {
        officer.post(&visit.disclosures(), wrong).await.refused(422, code);
    }
    let nobody = format!("/v1/patients/{}/disclosures", fresh_id());
    officer.post(&nobody, with("visits", json!([]))).await.refused(404, "not-found");
    officer.get(&nobody).await.refused(404, "not-found");
    assert_eq!(visit.told_to_patient().await.list("disclosures").len(), 0);

    let key = [("idempotency-key", "disclosed-once")];
    let once = officer.post_with(&visit.disclosures(), disclosure.clone(), &key).await.written();
    let twice = officer.post_with(&visit.disclosures(), disclosure, &key).await.written();
    assert_eq!((&twice["disclosure_id"], &twice["repeated"]), (&once["disclosure_id"], &json!(true)));
    assert_eq!(visit.told_to_patient().await.list("disclosures").len(), 1);
}

/// The clinic's facts of this visit's patient who read the accounting.
#[tokio::test(flavor = "multi_thread")]
async fn reading_the_accounting_is_recorded() {
    let visit = visit().await;
    let from = visit.clinic.log_size().await;
    visit.told_to_patient().await;
    let read = reads(&visit.clinic, from).await;
    assert_eq!(read, [(json!("read-disclosures"), json!([visit.patient.id]))]);
}

async fn reads(clinic: &Clinic, from: u64) -> Vec<(Value, Value)> {
    let events = clinic.log_from(from).await;
    let facts = events.iter().map(crate::support::Fact::of).filter(|fact| fact.kind == "phi-read");
    facts.map(|fact| (fact.payload["action"].clone(), fact.payload["patients"].clone())).collect()
}
