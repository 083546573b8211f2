//! What happens when a visit does not go straight: somebody is late, drops out, says no, or never comes.

use chrono::{SubsecRound, TimeDelta};
use serde_json::{Value, json};

use crate::support::{Answer, App, Visit, now};

async fn waiting() -> Visit {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit
}

async fn row(visit: &Visit, after: &Answer) -> Value {
    let room = visit.desk.get(&format!("/v1/waiting-room?min_position={}", after.position())).await.ok();
    room.list("rows").iter().find(|row| row["visit_id"] == visit.id.to_string()).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_provider_is_announced_with_the_new_time() {
    let visit = waiting().await;
    let expected_at = (now() + TimeDelta::minutes(40)).trunc_subsecs(0);
    let delayed = visit.report_delay(expected_at).await;
    let seen = |value: &Value| value.as_str().and_then(|time| time.parse::<chrono::DateTime<chrono::Utc>>().ok());
    assert_eq!(seen(&visit.show().await["expected_at"]), Some(expected_at));
    assert_eq!(seen(&row(&visit, &delayed).await["provider_expected_at"]), Some(expected_at));
    let yesterday = json!({ "expected_at": now() - TimeDelta::days(1) });
    let refused = visit.desk.post(&visit.path("provider-delay"), yesterday).await;
    assert_eq!(refused.refused(422, "expected-time-unreasonable")["errors"][0]["field"], "expected_at");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_hold_keeps_waiting_and_comes_back_into_the_queue() {
    let visit = waiting().await;
    let held = visit.hold().await;
    let on_hold = row(&visit, &held).await;
    assert_eq!((&on_hold["state"], &on_hold["hold_reason"]), (&json!("held"), &json!("paperwork")));
    assert_eq!(on_hold["place"], Value::Null, "nobody on hold is next");
    visit.provider.client.post(&visit.path("admit"), json!({})).await.refused(409, "wrong-state");
    let back = visit.return_to_waiting().await;
    let waiting = row(&visit, &back).await;
    assert_eq!((&waiting["state"], &waiting["place"]), (&json!("checked-in"), &json!(1)));
    visit.admit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_connection_is_not_the_end_and_the_patient_returns() {
    let visit = waiting().await;
    visit.admit().await;
    let presence = async || visit.show().await["presence"]["patient"].clone();
    visit.joins("patient", "p1").await;
    assert_eq!(presence().await, "present");
    let dropped = visit.drops("patient", "p1").await;
    assert_eq!(presence().await, "reconnecting");
    assert_eq!(row(&visit, &dropped).await["patient_presence"]["state"], "reconnecting");
    assert_eq!(visit.state().await, "admitted", "leaving is not ending");
    let returned = visit.joins("patient", "p2").await;
    assert_eq!(presence().await, "present");
    assert_eq!(row(&visit, &returned).await["patient_presence"]["state"], "present");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_consent_is_on_record_and_may_be_given_and_taken_back() {
    let visit = waiting().await;
    let consent = async || visit.show().await["consents"].clone();
    visit.consent("decline", "recording").await;
    let declined = consent().await;
    let chart = async || {
        let shown = visit.show().await;
        let path = format!("/v1/patients/{}/chart?min_position={}", visit.patient.id, shown.position());
        visit.provider.client.get(&path).await.ok().entry("visits", "visit_id", visit.id)["consents"].clone()
    };
    assert_eq!(chart().await[0]["answer"], "declined");
    visit.consent("give", "recording").await;
    assert_eq!(chart().await[0]["answer"], "given");
    assert_ne!(consent().await, declined);
    visit.consent("withdraw", "recording").await;
    assert_eq!(chart().await[0]["answer"], "withdrawn");
    let again = visit.patient.client.post(&visit.path("consents/withdraw"), json!({ "kind": "recording" })).await;
    again.refused(409, "consent-not-given");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_show_waits_for_the_grace_period_and_is_never_somebody_who_came() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let early = Visit::schedule(&clinic, &patient, &provider, -14).await;
    early.desk.post(&early.path("no-show"), json!({})).await.refused(409, "too-early-for-no-show");
    let late = Visit::schedule(&clinic, &patient, &provider, -16).await;
    late.no_show().await;
    assert_eq!(late.state().await, "no-show");
    let here = Visit::schedule(&clinic, &patient, &provider, -16).await;
    here.arrive().await;
    here.desk.post(&here.path("no-show"), json!({})).await.refused(409, "patient-has-arrived");
    let seen = Visit::schedule(&clinic, &patient, &provider, -16).await;
    seen.joins("patient", "device-check").await;
    seen.desk.post(&seen.path("no-show"), json!({})).await.refused(409, "patient-has-arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_called_off_once_and_before_admission() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.cancel().await;
    assert_eq!(visit.state().await, "cancelled");
    let why = json!({ "by": "patient", "reason": "scheduling" });
    visit.desk.post(&visit.path("cancel"), why.clone()).await.refused(409, "wrong-state");
    visit.patient.client.post(&visit.path("arrive"), json!({})).await.refused(409, "wrong-state");

    let admitted = visit.clinic.visit().await;
    admitted.wait().await;
    admitted.admit().await;
    admitted.desk.post(&admitted.path("cancel"), why).await.refused(409, "wrong-state");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_without_being_seen_may_come_back_and_need_not_be_identified_again() {
    let visit = waiting().await;
    let left = visit.leave().await;
    assert_eq!(visit.state().await, "left");
    assert_eq!(row(&visit, &left).await, Value::Null, "nobody waits who is gone");
    visit.arrive().await;
    let back = visit.check_in().await;
    assert_eq!(row(&visit, &back).await["state"], "checked-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_admitted_where_the_provider_has_no_licence_and_a_gap_found_later_is_a_fact() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.arrive().await;
    visit.desk.post(&visit.path("check-in"), json!({})).await.refused(409, "identity-not-verified");
    visit.verify_identity().await;
    visit.desk.post(&visit.path("check-in"), json!({})).await.refused(409, "location-not-attested");
    visit.attest_location("MN").await;
    visit.contacts().await;
    visit.check_in().await;
    visit.provider.client.post(&visit.path("admit"), json!({})).await.refused(409, "licence-not-valid");
    visit.attest_location("WI").await;
    visit.admit().await;

    let moved = visit.attest_location("IL").await;
    let shown = visit.show().await;
    assert_eq!(shown["location"], json!({ "jurisdiction": "IL", "licence_gap": true }));
    assert_eq!(shown.sequence(), moved.sequence(), "the gap was written together with the location");
    assert_eq!(row(&visit, &moved).await["licence_gap"], true);
}
