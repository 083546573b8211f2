//! The visit's one chat: written before, during and after the encounter, read in pages, taken back.

use serde_json::{Value, json};

use crate::support::{App, Client, Visit, fresh_id};

const TEXT: &str = "Is Salbuterex safe while I breastfeed?";

impl Visit {
    async fn write(&self, who: &Client, text: &str) -> Value {
        let sent = who.post(&self.path("messages"), json!({ "text": text })).await.written();
        sent["message_id"].clone()
    }

    async fn chat(&self, who: &Client) -> Vec<Value> {
        who.get(&self.path("messages")).await.ok().list("messages").to_vec()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_write_to_each_other_all_through_the_visit_and_after_it() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (patient, provider) = (&visit.patient.client, &visit.provider.client);
    patient.post(&visit.path("messages"), json!({ "text": TEXT })).await.refused(409, "wrong-state");
    visit.wait().await;
    visit.write(patient, "I am here").await;
    visit.admit().await;
    visit.write(patient, TEXT).await;
    visit.write(provider, "It is.").await;
    visit.end().await;
    visit.write(&visit.desk, "Please rate us").await;
    visit.desk.post(&visit.path("messages"), json!({ "canned": "call-front-desk" })).await.written();

    // Everybody in it sees the same, oldest first; that they looked is on the record.
    for who in [patient, provider, &visit.desk, &visit.clinic.compliance().await] {
        let chat = visit.chat(who).await;
        let texts: Vec<_> =
            chat.iter().map(|message| (&message["from"], &message["sent_by"], &message["text"])).collect();
        let told = [
            ("patient", "patient", json!("I am here")),
            ("patient", "patient", json!(TEXT)),
            ("staff", "provider", json!("It is.")),
            ("staff", "front-desk", json!("Please rate us")),
            ("staff", "front-desk", Value::Null),
        ];
        let told: Vec<_> = told.iter().map(|(from, by, text)| (json!(from), json!(by), text)).collect();
        assert_eq!(texts, told.iter().map(|(from, by, text)| (from, by, *text)).collect::<Vec<_>>());
        assert_eq!(chat[4]["canned"], "call-front-desk");
    }
    let request = fresh_id();
    let headers = [("x-request-id", &*request.to_string())];
    provider.get_with(&visit.path("messages"), &headers).await.ok();
    assert_eq!(visit.clinic.facts_of(request).await[0].payload["action"], "read-messages");

    // In pages.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = patient.get(&visit.path(&format!("messages?limit=2{after}"))).await.ok();
        seen.extend(page.list("messages").iter().map(|message| message["message_id"].clone()));
        match page["more_after"].as_u64() {
            Some(position) => after = format!("&after={position}"),
            None => break,
        }
    }
    let whole = visit.chat(patient).await;
    assert_eq!(seen, whole.iter().map(|message| message["message_id"].clone()).collect::<Vec<_>>());

    // Strangers, and questions that are none.
    let stranger = visit.clinic.patient().await;
    stranger.client.get(&visit.path("messages")).await.refused(404, "not-found");
    visit.clinic.provider().await.client.get(&visit.path("messages")).await.refused(403, "denied");
    visit.billing.get(&visit.path("messages")).await.refused(403, "denied");
    for wrong in ["limit=0", "limit=201", "limit=x", "after=999999", "colour=red"] {
        patient.get(&visit.path(&format!("messages?{wrong}"))).await.refused(400, "invalid-parameter");
    }
    let long = json!({ "text": "x".repeat(4001) });
    assert_eq!(
        patient.post(&visit.path("messages"), long).await.refused(422, "invalid-body")["errors"][0]["field"],
        "text"
    );
    visit.write(patient, &"x".repeat(4000)).await;
    assert!(!json!(visit.clinic.log_from(0).await).to_string().contains("Salbuterex"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_taken_back_is_shown_as_withdrawn_and_stays_on_the_record() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (patient, provider) = (&visit.patient.client, &visit.provider.client);
    visit.wait().await;
    let wrong = visit.write(&visit.desk, TEXT).await;
    let own = visit.write(patient, "Never mind").await;
    let path = |id: &Value| visit.path(&format!("messages/{}/withdraw", id.as_str().unwrap()));
    let why = json!({ "reason": "wrong-person", "details": "Meant for Ms Quandt" });
    patient.post(&path(&wrong), why.clone()).await.refused(403, "message-of-others");
    let answer = visit.desk.post(&path(&wrong), json!({ "reason": "because" })).await.refused(422, "invalid-body");
    assert_eq!(answer["errors"][0]["field"], "reason");
    visit.desk.post(&path(&wrong), why.clone()).await.written();
    visit.desk.post(&path(&wrong), why.clone()).await.refused(409, "wrong-state");
    visit.desk.post(&path(&json!(fresh_id())), why.clone()).await.refused(404, "unknown-message");
    let last = patient.post(&path(&own), json!({ "reason": "other" })).await.written();

    // Neither side sees what it said: not in the chat, not in the wait, not in the timeline.
    let withdrawn = visit.chat(patient).await;
    assert_eq!((&withdrawn[0]["text"], &withdrawn[0]["withdrawn"]["reason"]), (&Value::Null, &json!("wrong-person")));
    assert_eq!(
        (&withdrawn[0]["withdrawn"]["by"], &withdrawn[1]["withdrawn"]["by"]),
        (&json!("front-desk"), &json!("patient"))
    );
    let after = format!("min_position={}", last.position());
    let wait = patient.get(&visit.path(&format!("waiting?{after}"))).await.ok();
    assert_eq!((&wait["messages"][0]["withdrawn"], &wait["messages"][0]["text"]), (&json!(true), &Value::Null));
    for who in [patient, provider] {
        let timeline = who.get(&visit.path(&format!("timeline?{after}"))).await.ok();
        assert!(
            timeline.text.contains("message-withdrawn") && !timeline.text.contains("Salbuterex"),
            "{}",
            timeline.text
        );
    }
    // Why staff did it is for staff: their words may name somebody else.
    let timeline = patient.get(&visit.path(&format!("timeline?{after}"))).await.ok();
    assert!(timeline.text.contains("wrong-person") && !timeline.text.contains("Quandt"), "{}", timeline.text);
    assert!(provider.get(&visit.path(&format!("timeline?{after}"))).await.ok().text.contains("Quandt"));
    // Compliance does, where what happened is told.
    let timeline = visit.clinic.compliance().await.get(&visit.path(&format!("timeline?{after}"))).await.ok();
    assert!(timeline.text.contains("Salbuterex"));
    // It is no unread message any more.
    let room = visit.desk.get(&format!("/v1/waiting-room?{after}")).await.ok();
    assert_eq!(room.entry("rows", "visit_id", visit.id)["unread_messages"], 0);
}
