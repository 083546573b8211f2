//! Reminders: intended by whichever server looks, once, and not sent, which the log says.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use daybook_api::Foundation;
use daybook_domain::ClinicId;
use daybook_integrations::notifications::{NotConnected, Reminding};
use daybook_projections::{Projector, Views};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::{Answer, App, Clinic, Visit, now};

/// What a server reminds with.
struct Reminder {
    foundation: Foundation,
    projector: Projector,
    views: Views,
}

impl Reminder {
    async fn of(app: &Arc<App>) -> Self {
        let (pool, _) = app.beside().await;
        let foundation = app.foundation().await;
        let projector = Projector::start(foundation.ledger.clone(), pool);
        let views = projector.views();
        Self { foundation, projector, views }
    }

    async fn look(&self, clinic: &Clinic, at: DateTime<Utc>) {
        let Foundation { ledger, access } = &self.foundation;
        let reminding = Reminding { ledger, access, views: &self.views, notifier: &NotConnected };
        reminding.look_at(ClinicId(clinic.id), at).await.unwrap();
    }
}

async fn want(clinic: &Clinic, kinds: Value) -> Answer {
    let administrator = clinic.administrator().await;
    administrator.post("/v1/clinic/reminder-policy", json!({ "kinds": kinds, "channel": "sms" })).await.written()
}

async fn reminders(visit: &Visit) -> Vec<Value> {
    visit.desk.get(&visit.path("reminders")).await.ok().list("reminders").to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_intend_each_reminder_once_and_the_log_says_that_nothing_was_sent() {
    let app = App::start().await;
    let clinic = app.with_clinic().await;
    let (one, two) = (Reminder::of(&app).await, Reminder::of(&app).await);
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let visit = Visit::schedule(&clinic, &patient, &provider, 120).await;
    app.read_models_caught_up().await;

    // Until a clinic says so, nobody is reminded.
    one.look(&clinic, now()).await;
    assert_eq!(reminders(&visit).await, [] as [Value; 0]);
    let policy = json!({ "kinds": ["day-before"], "channel": "sms" });
    visit.desk.post("/v1/clinic/reminder-policy", policy).await.refused(403, "denied");
    let administrator = clinic.administrator().await;
    let wrong = json!({ "kinds": ["at-midnight"], "channel": "sms" });
    administrator.post("/v1/clinic/reminder-policy", wrong).await.refused(422, "invalid-body");
    want(&clinic, json!(["day-before", "hour-before"])).await;

    let at = now();
    join_all([one.look(&clinic, at), two.look(&clinic, at), one.look(&clinic, at), two.look(&clinic, at)]).await;
    let listed = reminders(&visit).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!((&listed[0]["kind"], &listed[0]["channel"]), (&json!("day-before"), &json!("sms")));
    assert_eq!((&listed[0]["not_sent"], &listed[0]["superseded"]), (&json!("no-notifier"), &json!(false)));
    // An hour before it is the next one's turn; the first does not come again.
    let hour = visit.starts_at - TimeDelta::minutes(30);
    join_all([one.look(&clinic, hour), two.look(&clinic, hour)]).await;
    let kinds: Vec<Value> = reminders(&visit).await.iter().map(|listed| listed["kind"].clone()).collect();
    assert_eq!(kinds, [json!("day-before"), json!("hour-before")]);
    let log = clinic.log_from(0).await;
    let count = |kind: &str| log.iter().filter(|event| event["event_type"] == kind).count();
    assert_eq!((count("reminder-intended"), count("reminder-not-sent")), (2, 2));
    // Its patient sees it, nobody else's.
    patient.client.get(&visit.path("reminders")).await.ok();
    clinic.patient().await.client.get(&visit.path("reminders")).await.refused(404, "not-found");
    one.projector.stop().await;
    two.projector.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_of_a_visit_that_moved_or_was_called_off_or_once_it_is_switched_off() {
    let app = App::start().await;
    let clinic = app.with_clinic().await;
    let server = Reminder::of(&app).await;
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let moved = Visit::schedule(&clinic, &patient, &provider, 120).await;
    let called_off = Visit::schedule(&clinic, &patient, &provider, 180).await;
    let stands = Visit::schedule(&clinic, &patient, &provider, 240).await;
    want(&clinic, json!(["day-before", "hour-before"])).await;
    app.read_models_caught_up().await;
    let to = now() + TimeDelta::hours(72);
    let why = json!({ "by": "patient", "reason": "patient-asked", "starts_at": to, "overbook": "simulated" });
    // The read model may still show the old time: the visit's own stream decides.
    called_off.cancel().await;
    moved.desk.post(&moved.path("reschedule"), why).await.written();
    server.look(&clinic, now()).await;
    assert_eq!(reminders(&moved).await, [] as [Value; 0]);
    assert_eq!(reminders(&called_off).await, [] as [Value; 0]);
    assert_eq!(reminders(&stands).await.len(), 1);

    // At its new time it is reminded of that one.
    app.read_models_caught_up().await;
    server.look(&clinic, to - TimeDelta::hours(5)).await;
    let listed = reminders(&moved).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    let start: DateTime<Utc> = listed[0]["starts_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(start, to);

    want(&clinic, json!([])).await;
    server.look(&clinic, stands.starts_at - TimeDelta::minutes(30)).await;
    assert_eq!(reminders(&stands).await.len(), 1, "switched off");
    server.projector.stop().await;
}
