//! Legal holds and erasure: two people, never too early, and a log that stays whole and says what is erased.

use std::cell::Cell;

use chrono::{Days, NaiveDate};
use daybook_domain::patient::{DestroyedKey, ErasureGround, PatientKeyDestroyed};
use daybook_domain::visit::{Admitted, Ended, NoChargeReason, NoChargeRecorded, Outcome};
use daybook_domain::{Catalogue, Class, DataKeyId, ProviderId, patient, visit};
use daybook_ledger::append::{Append, CommandKey, Expected, StreamAppend};
use daybook_ledger::verify::{self, Check, Verdict};
use daybook_ledger::{Draft, Metadata, Stream, Unsealed, erased};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::files::photograph;
use crate::support::{Answer, App, Client, Clinic, Visit, eventually, fresh_id, now, phi};

impl Clinic {
    async fn officer(&self, number: u8) -> Client {
        self.somebody("compliance", &format!("officer-{number}"), None).await
    }

    /// The log verified, and compared with the key store.
    async fn verified(&self) -> verify::Report {
        let (pool, _) = self.app.beside().await;
        let mut report = verify::clinic(&pool, self.id, |_| {}).await.unwrap();
        let (store, seen) = (&self.app.owner, Cell::new(0));
        erased::compare_keys(&mut report, store, store, |keys| seen.set(seen.get() + keys)).await.unwrap();
        assert_eq!(seen.get(), erased::count_keys(store, &[self.id]).await.unwrap());
        report
    }

    /// Facts that nobody could bring about in the time of a test, put where they would stand.
    pub(crate) async fn recorded<E: Catalogue>(&self, stream: Stream, events: Vec<E>) {
        let (_, ledger) = self.app.beside().await;
        let mut drafts = Vec::new();
        for event in events {
            let (event_type, event_version) = (event.event_type(), event.event_version());
            let unsealed = Unsealed { event_id: fresh_id(), event_type, event_version, payload: event.payload() };
            let draft = Draft::seal(unsealed, self.id, &stream, None, &Metadata::new(), ledger.sealer()).await;
            drafts.push(draft.unwrap());
        }
        let command = CommandKey { id: fresh_id(), request_hash: [0; 32] };
        let streams = vec![StreamAppend { stream, expected: Expected::Any, events: drafts }];
        ledger.append(Append { clinic: self.id, command, streams, guards: vec![] }).await.unwrap();
    }

    async fn keys_of(&self, patient: Uuid) -> Vec<Uuid> {
        let keys =
            sqlx::query_scalar("SELECT data_key_id FROM keys.data_keys WHERE clinic_id = $1 AND patient_id = $2");
        keys.bind(self.id).bind(patient).fetch_all(&self.app.owner).await.unwrap()
    }
}

impl Visit {
    /// Of the patient's record.
    fn record(&self, what: &str) -> String {
        format!("/v1/patients/{}/{what}", self.patient.id)
    }

    /// As if the patient, who waits, had been seen on that day, and nothing charged.
    async fn seen_on(&self, on: NaiveDate) {
        let admitted = Admitted {
            provider_id: ProviderId(self.provider.id),
            jurisdiction: Some("WI".try_into().unwrap()),
            licence_number: Some("12345-20".try_into().unwrap()),
            on,
            overridden_gates: vec![],
            emergency_id: None,
        };
        let no_charge = NoChargeRecorded { reason: NoChargeReason::Courtesy, details: None };
        let events: Vec<visit::Event> =
            vec![admitted.into(), Ended { outcome: Outcome::Completed, ended_at: now() }.into(), no_charge.into()];
        self.clinic.recorded(Stream::new("visit", self.id), events).await;
    }

    /// A visit that was over more than five years ago, which is how long Wisconsin wants it kept.
    async fn long_ago(clinic: &Clinic) -> Visit {
        let visit = clinic.visit().await;
        visit.wait().await;
        visit.seen_on(now().date_naive() - Days::new(366 * 6)).await;
        visit
    }

    async fn retention(&self) -> Answer {
        self.clinic.officer(1).await.get(&self.record("retention")).await.ok()
    }

    async fn propose_erasure(&self, number: u8) -> Answer {
        let officer = self.clinic.officer(number).await;
        officer.post(&self.record("erasure/propose"), json!({ "ground": "retention-over" })).await
    }

    async fn confirm_erasure(&self, number: u8) -> Answer {
        self.clinic.officer(number).await.post(&self.record("erasure/confirm"), json!({})).await
    }

    async fn hold_record(&self) -> String {
        let hold = json!({ "ground": "litigation", "details": phi::DETAILS });
        let placed = self.clinic.officer(1).await.post(&self.record("legal-holds"), hold).await.written();
        placed["legal_hold_id"].as_str().expect("an id").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_placed_by_one_and_released_by_two() {
    let clinic = App::start().await.with_clinic().await;
    let visit = Visit::long_ago(&clinic).await;
    let hold = visit.hold_record().await;
    let shown = visit.retention().await;
    assert_eq!((&shown["held"], &shown["legal_holds"][0]["details"]), (&json!(true), &json!(phi::DETAILS)));
    visit.propose_erasure(1).await.refused(409, "under-legal-hold");

    let of = |what: &str| visit.record(&format!("legal-holds/{hold}/{what}"));
    let (first, second) = (clinic.officer(1).await, clinic.officer(2).await);
    second.post(&of("release"), json!({})).await.refused(409, "release-not-proposed");
    first.post(&of("propose-release"), json!({ "reason": "matter-closed" })).await.written();
    first.post(&of("release"), json!({})).await.refused(409, "second-person-needed");
    assert_eq!(visit.retention().await["held"], true);
    second.post(&of("release"), json!({})).await.written();
    second.post(&of("release"), json!({})).await.refused(409, "legal-hold-already-released");
    let shown = visit.retention().await;
    let released = &shown["legal_holds"][0];
    assert_eq!((&shown["held"], &released["released_by"]), (&json!(false), &json!("officer-2")));

    // What does not fit changes nothing.
    let holds = visit.record("legal-holds");
    for wrong in [json!({ "ground": "spite", "details": "x" }), json!({ "ground": "audit" }), json!({})] {
        first.post(&holds, wrong).await.refused(422, "invalid-body");
    }
    first
        .post(&of("propose-release"), json!({ "reason": "matter-closed" }))
        .await
        .refused(409, "legal-hold-already-released");
    let unknown = visit.record(&format!("legal-holds/{}/release", fresh_id()));
    first.post(&unknown, json!({})).await.refused(404, "unknown-legal-hold");
    first.post(&visit.record("legal-holds/x/release"), json!({})).await.refused(400, "invalid-parameter");
    let nobody = format!("/v1/patients/{}/legal-holds", fresh_id());
    first.post(&nobody, json!({ "ground": "audit", "details": "x" })).await.refused(404, "not-found");
    assert_eq!(visit.retention().await["legal_holds"].as_array().unwrap().len(), 1);
    let stored = json!(clinic.log_from(0).await).to_string();
    assert!(stored.contains("legal-hold-placed") && !stored.contains(phi::DETAILS));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_compliance_holds_erases_or_reads_of_it() {
    let clinic = App::start().await.with_clinic().await;
    let visit = Visit::long_ago(&clinic).await;
    let hold = json!({ "ground": "audit", "details": "x" });
    for who in
        [&visit.desk, &visit.provider.client, &visit.billing, &clinic.administrator().await, &clinic.auditor().await]
    {
        who.post(&visit.record("legal-holds"), hold.clone()).await.refused(403, "denied");
        who.post(&visit.record("erasure/propose"), json!({ "ground": "patient-request" })).await.refused(403, "denied");
        who.post(&visit.record("erasure/confirm"), json!({})).await.refused(403, "denied");
        who.get(&visit.record("retention")).await.refused(403, "denied");
    }
    assert_eq!(clinic.keys_of(visit.patient.id).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_erased_too_early_in_use_or_where_no_date_is_known() {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    visit.wait().await;
    visit.propose_erasure(1).await.refused(409, "record-in-use");
    assert_eq!(visit.retention().await["keep"], "in-use");
    visit.seen_on(now().date_naive() - Days::new(30)).await;
    let refused = visit.propose_erasure(1).await.refused(409, "retention-running");
    let shown = visit.retention().await;
    assert_eq!((&shown["keep"], &shown["because"][0]["rule"]), (&json!("until"), &json!("retention.wi")));
    assert!(!refused["detail"].as_str().unwrap().contains(shown["until"].as_str().unwrap()), "{}", refused.text);

    // A patient who was never seen: nothing to count from.
    let never = clinic.patient().await;
    let officer = clinic.officer(1).await;
    let propose = format!("/v1/patients/{}/erasure/propose", never.id);
    let refused =
        officer.post(&propose, json!({ "ground": "patient-request" })).await.refused(409, "retention-unknown");
    assert!(refused["detail"].as_str().unwrap().contains("a day of service"), "{}", refused.text);
    let confirm = format!("/v1/patients/{}/erasure/confirm", never.id);
    officer.post(&confirm, json!({})).await.refused(409, "retention-unknown");
    assert_eq!(clinic.keys_of(never.id).await.len(), 1, "closed for the attempt, and opened again");
    clinic.visit_of(&never, &visit.provider).await;

    // Old, but a second visit lies ahead.
    let old = Visit::long_ago(&clinic).await;
    clinic.visit_of(&old.patient, &old.provider).await;
    old.propose_erasure(1).await.refused(409, "record-in-use");
    officer.post(&old.record("erasure/propose"), json!({ "ground": "because" })).await.refused(422, "invalid-body");
    officer.post(&old.record("erasure/propose"), json!({})).await.refused(422, "invalid-body");
    let nobody = format!("/v1/patients/{}/erasure/confirm", fresh_id());
    officer.post(&nobody, json!({})).await.refused(404, "not-found");

    // Outside a simulated clinic nobody relies on a rule that nobody reviewed.
    let real = Clinic::open_real(&clinic.app).await;
    let visit = Visit::long_ago(&real).await;
    visit.propose_erasure(1).await.refused(409, "retention-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_record_is_unreadable_everywhere_and_the_log_stays_valid_and_says_so() {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    visit.wait().await;
    let sent = visit.photo(&visit.patient.client, &photograph(70_000, 1)).await.written();
    visit.seen_on(now().date_naive() - Days::new(366 * 6)).await;
    let bystander = clinic.visit().await;
    // Another server has the keys in memory.
    let other = clinic.app.another_server().await;
    let record = format!("/v1/patients/{}", visit.patient.id);
    let elsewhere = visit.desk.through(&other);
    assert_eq!(elsewhere.get(&record).await.ok()["family_name"], phi::FAMILY_NAME);

    visit.confirm_erasure(2).await.refused(409, "erasure-not-proposed");
    visit.propose_erasure(1).await.written();
    visit.confirm_erasure(1).await.refused(409, "second-person-needed");
    let hold = visit.hold_record().await;
    visit.confirm_erasure(2).await.refused(409, "under-legal-hold");
    let of = |what: &str| visit.record(&format!("legal-holds/{hold}/{what}"));
    let (first, second) = (clinic.officer(1).await, clinic.officer(2).await);
    first.post(&of("propose-release"), json!({ "reason": "placed-in-error" })).await.written();
    second.post(&of("release"), json!({})).await.written();
    visit.confirm_erasure(2).await.refused(409, "erasure-not-proposed");
    assert_eq!(visit.desk.get(&record).await.ok()["family_name"], phi::FAMILY_NAME, "nothing is gone yet");
    visit.propose_erasure(1).await.written();

    let key = [("idempotency-key", "erase-once")];
    let confirm = visit.record("erasure/confirm");
    let confirmed = second.post_with(&confirm, json!({}), &key).await.written();
    assert_eq!(second.post_with(&confirm, json!({}), &key).await.written()["repeated"], true);
    second.post(&confirm, json!({})).await.refused(409, "record-erased");
    visit.propose_erasure(1).await.refused(409, "record-erased");
    assert!(clinic.keys_of(visit.patient.id).await.is_empty());
    let found = json!({ "family_name": phi::FAMILY_NAME });
    let found = visit.desk.post("/v1/patients/search", found).await.ok();
    assert!(!found.text.contains(&visit.patient.id.to_string()), "{}", found.text);
    assert!(found.text.contains(&bystander.patient.id.to_string()), "only this patient is not found");

    // Erased is what readers are told, by this server and the other, of the record, the visit and its files.
    let gone = json!({ "erased": true });
    assert_eq!(visit.desk.get(&record).await.ok()["family_name"], gone);
    eventually("the other server has forgotten the keys", async || {
        elsewhere.get(&record).await.ok()["family_name"] == gone
    })
    .await;
    visit.provider.client.get(&visit.file(&sent)).await.refused(410, "erased");
    clinic.app.read_models_caught_up().await;
    let timeline = second.get(&visit.path("timeline")).await.ok();
    assert!(!timeline.text.contains("key_missing") && timeline.text.contains("\"erased\":true"), "{}", timeline.text);
    for told in [phi::REASON, phi::ADDRESS, phi::FAMILY_NAME] {
        assert!(!timeline.text.contains(told));
    }
    let shown = visit.retention().await;
    assert_eq!((&shown["keep"], &shown["erasure"]["confirmed_by"]), (&json!("erased"), &json!("officer-2")));
    assert_eq!(shown["erasure"]["unrecoverable_since"], Value::Null, "nobody knows: backups of the keys are left");

    // Nothing more is sealed about the patient, by either server; the others are as they were.
    let request = json!({
        "patient_id": visit.patient.id, "provider_id": visit.provider.id, "starts_at": now() + chrono::TimeDelta::minutes(90),
        "duration_minutes": 20, "modality": "video", "reason": phi::REASON,
    });
    visit.desk.post("/v1/visits", request.clone()).await.refused(409, "record-erased");
    elsewhere.post("/v1/visits", request).await.refused(409, "record-erased");
    assert_eq!(bystander.desk.get(&format!("/v1/patients/{}", bystander.patient.id)).await.ok()["mrn"], phi::MRN);

    let report = clinic.verified().await;
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.findings);
    let [told] = &report.erased[..] else { panic!("{:?}", report.erased) };
    assert_eq!((told.position, told.keys), (confirmed.position(), 1));
    assert!(told.events >= 5 && told.fields > told.events, "{told:?}");
    assert_eq!(told.unrecoverable_since, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_gone_without_an_event_is_a_fault_and_never_called_erased() {
    let clinic = App::start().await.with_clinic().await;
    let visit = clinic.visit().await;
    assert_eq!(clinic.verified().await.verdict, Verdict::Valid);
    let gone = sqlx::query("DELETE FROM keys.data_keys WHERE patient_id = $1").bind(visit.patient.id);
    gone.execute(&clinic.app.owner).await.unwrap();
    // As whoever destroyed it might pretend.
    let pretended = "INSERT INTO keys.closed VALUES ($1, $2, $3, now(), now())";
    let pretended = sqlx::query(pretended).bind(clinic.id).bind(visit.patient.id).bind(fresh_id());
    pretended.execute(&clinic.app.owner).await.unwrap();
    let report = clinic.verified().await;
    assert_eq!((report.verdict, report.findings[0].check), (Verdict::Invalid, Check::KeyMissing));
    assert!(report.erased.is_empty());
    // A server that never had the key in memory.
    let other = clinic.app.another_server().await;
    let shown = visit.desk.through(&other).get(&format!("/v1/patients/{}", visit.patient.id)).await.ok();
    assert_eq!(shown["family_name"], json!({ "key_missing": true }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_leaves_of_an_erasure_is_finished_or_undone() {
    let clinic = App::start().await.with_clinic().await;
    let (visit, other) = (Visit::long_ago(&clinic).await, Visit::long_ago(&clinic).await);
    let (_, ledger) = clinic.app.beside().await;
    let record = |visit: &Visit| format!("/v1/patients/{}", visit.patient.id);

    // It died after the event: erased, though the key is there.
    let keys = clinic.keys_of(visit.patient.id).await;
    let closed =
        ledger.sealer().close(clinic.id, daybook_domain::PatientId(visit.patient.id), fresh_id()).await.unwrap();
    assert_eq!(closed, [DestroyedKey { data_key_id: DataKeyId(keys[0]), class: Class::General }]);
    let destroyed = PatientKeyDestroyed {
        ground: ErasureGround::RetentionOver,
        rules: vec![],
        keys: closed,
        proposed_by: "officer-1".into(),
        confirmed_by: "officer-2".into(),
    };
    clinic.recorded::<patient::Event>(Stream::new("patient", visit.patient.id), vec![destroyed.into()]).await;
    let gone = json!({ "erased": true });
    eventually("it is read as erased", async || visit.desk.get(&record(&visit)).await.ok()["family_name"] == gone)
        .await;

    // It died before: nothing is erased, and after a while the record is open again.
    let patient = daybook_domain::PatientId(other.patient.id);
    ledger.sealer().close(clinic.id, patient, fresh_id()).await.unwrap();
    assert_eq!(other.desk.get(&record(&other)).await.ok()["family_name"], phi::FAMILY_NAME);
    ledger.settle_erasures().await.unwrap();
    assert!(clinic.keys_of(visit.patient.id).await.is_empty(), "what the log says is done");
    let in_the_way = "SELECT count(*) FROM keys.closed WHERE destroyed_at IS NULL";
    let left = async || sqlx::query_scalar::<_, i64>(in_the_way).fetch_one(&clinic.app.owner).await.unwrap();
    assert_eq!(left().await, 1, "an attempt that may be under way is left alone");
    let aged = sqlx::query("UPDATE keys.closed SET closed_at = now() - interval '11 minutes' WHERE patient_id = $1");
    aged.bind(other.patient.id).execute(&clinic.app.owner).await.unwrap();
    ledger.settle_erasures().await.unwrap();
    assert_eq!((left().await, clinic.keys_of(other.patient.id).await.len()), (0, 1));
    eventually("something can be sealed again", async || {
        let hold = json!({ "ground": "complaint", "details": phi::DETAILS });
        clinic.officer(1).await.post(&other.record("legal-holds"), hold).await.status == 200
    })
    .await;
    assert_eq!(clinic.verified().await.verdict, Verdict::Valid);
}
