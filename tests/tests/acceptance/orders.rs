//! Orders as honest states: written, signed, taken back, and NOT SENT wherever they are shown.

use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Visit, now};

const MEDICATION: &str = "Salbuterex 100 mcg inhaler";
const TEST: &str = "Eosinophil count";

fn prescription() -> Value {
    json!({
        "prescription": {
            "medication": MEDICATION, "rxnorm": "745679", "dose": "2 puffs", "directions": "Every six hours as needed.",
            "quantity": "1", "quantity_unit": "inhaler", "refills": 1, "days_supply": 30, "substitution_allowed": true,
            "pharmacy": "Larkspur Pharmacy",
        },
        "diagnosis_pointers": [1],
    })
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = prescription();
    change(&mut body["prescription"]);
    body
}

fn lab_order() -> Value {
    let tests = json!([{ "name": TEST, "loinc": "2345-7" }]);
    json!({ "lab_order": { "tests": tests, "specimen": "Blood", "priority": "routine" }, "diagnosis_pointers": [1] })
}

async fn diagnosed() -> Visit {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    visit.diagnose(true).await;
    visit
}

impl Visit {
    fn order_path(&self, order: &Answer, of: &str) -> String {
        self.path(&format!("orders/{}{of}", order["order_id"].as_str().expect("an order")))
    }

    async fn prescribe(&self, body: Value) -> Answer {
        self.provider.client.post(&self.path("prescriptions"), body).await.written()
    }

    /// Looks at the order and signs what is shown.
    async fn sign_order(&self, who: &Client, order: &Answer, more: Value) -> Answer {
        let shown = self.provider.client.get(&self.order_path(order, "")).await.ok();
        let mut signature = json!({
            "content_sha256": shown["content_sha256"], "rendered_at_position": shown["rendered_at_position"],
        });
        for (name, value) in more.as_object().unwrap() {
            signature[name] = value.clone();
        }
        who.post(&self.order_path(order, "/sign"), signature).await
    }

    async fn charted_orders(&self, after: &Answer) -> Vec<Value> {
        let path = format!("/v1/patients/{}/chart?min_position={}", self.patient.id, after.position());
        let chart = self.provider.client.get(&path).await.ok();
        chart.entry("visits", "visit_id", self.id)["orders"].as_array().unwrap().clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_says_not_sent_wherever_it_is_shown_whatever_becomes_of_it() {
    let visit = diagnosed().await;
    let written = visit.prescribe(prescription()).await;
    let lab = visit.provider.client.post(&visit.path("lab-orders"), lab_order()).await.written();
    let signed = visit.sign_order(&visit.provider.client, &written, json!({})).await.written();
    let why = json!({ "reason": "patient-declined", "details": "Afraid of needles." });
    let cancelled = visit.provider.client.post(&visit.order_path(&lab, "/cancel"), why.clone()).await.written();
    visit.provider.client.post(&visit.order_path(&lab, "/cancel"), why).await.refused(409, "wrong-state");

    // The visit, to everybody who may see it; the order itself; the chart; the timeline.
    for who in [&visit.provider.client, &visit.desk, &visit.patient.client] {
        let shown = who.get(&format!("/v1/visits/{}", visit.id)).await.ok();
        let states: Vec<_> =
            shown.list("orders").iter().map(|order| (&order["state"], &order["transmission"])).collect();
        assert!(states.contains(&(&json!("signed"), &json!("NOT SENT"))), "{states:?}");
        assert!(states.contains(&(&json!("cancelled"), &json!("NOT SENT"))), "{states:?}");
    }
    let shown = visit.provider.client.get(&visit.order_path(&written, "")).await.ok();
    assert_eq!((&shown["transmission"], &shown["state"]), (&json!("NOT SENT"), &json!("signed")));
    assert_eq!(shown["content"]["medication"], MEDICATION);
    assert_eq!(shown["signer"], json!(visit.provider.id));
    let charted = visit.charted_orders(&cancelled).await;
    assert_eq!(charted[0]["prescription"]["medication"], MEDICATION);
    assert_eq!(charted[1]["lab_order"]["tests"][0]["name"], TEST);
    assert!(charted.iter().all(|order| order["transmission"] == "NOT SENT"), "{charted:?}");
    let timeline = visit.path(&format!("timeline?min_position={}", cancelled.position()));
    let timeline = visit.provider.client.get(&timeline).await.ok();
    let orders = ["prescription-drafted", "lab-order-drafted", "order-signed", "order-cancelled"];
    let entries: Vec<&Value> = timeline
        .list("entries")
        .iter()
        .filter(|entry| orders.contains(&entry["event_type"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(entries.len(), 4);
    assert!(entries.iter().all(|entry| entry["transmission"] == "NOT SENT"));
    assert_eq!(signed["visit_id"], json!(visit.id));

    // What was ordered is nobody's business who does not treat, and stands nowhere in the clear.
    visit.desk.get(&visit.order_path(&written, "")).await.refused(403, "denied");
    visit.billing.get(&visit.order_path(&written, "")).await.refused(403, "denied");
    assert_eq!(visit.patient.client.get(&visit.order_path(&written, "")).await.ok()["transmission"], "NOT SENT");
    let colleague = visit.clinic.provider().await;
    colleague.client.get(&visit.order_path(&written, "")).await.refused(403, "denied");
    colleague.client.post(&visit.path("prescriptions"), prescription()).await.refused(403, "denied");
    let stored = json!(visit.clinic.log_from(0).await).to_string();
    assert!(!stored.contains("Salbuterex") && !stored.contains("Eosinophil") && !stored.contains("needles"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_is_what_was_shown_and_is_for_a_diagnosis() {
    let visit = diagnosed().await;
    let written = visit.prescribe(prescription()).await;
    let shown = visit.provider.client.get(&visit.order_path(&written, "")).await.ok();
    assert_eq!(shown["content_sha256"], written["content_sha256"]);
    let mut anew = with(|prescription| prescription["refills"] = json!(2));
    anew["order_id"] = written["order_id"].clone();
    visit.prescribe(anew.clone()).await;
    let stale = json!({ "content_sha256": shown["content_sha256"], "rendered_at_position": 1 });
    visit.provider.client.post(&visit.order_path(&written, "/sign"), stale).await.refused(409, "order-changed");
    for position in [1, 1_000_000] {
        let misplaced =
            visit.sign_order(&visit.provider.client, &written, json!({ "rendered_at_position": position })).await;
        let misplaced = misplaced.refused(422, "rendered-position-wrong");
        assert_eq!(misplaced["errors"][0]["field"], "rendered_at_position");
    }
    let signed = visit.sign_order(&visit.provider.client, &written, json!({})).await.written();
    assert_eq!(visit.charted_orders(&signed).await[0]["prescription"]["refills"], 2);
    visit.provider.client.post(&visit.path("prescriptions"), anew).await.refused(409, "wrong-state");
    visit.sign_order(&visit.provider.client, &written, json!({})).await.refused(409, "wrong-state");

    let mut for_nothing = prescription();
    for_nothing["diagnosis_pointers"] = json!([]);
    let for_nothing = visit.prescribe(for_nothing).await;
    visit.sign_order(&visit.provider.client, &for_nothing, json!({})).await.refused(409, "diagnosis-needed");
    let open = visit.path("diagnoses/1/remove");
    visit.provider.client.post(&open, json!({ "reason": "refined" })).await.refused(409, "diagnosis-in-use");
    let lab = json!({ "lab_order": { "tests": [{ "name": TEST }], "priority": "stat" } });
    let lab = visit.provider.client.post(&visit.path("lab-orders"), lab).await.written();
    visit.sign_order(&visit.provider.client, &lab, json!({})).await.written();
    visit.sign_order(&visit.desk, &for_nothing, json!({})).await.refused(403, "denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rule_of_the_day_decides_about_a_controlled_substance_and_is_named() {
    let visit = diagnosed().await;
    let controlled = || with(|prescription| prescription["schedule"] = json!("ii"));
    let order = visit.prescribe(controlled()).await;
    visit.sign_order(&visit.provider.client, &order, json!({})).await.refused(409, "rule-needs-fact");
    // The flexibilities end with 2026, and afterwards nobody knows.
    let unseen = json!({ "examined_in_person": false });
    let flexible = now().date_naive() < "2026-12-31".parse().unwrap();
    let answer = visit.sign_order(&visit.provider.client, &order, unseen.clone()).await;
    if flexible {
        let signed = answer.written();
        let charted = visit.charted_orders(&signed).await.remove(0);
        assert_eq!((&charted["ground"], &charted["transmission"]), (&json!("flexibility"), &json!("NOT SENT")));
        assert_eq!(charted["rules"][0]["rule"], "controlled-substance.flexibility");
        let shown = visit.provider.client.get(&visit.order_path(&order, "")).await.ok();
        assert_eq!(shown["rules"][0]["reviewed"], "simulated-only");
    } else {
        answer.refused(409, "rule-unknown");
    }
    // By telephone no flexibility covers it; who was examined in person before needs none.
    let phone = json!({ "to": "phone", "reason": "technical" });
    visit.provider.client.post(&visit.path("modality"), phone).await.written();
    let order = visit.prescribe(controlled()).await;
    if flexible {
        let refused = visit.sign_order(&visit.provider.client, &order, unseen).await;
        let refused = refused.refused(409, "controlled-substance-not-permitted");
        assert!(refused["detail"].as_str().unwrap().contains("controlled-substance.flexibility"), "{}", refused.text);
    }
    let seen = json!({ "examined_in_person": true });
    let signed = visit.sign_order(&visit.provider.client, &order, seen).await.written();
    let charted = visit.charted_orders(&signed).await.pop().unwrap();
    assert_eq!(charted["ground"], "in-person-examination");
    let stored = json!(visit.clinic.log_from(0).await).to_string();
    assert!(!stored.contains("controlled-substance") && !stored.contains("flexibility"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_orders_are_refused_by_field_and_change_nothing() {
    let visit = diagnosed().await;
    let before = visit.show().await.sequence();
    let refused = async |body: Value, code: &str| {
        let answer = visit.provider.client.post(&visit.path("prescriptions"), body).await.refused(422, code);
        answer["errors"][0]["field"].clone()
    };
    let bad = |name: &str, value: Value| with(|prescription| prescription[name] = value);
    assert_eq!(refused(bad("quantity", json!("0")), "invalid-body").await, "prescription.quantity");
    assert_eq!(refused(bad("quantity", json!(30)), "invalid-body").await, "prescription.quantity");
    assert_eq!(refused(bad("rxnorm", json!("x")), "invalid-body").await, "prescription.rxnorm");
    assert_eq!(refused(bad("schedule", json!("i")), "invalid-body").await, "prescription.schedule");
    assert_eq!(refused(bad("strength", json!("much")), "invalid-body").await, "prescription.strength");
    assert_eq!(refused(bad("directions", json!("x".repeat(1001))), "invalid-body").await, "prescription.directions");
    assert_eq!(refused(bad("refills", json!(100)), "supply-out-of-range").await, "prescription");
    assert_eq!(refused(bad("days_supply", json!(0)), "supply-out-of-range").await, "prescription");
    assert_eq!(refused(bad("buprenorphine", json!(true)), "schedule-missing").await, "prescription");
    let mut elsewhere = prescription();
    elsewhere["diagnosis_pointers"] = json!([4]);
    assert_eq!(refused(elsewhere, "unknown-diagnosis").await, "diagnosis_pointers");
    let mut unknown = prescription();
    unknown["order_id"] = json!(visit.id);
    visit.provider.client.post(&visit.path("prescriptions"), unknown).await.refused(404, "unknown-order");
    let labs = visit.path("lab-orders");
    let none = json!({ "lab_order": { "tests": [], "priority": "routine" } });
    let none = visit.provider.client.post(&labs, none).await.refused(422, "tests-out-of-range");
    assert_eq!(none["errors"][0]["field"], "lab_order.tests");
    let wrong_check_digit =
        json!({ "lab_order": { "tests": [{ "name": TEST, "loinc": "2345-8" }], "priority": "stat" } });
    let answer = visit.provider.client.post(&labs, wrong_check_digit).await.refused(422, "invalid-body");
    assert_eq!(answer["errors"][0]["field"], "lab_order.tests[0].loinc");
    let nobody = visit.path(&format!("orders/{}/sign", visit.id));
    let signature = json!({ "content_sha256": "07".repeat(32), "rendered_at_position": 1 });
    visit.provider.client.post(&nobody, signature).await.refused(404, "unknown-order");
    visit.provider.client.get(&visit.path(&format!("orders/{}", visit.id))).await.refused(404, "not-found");
    // There is no way to say that anything was sent.
    let sent = visit.path(&format!("orders/{}/transmit", visit.id));
    visit.provider.client.post(&sent, json!({})).await.refused(404, "no-such-route");
    assert_eq!(visit.show().await.sequence(), before);
}
