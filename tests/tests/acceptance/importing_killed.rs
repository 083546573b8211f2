//! The real program, killed while it imports; and the real export that nobody in this project wrote.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use daybook_ledger::verify::{self, Verdict};
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::export::{Export, about, patient};
use crate::support::{App, Clinic, eventually};

const PATIENTS: usize = 40;
const CONDITIONS: usize = 6_000;
const KILLS: i64 = 3;

fn command(clinic: &Clinic, directory: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(daybook_tests::program());
    // Every variable that begins with its name is a setting to the program.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DAYBOOK_")) {
        command.env_remove(name);
    }
    command
        .args(["import", "fhir"])
        .arg(directory)
        .args(["--clinic", &clinic.id.to_string(), "--source", "old-ehr", "--actor", "maria.lopez"])
        .args(more)
        .env("DAYBOOK_MODE", "development")
        .env("DAYBOOK_DEVELOPMENT_ISSUER", "true")
        .env("DAYBOOK_SIMULATED", "true")
        .env("DAYBOOK_DATABASE_URL", &clinic.app.database.url)
        .env("DAYBOOK_LOG", "warn")
        .stdin(Stdio::null());
    command
}

fn begun(clinic: &Clinic, directory: &Path) -> Child {
    command(clinic, directory, &[]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program runs")
}

async fn whole(clinic: &Clinic, directory: &Path, more: &[&str]) -> Output {
    let mut command = command(clinic, directory, more);
    tokio::task::spawn_blocking(move || command.output().expect("the program runs")).await.unwrap()
}

async fn imported(clinic: &Clinic) -> i64 {
    let sql = "SELECT count(*) FROM ledger.events WHERE clinic_id = $1 AND stream_type = 'history'";
    sqlx::query(sql).bind(clinic.id).fetch_one(&clinic.app.owner).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_killed_again_and_again_leaves_each_resource_once() {
    let clinic = App::start().await.with_clinic().await;
    let export = Export::new();
    let patients =
        (0..PATIENTS).map(|n| patient(&format!("p{n}"), "Ottilie", &format!("Thistle{n}wood"), "1951-02-03"));
    let condition = |n: usize| {
        about("Condition", &format!("c{n}"), &format!("p{}", n % PATIENTS), json!({ "recordedDate": "2001" }))
    };
    export.file("Patient.ndjson", patients).file("Condition.ndjson", (0..CONDITIONS).map(condition));
    for kill in 1..=KILLS {
        let mut program = begun(&clinic, export.path());
        let enough = kill * CONDITIONS as i64 / (KILLS + 2);
        eventually("some of it was imported", async || imported(&clinic).await >= enough).await;
        program.kill().expect("the process is ours");
        assert!(!program.wait().unwrap().success(), "it was over before it was killed");
    }
    assert!(imported(&clinic).await < CONDITIONS as i64, "it was over before the last kill");

    let output = whole(&clinic, export.path(), &["--json"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let total = &told["total"];
    assert_eq!(
        total["imported"].as_u64().unwrap() + total["already_there"].as_u64().unwrap(),
        (PATIENTS + CONDITIONS) as u64
    );
    let sql = "SELECT count(DISTINCT stream_id), count(*) FROM ledger.events WHERE clinic_id = $1 AND event_type = 'history-imported'";
    let row = sqlx::query(sql).bind(clinic.id).fetch_one(&clinic.app.owner).await.unwrap();
    let all = (PATIENTS + CONDITIONS) as i64;
    assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (all, all));

    let again = whole(&clinic, export.path(), &["--json"]).await;
    let told: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&told["total"]["imported"], &told["total"]["already_there"]), (&json!(0), &json!(all)));
    for n in [0, PATIENTS - 1] {
        let named = json!({ "family_name": format!("Thistle{n}wood") });
        clinic.app.read_models_caught_up().await;
        let found = clinic.front_desk().await.post("/v1/patients/search", named).await.ok();
        assert_eq!(found.list("patients").len(), 1, "patient {n} is found");
    }
    let report = verify::clinic(&clinic.app.owner, clinic.id, |_| {}).await.unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_tells_people_what_came_of_it_and_where_it_could_not_read_on() {
    let clinic = App::start().await.with_clinic().await;
    let export = Export::new();
    export
        .file("Patient.ndjson", [patient("p1", "Ottilie", "Thistlewood", "1951-02-03")])
        .file("Condition.ndjson.gz", ["no gzip"]);
    let report = export.path().join("report");
    let output = whole(&clinic, export.path(), &["--report", report.to_str().unwrap()]).await;
    let (told, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success() && failed.contains("1 files could not be read to their end"), "{failed}");
    assert!(told.contains("imported, not witnessed") && !told.contains("Thistlewood"), "{told}");
    let reported = std::fs::read_to_string(&report).unwrap();
    assert!(reported.contains("\"reason\":\"file-damaged\""), "{reported}");

    let nothing = Export::new();
    let output = whole(&clinic, nothing.path(), &[]).await;
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("holds no file"));
}

/// Where the export of a synthetic population lies, if it is there.
fn synthea() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/synthea");
    let directory = std::env::var_os("SYNTHEA_DIR").map_or(beside, PathBuf::from);
    directory.join("Patient.ndjson.gz").is_file().then_some(directory)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_of_a_synthetic_population_is_imported_whole() {
    let Some(directory) = synthea() else {
        eprintln!("SKIPPED: no Synthea export in $SYNTHEA_DIR or beside the workspace; nothing was tried");
        return;
    };
    let clinic = App::start().await.with_clinic().await;
    let output = whole(&clinic, &directory, &["--json"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (kind, imported, waiting) in [
        ("Patient", 114, 0),
        ("Practitioner", 66, 0),
        ("Organization", 66, 0),
        ("Encounter", 3_563, 0),
        ("Condition", 892, 0),
        ("AllergyIntolerance", 40, 0),
        ("MedicationRequest", 1_016, 0),
        // The notes are of other patients than the rest of the export.
        ("DocumentReference", 1_215, 1_215),
    ] {
        let count = &told["summary"]["kinds"][kind];
        let numbers = json!({
            "read": imported, "imported": imported, "already_there": 0, "unusable": 0, "waiting": waiting,
        });
        assert_eq!(count, &numbers, "{kind}");
    }
    assert_eq!(told["summary"]["patients_waited_for"], 13);
    clinic.app.read_models_caught_up().await;
    let again = whole(&clinic, &directory, &["--json"]).await;
    let told: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&told["total"]["imported"], &told["total"]["already_there"]), (&json!(0), &json!(6_972)));
    let report = verify::clinic(&clinic.app.owner, clinic.id, |_| {}).await.unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
}
