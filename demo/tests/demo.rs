//! The demo as somebody starts it: twice on the same data, stopped halfway, and with a population.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("daybook-demo-{name}-{}", std::process::id())))
    }

    fn leaves_nothing_running(&self) -> bool {
        !self.0.join("postgres/postmaster.pid").exists()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Left for whoever looks into a failure, and gone otherwise.
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

fn demo(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook-demo"));
    command.arg("--data-dir").arg(directory).args(arguments).env_remove("DAYBOOK_DATABASE_URL");
    command
}

fn text(output: &Output) -> String {
    let parts = [&output.stdout, &output.stderr].map(|part| String::from_utf8_lossy(part).into_owned());
    parts.concat()
}

#[test]
fn the_day_can_be_played_again_on_what_the_last_one_left() {
    let directory = Directory::new("twice");
    for earlier in [false, true] {
        let output = demo(&directory.0, &["--pace", "0", "--exit-after-play"]).output().unwrap();
        let text = text(&output);
        assert!(output.status.success(), "{text}");
        assert_eq!(text.matches(": valid (").count(), 2, "{text}");
        assert_eq!(text.matches("Longest unwitnessed interval: ").count(), 2, "{text}");
        assert_eq!(text.contains("an earlier run had left open"), earlier, "{text}");
        assert!(directory.leaves_nothing_running());
    }
}

#[test]
fn stopped_halfway_it_leaves_nothing_running() {
    let directory = Directory::new("stopped");
    let mut child = demo(&directory.0, &["--pace", "5"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("set up ten visits")));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(directory.leaves_nothing_running());
}

#[test]
fn a_population_is_played_and_what_cannot_be_is_counted() {
    let directory = Directory::new("population");
    let files = directory.0.join("files");
    std::fs::create_dir_all(&files).unwrap();
    let patient = r#"{"id":"p1","name":[{"family":"Koepp","given":["Abdul"]}],"birthDate":"1956-08-03","address":[{"line":["1 Row"],"city":"Peabody","state":"MA"}],"telecom":[{"system":"phone","value":"555-978-0102","use":"home"}]}"#;
    let child = r#"{"id":"p3","name":[{"family":"Koepp","given":["Ines"]}],"birthDate":"2012-02-11","address":[{"line":["1 Row"],"city":"Peabody","state":"MA"}],"telecom":[{"system":"phone","value":"555-978-0102","use":"home"}]}"#;
    let nameless = r#"{"id":"p2","birthDate":"1956-08-03"}"#;
    let encounter = |patient: &str, class: &str, year: u16| {
        format!(
            r#"{{"status":"finished","class":{{"code":"{class}"}},"type":[{{"text":"Check up"}}],"subject":{{"reference":"urn:uuid:{patient}"}},"participant":[{{"individual":{{"reference":"urn:uuid:d1"}}}}],"period":{{"start":"{year}-06-07T23:37:54+00:00"}}}}"#
        )
    };
    let encounters = [
        encounter("p1", "AMB", 2019),
        encounter("p1", "AMB", 1991),
        encounter("p2", "AMB", 2019),
        encounter("p1", "IMP", 2019),
        // A parent consents for her.
        encounter("p3", "AMB", 2021),
        encounter("p3", "AMB", 2011),
    ];
    let write = |name: &str, text: String| std::fs::write(files.join(name), text).unwrap();
    write("Patient.ndjson", format!("{patient}\n{nameless}\n{child}\n"));
    write(
        "Practitioner.ndjson",
        r#"{"id":"d1","name":[{"family":"Hilpert","given":["Sharyl"],"prefix":["Dr."]}]}"#.into(),
    );
    write("Encounter.ndjson", encounters.join("\n"));

    let output = demo(&directory.0, &["--population", &files.to_string_lossy()]).output().unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    for line in [
        "Registered 2 patients and 1 practitioners",
        "Played 3 visits",
        "1 × patient without a name",
        "1 × encounter of a patient who was not registered",
        "1 × encounter that is not ambulatory",
        "1 × encounter before its patient was born",
        "1 × began before 2000",
        ": valid (",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(directory.leaves_nothing_running());
}
