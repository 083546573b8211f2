//! After a visit with everything in it, nothing protected is found outside an answer to somebody who may see it.

use serde_json::json;
use sqlx::{PgPool, Row};

use crate::support::{App, Live, phi};

/// Every row of every table as text, bytes made readable: what a copy of the database's disk would show.
async fn everything_stored(owner: &PgPool) -> Vec<(String, String)> {
    let columns = sqlx::query(
        "SELECT table_schema, table_name, string_agg(
             CASE data_type WHEN 'bytea' THEN format('coalesce(encode(%1$I, ''escape''), '''')', column_name)
                            ELSE format('coalesce(%1$I::text, '''')', column_name) END, ' || E''\\n'' || ')
         FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
         WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
         GROUP BY table_schema, table_name",
    );
    let mut stored = Vec::new();
    for table in columns.fetch_all(owner).await.expect("the tables") {
        let (schema, name, row): (String, String, String) = (table.get(0), table.get(1), table.get(2));
        let sql = format!("SELECT {row} FROM \"{schema}\".\"{name}\"");
        for row in sqlx::query(&sql).fetch_all(owner).await.expect("the rows") {
            stored.push((format!("{schema}.{name}"), row.get(0)));
        }
    }
    stored
}

/// Whether a text says something. A short code is only said by standing on its own: its characters also come up by chance
/// in the middle of ids, hashes and ciphertext.
fn says(text: &str, what: &str) -> bool {
    let stands_alone = |at: usize| {
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "-.:\\".contains(c));
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + what.len()..].chars().next())
    };
    text.match_indices(what).any(|(at, _)| what.len() > 7 || stands_alone(at))
}

#[test]
fn a_short_code_is_found_where_it_stands_on_its_own() {
    assert!(says(r#"{"code":"99347"}"#, "99347") && says("99347", "99347") && says("a\n99347\nb", "99347"));
    assert!(!says("0193a99347ff", "99347") && !says("2026-11-24 03:00:01.99347+00", "99347"));
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_log_nor_a_read_model_nor_a_measure_holds_anything_protected() {
    // Given a visit in which everything protected was said, and read by everybody who may
    let visit = App::start().await.with_clinic().await.visit().await;
    let clinic = visit.clinic.clone();
    visit.wait().await;
    visit.report_delay(crate::support::now() + chrono::TimeDelta::minutes(30)).await;
    visit.hold().await;
    visit.return_to_waiting().await;
    Live::waiting_room(&visit.desk, None).await.until(visit.id, "checked-in").await;
    let newest = visit.care().await.position();
    let gone = clinic.visit_of(&visit.patient, &visit.provider).await;
    gone.wait().await;
    gone.leave().await;
    clinic.visit_of(&visit.patient, &visit.provider).await.cancel().await;
    let ordered = clinic.visit_of(&visit.patient, &visit.provider).await;
    ordered.wait().await;
    ordered.desk.post(&ordered.path("messages"), json!({ "text": phi::DETAILS })).await.written();
    ordered.admit().await;
    let provider = &ordered.provider.client;
    let diagnosis = json!({ "code": phi::DIAGNOSIS, "description": phi::REASON, "primary": true });
    provider.post(&ordered.path("diagnoses"), diagnosis).await.written();
    let prescription = json!({
        "medication": phi::NOTE, "dose": phi::DETAILS, "directions": phi::ADDENDUM, "quantity": "1",
        "quantity_unit": "inhaler", "refills": 1, "substitution_allowed": true, "pharmacy": phi::ADDRESS,
    });
    let prescription = json!({ "prescription": prescription, "diagnosis_pointers": [1] });
    provider.post(&ordered.path("prescriptions"), prescription).await.written();
    let tests = json!({ "tests": [{ "name": phi::NOTE }], "priority": "routine", "instructions": phi::DETAILS });
    provider.post(&ordered.path("lab-orders"), json!({ "lab_order": tests })).await.written();
    let chart = format!("/v1/patients/{}/chart?min_position={newest}", visit.patient.id);
    let chart = visit.provider.client.get(&chart).await.ok();
    for phi in [phi::NOTE, phi::ADDENDUM, phi::REASON, phi::ADDRESS, phi::PROCEDURE, phi::DIAGNOSIS, phi::FAMILY_NAME] {
        assert!(chart.text.contains(phi), "the test would find {phi} where it may be");
    }
    for question in
        [json!({ "family_name": phi::FAMILY_NAME }), json!({ "mrn": phi::MRN, "birth_date": phi::BIRTH_DATE })]
    {
        assert!(visit.desk.post("/v1/patients/search", question).await.ok().text.contains(phi::FAMILY_NAME));
    }

    // When somebody takes the database, and an auditor the log
    clinic.app.read_models_caught_up().await;
    let stored = everything_stored(&clinic.app.owner).await;
    let tables: std::collections::BTreeSet<&str> = stored.iter().map(|(table, _)| table.as_str()).collect();
    assert!(tables.contains("ledger.events") && tables.contains("keys.blind_index"), "{tables:?}");
    assert!(tables.iter().filter(|table| table.ends_with(".rows")).count() >= 5, "{tables:?}");
    let log = clinic.auditor().await.get("/v1/log/events?limit=1000").await.ok();
    assert!(log.text.contains("phi-read") && log.text.contains("note-signed"));
    assert!(log.text.contains("prescription-drafted") && log.text.contains("message-sent"));
    let measures = clinic.app.anybody().get("/metrics").await.ok();
    let checkpoint = clinic.app.anybody().get(&format!("/v1/clinics/{}/log/checkpoint", clinic.id)).await.ok();

    // Then nothing of it is there, in whatever case
    let taken = stored.iter().map(|(place, text)| (place.as_str(), text));
    let shown = [("/v1/log/events", &log.text), ("/metrics", &measures.text), ("/checkpoint", &checkpoint.text)];
    for (place, text) in taken.chain(shown) {
        let text = text.to_lowercase();
        for phi in phi::ALL {
            assert!(!says(&text, &phi.to_lowercase()), "{phi} stands in {place}");
        }
        for word in phi::NOTE.split(' ').chain(phi::ADDENDUM.split(' ')).filter(|word| word.len() > 6) {
            assert!(!text.contains(&word.to_lowercase()), "{word} stands in {place}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_for_leaks_finds_what_is_there() {
    let app = App::start().await;
    let clinic = app.with_clinic().await;
    clinic.provider().await;
    app.read_models_caught_up().await;
    let stored = everything_stored(&app.owner).await;
    let found = |word: &str| stored.iter().any(|(table, text)| table == "ledger.events" && text.contains(word));
    assert!(found("Ada Brook"), "a provider's name is public and stands in the clear");
    assert!(found("administrator-1"), "so does who acted");
    let directory = stored.iter().any(|(table, text)| table != "ledger.events" && text.contains("Lakeside"));
    assert!(directory, "and the read models are looked through too");
}
