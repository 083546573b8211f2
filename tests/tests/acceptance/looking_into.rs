//! Compliance officers and auditors look into a visit and go over the log through the server: it says what the command line says,
//! opens nothing without a reason, records every look, and names what somebody changed.

use serde_json::{Value, json};

use crate::support::{Answer, App, Client, Fact, Visit, eventually, phi, replay};

/// A visit with a signed note, an answer taken back, and people who looked.
async fn visit() -> Visit {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.admit().await;
    visit.consent("give", "telehealth").await;
    visit.consent("give", "recording").await;
    visit.consent("withdraw", "recording").await;
    let note = visit.draft_note().await;
    visit.sign(&note).await;
    visit.provider.client.get(&format!("/v1/visits/{}", visit.id)).await.ok();
    visit.patient.client.get(&visit.path("timeline")).await.ok();
    visit.end().await;
    visit.clinic.app.read_models_caught_up().await;
    visit
}

impl Visit {
    fn audit(&self, of: &str) -> String {
        format!("/v1/audit/visits/{}{of}", self.id)
    }

    /// A note of it that was signed.
    async fn signed_note(&self) -> String {
        let shown = self.show().await;
        shown.list("notes")[0]["note_id"].as_str().expect("a note").to_owned()
    }

    async fn tamper(&self, sql: &str) {
        let sql = format!("ALTER TABLE ledger.events DISABLE TRIGGER append_only; {sql}");
        sqlx::raw_sql(&sql).execute(&self.clinic.app.owner).await.expect("a superuser may");
    }
}

/// What is told, without what each look adds: that it is on record, and the looks so far.
fn told(mut said: Value) -> Value {
    let fields = said.as_object_mut().expect("an object");
    fields.retain(|name, _| !["recorded_at_position", "as_of", "reads"].contains(&name.as_str()));
    if let Some(Value::Array(story)) = fields.get_mut("story") {
        assert!(!story.is_empty());
        story.retain(|line| line["kind"] == "act");
    }
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_and_the_command_line_tell_a_visit_alike() {
    let visit = visit().await;
    let (clinic, officer, auditor) = (&visit.clinic, visit.clinic.compliance().await, visit.clinic.auditor().await);
    let (id, clinic_id, note) = (visit.id.to_string(), clinic.id.to_string(), visit.signed_note().await);
    let of_note = visit.audit(&format!("/notes/{note}/signatures"));

    // With what is protected open, for a reason.
    for (path, line) in [
        (visit.audit("?reason=complaint-review"), vec!["visit", &id]),
        (visit.audit("?at=4&reason=complaint-review"), vec!["visit", &id, "--at", "4"]),
        (visit.audit("/changes?from=2&to=9&reason=complaint-review"), vec!["visit", &id, "--diff", "2", "9"]),
        (visit.audit("/as-served?to=patient&reason=complaint-review"), vec!["visit", &id, "--as-served", "patient"]),
        (
            visit.audit("/as-served?to=provider&at=9&reason=complaint-review"),
            vec!["visit", &id, "--as-served", "provider", "--at", "9"],
        ),
        (format!("{of_note}?reason=complaint-review"), vec!["signature", &note]),
    ] {
        let server = officer.get(&path).await.ok().body;
        let said = clinic.replay(&officer, &[&line[..], &["--json"]].concat()).await.ok().out;
        let said: Value = serde_json::from_str(&said).unwrap();
        assert!(server["recorded_at_position"].as_u64() < said["recorded_at_position"].as_u64(), "{path}");
        assert_eq!(told(server), told(said), "{path}");
    }

    // Sealed, by an auditor.
    for (path, line) in [
        (visit.audit(""), vec!["visit", &id]),
        (visit.audit("/changes?from=3&to=5"), vec!["visit", &id, "--diff", "3", "5"]),
        (of_note, vec!["signature", &note]),
    ] {
        let server = auditor.get(&path).await.ok();
        assert!(!server.text.contains(phi::NOTE) && server.body["opened"] == false, "{}", server.text);
        let line = [&line[..], &["--clinic", &clinic_id, "--json"]].concat();
        let said = replay::run(&clinic.app, &line).await.ok().out;
        assert_eq!(told(server.body), told(serde_json::from_str(&said).unwrap()), "{path}");
    }

    // The whole log, and the read models.
    let without = |said: &Value, names: &[&str]| {
        let fields = said.as_object().expect("an object").iter().filter(|(name, _)| !names.contains(&name.as_str()));
        fields.map(|(name, value)| (name.clone(), value.clone())).collect::<serde_json::Map<_, _>>()
    };
    let grown = ["events", "checkpoints", "root", "witnessing"];
    let server = auditor.post("/v1/audit/verify", json!({})).await.ok().body;
    let said = replay::run(&clinic.app, &["verify", "--clinic", &clinic_id, "--json"]).await.ok().out;
    let said: Vec<Value> = serde_json::from_str(&said).unwrap();
    assert_eq!((&server["verdict"], &server["keys_compared"]), (&json!("valid"), &json!(true)));
    assert!(server["events"].as_u64() > Some(20) && server["witnessing"]["longest"]["events"].as_u64() > Some(20));
    assert_eq!(without(&server, &grown), without(&said[0], &grown));
    clinic.app.read_models_caught_up().await;
    let server = auditor.get("/v1/audit/projections").await.ok();
    let compared = server.list("projections").iter();
    assert!(compared.clone().all(|of| of["difference_count"] == 0 && of["events"].as_u64() > Some(20)), "{server:?}");
    let names: Vec<_> = compared.map(|of| of["projection"].as_str().unwrap()).collect();
    assert_eq!(names, daybook_projections::View::ALL.map(daybook_projections::View::name));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_look_is_recorded_and_only_a_reason_of_who_may_see_it_opens_what_is_protected() {
    let visit = visit().await;
    let (clinic, officer, auditor) = (&visit.clinic, visit.clinic.compliance().await, visit.clinic.auditor().await);
    let last_fact = async || {
        let facts = clinic.log_from(0).await.iter().map(Fact::of).collect::<Vec<_>>();
        let read = facts.into_iter().rfind(|fact| fact.kind.starts_with("phi-") || fact.kind == "access-denied");
        let read = read.expect("a fact");
        (
            read.kind,
            read.position,
            read.payload["reader"].clone(),
            read.payload["action"].clone(),
            read.metadata["reason"].clone(),
        )
    };
    let (by_officer, by_auditor) = (json!(officer.subject), json!(auditor.subject));

    let sealed = officer.get(&visit.audit("")).await.ok();
    assert!(!sealed.text.contains(phi::NOTE) && sealed["opened"] == false);
    let position = sealed["recorded_at_position"].as_u64().unwrap();
    let looked =
        |action: &str, position, who: &Value, reason| ("phi-read".into(), position, who.clone(), json!(action), reason);
    assert_eq!(last_fact().await, looked("read-accesses", position, &by_officer, Value::Null));
    let reads = sealed.list("story").iter().filter(|line| line["kind"] == "read").count();
    assert!(reads >= 2, "who looked is told: {sealed:?}");

    let open = officer.get(&visit.audit("?reason=complaint-review")).await.ok();
    assert!(open.text.contains(phi::NOTE) && open["opened"] == true);
    let position = open["recorded_at_position"].as_u64().unwrap();
    assert_eq!(last_fact().await, looked("read-timeline", position, &by_officer, json!("complaint-review")));

    let denied = |action: &str, who: &Value| (json!(action), who.clone());
    for refused in
        [visit.audit("?reason=complaint-review"), visit.audit("/as-served?to=patient&reason=complaint-review")]
    {
        auditor.get(&refused).await.refused(403, "denied");
        let (kind, _, who, action, _) = last_fact().await;
        assert_eq!((kind.as_str(), (action, who)), ("access-denied", denied("read-timeline", &by_auditor)));
    }
    // Not even who was there in person.
    let billing = clinic.billing().await;
    for (who, status, code) in [
        (&visit.provider.client, 403, "denied"),
        (&visit.desk, 403, "denied"),
        (&billing, 403, "denied"),
        (&visit.patient.client, 403, "denied"),
        (&clinic.patient().await.client, 404, "not-found"),
    ] {
        for path in [visit.audit(""), visit.audit("?reason=complaint-review"), visit.audit("/changes?from=1")] {
            who.get(&path).await.refused(status, code);
        }
    }
    for (who, status, code) in
        [(&visit.provider.client, 403, "denied"), (&billing, 403, "denied"), (&visit.patient.client, 404, "not-found")]
    {
        who.post("/v1/audit/verify", json!({})).await.refused(status, code);
        who.get("/v1/audit/projections").await.refused(status, code);
    }
    let unknown = format!("/v1/audit/visits/{}", crate::support::fresh_id());
    for path in [unknown.clone(), format!("{unknown}?reason=complaint-review")] {
        officer.get(&path).await.refused(404, "not-found");
    }
    officer
        .get(&visit.audit(&format!("/notes/{}/signatures", crate::support::fresh_id())))
        .await
        .refused(404, "not-found");
    clinic.app.anybody().get(&visit.audit("")).await.refused(401, "token-missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changed_is_named_and_nothing_of_that_visit_is_opened() {
    let visit = visit().await;
    let (clinic, officer) = (&visit.clinic, visit.clinic.compliance().await);
    let checkpoint = async |of: &crate::support::Clinic| {
        of.app.anybody().get(&format!("/v1/clinics/{}/log/checkpoint", of.id)).await.ok().text
    };
    let kept = checkpoint(clinic).await;
    visit.show().await.ok();
    let grown = officer.post("/v1/audit/verify", json!({ "against": [kept] })).await.ok();
    assert_eq!((&grown["verdict"], &grown["kept"][0]["standing"]), (&json!("valid"), &json!("grown")), "{grown:?}");

    let id = visit.id;
    visit
        .tamper(&format!(
            "UPDATE ledger.events SET payload = convert_to(replace(convert_from(payload, 'UTF8'), 'telehealth', 'recording'), 'UTF8')
             WHERE stream_id = '{id}' AND event_type = 'consent-given' AND convert_from(payload, 'UTF8') LIKE '%telehealth%'"
        ))
        .await;
    let named = |answer: &Answer| {
        let found = answer.list("findings").iter().find(|found| found["check"] == "event-hash").cloned();
        found.map(|found| found["what"].as_str().unwrap().to_owned())
    };
    let invalid = officer.post("/v1/audit/verify", json!({})).await.ok();
    assert_eq!(invalid["verdict"], "invalid");
    assert!(named(&invalid).is_some_and(|what| what.contains(&id.to_string()) && what.contains("consent-given")));
    let sealed = officer.get(&visit.audit("")).await.ok();
    assert!(sealed["faults"][0].as_str().is_some_and(|fault| fault.contains("consent-given")), "{sealed:?}");
    for path in ["?reason=complaint-review", "/as-served?to=patient&reason=complaint-review"] {
        officer.get(&visit.audit(path)).await.refused(409, "not-as-written");
    }

    let rows = "SELECT nspname || '.rows' FROM pg_namespace WHERE nspname LIKE 'chart_v%'";
    let table: String = sqlx::query_scalar(rows).fetch_one(&clinic.app.owner).await.unwrap();
    let change =
        format!("UPDATE {table} SET body = replace(body::text, '\"given', '\"withdrawn')::json WHERE kind = 'visit'");
    assert_eq!(sqlx::query(&change).execute(&clinic.app.owner).await.unwrap().rows_affected(), 1);
    let compared = officer.get("/v1/audit/projections?projection=chart").await.ok();
    let chart = &compared.list("projections")[0];
    assert_eq!((&chart["projection"], &chart["difference_count"]), (&json!("chart"), &json!(1)), "{compared:?}");
    assert_ne!(chart["differences"][0]["live"], chart["differences"][0]["log"]);

    // A compliance officer has it made what the log says; an auditor changes nothing.
    let rebuild = async |who: &Client, what: Value| who.post("/v1/audit/projections/rebuild", what).await;
    let chart = || json!({ "projection": "chart" });
    rebuild(&clinic.auditor().await, chart()).await.refused(403, "denied");
    rebuild(&visit.desk, chart()).await.refused(403, "denied");
    rebuild(&officer, json!({ "projection": "waiting-rooms" })).await.refused(422, "invalid-body");
    rebuild(&officer, json!({ "view": "chart" })).await.refused(422, "invalid-body");
    let rebuilt = rebuild(&officer, chart()).await.ok();
    assert_eq!(rebuilt["stopped"], json!([]));
    let compared = officer.get("/v1/audit/projections?projection=chart").await.ok();
    assert_eq!(compared.list("projections")[0]["difference_count"], 0, "{compared:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_with_what_would() {
    let visit = visit().await;
    let (clinic, officer) = (&visit.clinic, visit.clinic.compliance().await);
    let ask = async |who: &Client, path: &str| who.get(&visit.audit(path)).await.refused(400, "invalid-parameter");
    for (path, said) in [
        ("?at=0", "query"),
        ("?at=yesterday", "query"),
        ("?at=9999", "the visit has no event 9999"),
        ("?at=2001-01-01T00:00:00Z", "there was no such visit yet"),
        ("?reason=not%20a%20code", "query"),
        ("?since=3", "query"),
        ("/changes", "from"),
        ("/changes?from=5&to=3", "the first of the two moments is not before the second"),
        ("/as-served?reason=complaint-review", "to"),
        ("/as-served?to=nurse&reason=complaint-review", "query"),
        ("/as-served?to=patient", "reason"),
    ] {
        let refused = ask(&officer, path).await;
        assert!(refused.text.contains(said), "{path}: {}", refused.text);
    }
    officer.get("/v1/audit/projections?projection=waiting-rooms").await.refused(400, "invalid-parameter");

    let kept = async |of: &crate::support::Clinic| {
        of.app.anybody().get(&format!("/v1/clinics/{}/log/checkpoint", of.id)).await.ok().text
    };
    let (own, other) = (kept(clinic).await, kept(&clinic.app.with_clinic().await).await);
    let forged = own.replacen('\n', "\n1", 1);
    for (against, said) in [
        (json!([other]), "another clinic"),
        (json!([own.replace('\n', "\r\n")]), "against[0]"),
        (json!([own, "not a note"]), "against[1]"),
        (json!([forged]), "the signature of the known key"),
        (json!(vec![own.as_str(); 17]), "more than sixteen"),
    ] {
        let refused =
            officer.post("/v1/audit/verify", json!({ "against": against })).await.refused(422, "invalid-body");
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    officer.post("/v1/audit/verify", json!({ "policy": "" })).await.refused(422, "invalid-body");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_log_is_gone_over_at_a_time_and_who_comes_meanwhile_is_told_to_come_again() {
    let visit = visit().await;
    let auditor = visit.clinic.auditor().await;
    let asked = (0..24).map(|_| auditor.post("/v1/audit/verify", json!({})));
    let (mut verified, mut told) = (0, 0);
    for answer in futures::future::join_all(asked).await {
        match answer.status {
            200 => {
                assert_eq!(answer["verdict"], "valid");
                verified += 1;
            }
            _ => {
                assert_eq!(answer.refused(503, "check-under-way").header("retry-after"), "1");
                told += 1;
            }
        }
    }
    assert!(verified > 0 && told > 0, "{verified} verified, {told} told to come again");
    auditor.post("/v1/audit/verify", json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_go_over_a_log_is_told_so_and_recorded_also_while_one_is_gone_over() {
    let visit = visit().await;
    let (clinic, auditor) = (&visit.clinic, visit.clinic.auditor().await);
    let mut keys = clinic.app.owner.begin().await.unwrap();
    // The log is gone over until it comes to the keys.
    sqlx::query("LOCK TABLE keys.data_keys").execute(&mut *keys).await.unwrap();
    let compare = async |who: &Client| who.get("/v1/audit/projections").await;
    let verify = async |who: &Client| who.post("/v1/audit/verify", json!({})).await;
    // A comparison that was first is over soon.
    let first = eventually("it is verified", async || verify(&auditor).await.status == 200);
    let meanwhile = async {
        eventually("the place is taken", async || compare(&auditor).await.status == 503).await;
        verify(&visit.desk).await.refused(403, "denied");
        compare(&visit.desk).await.refused(403, "denied");
        compare(&auditor).await.refused(503, "check-under-way");
        keys.rollback().await.unwrap();
    };
    futures::join!(first, meanwhile);
    let denied = "SELECT count(*) FROM ledger.events WHERE clinic_id = $1 AND event_type = 'access-denied'
                  AND convert_from(payload, 'UTF8') LIKE '%read-log-entries%'";
    let denied: i64 = sqlx::query_scalar(denied).bind(clinic.id).fetch_one(&clinic.app.owner).await.unwrap();
    assert_eq!(denied, 2);
}
