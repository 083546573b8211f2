//! The read models after a busy day are what a fresh fold of the log says.

use daybook_projections::Selection;
use futures::future::join_all;

use crate::support::{App, Clinic, Visit, eventually};

/// Visits of every kind, at once and through two servers.
pub async fn busy_day(clinic: &Clinic) {
    let (patient, provider) = (clinic.patient().await, clinic.provider().await);
    let visits = join_all((0..8).map(|number| Visit::schedule(clinic, &patient, &provider, 10 * number - 70))).await;
    let lives = visits.iter().enumerate().map(async |(number, visit)| match number {
        0 => drop(visit.no_show().await),
        1 => drop(visit.cancel().await),
        2 => {
            visit.wait().await;
            visit.leave().await;
        }
        3 => {
            visit.wait().await;
            visit.hold().await;
        }
        _ => {
            visit.wait().await;
            visit.care().await;
            visit.show().await;
        }
    });
    join_all(lives).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_busy_day_through_two_servers_every_read_model_equals_its_rebuild() {
    let app = App::start().await;
    let other = app.another_server().await;
    let clinics = [app.with_clinic().await, app.with_clinic().await];
    tokio::join!(busy_day(&clinics[0]), busy_day(&clinics[1]));

    let (pool, ledger) = app.beside().await;
    for clinic in &clinics {
        let newest = clinic.log_size().await - 1;
        for desk in [clinic.front_desk().await, clinic.front_desk().await.through(&other)] {
            eventually("the read models keep up", async || {
                desk.get(&format!("/v1/clinic?min_position={newest}")).await.status == 200
            })
            .await;
        }
    }
    app.read_models_caught_up().await;

    let compare = async || {
        let compared = daybook_projections::compare(&pool, &ledger, &Selection::default(), |_| {}).await;
        compared.expect("a comparison").into_iter().filter(|of| of.difference_count > 0).collect::<Vec<_>>()
    };
    assert_eq!(compare().await, []);

    // and the comparison would have told: one row changed behind the projector's back is found, and mended by a rebuild
    let schema: String =
        sqlx::query_scalar("SELECT projection FROM projections.checkpoints WHERE projection LIKE 'accesses%' LIMIT 1")
            .fetch_one(&app.owner)
            .await
            .unwrap();
    let change = format!("DELETE FROM {schema}.rows WHERE ctid = (SELECT min(ctid) FROM {schema}.rows)");
    assert_eq!(sqlx::query(&change).execute(&app.owner).await.unwrap().rows_affected(), 1);
    let found = compare().await;
    assert_eq!(found.iter().map(|of| of.difference_count).collect::<Vec<_>>(), [1], "{found:#?}");
    daybook_projections::rebuild(&pool, &ledger, &Selection::default(), |_| {}).await.expect("a rebuild");
    assert_eq!(compare().await, []);
}
