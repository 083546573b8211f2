//! Witnesses: a server asks them to sign that its logs have only grown, keeps what they sign, shows it to everybody, and works
//! on while they are down or lie.

use std::sync::Arc;

use daybook_ledger::cosignature::Cosigner;
use daybook_ledger::{checkpoint, note};

use crate::support::{Answer, App, Behaviour, Clinic, Witness, eventually};

/// A server that asks these witnesses every second, with a clinic.
async fn asking(witnesses: &[(&str, &Witness)]) -> (Arc<App>, Clinic) {
    let witnesses = witnesses.iter().map(|(name, witness)| witness.config(name)).collect();
    let app = App::start_with(|config| (config.witnesses, config.witness_seconds) = (witnesses, 1)).await;
    let clinic = app.with_clinic().await;
    (app, clinic)
}

async fn log(clinic: &Clinic, what: &str) -> Answer {
    clinic.app.anybody().get(&format!("/v1/clinics/{}/log/{what}", clinic.id)).await
}

/// Waits until a measure is there that begins like this.
async fn measured(app: &App, measure: &str) {
    eventually(measure, async || {
        let measures = app.anybody().get("/metrics").await.ok().text;
        measures.lines().any(|line| line.starts_with(measure))
    })
    .await;
}

async fn rows(app: &App) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM ledger.cosignatures").fetch_one(&app.owner).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_witness_signs_is_kept_and_shown_to_everybody() {
    let witness = Witness::start().await;
    let (app, clinic) = asking(&[("archive", &witness)]).await;
    measured(&app, "daybook_witness_answers_total{witness=\"archive\",outcome=\"refused\"}").await;
    log(&clinic, "cosigned-checkpoint").await.refused(404, "not-found");
    witness.looks_at(&log(&clinic, "key").await.ok().text);
    measured(&app, "daybook_witness_answers_total{witness=\"archive\",outcome=\"cosigned\"}").await;
    clinic.visit().await.arrive().await;
    // The same head, with the witness's signature under it.
    eventually("the newest head is cosigned", async || {
        let newest = log(&clinic, "checkpoint").await.ok().text;
        newest == log(&clinic, "cosigned-checkpoint").await.text
    })
    .await;
    let shown = log(&clinic, "checkpoint").await.ok().text;
    let (text, lines) = note::split(&shown).unwrap();
    let (_, size, _) = checkpoint::read(text).unwrap();
    let events: i64 = sqlx::query_scalar("SELECT count(*) FROM ledger.events").fetch_one(&app.owner).await.unwrap();
    assert_eq!((size, lines.len()), (events as u64, 2));
    let seen = witness.key().witness().saw(text, &lines[1]).unwrap();
    assert!(seen.abs_diff(crate::support::now().timestamp() as u64) < 60);
    measured(&app, "daybook_unwitnessed_seconds 0").await;
    measured(&app, "daybook_witness_unwitnessed_seconds{witness=\"archive\"} 0").await;
    let refused = sqlx::query("DELETE FROM ledger.cosignatures").execute(&app.owner).await;
    assert!(refused.unwrap_err().to_string().contains("append-only"));
}

/// A report as text, which begins with the figure.
async fn led(clinic: &Clinic, report: &str, form: &str) -> String {
    let text = clinic.compliance().await.get(&format!("/v1/audit/{report}?form={form}")).await.ok().text;
    let (figure, content) = (text.find("LONGEST UNWITNESSED INTERVAL: "), text.find("position"));
    assert!(figure.unwrap() < content.unwrap(), "{form}: {text}");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_begins_with_how_long_the_log_was_unwitnessed() {
    let alone = App::start().await.with_clinic().await;
    for report in ["integrity", "access", "break-glass", "notable"] {
        for form in ["table", "csv", "html"] {
            let text = led(&alone, report, form).await;
            assert!(text.contains("no witness has ever seen this log. Nobody is asked to be one."), "{text}");
        }
    }
    let witness = Witness::start().await;
    let (_app, clinic) = asking(&[("archive", &witness)]).await;
    let text = led(&clinic, "integrity", "table").await;
    assert!(text.contains("no witness has ever seen this log.") && !text.contains("Nobody"), "{text}");
    witness.looks_at(&log(&clinic, "key").await.ok().text);
    let officer = clinic.compliance().await;
    eventually("a witness has seen some of it", async || {
        let said = officer.get("/v1/audit/integrity").await.ok()["unwitnessed"].clone();
        let name = witness.key().witness().name().to_owned();
        said["witnesses"] == serde_json::json!([name])
            && said["checkpoints"].as_u64() > Some(0)
            && said["by_policy"] == false
    })
    .await;
    let text = led(&clinic, "integrity", "csv").await;
    assert!(!text.contains("has ever seen"), "{text}");
    // What patients are given is theirs.
    let patient = clinic.patient().await;
    let path = format!("/v1/patients/{}/who-looked?min_position={}", patient.id, patient.position);
    let told = patient.client.get(&path).await.ok();
    assert_eq!(told["unwitnessed"], serde_json::Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_ask_about_one_log_and_both_are_answered() {
    let witness = Witness::start().await;
    let (app, clinic) = asking(&[("archive", &witness)]).await;
    witness.looks_at(&log(&clinic, "key").await.ok().text);
    let mut config = app.config();
    (config.witnesses, config.witness_seconds) = (vec![witness.config("archive")], 1);
    let other = daybook_api::Application::build(config).await.unwrap();
    let (stop, running) = (other.stop_handle(), tokio::spawn(other.run()));
    for _ in 0..3 {
        clinic.visit().await;
        eventually("the newest head is cosigned", async || {
            log(&clinic, "checkpoint").await.text == log(&clinic, "cosigned-checkpoint").await.text
        })
        .await;
    }
    let measures = app.anybody().get("/metrics").await.ok().text;
    assert!(!measures.contains("contradicted"), "{measures}");
    stop.stop().await;
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clinic_works_on_while_witnesses_are_down_or_lie() {
    let all = ["silent", "babbling", "strange", "forged", "elsewhere", "late", "endless", "sizeless"];
    let mut witnesses = Vec::new();
    for name in all {
        witnesses.push((name, Witness::start().await));
    }
    let key = |index: usize| witnesses[index].1.key();
    let signs = |index: usize| Behaviour::Signs { key: key(index), before: 0, something_else: true };
    let stranger = Cosigner::new("witness.example", &[9; 32]).unwrap();
    for (index, behaviour) in [
        Behaviour::Silent,
        Behaviour::Says(200, "all is well".into()),
        Behaviour::Signs { key: stranger, before: 0, something_else: false },
        Behaviour::Says(200, key(3).witness().line(&[7; 72])),
        signs(4),
        Behaviour::Signs { key: key(5), before: 3_600, something_else: false },
        Behaviour::Says(200, "\u{2014} witness.example AAAAAAAAAAA=\n".repeat(10_000)),
        Behaviour::Says(409, "many".into()),
    ]
    .into_iter()
    .enumerate()
    {
        witnesses[index].1.does(behaviour);
    }
    let honest = Witness::start().await;
    let mut asked: Vec<_> = witnesses.iter().map(|(name, witness)| (*name, witness)).collect();
    asked.push(("honest", &honest));
    let nobody = {
        let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", gone.local_addr().unwrap())
    };
    let gone = Witness::start().await;
    let mut configs: Vec<_> = asked.iter().map(|(name, witness)| witness.config(name)).collect();
    configs.push(daybook_api::WitnessConfig { url: nobody, ..gone.config("gone") });
    let app = App::start_with(|config| (config.witnesses, config.witness_seconds) = (configs, 1)).await;
    let clinic = app.with_clinic().await;
    honest.looks_at(&log(&clinic, "key").await.ok().text);
    let visit = clinic.visit().await;
    visit.arrive().await.written();
    for (name, outcome) in [
        ("silent", "unreachable"),
        ("gone", "unreachable"),
        ("babbling", "wrong"),
        ("strange", "wrong"),
        ("forged", "wrong"),
        ("elsewhere", "wrong"),
        ("late", "wrong"),
        ("endless", "wrong"),
        ("sizeless", "wrong"),
        ("honest", "cosigned"),
    ] {
        measured(&app, &format!("daybook_witness_answers_total{{witness=\"{name}\",outcome=\"{outcome}\"}}")).await;
    }
    visit.verify_identity().await.written();
    let by: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT witness FROM ledger.cosignatures").fetch_all(&app.owner).await.unwrap();
    assert_eq!(by, [honest.key().witness().to_string()], "only what is right is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_saw_another_or_a_longer_log_is_heard() {
    for (status, text) in [(409, "1000000\n"), (422, "no\n")] {
        let witness = Witness::start().await;
        witness.does(Behaviour::Says(status, text.into()));
        let (app, clinic) = asking(&[("archive", &witness)]).await;
        measured(&app, "daybook_witness_answers_total{witness=\"archive\",outcome=\"contradicted\"}").await;
        clinic.visit().await;
        assert_eq!(rows(&app).await, 0);
    }
}
