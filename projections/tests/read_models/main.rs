//! Read models on a real database: what they say is what the log says, whoever projects, whatever goes wrong.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use chrono::Duration;
use daybook_domain::visit::State;
use daybook_projections::{Error, Selection, View, prepare, rebuild};
use support::{CLINIC, PATIENCE, PATIENT, PROVIDER, Server, database, now};
use tokio::sync::mpsc;
use uuid::Uuid;

#[tokio::test]
async fn a_visit_appears_in_every_view() {
    let server = Server::on(&database().await).await;
    let (projector, patient_registered) = (server.project(), server.register().await);
    let views = projector.views();
    let scheduled = server.schedule(9, now() + Duration::hours(1)).await;
    let waiting = server.check_in(9).await;
    views.wait_for(CLINIC, waiting, PATIENCE).await.unwrap();

    let room = views.waiting_room(CLINIC, None).await.unwrap();
    assert_eq!((room.position, room.rows.len()), (waiting, 1));
    let row = &room.rows[0];
    assert_eq!((row.state, row.place, row.changed_position), (State::CheckedIn, Some(1), waiting));
    assert_eq!((row.patient_registered, row.reason_position), (Some(patient_registered), Some(scheduled)));

    let done = server.treat(9).await;
    views.wait_for(CLINIC, done, PATIENCE).await.unwrap();
    assert!(views.waiting_room(CLINIC, None).await.unwrap().rows.is_empty());
    let chart = views.chart(CLINIC, PATIENT.into()).await.unwrap();
    assert_eq!((chart.position, chart.patient_registered), (done, Some(patient_registered)));
    assert_eq!((chart.visits[0].state, chart.visits[0].notes[0].body_position), (State::Ended, done - 1));
    let starts_at = chart.visits[0].scheduled_for;
    let day = views.day(CLINIC, PROVIDER.into(), starts_at.date_naive()).await.unwrap();
    assert_eq!((day.position, day.visits.len(), day.visits[0].state), (done, 1, State::Ended));
    assert_eq!(views.providers(CLINIC).await.unwrap()[0].name.as_str(), "Dr. Grey");
    let parties = views.visit_parties(CLINIC, Uuid::from_u128(9).into()).await.unwrap().unwrap();
    assert_eq!((parties.patient_id.0, parties.provider_id.0), (PATIENT, PROVIDER));
    let first = views.timeline(CLINIC, Uuid::from_u128(9).into(), None, 5).await.unwrap();
    assert_eq!((first.entries.len(), first.entries[0].event_type.as_str()), (5, "scheduled"));
    let rest = views.timeline(CLINIC, Uuid::from_u128(9).into(), first.more_after, 50).await.unwrap();
    assert_eq!((rest.entries.len(), rest.more_after), (5, None));
    assert_eq!(server.differences().await, []);
    projector.stop().await;
}

#[tokio::test]
async fn a_past_queue_is_what_it_was() {
    let server = Server::on(&database().await).await;
    let projector = server.project();
    let views = projector.views();
    server.register().await;
    server.schedule(9, now() + Duration::hours(1)).await;
    let first = server.check_in(9).await;
    views.wait_for(CLINIC, first, PATIENCE).await.unwrap();
    let then = views.waiting_room(CLINIC, Some(first)).await.unwrap();
    server.schedule(10, now() + Duration::minutes(30)).await;
    server.check_in(10).await;
    let last = server.treat(9).await;
    views.wait_for(CLINIC, last, PATIENCE).await.unwrap();

    assert_eq!(views.waiting_room(CLINIC, Some(first)).await.unwrap(), then);
    assert_eq!((then.rows.len(), then.rows[0].state), (1, State::CheckedIn));
    let changes = views.waiting_room_changes(CLINIC, first).await.unwrap();
    assert_eq!((changes.position, changes.removed), (last, vec![Uuid::from_u128(9).into()]));
    assert_eq!(changes.changed.iter().map(|row| row.visit_id.0.as_u128()).collect::<Vec<_>>(), [10]);
    assert!(views.waiting_room_changes(CLINIC, last).await.unwrap().is_empty());
    let ahead = views.waiting_room(CLINIC, Some(last + 1)).await;
    assert!(matches!(ahead, Err(Error::Behind(behind)) if behind.at == Some(last)), "{ahead:?}");
}

#[tokio::test]
async fn two_projectors_at_once_do_not_double() {
    let database = database().await;
    let (one, two) = (Server::on(&database).await, Server::on(&database).await);
    let projectors = [one.project(), two.project()];
    one.register().await;
    let mut last = 0;
    for visit in 10..22 {
        let server = if visit % 2 == 0 { &one } else { &two };
        server.schedule(visit, now()).await;
        server.check_in(visit).await;
        last = server.treat(visit).await;
    }
    for projector in &projectors {
        projector.views().wait_for(CLINIC, last, PATIENCE).await.unwrap();
    }
    assert_eq!(one.differences().await, []);
    let timeline = one.views().timeline(CLINIC, Uuid::from_u128(10).into(), None, 100).await.unwrap();
    assert_eq!(timeline.entries.len(), 10);
}

#[tokio::test]
async fn a_poison_event_stops_only_its_lane() {
    let server = Server::on(&database().await).await;
    let projector = server.project();
    let views = projector.views();
    server.register().await;
    let poison = server.poison("provider", 77).await;
    let after = server.schedule(9, now()).await;
    views.wait_for_view(View::WaitingRoom, CLINIC, after, PATIENCE).await.unwrap();
    views.wait_for_view(View::Chart, CLINIC, after, PATIENCE).await.unwrap();
    let late = views.wait_for(CLINIC, after, std::time::Duration::from_millis(300)).await;
    assert!(matches!(late, Err(Error::Behind(behind)) if behind.at == Some(poison - 1)), "{late:?}");
    for lag in views.status().await.unwrap() {
        assert_eq!(lag.stopped.is_some(), lag.projection == "directory", "{lag:?}");
        assert_eq!(lag.position, if lag.projection == "directory" { poison } else { lag.head }, "{lag:?}");
    }
    // Once more from the beginning: it comes as far, and no further.
    let directory = Selection { view: Some(View::Directory), ..Selection::default() };
    let rebuilt = rebuild(&server.pool, &server.ledger, &directory, |_| {}).await.unwrap();
    assert_eq!((rebuilt.events, rebuilt.stopped.len()), (poison, 1));
    assert!(rebuilt.stopped[0].why.starts_with(&format!("position {poison}: ")), "{rebuilt:?}");
    assert_eq!(server.differences().await, []);
}

#[tokio::test]
async fn a_rebuild_leaves_what_was_there_and_repairs_what_was_not() {
    let database = database().await;
    let server = Server::on(&database).await;
    let projector = server.project();
    let views = projector.views();
    server.register().await;
    server.schedule(9, now()).await;
    server.check_in(9).await;
    let last = server.treat(9).await;
    views.wait_for(CLINIC, last, PATIENCE).await.unwrap();
    sqlx::query("UPDATE waiting_room_v21.rows SET from_position = from_position - 1 WHERE kind = 'wait'")
        .execute(&server.pool)
        .await
        .unwrap();
    sqlx::query("DELETE FROM chart_v11.rows WHERE kind = 'patient'").execute(&server.pool).await.unwrap();
    // Not only what a row says, also what it is found by.
    sqlx::query("UPDATE day_v6.rows SET at = at - interval '1 day'").execute(&server.pool).await.unwrap();
    let mut told: Vec<_> = server.differences().await;
    told.sort_by_key(|(projection, _)| *projection);
    assert_eq!(told.iter().map(|(projection, _)| *projection).collect::<Vec<_>>(), ["chart", "day", "waiting_room"]);
    let [(_, missing), (_, moved), (_, changed)] = &told[..] else { panic!("{told:#?}") };
    assert!(missing.live.is_none() && missing.log.as_ref().unwrap()["kind"] == "patient", "{missing:#?}");
    assert_ne!(moved.live.as_ref().unwrap()["at"], moved.log.as_ref().unwrap()["at"]);
    assert_eq!(changed.live.as_ref().unwrap()["body"], changed.log.as_ref().unwrap()["body"]);
    rebuild(&server.pool, &server.ledger, &Selection::default(), |_| {}).await.unwrap();
    assert_eq!(server.differences().await, []);
    // And it goes on from there.
    let next = server.schedule(10, now()).await;
    views.wait_for(CLINIC, next, PATIENCE).await.unwrap();
    assert_eq!(server.differences().await, []);
    assert!(matches!(View::named("horoscope"), Err(Error::UnknownProjection(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_waiting_room_goes_on_while_everything_is_built_again() {
    let server = Arc::new(Server::on(&database().await).await);
    let projector = server.project();
    let views = projector.views();
    server.register().await;
    let first = server.schedule(9, now()).await;
    views.wait_for(CLINIC, first, PATIENCE).await.unwrap();

    let (under_way, mut begun) = mpsc::unbounded_channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let rebuilding = server.clone();
    let rebuilding = tokio::spawn(async move {
        let may_go_on = std::sync::Mutex::new(may_go_on);
        // Until it may go on, nothing more of the log is taken in.
        let progress = |_| {
            under_way.send(()).unwrap();
            let _ = tokio::task::block_in_place(|| may_go_on.lock().unwrap().recv());
        };
        rebuild(&rebuilding.pool, &rebuilding.ledger, &Selection::default(), progress).await
    });
    begun.recv().await.unwrap();
    let waiting = server.check_in(9).await;
    views.wait_for(CLINIC, waiting, PATIENCE).await.unwrap();
    assert_eq!(views.waiting_room(CLINIC, None).await.unwrap().rows[0].state, State::CheckedIn);
    drop(go_on);

    // What came meanwhile is in what was built.
    let rebuilt = rebuilding.await.unwrap().unwrap();
    assert_eq!((rebuilt.events, rebuilt.stopped), (waiting + 1, vec![]));
    assert_eq!(views.waiting_room(CLINIC, None).await.unwrap().rows[0].state, State::CheckedIn);
    assert_eq!(server.differences().await, []);
}

#[tokio::test]
async fn two_rebuilds_at_once_and_one_that_died_before_it_removed_the_old_rows_leave_one_of_each_row() {
    let database = database().await;
    let server = Server::on(&database).await;
    let projector = server.project();
    server.register().await;
    let last = server.schedule(9, now()).await;
    projector.views().wait_for(CLINIC, last, PATIENCE).await.unwrap();
    let everything = Selection::default();
    let again = || rebuild(&server.pool, &server.ledger, &everything, |_| {});
    let (one, two) = tokio::join!(again(), again());
    assert_eq!(one.unwrap(), two.unwrap());

    let rows = async || -> Vec<(i32, i64)> {
        let sql = "SELECT generation, count(*) FROM waiting_room_v21.rows GROUP BY generation ORDER BY generation";
        sqlx::query_as(sql).fetch_all(&server.pool).await.unwrap()
    };
    let [(2, count)] = rows().await[..] else { panic!("{:?}", rows().await) };
    // It had changed over to generation 2, and its old rows stayed.
    let left = "INSERT INTO waiting_room_v21.rows (clinic_id, generation, kind, id, from_position, to_position, owner, tag, at, body)
                SELECT clinic_id, 1, kind, id, from_position, to_position, owner, tag, at, body FROM waiting_room_v21.rows";
    sqlx::query(left).execute(&server.pool).await.unwrap();
    assert_eq!(rows().await, [(1, count), (2, count)]);
    assert_eq!(projector.views().waiting_room(CLINIC, None).await.unwrap().rows.len(), 1);
    assert_eq!(server.differences().await, []);
    again().await.unwrap();
    assert_eq!(rows().await, [(3, count)]);
    assert_eq!(server.differences().await, []);
}

#[tokio::test]
async fn a_waiting_room_wakes_whoever_watches_it_in_this_process_and_in_another() {
    let database = database().await;
    let (one, two) = (Server::on(&database).await, Server::on(&database).await);
    let projectors = [one.project(), two.project()];
    one.register().await;
    let known = one.schedule(9, now()).await;
    for projector in &projectors {
        projector.views().wait_for(CLINIC, known, PATIENCE).await.unwrap();
    }
    let mut watches =
        vec![projectors[0].views().changes(CLINIC), projectors[1].views().changes(CLINIC), one.views().changes(CLINIC)];
    let waiting = one.check_in(9).await;
    for watch in &mut watches {
        tokio::time::timeout(PATIENCE, watch.wait_for(|position| *position >= waiting)).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn preparing_again_and_at_once_changes_nothing() {
    let database = database().await;
    let (one, two) = tokio::join!(prepare(&database.url), prepare(&database.url));
    one.unwrap();
    two.unwrap();
}

#[tokio::test]
async fn checkpoints_from_before_there_were_generations_are_taken_over() {
    let database = database().await;
    let owner = sqlx::PgPool::connect(&database.url).await.unwrap();
    sqlx::query("ALTER TABLE projections.checkpoints DROP COLUMN generation").execute(&owner).await.unwrap();
    prepare(&database.url).await.unwrap();
    let server = Server::on(&database).await;
    let projector = server.project();
    let registered = server.register().await;
    projector.views().wait_for(CLINIC, registered, PATIENCE).await.unwrap();
}
