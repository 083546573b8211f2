//! A Bulk FHIR export: the NDJSON files of a directory by the kind of resource in their name.

use std::path::{Path, PathBuf};

use daybook_domain::Sha256Hex;

use crate::kind::Kind;
use crate::lines::{FileFault, Lines, hash};

/// Why a directory is no export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("{0} cannot be read")]
    Directory(PathBuf),
    #[error("{path}: {fault}")]
    File { path: PathBuf, fault: FileFault },
    #[error("{0} holds no file of a kind that is imported, such as Patient.ndjson or Patient.ndjson.gz")]
    Empty(PathBuf),
}

/// The files of an export.
#[derive(Debug)]
pub struct Export {
    /// In the order of import: by kind, then by name.
    pub files: Vec<ExportFile>,
    /// Names of NDJSON files of kinds that are not imported.
    pub others: Vec<String>,
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    pub kind: Kind,
    pub path: PathBuf,
    /// Its name without the directory.
    pub name: String,
}

impl Export {
    /// `Patient.ndjson`, `Patient.000.ndjson.gz`, `1.Patient.ndjson`, …
    pub fn find(directory: &Path) -> Result<Self, ExportError> {
        let unreadable = || ExportError::Directory(directory.to_owned());
        let (mut files, mut others) = (Vec::new(), Vec::new());
        for entry in std::fs::read_dir(directory).map_err(|_| unreadable())? {
            let path = entry.map_err(|_| unreadable())?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(stem) = stem(&name).filter(|_| path.is_file()) else { continue };
            match kind(stem) {
                Some(kind) => files.push(ExportFile { kind, path, name }),
                None => others.push(name),
            }
        }
        if files.is_empty() {
            return Err(ExportError::Empty(directory.to_owned()));
        }
        files.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        others.sort();
        Ok(Self { files, others })
    }

    /// The files of a kind.
    pub fn of(&self, kind: Kind) -> Vec<PathBuf> {
        self.files.iter().filter(|file| file.kind == kind).map(|file| file.path.clone()).collect()
    }
}

impl ExportFile {
    /// Hash and size of the file as it lies there.
    pub fn hash(&self) -> Result<(Sha256Hex, u64), ExportError> {
        hash(&self.path).map_err(|fault| ExportError::File { path: self.path.clone(), fault })
    }

    /// Its lines.
    pub fn lines(&self) -> Result<Lines, FileFault> {
        Lines::open(&self.path)
    }
}

/// The name of an NDJSON file without its endings.
fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(".gz").unwrap_or(name).strip_suffix(".ndjson")
}

fn kind(stem: &str) -> Option<Kind> {
    let mut parts = stem.split(|c: char| !c.is_alphanumeric());
    parts.find_map(|part| Kind::ALL.into_iter().find(|kind| kind.name() == part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn files_are_known_by_their_names_and_come_in_the_order_of_import() {
        let scratch = Scratch::new();
        for name in [
            "Encounter.ndjson",
            "Patient.001.ndjson.gz",
            "1.Patient.ndjson",
            "Observation.ndjson",
            "PatientList.ndjson",
            "Patient.json",
            "Patient.csv.gz",
            "README.md",
        ] {
            scratch.file(name, b"");
        }
        std::fs::create_dir(scratch.path().join("Condition.ndjson")).unwrap();
        let export = Export::find(scratch.path()).unwrap();
        let names: Vec<_> = export.files.iter().map(|file| (file.kind, &*file.name)).collect();
        assert_eq!(
            names,
            [
                (Kind::Patient, "1.Patient.ndjson"),
                (Kind::Patient, "Patient.001.ndjson.gz"),
                (Kind::Encounter, "Encounter.ndjson")
            ]
        );
        assert_eq!(export.others, ["Observation.ndjson", "PatientList.ndjson"]);
    }

    #[test]
    fn a_directory_without_a_file_to_import_is_no_export() {
        let scratch = Scratch::new();
        scratch.file("Observation.ndjson", b"{}");
        assert!(matches!(Export::find(scratch.path()), Err(ExportError::Empty(_))));
        assert!(matches!(Export::find(&scratch.path().join("none")), Err(ExportError::Directory(_))));
    }
}
