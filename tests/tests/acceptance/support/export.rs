//! Another system's export, made up for a test: a directory that goes with it.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::fresh_id;

/// A directory of NDJSON files.
pub struct Export(PathBuf);

impl Export {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("daybook-export-{}", fresh_id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A file of these resources, or of whatever lines.
    pub fn file<L: ToString>(&self, name: &str, lines: impl IntoIterator<Item = L>) -> &Self {
        let mut file = std::fs::File::create(self.0.join(name)).unwrap();
        for line in lines {
            writeln!(file, "{}", line.to_string()).unwrap();
        }
        self
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn patient(id: &str, given: &str, family: &str, born: &str) -> Value {
    json!({
        "resourceType": "Patient", "id": id, "name": [{ "family": family, "given": [given] }], "birthDate": born,
        "identifier": [{ "type": { "coding": [{ "code": "MR" }] }, "value": format!("MRN-{id}") }],
    })
}

/// A resource of this type about a patient.
pub fn about(kind: &str, id: &str, patient: &str, more: Value) -> Value {
    let mut resource = json!({ "resourceType": kind, "id": id });
    let field = if kind == "AllergyIntolerance" { "patient" } else { "subject" };
    resource[field] = json!({ "reference": format!("Patient/{patient}") });
    if let Value::Object(more) = more {
        more.into_iter().for_each(|(name, value)| resource[name.as_str()] = value);
    }
    resource
}
