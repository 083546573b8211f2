//! When a provider works, by the clinic's clocks, and what of it can still be booked.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};

use crate::support::{Answer, App, Visit, now, visit_request};

/// A Monday some weeks ahead, so that nothing on it is past.
fn monday() -> NaiveDate {
    let ahead = now().date_naive() + Days::new(21);
    ahead.week(Weekday::Mon).first_day()
}

fn hours(weekday: &str, opens: &str, closes: &str) -> Value {
    json!({ "weekday": weekday, "opens": opens, "closes": closes })
}

async fn set(visit: &Visit, weekly: Value) -> Answer {
    let path = format!("/v1/providers/{}/availability", visit.provider.id);
    visit.desk.post(&path, json!({ "from": "2020-01-01", "weekly": weekly })).await
}

async fn slots(visit: &Visit, date: NaiveDate, minutes: u16) -> Answer {
    visit.patient.client.get(&format!("/v1/providers/{}/slots?date={date}&minutes={minutes}", visit.provider.id)).await
}

fn local(slots: &Answer) -> Vec<String> {
    slots.list("slots").iter().map(|slot| slot["starts_at_local"].as_str().unwrap()[11..16].to_owned()).collect()
}

/// At a time of the clinic's clocks.
async fn book(visit: &Visit, at: &str, minutes: u16) -> Answer {
    let mut request = visit_request(visit.patient.id, visit.provider.id, now());
    request.as_object_mut().unwrap().remove("overbook");
    request["starts_at"] = json!(at);
    request["duration_minutes"] = json!(minutes);
    visit.desk.post("/v1/visits", request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn open_times_are_shown_and_what_is_booked_or_not_worked_is_none() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let unknown = slots(&visit, monday(), 30).await.ok();
    assert_eq!((&unknown["hours_known"], &unknown["slots"]), (&json!(false), &json!([])));
    book(&visit, &format!("{}T03:00", monday()), 20).await.written();

    set(&visit, json!([hours("monday", "09:00:00", "10:30:00"), hours("monday", "14:00:00", "14:30:00")]))
        .await
        .written();
    assert_eq!(local(&slots(&visit, monday(), 30).await.ok()), ["09:00", "09:30", "10:00", "14:00"]);
    assert!(local(&slots(&visit, monday() + Days::new(1), 30).await.ok()).is_empty(), "a Tuesday");

    book(&visit, &format!("{}T09:20", monday()), 20).await.written();
    let left = slots(&visit, monday(), 30).await.ok();
    assert_eq!(local(&left), ["09:40", "14:00"]);
    assert!(!left.text.contains(&visit.patient.id.to_string()), "whose the rest is stays unsaid");
    // What is shown can be booked, as it is shown.
    let shown = left.list("slots")[0]["starts_at"].as_str().unwrap().to_owned();
    book(&visit, &shown, 30).await.written();

    let refused = book(&visit, &format!("{}T10:20", monday()), 20).await.refused(409, "provider-not-at-work");
    assert!(refused.text.contains("open slots"));
    let moved = json!({ "by": "patient", "reason": "patient-asked", "starts_at": format!("{}T12:00", monday()) });
    visit.desk.post(&visit.path("reschedule"), moved).await.refused(409, "provider-not-at-work");
    set(&visit, json!([])).await.written();
    book(&visit, &format!("{}T14:00", monday()), 20).await.refused(409, "provider-not-at-work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_the_clocks_skip_or_show_twice_is_refused_and_says_what_would_be_right() {
    let visit = App::start().await.with_clinic().await.visit().await;
    // The clinic is in Chicago: clocks are set on the second Sunday of March and the first of November.
    let year = now().year() + 1;
    let sunday = |month, nth| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Sun, nth).unwrap();
    let skipped = book(&visit, &format!("{}T02:30", sunday(3, 2)), 20).await.refused(422, "local-time-skipped");
    assert_eq!(skipped["errors"][0]["field"], "starts_at");
    let doubled = book(&visit, &format!("{}T01:30", sunday(11, 1)), 20).await.refused(422, "local-time-doubled");
    assert!(doubled.text.contains("offset"));
    book(&visit, &format!("{}T01:30:00-05:00", sunday(11, 1)), 20).await.written();
    book(&visit, &format!("{}T01:30:00-06:00", sunday(11, 1)), 20).await.written();
    book(&visit, "next Tuesday", 20).await.refused(422, "invalid-body");
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_that_make_no_sense_are_refused_and_only_the_clinic_sets_them() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let backwards = set(&visit, json!([hours("monday", "10:00:00", "09:00:00")])).await;
    assert_eq!(backwards.refused(422, "hours-end-before-they-begin")["errors"][0]["field"], "weekly");
    let twice = json!([hours("monday", "09:00:00", "12:00:00"), hours("monday", "11:00:00", "13:00:00")]);
    set(&visit, twice).await.refused(422, "hours-overlap");
    set(&visit, json!([hours("someday", "09:00:00", "12:00:00")])).await.refused(422, "invalid-body");
    let path = format!("/v1/providers/{}/availability", visit.provider.id);
    let body = json!({ "from": "2020-01-01", "weekly": [] });
    visit.patient.client.post(&path, body.clone()).await.refused(403, "denied");
    visit.desk.post(&format!("/v1/providers/{}/availability", visit.patient.id), body).await.refused(404, "not-found");
    slots(&visit, monday(), 4).await.refused(400, "invalid-parameter");
}
