//! What the law says of a visit, with the rows it rests on: whose consent a recording needs, and how long the record is kept.

use serde_json::{Value, json};

use crate::support::{Answer, App, Clinic, Visit};

impl Visit {
    async fn recording_law(&self, query: &str) -> Answer {
        self.provider.client.get(&self.path(&format!("recording-law{query}"))).await.ok()
    }

    async fn may_be_recorded(&self, participant: &str, id: Option<&Value>) -> Answer {
        let mut body = json!({ "participant": participant, "answer": "given", "text_version": "recording/1" });
        if let Some(id) = id {
            body["participant_id"] = id.clone();
        }
        let who = if participant == "provider" { &self.provider.client } else { &self.desk };
        who.post(&self.path("consents/recording"), body).await.written()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strictest_place_governs_and_everybodys_consent_is_told() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.arrive().await;
    // Nobody knows where anybody is: no floor, and the reason.
    let nowhere = visit.recording_law("").await;
    assert_eq!((&nowhere["floor"], &nowhere["unanswered"]["code"]), (&Value::Null, &json!("rule-needs-fact")));
    assert_eq!(nowhere["everybody_consents"], false);

    visit.attest_location("WI").await;
    let one_party = visit.recording_law("?suppose=MN").await;
    assert_eq!(one_party["floor"]["verdict"], "one-party");
    let known: Vec<_> = one_party.list("participants").iter().map(|one| &one["place_known"]).collect();
    assert_eq!(known, [&json!("attested"), &json!("supposed")]);
    let strict = visit.recording_law("?suppose=CA").await;
    assert_eq!(
        (&strict["floor"]["verdict"], &strict["floor"]["because"][0]["rule"]),
        (&json!("all-party"), &json!("recording-consent.ca"))
    );
    for told in ["says", "source", "confidence", "reviewed"] {
        assert!(!strict["floor"]["because"][0][told].is_null(), "{told}");
    }
    visit.attest_location("CA").await;
    assert_eq!(visit.recording_law("").await["floor"]["verdict"], "all-party", "nothing can exceed it");

    // Each participant answers for themselves.
    let language = json!({ "language": "es", "modality": "video" });
    visit.desk.post(&visit.path("interpreter/request"), language).await.written();
    let found = json!({ "qualification": "certified-medical", "agency_id": "agency-4" });
    let interpreter = visit.desk.post(&visit.path("interpreter/assign"), found).await.written();
    let consents = async || visit.recording_law("").await["everybody_consents"].clone();
    visit.consent("give", "recording").await;
    visit.may_be_recorded("provider", None).await;
    assert_eq!(consents().await, false, "the interpreter was not asked");
    visit.may_be_recorded("interpreter", Some(&interpreter["participant_id"])).await;
    assert_eq!(consents().await, true);
    let taken_back = json!({ "participant": "provider", "answer": "withdrawn", "text_version": "recording/1" });
    visit.provider.client.post(&visit.path("consents/recording"), taken_back).await.written();
    assert_eq!(consents().await, false);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_for_somebody_else_and_strangers_read_nothing() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let path = visit.path("consents/recording");
    let answer =
        |participant: &str| json!({ "participant": participant, "answer": "given", "text_version": "recording/1" });
    let refused = visit.desk.post(&path, answer("patient")).await.refused(422, "patient-answers-themselves");
    assert_eq!(refused["errors"][0]["field"], "participant");
    visit.desk.post(&path, answer("provider")).await.refused(403, "not-this-visits-provider");
    visit.desk.post(&path, answer("interpreter")).await.refused(404, "unknown-participant");
    visit.desk.post(&path, answer("passer-by")).await.refused(422, "invalid-body");
    visit.patient.client.post(&path, answer("provider")).await.refused(403, "denied");
    let colleague = visit.clinic.provider().await;
    colleague.client.get(&visit.path("recording-law")).await.refused(403, "denied");
    let stranger = visit.clinic.patient().await;
    stranger.client.get(&visit.path("recording-law")).await.refused(404, "not-found");
    visit.provider.client.get(&visit.path("recording-law?suppose=XX")).await.refused(400, "invalid-parameter");
    for closed in [&visit.billing, &visit.desk, &visit.patient.client] {
        closed.get(&visit.path("retention")).await.refused(403, "denied");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_kept_by_the_rule_of_the_place_or_always_and_it_is_said_why() {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    let retention = async |visit: &Visit| visit.provider.client.get(&visit.path("retention")).await.ok();
    let early = retention(&visit).await;
    assert_eq!((&early["keep"], &early["unanswered"]["code"]), (&json!("always"), &json!("rule-needs-fact")));
    visit.wait().await;
    visit.admit().await;
    let kept = retention(&visit).await;
    assert_eq!((&kept["keep"], &kept["until"]["because"][0]["rule"]), (&json!("until"), &json!("retention.wi")));
    let (on, until) = (kept["on"].as_str().unwrap(), kept["until"]["verdict"].as_str().unwrap());
    let years = |day: &str| day[..4].parse::<i32>().unwrap();
    assert_eq!(years(until) - years(on), 5, "{}", kept.text);
    let read = visit.clinic.compliance().await.get(&visit.path("retention")).await.ok();
    assert_eq!(read["until"]["verdict"], kept["until"]["verdict"]);

    // Outside a simulated clinic nobody relies on a row that nobody has reviewed.
    let real = Clinic::open_real(&clinic.app).await;
    let visit = real.visit().await;
    visit.arrive().await;
    visit.attest_location("WI").await;
    let unreviewed = visit.recording_law("?suppose=WI").await;
    assert_eq!((&unreviewed["floor"], &unreviewed["unanswered"]["code"]), (&Value::Null, &json!("rule-unreviewed")));
}
