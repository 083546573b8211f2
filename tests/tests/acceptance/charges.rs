//! Charges by the rules of the day: captured, refused with what would be right, corrected, voided, or nothing charged at all.

use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Clinic, Visit, now};

async fn ended() -> Visit {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    visit.joins("patient", "p1").await;
    visit.joins("provider", "d1").await;
    visit.drops("patient", "p1").await;
    let note = visit.draft_note().await;
    visit.sign(&note).await;
    visit.end().await;
    visit
}

fn office_visit() -> Value {
    json!({
        "code": "99213", "units": 1, "amount_cents": 9_300, "diagnoses": ["J06.9"], "payer": "commercial",
        "patient_at_home": true, "modifiers": ["95"], "basis": "medical-decision-making",
    })
}

fn with(changes: Value) -> Value {
    let mut charge = office_visit();
    for (name, value) in changes.as_object().unwrap() {
        charge[name] = value.clone();
    }
    charge
}

impl Visit {
    async fn charges(&self, charge: Value) -> Answer {
        self.billing.post(&self.path("charges"), charge).await
    }

    async fn charted(&self, after: &Answer) -> Value {
        let path = format!("/v1/patients/{}/chart?min_position={}", self.patient.id, after.position());
        self.provider.client.get(&path).await.ok().entry("visits", "visit_id", self.id).clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_charge_gets_its_place_of_service_and_says_by_which_rules() {
    let visit = ended().await;
    let captured = visit.charges(office_visit()).await.written();
    let charge = visit.charted(&captured).await["charges"][0].clone();
    assert_eq!((&charge["code"], &charge["place_of_service"]), (&json!("99213"), &json!("10")));
    assert_eq!((&charge["modifiers"], &charge["payer"]), (&json!(["95"]), &json!("commercial")));
    assert_eq!(charge["unchecked"], json!(["payer-not-checked"]));
    let rules: Vec<&str> =
        charge["rules"].as_array().unwrap().iter().filter_map(|rule| rule["rule"].as_str()).collect();
    assert_eq!(rules, ["billing-code.office", "billing-modifier.95", "billing-place.home"]);
    assert_eq!(charge["rules"][0]["reviewed"], "simulated-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_rules_of_the_day_forbid_is_refused_by_field_and_changes_nothing() {
    let visit = ended().await;
    let before = visit.show().await.sequence();
    let refused = async |changes: Value, status: u16, code: &str| {
        visit.charges(with(changes)).await.refused(status, code)["errors"][0]["field"].clone()
    };
    // A code that does not exist on that date.
    assert_eq!(refused(json!({ "code": "99442" }), 422, "code-not-on-that-day").await, "code");
    assert_eq!(refused(json!({ "code": "G2012" }), 422, "code-not-on-that-day").await, "code");
    // A modifier that contradicts the modality.
    for modifier in ["93", "FQ", "GQ"] {
        let changes = json!({ "modifiers": [modifier] });
        assert_eq!(refused(changes, 422, "modifier-contradicts-modality").await, "modifiers");
    }
    assert_eq!(refused(json!({ "code": "98010" }), 422, "code-contradicts-modality").await, "code");
    assert_eq!(refused(json!({ "place_of_service": "02" }), 422, "place-of-service-wrong").await, "place_of_service");
    assert_eq!(
        refused(json!({ "patient_at_home": false, "place_of_service": "10" }), 422, "place-of-service-wrong").await,
        "place_of_service"
    );
    assert_eq!(refused(json!({ "modifiers": ["95", "95"] }), 422, "modifiers-out-of-range").await, "modifiers");
    assert_eq!(refused(json!({ "modifiers": ["toolong"] }), 422, "invalid-body").await, "modifiers[0]");
    assert_eq!(refused(json!({ "basis": null }), 422, "basis-not-for-this-code").await, "basis");
    visit.charges(with(json!({ "basis": "time" }))).await.refused(409, "minutes-not-attested");
    // What Medicare pays is known to the end of 2026; afterwards it is refused because nobody knows.
    let (status, code) =
        if now().date_naive() < "2026-12-31".parse().unwrap() { (422, "not-payable") } else { (409, "rule-unknown") };
    let answer = visit.charges(with(json!({ "code": "98005", "payer": "medicare" }))).await.refused(status, code);
    assert!(status != 422 || answer["detail"].as_str().unwrap().contains("99202"), "{}", answer.text);
    assert_eq!(visit.show().await.sequence(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn minutes_are_attested_by_the_provider_with_the_call_as_evidence() {
    let visit = ended().await;
    let by_time = || with(json!({ "basis": "time" }));
    let minutes = visit.path("minutes");
    visit.billing.post(&minutes, json!({ "minutes": 24 })).await.refused(403, "denied");
    visit.provider.client.post(&minutes, json!({ "minutes": 0 })).await.refused(422, "minutes-out-of-range");
    visit.provider.client.post(&minutes, json!({ "minutes": 12 })).await.written();
    visit.charges(by_time()).await.refused(422, "minutes-outside-code");
    let attested = visit.provider.client.post(&minutes, json!({ "minutes": 24 })).await.written();
    let shown = visit.charted(&attested).await["minutes"].clone();
    assert_eq!((&shown["minutes"], &shown["position"]), (&json!(24), &json!(attested.position())));
    assert_eq!(shown["evidence_positions"].as_array().unwrap().len(), 3, "two joined, one was seen to leave");
    let captured = visit.charges(by_time()).await.written();
    assert_eq!(visit.charted(&captured).await["charges"][0]["minutes"], 24);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_billed_charge_is_corrected_billed_again_and_voided() {
    let visit = ended().await;
    let captured = visit.charges(office_visit()).await.written();
    let charge = |answer: &Answer, verb: &str| {
        visit.path(&format!("charges/{}/{verb}", answer["charge_id"].as_str().expect("a charge")))
    };
    visit.bill().await;
    let correction = |correct: Value| json!({ "reason": "wrong-code", "correct": correct });
    let wrong = correction(with(json!({ "modifiers": ["93"] })));
    visit.billing.post(&charge(&captured, "correct"), wrong).await.refused(422, "modifier-contradicts-modality");
    let right = correction(with(json!({ "code": "99212" })));
    let corrected = visit.billing.post(&charge(&captured, "correct"), right.clone()).await.written();
    let charges = visit.charted(&corrected).await["charges"].clone();
    assert_eq!((&charges[0]["state"], &charges[0]["replaced_by"]), (&json!("corrected"), &corrected["charge_id"]));
    assert_eq!((&charges[1]["state"], &charges[1]["replaces"]), (&json!("captured"), &captured["charge_id"]));
    assert_eq!(charges[1]["code"], "99212");
    visit.billing.post(&charge(&captured, "correct"), right).await.refused(409, "wrong-state");
    let again = visit.bill().await;
    assert_eq!(visit.charted(&again).await["charges"][1]["state"], "billed");
    visit.billing.post(&visit.path("bill"), json!({})).await.refused(409, "wrong-state");
    let reason = json!({ "reason": "duplicate" });
    visit.provider.client.post(&charge(&corrected, "void"), reason.clone()).await.refused(403, "denied");
    let voided = visit.billing.post(&charge(&corrected, "void"), reason.clone()).await.written();
    assert_eq!(visit.charted(&voided).await["charges"][1]["state"], "voided");
    let nobody = visit.path(&format!("charges/{}/void", visit.id));
    visit.billing.post(&nobody, reason).await.refused(404, "unknown-charge");
}

#[tokio::test(flavor = "multi_thread")]
async fn that_nothing_is_charged_closes_the_visit() {
    let visit = ended().await;
    let captured = visit.charges(office_visit()).await.written();
    let nothing = json!({ "reason": "courtesy", "details": "A friend of the clinic" });
    let no_charge = visit.path("no-charge");
    visit.billing.post(&no_charge, nothing.clone()).await.refused(409, "charges-outstanding");
    let void = visit.path(&format!("charges/{}/void", captured["charge_id"].as_str().unwrap()));
    visit.billing.post(&void, json!({ "reason": "courtesy" })).await.written();
    let closed = visit.billing.post(&no_charge, nothing).await.written();
    let charted = visit.charted(&closed).await;
    assert_eq!((&charted["state"], &charted["no_charge"]["reason"]), (&json!("closed"), &json!("courtesy")));
    assert_eq!(charted["no_charge"]["details"], "A friend of the clinic");
    visit.charges(office_visit()).await.refused(409, "wrong-state");
}

async fn rule(somebody: &Client, id: &str) -> Answer {
    somebody.get(&format!("/v1/rules/{id}")).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_clinic_relies_on_what_its_compliance_officer_reviewed_and_on_nothing_else() {
    let app = App::start().await;
    let clinic = Clinic::open_real(&app).await;
    let (compliance, billing) = (clinic.compliance().await, clinic.billing().await);
    let visit = clinic.visit().await;
    visit.wait().await;
    visit.admit().await;
    let note = visit.draft_note().await;
    visit.sign(&note).await;
    visit.end().await;
    visit.charges(office_visit()).await.refused(409, "rule-unreviewed");

    assert!(billing.get("/v1/rules").await.ok().list("rules").len() > 50);
    let accept = async |id: &str| {
        let shown = rule(&compliance, id).await;
        assert_eq!(shown["relied_on"], Value::Null);
        assert!(shown["source"].is_string() && shown["says"].is_string(), "{}", shown.text);
        let review = json!({ "content_sha256": shown["content_sha256"], "verdict": "accepted" });
        let path = format!("/v1/rules/{id}/review");
        billing.post(&path, review.clone()).await.refused(403, "denied");
        compliance.post(&path, review.clone()).await.written();
        compliance.post(&path, review).await.refused(409, "already-reviewed");
        assert_eq!(rule(&compliance, id).await["relied_on"], "by-clinic");
    };
    for id in ["billing-code.office", "billing-modifier.95"] {
        accept(id).await;
    }
    visit.charges(office_visit()).await.refused(409, "rule-unreviewed");
    accept("billing-place.home").await;
    let captured = visit.charges(office_visit()).await.written();
    assert_eq!(visit.charted(&captured).await["charges"][0]["rules"][0]["reviewed"], "by-clinic");

    let path = "/v1/rules/billing-code.office/review";
    let other = json!({ "content_sha256": "07".repeat(32), "verdict": "accepted" });
    compliance.post(path, other).await.refused(422, "rule-changed");
    let hash = rule(&compliance, "billing-code.office").await["content_sha256"].clone();
    compliance.post(path, json!({ "content_sha256": hash, "verdict": "rejected" })).await.written();
    visit.charges(office_visit()).await.refused(409, "rule-rejected");
    compliance
        .post("/v1/rules/no.such/review", json!({ "content_sha256": hash, "verdict": "accepted" }))
        .await
        .refused(404, "unknown-rule");
    compliance.get("/v1/rules/no.such").await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_that_was_taken_away_admits_nobody_until_it_is_put_right() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    let administrator = visit.clinic.administrator().await;
    let licences = |verb: &str| format!("/v1/providers/{}/licences/{verb}", visit.provider.id);
    let revoke = json!({ "jurisdiction": "WI", "number": "12345-20", "on": "2024-01-01", "reason": "suspended" });
    visit.desk.post(&licences("revoke"), revoke.clone()).await.refused(403, "denied");
    let unknown = json!({ "jurisdiction": "WI", "number": "1", "on": "2024-01-01", "reason": "suspended" });
    administrator.post(&licences("revoke"), unknown).await.refused(422, "unknown-licence");
    let revoked = administrator.post(&licences("revoke"), revoke).await.written();
    let refused = visit.provider.client.post(&visit.path("admit"), json!({})).await.refused(409, "licence-not-valid");
    assert!(refused["detail"].as_str().unwrap().contains("since 2024-01-01"), "{}", refused.text);
    let clinic = administrator.get(&format!("/v1/clinic?min_position={}", revoked.position())).await.ok();
    let provider = clinic.entry("providers", "provider_id", visit.provider.id);
    assert_eq!(provider["licences"][0]["revoked_on"], "2024-01-01");
    // A privilege of a compact rests on a licence of the home state.
    let privilege = json!({
        "jurisdiction": "WI", "number": "P-1", "kind": "compact-privilege", "compact": "nlc", "home": "IA",
        "from": "2024-01-01", "to": "2099-12-31",
    });
    let path = format!("/v1/providers/{}/licences", visit.provider.id);
    administrator.post(&path, privilege).await.written();
    let refused = visit.provider.client.post(&visit.path("admit"), json!({})).await.refused(409, "licence-not-valid");
    assert!(refused["detail"].as_str().unwrap().contains("full licence of IA"), "{}", refused.text);
    let wrong =
        json!({ "jurisdiction": "WI", "number": "E-1", "kind": "exception", "from": "2024-01-01", "to": "2099-12-31" });
    administrator.post(&path, wrong).await.refused(422, "licence-terms-misfit");
    let home =
        json!({ "jurisdiction": "IA", "number": "I-1", "kind": "full", "from": "2024-01-01", "to": "2099-12-31" });
    administrator.post(&path, home).await.written();
    visit.admit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_counted_by_connection_for_administrators_and_billing() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    let seen = async |what: &str, who: &str, connection: &str, at: &str| {
        let mut body = json!({ "participant": who, "connection": connection, "observed_at": at });
        if what == "left" {
            body["reason"] = json!("hung-up");
        }
        visit.program.post(&visit.path(&format!("presence/{what}")), body).await.written()
    };
    seen("joined", "patient", "p1", "2026-03-31T23:50:00Z").await;
    seen("joined", "provider", "d1", "2026-03-31T23:55:30Z").await;
    seen("left", "patient", "p1", "2026-04-01T00:20:00Z").await;
    let last = seen("left", "provider", "d1", "2026-03-31T23:59:00Z").await;
    let path = |from: &str, to: &str| format!("/v1/usage?from={from}&to={to}&min_position={}", last.position());
    for somebody in [&visit.billing, &visit.clinic.administrator().await] {
        let usage = somebody.get(&path("2026-03-01", "2026-04-30")).await.ok();
        let (march, april) = (usage.entry("months", "month", "2026-03"), usage.entry("months", "month", "2026-04"));
        assert_eq!(
            (&march["seconds"], &march["begun_minutes"], &march["connections"]),
            (&json!(810), &json!(14), &json!(2))
        );
        assert_eq!(march["seconds_by_participant"], json!({ "patient": 600, "provider": 210 }));
        assert_eq!((&april["seconds"], &usage["open_connections"]), (&json!(1_200), &json!(0)));
    }
    visit.billing.get(&path("2026-03-01", "2026-02-01")).await.refused(400, "invalid-parameter");
    visit.billing.get(&path("2026-03-01", "2028-03-01")).await.refused(400, "invalid-parameter");
    visit.desk.get(&path("2026-03-01", "2026-03-31")).await.refused(403, "denied");
}
