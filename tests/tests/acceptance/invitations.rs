//! Caregivers and guests: invited by a token that is good once, and told nothing about anybody.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Answer, App, Visit, fresh_id, now};

const NAME: &str = "Theodora Quillfeather";

fn caregiver() -> Value {
    json!({ "kind": "caregiver", "name": NAME, "expires_at": now() + TimeDelta::days(2) })
}

async fn redeem(visit: &Visit, token: &Value) -> Answer {
    let link = json!({ "clinic_id": visit.clinic.id, "visit_id": visit.id, "token": token });
    visit.clinic.app.anybody().post("/v1/invitations/redeem", link).await
}

async fn invited(visit: &Visit) -> Answer {
    visit.patient.client.post(&visit.path("invitations"), caregiver()).await.written()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_good_once_and_tells_nothing_but_who_comes() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let invited = invited(&visit).await;
    let token = invited["invitation_token"].clone();
    assert_eq!(token.as_str().map(str::len), Some(64));
    let redeemed = redeem(&visit, &token).await.ok();
    assert_eq!(redeemed.body, json!({ "participant_id": invited["participant_id"], "kind": "caregiver" }));
    redeem(&visit, &token).await.refused(404, "invitation-not-valid");

    let shown = visit.show().await;
    let known = &shown["invitations"][0];
    assert_eq!((&known["name"], &known["state"]), (&json!(NAME), &json!("used")));
    assert!(!shown.text.contains("token"), "{}", shown.text);
    let stored: String = visit.clinic.log_from(0).await.iter().map(Value::to_string).collect();
    assert!(stored.contains("invitation-used"));
    for secret in [token.as_str().unwrap(), NAME] {
        assert!(!stored.contains(secret), "kept in the clear");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let clinic = App::start().await.with_clinic().await;
    let (visit, other) = (clinic.visit().await, clinic.visit().await);
    let token = invited(&visit).await["invitation_token"].clone();
    let details = async |answer: Answer| answer.refused(404, "invitation-not-valid")["detail"].clone();
    let wrong_token = details(redeem(&visit, &json!("0".repeat(64))).await).await;
    let wrong_visit = details(redeem(&other, &token).await).await;
    let nowhere = json!({ "clinic_id": clinic.id, "visit_id": fresh_id(), "token": token });
    let no_visit = details(clinic.app.anybody().post("/v1/invitations/redeem", nowhere).await).await;
    let elsewhere = json!({ "clinic_id": fresh_id(), "visit_id": visit.id, "token": token });
    let no_clinic = details(clinic.app.anybody().post("/v1/invitations/redeem", elsewhere).await).await;
    for told in [&wrong_visit, &no_visit, &no_clinic] {
        assert_eq!(*told, wrong_token);
    }
    // None of it used the invitation up.
    redeem(&visit, &token).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_taken_back_and_its_token_is_told_once() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let key = [("Idempotency-Key", "invite-1")];
    let body = caregiver();
    let first = visit.patient.client.post_with(&visit.path("invitations"), body.clone(), &key).await.written();
    let again = visit.patient.client.post_with(&visit.path("invitations"), body, &key).await.written();
    assert_eq!((&again["participant_id"], &again["repeated"]), (&first["participant_id"], &json!(true)));
    assert!(first["invitation_token"].is_string() && again["invitation_token"].is_null());

    let revoke = json!({ "participant_id": first["participant_id"] });
    visit.desk.post(&visit.path("invitations/revoke"), revoke.clone()).await.written();
    visit.desk.post(&visit.path("invitations/revoke"), revoke).await.refused(409, "wrong-state");
    redeem(&visit, &first["invitation_token"]).await.refused(404, "invitation-not-valid");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_invites_and_until_when_has_bounds() {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    let path = visit.path("invitations");
    let until = |days| json!({ "kind": "guest", "name": NAME, "expires_at": now() + TimeDelta::days(days) });
    for days in [-1, 40] {
        let refused = visit.patient.client.post(&path, until(days)).await;
        let refused = refused.refused(422, "invitation-expiry-unreasonable");
        assert_eq!(refused["errors"][0]["field"], "expires_at");
    }
    let doctor = json!({ "kind": "provider", "name": NAME, "expires_at": now() + TimeDelta::days(1) });
    visit.patient.client.post(&path, doctor).await.refused(422, "invalid-body");
    let stranger = clinic.patient().await;
    stranger.client.post(&path, until(1)).await.refused(404, "not-found");
    visit.billing.post(&path, until(1)).await.refused(403, "denied");
    let anybody = clinic.app.anybody();
    anybody.post("/v1/invitations/redeem", json!({ "token": "x" })).await.refused(422, "invalid-body");
    let long = format!("{{\"token\":\"{}\"}}", "x".repeat(5_000));
    anybody.post_bytes("/v1/invitations/redeem", long.into_bytes(), &[]).await.refused(413, "body-too-large");
}
