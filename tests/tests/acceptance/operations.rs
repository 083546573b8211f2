//! What those who run and call a server rely on: its description, its health, its measures, and how it stops.

use std::collections::BTreeSet;
use std::path::Path;

use daybook_api::{Application, StartError};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, Row};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{App, Live, eventually, fresh_id, phi, visit_request};

/// Routes as the handlers' own attributes name them.
fn routes_in(directory: &Path, found: &mut BTreeSet<(String, String)>) {
    for entry in std::fs::read_dir(directory).expect("the routes' folder").map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            routes_in(&entry, found);
            continue;
        }
        for line in std::fs::read_to_string(&entry).unwrap().lines() {
            for method in ["get", "post", "put", "delete", "patch"] {
                let Some(path) = line.strip_prefix(&format!("#[{method}(\"")) else { continue };
                let path = path.split('"').next().unwrap().replace(":.*}", "}");
                found.insert((method.into(), path));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_openapi_document_lists_every_route_there_is_and_none_that_is_not() {
    let app = App::start().await;
    let document = app.anybody().get("/openapi.json").await.ok();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut listed = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            assert!(operation["responses"].is_object() && operation["operationId"].is_string(), "{method} {path}");
            listed.insert((method.clone(), path.clone()));
        }
    }
    let mut routes = BTreeSet::new();
    routes_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src/routes"), &mut routes);
    assert!(routes.len() >= 40, "{routes:?}");
    let missing: Vec<_> = routes.difference(&listed).collect();
    assert!(missing.is_empty(), "not in the document: {missing:?}");

    // What the document lists is answered by the router, if only with a question for a token.
    for (method, path) in listed {
        let real: Vec<String> = path
            .split('/')
            .map(|part| match part {
                "{tile}" => "0/000".into(),
                part if part.starts_with('{') => fresh_id().to_string(),
                part => part.into(),
            })
            .collect();
        let answer = match method.as_str() {
            "get" => app.anybody().get(&real.join("/")).await,
            "put" => app.anybody().put_with(&real.join("/"), json!({}), &[]).await,
            _ => app.anybody().post(&real.join("/"), json!({})).await,
        };
        assert_ne!(answer["code"], "no-such-route", "{method} {path}");
    }
    let page = app.anybody().get("/docs/").await.ok();
    assert!(page.header("content-type").starts_with("text/html") && page.text.contains("swagger"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_that_it_runs_and_that_it_can_serve() {
    let app = App::start().await;
    assert_eq!(app.anybody().get("/health").await.ok().text, "ok\n");
    app.with_clinic().await.visit().await;
    let ready = app.anybody().get("/ready").await.ok();
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["database"], "answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_runs_on_a_database_that_was_restored_and_has_begun_no_new_epoch() {
    let app = App::start().await;
    sqlx::query("INSERT INTO ledger.restorations VALUES (gen_random_uuid(), 'log-restored', repeat('0', 64), now())")
        .execute(&app.owner)
        .await
        .unwrap();
    let refused = Application::build(app.config()).await.err().unwrap();
    assert!(matches!(refused, StartError::NotRecovered), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_never_backed_up_is_an_alarm_and_no_reason_to_serve_nobody() {
    let app = App::start().await;
    app.with_clinic().await.visit().await;
    let measures = app.anybody().get("/metrics").await.ok();
    for expected in [
        r#"daybook_backup_alarms{alarm="no-backup"} 1"#,
        r#"daybook_backup_alarms{alarm="no-drill"} 1"#,
        r#"daybook_backup_alarms{alarm="backup-stale"} 0"#,
    ] {
        assert!(measures.text.contains(expected), "{expected}\n{}", measures.text);
    }
    let ready = app.anybody().get("/ready").await.ok();
    assert_eq!(ready["ready"], true);
    assert!(ready["backups"].as_str().unwrap().starts_with("an alarm"), "{}", ready.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn measures_are_labelled_by_pattern_and_never_by_what_somebody_sent() {
    let visit = App::start().await.with_clinic().await.visit().await;
    visit.wait().await;
    visit.show().await;
    let app = &visit.clinic.app;
    app.anybody().get(&format!("/v1/{}", phi::FAMILY_NAME)).await.refused(404, "no-such-route");
    visit.desk.get(&format!("/v1/visits/{}?as_of={}", visit.id, phi::MRN)).await.refused(400, "invalid-parameter");
    let measures = app.anybody().get("/metrics").await.ok();
    assert!(measures.header("content-type").starts_with("text/plain"));
    for expected in [
        r#"route="/v1/visits/{visit_id}/check-in""#,
        r#"route="unmatched""#,
        r#"daybook_commands_total{command="check-in",repeated="false"} 1"#,
        "daybook_request_seconds_bucket",
        "daybook_projection_lag_events",
    ] {
        assert!(measures.text.contains(expected), "{expected} is missing: {}", measures.text);
    }
    let ids = [visit.id, visit.patient.id, visit.provider.id, visit.clinic.id].map(|id| id.to_string());
    for secret in phi::ALL.into_iter().chain(ids.iter().map(String::as_str)).chain([visit.desk.token(), "front-desk-1"])
    {
        assert!(!measures.text.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requests_id_is_given_back_in_header_problem_and_log() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let id = fresh_id().to_string();
    let arrive = visit.path("arrive");
    let arrived = visit.desk.post_with(&arrive, json!({}), &[("X-Request-Id", &id)]).await.written();
    assert_eq!(arrived.header("x-request-id"), id);
    let event = visit.clinic.log_from(arrived.position()).await;
    assert_eq!(crate::support::Fact::of(&event[0]).correlation_id, id);
    let refused = visit.desk.post_with(&arrive, json!({}), &[("X-Request-Id", &id)]).await.refused(409, "wrong-state");
    assert_eq!(refused["trace_id"], id);

    // Words are no id: they are neither given back nor written down.
    let made_up = visit.desk.get_with("/v1/clinic", &[("X-Request-Id", phi::FAMILY_NAME)]).await;
    assert!(made_up.header("x-request-id").parse::<uuid::Uuid>().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_keeps_browsers_and_caches_from_doing_harm() {
    let clinic = App::start().await.with_clinic().await;
    let anybody = clinic.app.anybody();
    for answer in [
        clinic.front_desk().await.get("/v1/waiting-room").await.ok(),
        anybody.get("/v1/waiting-room").await,
        anybody.get("/nowhere").await,
        anybody.get("/health").await,
    ] {
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(answer.header("daybook-simulated"), "true");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_development_issuer_nobody_gets_a_token_here_nor_is_believed_with_one_from_there() {
    let believing = App::start().await.with_clinic().await;
    let strict = App::start_with(|config| {
        config.development_issuer = false;
        config.issuer = Some("https://id.example/".into());
        config.audience = Some("daybook".into());
        config.jwks_url = Some("http://127.0.0.1:1/jwks".into());
    })
    .await;
    let anybody = strict.anybody();
    let who = json!({ "subject": "a", "role": "front-desk", "clinic": believing.id });
    anybody.post("/development/token", who).await.refused(404, "no-such-route");
    anybody.get("/development/jwks").await.refused(404, "no-such-route");
    let stranger = anybody.with_token(believing.front_desk().await.token());
    assert!([401, 503].contains(&stranger.get("/v1/waiting-room").await.status));
}

#[tokio::test(flavor = "multi_thread")]
async fn live_streams_beyond_the_limit_are_turned_away_and_a_place_becomes_free_again() {
    let visit = App::start_with(|config| config.max_streams = 1).await.with_clinic().await.visit().await;
    visit.wait().await;
    let desk = &visit.desk;
    let mut live = Live::waiting_room(desk, None).await;
    live.next().await.unwrap();
    let path = "/v1/waiting-room/stream";
    assert!(!desk.get(path).await.refused(503, "too-many-streams").header("retry-after").is_empty());
    drop(live);
    // That a client is gone is noticed by telling it something.
    eventually("a place is free", async || {
        visit.hold().await;
        visit.return_to_waiting().await;
        let response = desk.request(reqwest::Method::GET, path).send().await.unwrap();
        response.status().as_u16() == 200
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_finishes_what_is_under_way_and_takes_nothing_new() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let app = visit.clinic.app.clone();
    let other = app.another_server().await;
    let desk = visit.desk.through(&other);
    let mut live = Live::waiting_room(&desk, None).await;
    live.next().await.unwrap();

    // Given a command that is being written, and a body that is still being sent
    let mut holding = PgConnection::connect(&app.database.url).await.unwrap();
    let mut holding = holding.begin().await.unwrap();
    holding.execute("LOCK TABLE ledger.events IN SHARE MODE").await.unwrap();
    let schedule = visit_request(visit.patient.id, visit.provider.id, visit.starts_at);
    let (client, body) = (desk.clone(), schedule.clone());
    let writing = tokio::spawn(async move { client.post("/v1/visits", body).await });
    eventually("the command waits for the log", async || {
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ledger.events'::regclass
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        sqlx::query(waiting).fetch_one(&app.owner).await.unwrap().get::<i64, _>(0) > 0
    })
    .await;
    let body = schedule.to_string();
    let mut sending = TcpStream::connect(other.address()).await.unwrap();
    let head = format!(
        "POST /v1/visits HTTP/1.1\r\nHost: daybook\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        desk.token(),
        body.len()
    );
    sending.write_all(head.as_bytes()).await.unwrap();
    let mut continue_line = [0; 12];
    sending.read_exact(&mut continue_line).await.unwrap();
    assert_eq!(&continue_line, b"HTTP/1.1 100");

    // When the server is told to stop
    let stop = other.stop.clone();
    let stopping = tokio::spawn(async move { stop.stop().await });
    while live.next().await.is_some() {}
    eventually("nobody new is let in", async || TcpStream::connect(other.address()).await.is_err()).await;
    assert!(!writing.is_finished() && !stopping.is_finished());

    // Then both are answered, durably, and only then it is gone
    sending.write_all(body.as_bytes()).await.unwrap();
    holding.rollback().await.unwrap();
    let written = writing.await.unwrap().written();
    let mut answer = String::new();
    sending.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("HTTP/1.1 201"), "{answer}");
    stopping.await.unwrap();
    other.running.await.unwrap().unwrap();
    let made: Value = serde_json::from_str(answer.rsplit("\r\n\r\n").next().unwrap()).unwrap();
    for id in [&written["visit_id"], &made["visit_id"]] {
        visit.desk.get(&format!("/v1/visits/{}", id.as_str().unwrap())).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_loses_its_database_says_so_loses_nothing_and_recovers() {
    let visit = App::start().await.with_clinic().await.visit().await;
    let (app, path) = (visit.clinic.app.clone(), visit.path("arrive"));
    let key = [("Idempotency-Key", "arrive-1")];
    let url = private_postgres::test::cluster_url().await.unwrap();
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let name = &app.database.name;
    admin.execute(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false").as_str()).await.unwrap();
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    admin.execute(end.as_str()).await.unwrap();

    assert_eq!(app.anybody().get("/health").await.status, 200);
    let ready = app.anybody().get("/ready").await;
    assert_eq!((ready.status, &ready["ready"]), (503, &json!(false)));
    let refused = visit.patient.client.post_with(&path, json!({}), &key).await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(visit.desk.get("/v1/waiting-room").await.status, 503);

    admin.execute(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true").as_str()).await.unwrap();
    eventually("the same request is carried out", async || {
        visit.patient.client.post_with(&path, json!({}), &key).await.status == 200
    })
    .await;
    let again = visit.patient.client.post_with(&path, json!({}), &key).await.written();
    assert_eq!((again.sequence(), &again["repeated"]), (2, &json!(true)));
    eventually("it is ready again", async || app.anybody().get("/ready").await.status == 200).await;
    let room = visit.desk.get(&format!("/v1/waiting-room?min_position={}", again.position())).await.ok();
    assert_eq!(room.entry("rows", "visit_id", visit.id)["state"], "arrived");
}
