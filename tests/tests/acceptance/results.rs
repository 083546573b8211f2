//! Results of lab orders: taken down by hand, in the provider's day until reviewed, and sealed.

use serde_json::{Value, json};

use crate::support::{Answer, App, Visit};

const REPORT: &str = "Eosinophils 7.2 percent";
const DETAILS: &str = "Ring her about the inhaler";

impl Visit {
    /// A signed lab order; answers with the path of it.
    async fn lab_ordered(&self) -> String {
        self.wait().await;
        self.admit().await;
        let order = json!({ "lab_order": { "tests": [{ "name": "Blood count" }], "priority": "routine" } });
        let order = self.provider.client.post(&self.path("lab-orders"), order).await.written();
        let path = self.path(&format!("orders/{}", order["order_id"].as_str().unwrap()));
        let shown = self.provider.client.get(&path).await.ok();
        let signature = json!({
            "content_sha256": shown["content_sha256"], "rendered_at_position": shown["rendered_at_position"],
        });
        self.provider.client.post(&format!("{path}/sign"), signature).await.written();
        path
    }

    /// Visits of the provider with results to review, as of an answer.
    async fn to_review(&self, after: &Answer) -> Vec<Value> {
        let day = format!("/v1/providers/{}/day?date=2031-01-01&min_position={}", self.provider.id, after.position());
        self.provider.client.get(&day).await.ok().list("results_to_review").to_vec()
    }
}

fn paper() -> Value {
    let result = json!({ "report": REPORT, "reported_on": "2026-03-04", "laboratory": "Lakeview", "flagged": true });
    json!({ "source": "paper", "result": result })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_entered_by_hand_and_waits_in_the_providers_day_until_it_is_reviewed() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let staff = visit.clinic.clinical_staff().await;
    let order = visit.lab_ordered().await;
    visit.end().await;
    let received = staff.post(&format!("{order}/results"), paper()).await.written();
    let result_id = received["result_id"].as_str().unwrap();

    let shown = visit.provider.client.get(&order).await.ok();
    let result = &shown["results"][0];
    assert_eq!(
        (&result["entered"], &result["source"], &result["review"]),
        (&json!("by-hand"), &json!("paper"), &Value::Null)
    );
    assert_eq!((&result["result"]["report"], &shown["transmission"]), (&json!(REPORT), &json!("NOT SENT")));
    let waiting = visit.to_review(&received).await;
    assert_eq!((waiting.len(), &waiting[0]["visit_id"]), (1, &json!(visit.id)));

    let review = visit.path(&format!("results/{result_id}/review"));
    let what = json!({ "action": "inform-patient", "details": DETAILS });
    staff.post(&review, what.clone()).await.refused(403, "denied");
    visit.provider.client.post(&review, json!({ "action": "shrug" })).await.refused(422, "invalid-body");
    let reviewed = visit.provider.client.post(&review, what.clone()).await.written();
    visit.provider.client.post(&review, what).await.refused(409, "wrong-state");
    assert_eq!(visit.to_review(&reviewed).await, Vec::<Value>::new());
    let shown = visit.provider.client.get(&order).await.ok();
    assert_eq!(shown["results"][0]["review"]["action"], "inform-patient");

    let chart = format!("/v1/patients/{}/chart?min_position={}", visit.patient.id, reviewed.position());
    let chart = visit.provider.client.get(&chart).await.ok();
    let charted = &chart["visits"][0]["results"][0];
    assert_eq!((&charted["result"]["report"], &charted["review"]["details"]), (&json!(REPORT), &json!(DETAILS)));
    let timeline = visit.path(&format!("timeline?limit=500&min_position={}", reviewed.position()));
    let timeline = visit.provider.client.get(&timeline).await.ok();
    for kind in ["result-received", "result-reviewed"] {
        assert!(timeline.list("entries").iter().any(|entry| entry["event_type"] == kind), "{kind}");
    }
    let stored = json!(visit.clinic.log_from(0).await).to_string();
    for sealed in [REPORT, DETAILS, "inform-patient", "Lakeview"] {
        assert!(!stored.contains(sealed), "{sealed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_of_a_lab_order_that_was_signed_and_is_entered_by_who_may() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let staff = visit.clinic.clinical_staff().await;
    let order = visit.lab_ordered().await;
    let nowhere = visit.path("orders/00000000-0000-0000-0000-000000000001/results");
    staff.post(&nowhere, paper()).await.refused(404, "unknown-order");
    let draft = json!({ "lab_order": { "tests": [{ "name": "Blood count" }], "priority": "routine" } });
    let draft = visit.provider.client.post(&visit.path("lab-orders"), draft).await.written();
    let draft = visit.path(&format!("orders/{}/results", draft["order_id"].as_str().unwrap()));
    staff.post(&draft, paper()).await.refused(409, "wrong-state");
    for other in [&visit.desk, &visit.billing, &visit.patient.client] {
        other.post(&format!("{order}/results"), paper()).await.refused(403, "denied");
    }
    let refused = async |change: &dyn Fn(&mut Value)| {
        let mut body = paper();
        change(&mut body);
        staff.post(&format!("{order}/results"), body).await.refused(422, "invalid-body")
    };
    refused(&|body| body["source"] = json!("hearsay")).await;
    refused(&|body| body["entered"] = json!("from-laboratory")).await;
    refused(&|body| body["result"]["report"] = json!("x".repeat(10_001))).await;
    let unknown = visit.path("results/00000000-0000-0000-0000-000000000001/review");
    visit.provider.client.post(&unknown, json!({ "action": "no-action" })).await.refused(404, "unknown-result");
}
