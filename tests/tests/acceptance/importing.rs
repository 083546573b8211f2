//! History import: what another system recorded is taken over once, says everywhere that it was imported, and cannot be
//! mistaken for what Daybook witnessed.

use std::ops::ControlFlow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daybook_domain::{ClinicId, Code};
use daybook_import::{Importer, Order, Report, Summary};
use daybook_ledger::verify::{self, Verdict};
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::export::{Export, about, patient};
use crate::support::{App, Client, Clinic, Person, fresh_id};

const MARK: &str = "imported, not witnessed";
const FAMILY: &str = "Thistlewood";

fn code(text: &str) -> Code {
    Code::try_from(text).unwrap()
}

async fn importer(clinic: &Clinic, source: &str) -> Importer {
    let foundation = clinic.app.foundation().await;
    let (operator, reason) = (code("maria.lopez"), code("onboarding"));
    let order = Order { clinic: ClinicId(clinic.id), source: code(source), operator, reason };
    Importer::new(foundation.ledger, &foundation.access, order).await.unwrap()
}

/// Imports, stopping after so many batches, and waits until the read models have it.
async fn import_some(clinic: &Clinic, export: &Export, report: &mut Report, batches: usize) -> Summary {
    let importer = importer(clinic, "old-ehr").await;
    let files = daybook_import::Export::find(export.path()).unwrap();
    let mut left = batches;
    let summary = importer.run(files, report, |_, _| {
        left -= 1;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let summary = summary.await.unwrap();
    clinic.app.read_models_caught_up().await;
    summary
}

async fn import(clinic: &Clinic, export: &Export) -> Summary {
    import_some(clinic, export, &mut Report::none(), usize::MAX).await
}

fn note(id: &str, patient: &str, text: &str, date: &str) -> Value {
    let attachment = json!({ "contentType": "text/plain; charset=utf-8", "data": STANDARD.encode(text) });
    let more = json!({
        "status": "current", "type": { "text": "Progress note" }, "date": date, "content": [{ "attachment": attachment }],
        "author": [{ "reference": "Practitioner/d1" }],
    });
    about("DocumentReference", id, patient, more)
}

/// One patient with one resource of each kind.
fn whole_export() -> Export {
    let export = Export::new();
    let doctor =
        json!({ "resourceType": "Practitioner", "id": "d1", "name": [{ "family": "Hilpert", "prefix": ["Dr."] }] });
    let practice = json!({ "resourceType": "Organization", "id": "o1", "name": "North Shore Practice" });
    let encounter = json!({
        "status": "finished", "type": [{ "text": "Check up" }], "period": { "start": "2018-03-04T10:00:00-05:00" },
        "participant": [{ "individual": { "reference": "Practitioner/d1" } }],
        "serviceProvider": { "reference": "Organization/o1" },
    });
    let active = json!({ "coding": [{ "code": "active" }] });
    let asthma = json!({ "code": { "text": "Asthma" }, "clinicalStatus": active, "onsetDateTime": "1999" });
    let shellfish = json!({ "code": { "text": "Shellfish" }, "clinicalStatus": active });
    let ibuprofen = json!({
        "status": "stopped", "medicationCodeableConcept": { "text": "Ibuprofen 200 MG" }, "authoredOn": "2017-03-21",
    });
    export
        .file("Patient.ndjson", [patient("p1", "Ottilie", FAMILY, "1951-02-03")])
        .file("Practitioner.ndjson", [doctor])
        .file("Organization.ndjson", [practice])
        .file("Encounter.ndjson", [about("Encounter", "e1", "p1", encounter)])
        .file("Condition.ndjson", [about("Condition", "c1", "p1", asthma)])
        .file("AllergyIntolerance.ndjson", [about("AllergyIntolerance", "a1", "p1", shellfish)])
        .file("MedicationRequest.ndjson", [about("MedicationRequest", "m1", "p1", ibuprofen)])
        .file("DocumentReference.ndjson", [note("n1", "p1", "Whistling breath", "2018-03-04T10:20:00-05:00")]);
    export
}

/// Finds the only patient of that name, as the front desk does.
async fn find(clinic: &Clinic, family_name: &str) -> Value {
    let found = clinic.front_desk().await.post("/v1/patients/search", json!({ "family_name": family_name })).await.ok();
    assert_eq!(found.list("patients").len(), 1, "{}", found.text);
    found.list("patients")[0].clone()
}

/// A provider who has a visit with an imported patient, found by name.
async fn treated_by(clinic: &Clinic, family_name: &str) -> (Client, String) {
    let id = find(clinic, family_name).await["patient_id"].as_str().unwrap().parse().unwrap();
    let (provider, client) = (clinic.provider().await, clinic.front_desk().await);
    let person = Person { id, client, position: 0 };
    let visit = clinic.visit_of(&person, &provider).await;
    clinic.app.read_models_caught_up().await;
    (visit.provider.client, format!("/v1/patients/{id}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_patient_is_found_scheduled_and_read_and_everything_says_imported() {
    let clinic = App::start().await.with_clinic().await;
    let summary = import(&clinic, &whole_export()).await;
    let total = summary.total();
    assert_eq!((total.read, total.imported, total.unusable, total.waiting), (8, 8, 0, 0));

    let found = find(&clinic, FAMILY).await;
    assert_eq!((&found["given_name"], &found["mark"]), (&json!("Ottilie"), &json!(MARK)));
    let desk = clinic.front_desk().await;
    for by in [json!({ "mrn": "MRN-p1" }), json!({ "birth_date": "1951-02-03" })] {
        assert_eq!(desk.post("/v1/patients/search", by).await.ok().list("patients").len(), 1);
    }

    let (provider, record) = treated_by(&clinic, FAMILY).await;
    let shown = provider.get(&record).await.ok();
    assert_eq!((&shown["mark"], &shown["mrn"], shown.sequence()), (&json!(MARK), &json!("MRN-p1"), 1));
    let chart = provider.get(&format!("{record}/chart")).await.ok();
    assert_eq!((&chart["patient_imported"], &chart["patient"]["mark"]), (&json!(true), &json!(MARK)));
    let counts = json!({ "encounter": 1, "condition": 1, "allergy": 1, "medication": 1, "note": 1 });
    assert_eq!(chart["imported_history"], json!({ "mark": MARK, "records": counts }));
    assert_eq!(chart.list("visits").len(), 1, "no visit came of the imported encounter");

    let history = provider.get(&format!("{record}/history")).await.ok();
    assert_eq!(history["mark"], MARK);
    let told: Vec<_> = history
        .list("records")
        .iter()
        .map(|record| {
            assert_eq!((&record["mark"], &record["billable"]), (&json!(MARK), &json!(false)));
            assert_eq!(
                (&record["source"], &record["line"], &record["versions"]),
                (&json!("old-ehr"), &json!(1), &json!(1))
            );
            (record["kind"].as_str().unwrap(), record["what"].as_str().unwrap(), record["original_date"].as_str())
        })
        .collect();
    let expected = [
        ("note", "Progress note", Some("2018-03-04T10:20:00-05:00")),
        ("encounter", "Check up", Some("2018-03-04T10:00:00-05:00")),
        ("medication", "Ibuprofen 200 MG", Some("2017-03-21")),
        ("condition", "Asthma", Some("1999")),
        ("allergy", "Shellfish", None),
    ];
    assert_eq!(told, expected, "newest first, and as precise as it was");
    assert_eq!(history.list("records")[0]["text"], "Whistling breath");
    assert_eq!(history.list("records")[1]["who"], json!(["Dr. Hilpert", "North Shore Practice"]));
    assert_eq!(history.list("records")[3]["status"], "active");
    assert_eq!(history.list("records")[3]["resource"]["code"]["text"], "Asthma");
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_history_is_shown_to_who_treats_the_patient_and_to_nobody_else() {
    let clinic = App::start().await.with_clinic().await;
    import(&clinic, &whole_export()).await;
    let (_, record) = treated_by(&clinic, FAMILY).await;
    let history = format!("{record}/history");
    let stranger = clinic.provider().await.client;
    let id = record.rsplit('/').next().unwrap().parse().unwrap();
    for client in [
        stranger,
        clinic.front_desk().await,
        clinic.billing().await,
        clinic.compliance().await,
        clinic.auditor().await,
        clinic.administrator().await,
        clinic.somebody("patient", "ottilie", Some(id)).await,
    ] {
        client.get(&history).await.refused(403, "denied");
    }
    let other = clinic.somebody("patient", "somebody-else", Some(fresh_id())).await;
    other.get(&history).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_source_marked_as_sensitive_takes_more_than_treating_the_patient() {
    let clinic = App::start().await.with_clinic().await;
    let labelled = |id: &str, label: &str, what: &str| {
        let more =
            json!({ "code": { "text": what }, "meta": { "security": [{ "code": label }] }, "recordedDate": "2020" });
        about("Condition", id, "p1", more)
    };
    let export = Export::new();
    export.file("Patient.ndjson", [patient("p1", "Ottilie", FAMILY, "1951-02-03")]).file(
        "Condition.ndjson",
        [
            labelled("c1", "42CFRPart2", "Opioid use disorder"),
            labelled("c2", "PSYTHPN", "What was said in the session"),
            labelled("c3", "N", "Asthma"),
        ],
    );
    import(&clinic, &export).await;
    let (provider, record) = treated_by(&clinic, FAMILY).await;
    let request_id = fresh_id();
    let id = request_id.to_string();
    let history = provider.get_with(&format!("{record}/history"), &[("X-Request-Id", &id)]).await.ok();
    let whats: Vec<_> = history.list("records").iter().filter_map(|record| record["what"].as_str()).collect();
    assert!(whats.contains(&"Opioid use disorder") && whats.contains(&"Asthma") && whats.len() == 2, "{whats:?}");
    let withheld: Vec<_> =
        history.list("records").iter().filter(|record| record["withheld"] == "psychotherapy").collect();
    assert_eq!(withheld.len(), 1);
    assert_eq!(withheld[0].get("resource"), None);
    assert!(!history.text.contains("What was said"));
    let actions: Vec<_> = clinic.facts_of(request_id).await.iter().map(|fact| fact.payload["action"].clone()).collect();
    assert_eq!(actions, ["read-history", "read-sensitive-history"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_who_imported_what_from_where_and_nothing_about_a_patient() {
    let clinic = App::start().await.with_clinic().await;
    let export = whole_export();
    import(&clinic, &export).await;
    let file = std::fs::read(export.path().join("Condition.ndjson")).unwrap();
    let sha256 = daybook_domain::Sha256Hex::of(&[&file]);
    let log = clinic.log_from(0).await;
    let imported: Vec<_> = log.iter().filter(|event| event["event_type"] == "history-imported").collect();
    assert_eq!(imported.len(), 6);
    let payloads: String = imported.iter().map(|event| event["payload"].as_str().unwrap()).collect();
    for told in ["Ottilie", FAMILY, "1951-02-03", "MRN-p1", "Asthma", "Shellfish", "Ibuprofen", "Whistling", "general"]
    {
        assert!(!payloads.contains(told), "{told}");
    }
    let condition: Value = imported
        .iter()
        .map(|event| serde_json::from_str::<Value>(event["payload"].as_str().unwrap()).unwrap())
        .find(|payload| payload["kind"] == "condition")
        .unwrap();
    assert_eq!((&condition["file_sha256"], &condition["line"]), (&json!(sha256.as_str()), &json!(1)));
    assert_eq!((&condition["original_date"], &condition["source"]), (&json!("1999"), &json!("old-ehr")));
    let metadata: Value = serde_json::from_str(imported[0]["metadata"].as_str().unwrap()).unwrap();
    for (name, value) in [
        ("actor", "system:import"),
        ("role", "system"),
        ("operator", "maria.lopez"),
        ("reason", "onboarding"),
        ("policy", "system-imports"),
    ] {
        assert_eq!(metadata[name], value, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_lines_are_reported_by_file_line_and_reason_and_do_not_stop_the_import() {
    let clinic = App::start().await.with_clinic().await;
    let condition = |id: &str, more: Value| about("Condition", id, "p1", more).to_string();
    let deep = format!("{{\"resourceType\":\"Condition\",\"id\":\"x\",\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
    let lines = [
        condition("c1", json!({})),
        "SECRET not json".into(),
        condition("c2", json!({ "subject": null })),
        condition("c3", json!({ "subject": { "reference": "Group/SECRET" } })),
        condition("c4", json!({ "onsetDateTime": "SECRET" })),
        condition("c5", json!({ "recordedDate": "2999-01-01" })),
        condition("c6", json!({ "note": [{ "text": "SECRET".repeat(50_000) }] })),
        deep,
        condition("c7", json!({ "resourceType": "Observation" })),
        condition("bad id", json!({})),
        about("Condition", "c1", "p2", json!({})).to_string(),
        condition("c8", json!({ "$phi": 0, "$clear": 1 })),
    ];
    let export = Export::new();
    export
        .file(
            "Patient.ndjson",
            [patient("p1", "Ottilie", FAMILY, "1951-02-03"), patient("p2", "SECRET", "Gray", "2999-01-01")],
        )
        .file("Condition.ndjson", lines)
        .file("Observation.ndjson", ["{}"]);
    let file = export.path().join("report");
    let summary = import_some(&clinic, &export, &mut Report::to(&file).unwrap(), usize::MAX).await;
    let total = summary.total();
    assert_eq!((total.read, total.imported, total.unusable), (14, 3, 11));
    assert_eq!((summary.other_files, summary.kinds["Condition"].imported), (1, 2));

    let report = std::fs::read_to_string(&file).unwrap();
    assert!(!report.contains("SECRET") && !report.contains("Ottilie"), "{report}");
    let told: Vec<(Value, Value, Value)> = report
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| (line["file"].clone(), line["line"].clone(), line["reason"].clone()))
        .collect();
    let expected = [
        ("Observation.ndjson", Value::Null, "kind-not-imported"),
        ("Patient.ndjson", json!(2), "birth-date-unreasonable"),
        ("Condition.ndjson", json!(2), "not-json"),
        ("Condition.ndjson", json!(3), "no-subject"),
        ("Condition.ndjson", json!(4), "unresolvable-subject"),
        ("Condition.ndjson", json!(5), "bad-date"),
        ("Condition.ndjson", json!(6), "date-in-future"),
        ("Condition.ndjson", json!(7), "too-large"),
        ("Condition.ndjson", json!(8), "too-deep"),
        ("Condition.ndjson", json!(9), "another-type"),
        ("Condition.ndjson", json!(10), "bad-id"),
        ("Condition.ndjson", json!(11), "another-patient"),
    ];
    let expected: Vec<_> =
        expected.into_iter().map(|(file, line, reason)| (json!(file), line, json!(reason))).collect();
    assert_eq!(told, expected);
    // Marks that mean something inside the log are only text in a resource.
    let (provider, record) = treated_by(&clinic, FAMILY).await;
    let history = provider.get(&format!("{record}/history?kind=condition")).await.ok();
    let with_marks = history.list("records").iter().find(|record| record["resource"]["$phi"] == 0).expect("c8");
    assert_eq!(with_marks["resource"]["$clear"], 1);
}

/// So many conditions of one patient that they take several batches.
fn large_export() -> Export {
    let export = Export::new();
    let condition =
        |n: u32| about("Condition", &format!("c{n}"), "p1", json!({ "recordedDate": format!("{}", 1900 + n % 100) }));
    export
        .file("Patient.ndjson", [patient("p1", "Ottilie", FAMILY, "1951-02-03")])
        .file("Condition.0.ndjson", (0..1_100).map(condition))
        .file("Condition.1.ndjson", (1_100..1_300).map(condition));
    export
}

/// Streams of imported resources, and events in them.
async fn in_the_log(clinic: &Clinic) -> (i64, i64) {
    let sql = "SELECT count(DISTINCT stream_id), count(*) FROM ledger.events WHERE clinic_id = $1 AND stream_type = 'history'";
    let row = sqlx::query(sql).bind(clinic.id).fetch_one(&clinic.app.owner).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_stopped_halfway_is_finished_by_the_next_and_a_third_adds_nothing() {
    let clinic = App::start().await.with_clinic().await;
    let export = large_export();
    let first = import_some(&clinic, &export, &mut Report::none(), 3).await;
    assert_eq!(first.total().imported, 1 + 2 * 512);
    let second = import(&clinic, &export).await;
    assert_eq!((second.total().already_there, second.total().imported), (1 + 2 * 512, 1_300 - 2 * 512));
    assert_eq!(in_the_log(&clinic).await, (1_300, 1_300));
    let size = clinic.log_size().await;
    let third = import(&clinic, &export).await;
    assert_eq!((third.total().already_there, third.total().imported, third.position), (1_301, 0, None));
    assert_eq!(clinic.log_size().await, size);

    let packed_otherwise = Export::new();
    let lines = |name: &str| std::fs::read_to_string(export.path().join(name)).unwrap();
    let conditions = lines("Condition.1.ndjson") + &lines("Condition.0.ndjson");
    packed_otherwise.file("Patient.ndjson", [lines("Patient.ndjson")]).file("Condition.ndjson", [conditions]);
    assert_eq!(import(&clinic, &packed_otherwise).await.total().imported, 0, "whatever file a resource is in");
    let report = verify::clinic(&clinic.app.owner, clinic.id, |_| {}).await.unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_importers_at_the_same_time_leave_each_resource_once() {
    let clinic = App::start().await.with_clinic().await;
    let export = large_export();
    let (one, other) = tokio::join!(import(&clinic, &export), import(&clinic, &export));
    assert_eq!(one.total().imported + other.total().imported, 1_301);
    assert_eq!(in_the_log(&clinic).await, (1_300, 1_300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_the_source_changed_is_a_further_fact_and_the_newest_is_shown() {
    let clinic = App::start().await.with_clinic().await;
    let asthma = |status: &str| {
        let status = json!({ "coding": [{ "code": status }] });
        about("Condition", "c1", "p1", json!({ "code": { "text": "Asthma" }, "clinicalStatus": status }))
    };
    let (before, after) = (Export::new(), Export::new());
    before
        .file("Patient.ndjson", [patient("p1", "Ottilie", "Maiden", "1951-02-03")])
        .file("Condition.ndjson", [asthma("active")]);
    after
        .file("Patient.ndjson", [patient("p1", "Ottilie", FAMILY, "1951-02-03")])
        .file("Condition.ndjson", [asthma("resolved")]);
    import(&clinic, &before).await;
    assert_eq!(import(&clinic, &after).await.total().imported, 2);
    // The old export again changes neither what is shown nor whom the desk finds.
    assert_eq!(import(&clinic, &before).await.total().already_there, 2);
    let desk = clinic.front_desk().await;
    let old = desk.post("/v1/patients/search", json!({ "family_name": "Maiden" })).await.ok();
    assert!(old.list("patients").is_empty());
    let (provider, record) = treated_by(&clinic, FAMILY).await;
    let history = provider.get(&format!("{record}/history")).await.ok();
    let condition = &history.list("records")[0];
    assert_eq!((&condition["status"], &condition["versions"]), (&json!("resolved"), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_at_two_sources_is_two_patients() {
    let clinic = App::start().await.with_clinic().await;
    for (source, family) in [("old-ehr", FAMILY), ("other-ehr", "Gray")] {
        let export = Export::new();
        export.file("Patient.ndjson", [patient("1", "Ada", family, "1951-02-03")]);
        let files = daybook_import::Export::find(export.path()).unwrap();
        let run = importer(&clinic, source).await;
        let summary = run.run(files, &mut Report::none(), |_, _| ControlFlow::Continue(())).await.unwrap();
        assert_eq!(summary.total().imported, 1);
        // Both call her MRN-1: perhaps the same person, which a person has to find out.
        assert_eq!(summary.remarks.get("same-record-number").copied(), (source == "other-ehr").then_some(1));
    }
    clinic.app.read_models_caught_up().await;
    assert_ne!(find(&clinic, FAMILY).await["patient_id"], find(&clinic, "Gray").await["patient_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_of_a_patient_who_is_not_in_the_export_waits_for_them() {
    let clinic = App::start().await.with_clinic().await;
    let notes = Export::new();
    notes.file("DocumentReference.ndjson", [note("n1", "p1", "Whistling breath", "2018-03-04")]);
    let summary = import(&clinic, &notes).await;
    assert_eq!((summary.total().imported, summary.total().waiting, summary.patients_waited_for), (1, 1, 1));
    let desk = clinic.front_desk().await;
    let nobody = desk.post("/v1/patients/search", json!({ "family_name": FAMILY })).await.ok();
    assert!(nobody.list("patients").is_empty());
    let waiting = importer(&clinic, "old-ehr").await.identities().patient("p1");
    let provider = clinic.provider().await.client;
    provider.get(&format!("/v1/patients/{waiting}/history")).await.refused(403, "denied");

    import(&clinic, &whole_export()).await;
    let (provider, record) = treated_by(&clinic, FAMILY).await;
    assert_eq!(record, format!("/v1/patients/{waiting}"));
    let history = provider.get(&format!("{record}/history?kind=note")).await.ok();
    assert!(history.list("records").iter().any(|record| record["text"] == "Whistling breath"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_is_read_in_stretches_that_leave_nothing_out() {
    let clinic = App::start().await.with_clinic().await;
    import(&clinic, &large_export()).await;
    let (provider, record) = treated_by(&clinic, FAMILY).await;
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let stretch = provider.get(&format!("{record}/history?limit=200{before}")).await.ok();
        seen.extend(stretch.list("records").iter().map(|record| {
            let date = record["original_date"].as_str().unwrap().to_owned();
            (date, record["history_id"].as_str().unwrap().to_owned())
        }));
        match stretch["more_before"].as_str() {
            Some(id) => before = format!("&before={id}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 1_300);
    assert!(seen.is_sorted_by(|a, b| a.0 >= b.0));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 1_300);
    for wrong in ["limit=0", "limit=201", "kind=visit", "before=x", "colour=red"] {
        provider.get(&format!("{record}/history?{wrong}")).await.refused(400, "invalid-parameter");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_imported_can_be_acted_on_or_billed() {
    let clinic = App::start().await.with_clinic().await;
    import(&clinic, &whole_export()).await;
    let (provider, record) = treated_by(&clinic, FAMILY).await;
    let history = provider.get(&format!("{record}/history?kind=encounter")).await.ok();
    let encounter = history.list("records")[0]["history_id"].as_str().unwrap().to_owned();
    let charge = json!({
        "code": "99213", "units": 1, "diagnoses": ["J45.901"], "payer": "commercial", "patient_at_home": true,
        "modifiers": ["95"], "basis": "medical-decision-making",
    });
    provider.post(&format!("/v1/visits/{encounter}/charges"), charge.clone()).await.refused(403, "denied");
    clinic.billing().await.post(&format!("/v1/visits/{encounter}/charges"), charge).await.refused(404, "not-found");
    clinic.billing().await.get(&format!("/v1/visits/{encounter}")).await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_needs_a_clinic_with_a_record() {
    let app = App::start().await;
    let foundation = app.foundation().await;
    let order = Order {
        clinic: ClinicId(fresh_id()),
        source: code("old-ehr"),
        operator: code("maria.lopez"),
        reason: code("onboarding"),
    };
    let refused = Importer::new(foundation.ledger, &foundation.access, order).await.err().unwrap();
    assert!(refused.to_string().contains("no record yet"), "{refused}");
}
