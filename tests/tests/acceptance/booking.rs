//! A provider's time: booked once, moved, freed; two who want it at once.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, App, Visit, fresh_id, now, visit_request};

/// Tomorrow noon: nowhere near midnight, so that all of a test's visits are of one day.
fn noon() -> DateTime<Utc> {
    (now() + TimeDelta::days(1)).date_naive().and_hms_opt(12, 0, 0).unwrap().and_utc()
}

fn request(visit: &Visit, starts_at: DateTime<Utc>) -> Value {
    let mut request = visit_request(visit.patient.id, visit.provider.id, starts_at);
    request.as_object_mut().unwrap().remove("overbook");
    request
}

fn moved(starts_at: DateTime<Utc>) -> Value {
    json!({ "by": "patient", "reason": "patient-asked", "starts_at": starts_at })
}

async fn book(visit: &Visit, starts_at: DateTime<Utc>) -> Answer {
    visit.desk.post("/v1/visits", request(visit, starts_at)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_providers_time_is_booked_once_unless_the_front_desk_overbooks_and_says_why() {
    let visit = App::start().await.with_clinic().await.visit().await;
    book(&visit, noon()).await.written();
    let refused = book(&visit, noon() + TimeDelta::minutes(19)).await.refused(409, "slot-taken");
    assert!(!refused.text.contains(&visit.patient.id.to_string()), "whose time it is stays unsaid");
    book(&visit, noon() + TimeDelta::minutes(20)).await.written();
    let mut over = request(&visit, noon());
    over["overbook"] = json!("because");
    let wrong = visit.desk.post("/v1/visits", over.clone()).await.refused(422, "invalid-body");
    assert_eq!(wrong["errors"][0]["field"], "overbook");
    over["overbook"] = json!("urgent");
    visit.desk.post("/v1/visits", over).await.written();
    // Across midnight both days know of it.
    let late = noon() + TimeDelta::minutes(12 * 60 - 10);
    book(&visit, late).await.written();
    book(&visit, late + TimeDelta::minutes(15)).await.refused(409, "slot-taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_want_one_time_at_once_exactly_one_gets_it() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let answers = join_all((0..6).map(|_| book(&visit, noon()))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 1, "{:?}", lost.iter().map(|answer| &answer.text).collect::<Vec<_>>());
    lost.into_iter().for_each(|answer| drop(answer.refused(409, "slot-taken")));
    // Nothing of the others was written: there is one visit at that time.
    let path = format!("/v1/providers/{}/day?date={}", visit.provider.id, noon().date_naive());
    let day = visit.desk.get(&format!("{path}&min_position={}", won[0].position())).await.ok();
    assert_eq!(day.list("visits").len(), 1, "{}", day.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_moved_frees_its_time_and_is_told_at_the_new_one() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let first = book(&visit, noon()).await.written();
    let other = book(&visit, noon() + TimeDelta::minutes(40)).await.written();
    let path = format!("/v1/visits/{}/reschedule", first["visit_id"].as_str().unwrap());
    // Onto the other's time: refused, and the old time is still taken.
    visit.desk.post(&path, moved(noon() + TimeDelta::minutes(30))).await.refused(409, "slot-taken");
    book(&visit, noon()).await.refused(409, "slot-taken");
    let same = visit.desk.post(&path, moved(noon())).await.refused(422, "time-unchanged");
    assert_eq!(same["errors"][0]["field"], "starts_at");
    // It may overlap its own old time, and then its old beginning is free.
    let to = (noon() + TimeDelta::minutes(10)).trunc_subsecs(0);
    let after = visit.desk.post(&path, moved(to)).await.written();
    let mut early = request(&visit, noon() - TimeDelta::minutes(10));
    early["duration_minutes"] = json!(20);
    visit.desk.post("/v1/visits", early).await.written();
    let shown = format!("/v1/visits/{}?min_position={}", first["visit_id"].as_str().unwrap(), after.position());
    let shown = visit.desk.get(&shown).await.ok();
    let at: Option<DateTime<Utc>> = shown["starts_at"].as_str().and_then(|time| time.parse().ok());
    assert_eq!(at, Some(to), "{}", shown.text);
    // A patient does not move visits; the front desk does.
    visit.patient.client.post(&path, moved(noon() + TimeDelta::hours(5))).await.refused(403, "denied");
    let days = noon() + TimeDelta::days(3);
    visit.desk.post(&path, moved(days)).await.written();
    book(&visit, to).await.written();
    book(&visit, days).await.refused(409, "slot-taken");
    let gone = json!({ "by": "clinic", "reason": "other" });
    let path = format!("/v1/visits/{}/cancel", other["visit_id"].as_str().unwrap());
    visit.desk.post(&path, gone).await.written();
    book(&visit, noon() + TimeDelta::minutes(40)).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_arrived_is_expected_anew_at_the_new_time() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.desk.post(&visit.path("reschedule"), moved(noon())).await.written();
    assert_eq!(visit.state().await, "scheduled");
    visit.desk.post(&visit.path("check-in"), json!({})).await.refused(409, "wrong-state");
    visit.wait().await;
    assert_eq!(visit.state().await, "checked-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_cancellation_is_charged_to_the_patient_who_calls_off_or_waived() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let why = |by: &str, charge: &str| json!({ "by": by, "reason": "scheduling", "late_charge": charge });
    let refused = visit.desk.post(&visit.path("cancel"), why("clinic", "due")).await.refused(422, "charge-not-due");
    assert_eq!(refused["errors"][0]["field"], "late_charge");
    visit.desk.post(&visit.path("cancel"), why("patient", "due")).await.written();
    assert_eq!(visit.state().await, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_handed_over_to_another_provider_who_treats_from_then_on() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    let colleague = visit.clinic.provider().await;
    let path = visit.path("hand-over");
    let to = |provider: Uuid| json!({ "to_provider_id": provider, "reason": "coverage" });
    let refused = visit.desk.post(&path, to(fresh_id())).await.refused(422, "unknown-provider");
    assert_eq!(refused["errors"][0]["field"], "provider_id");
    visit.desk.post(&path, to(visit.provider.id)).await.refused(422, "provider-unchanged");
    // The colleague is booked then: refused, until the front desk says why it does not matter.
    visit.desk.post("/v1/visits", visit_request(visit.patient.id, colleague.id, visit.starts_at)).await.written();
    visit.desk.post(&path, to(colleague.id)).await.refused(409, "slot-taken");
    let mut anyway = to(colleague.id);
    anyway["overbook"] = json!("urgent");
    let handed = visit.desk.post(&path, anyway).await.written();
    let shown = |provider: Uuid| {
        format!("/v1/providers/{provider}/day?date={}&min_position={}", visit.starts_at.date_naive(), handed.position())
    };
    let listed = async |provider: Uuid| {
        let day = visit.desk.get(&shown(provider)).await.ok();
        day.list("visits").iter().any(|listed| listed["visit_id"] == json!(visit.id))
    };
    assert_eq!((listed(visit.provider.id).await, listed(colleague.id).await), (false, true));
    // The first provider has no business with it any more; the other one admits.
    visit.provider.client.post(&visit.path("admit"), json!({})).await.refused(403, "denied");
    colleague.client.post(&visit.path("admit"), json!({})).await.written();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_show_can_be_taken_back_and_the_visit_held_after_all() {
    let clinic = App::start().await.with_clinic().await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let visit = Visit::schedule(&clinic, &patient, &provider, -45).await;
    visit.desk.post(&visit.path("no-show"), json!({})).await.written();
    visit
        .patient
        .client
        .post(&visit.path("no-show/reverse"), json!({ "reason": "came-late" }))
        .await
        .refused(403, "denied");
    let wrong = visit.desk.post(&visit.path("no-show/reverse"), json!({ "reason": "felt-like-it" })).await;
    assert_eq!(wrong.refused(422, "invalid-body")["errors"][0]["field"], "reason");
    visit.desk.post(&visit.path("no-show/reverse"), json!({ "reason": "came-late" })).await.written();
    visit.desk.post(&visit.path("no-show/reverse"), json!({ "reason": "came-late" })).await.refused(409, "wrong-state");
    visit.wait().await;
    visit.admit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_is_kept_for_whoever_is_booking_it() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let path = format!("/v1/providers/{}/holds", visit.provider.id);
    let hold = |starts_at: DateTime<Utc>| json!({ "starts_at": starts_at, "duration_minutes": 20 });
    let held = visit.desk.post(&path, hold(noon())).await.written();
    assert!(held["held_until"].is_string());
    visit.desk.post(&path, hold(noon() + TimeDelta::minutes(10))).await.refused(409, "slot-held");
    book(&visit, noon()).await.refused(409, "slot-held");
    let mut mine = request(&visit, noon());
    mine["hold_id"] = held["hold_id"].clone();
    visit.desk.post("/v1/visits", mine).await.written();
    visit.desk.post(&path, hold(noon())).await.refused(409, "slot-taken");
    // Across midnight it is kept on both sides.
    let late = noon() + TimeDelta::minutes(12 * 60 - 10);
    visit.desk.post(&path, hold(late)).await.written();
    book(&visit, late + TimeDelta::minutes(15)).await.refused(409, "slot-held");
    visit.patient.client.post(&path, hold(noon())).await.refused(403, "denied");
    let long = json!({ "starts_at": noon(), "duration_minutes": 500 });
    visit.desk.post(&path, long).await.refused(422, "duration-out-of-range");
    let nobodys = format!("/v1/providers/{}/holds", fresh_id());
    visit.desk.post(&nobodys, hold(noon())).await.refused(404, "not-found");
}
