//! The files of an export that are played: whom there is, and their encounters.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use daybook_import::{Export, Kind, Lines};
use serde::de::DeserializeOwned;

/// The files there are of each kind that is played.
pub struct Files {
    pub patients: Vec<PathBuf>,
    pub practitioners: Vec<PathBuf>,
    pub encounters: Vec<PathBuf>,
}

impl Files {
    /// `Patient.ndjson`, `Patient.000.ndjson.gz`, `1.Patient.ndjson`, …
    pub fn find(directory: &Path) -> anyhow::Result<Self> {
        let export = Export::find(directory)?;
        for kind in [Kind::Patient, Kind::Practitioner, Kind::Encounter] {
            if export.of(kind).is_empty() {
                let name = kind.name();
                bail!("{} holds no {name}.ndjson and no {name}.ndjson.gz", directory.display());
            }
        }
        let of = |kind| export.of(kind);
        Ok(Self { patients: of(Kind::Patient), practitioners: of(Kind::Practitioner), encounters: of(Kind::Encounter) })
    }
}

/// How many resources these files have.
pub fn count(paths: &[PathBuf]) -> anyhow::Result<u64> {
    let mut lines = 0;
    for path in paths {
        for line in Lines::open(path).with_context(|| path.display().to_string())? {
            line.with_context(|| path.display().to_string())?;
            lines += 1;
        }
    }
    Ok(lines)
}

/// Every resource of these files; `Err` is one that is not what the file's name says, and why.
pub fn resources<T: DeserializeOwned>(paths: &[PathBuf]) -> impl Iterator<Item = anyhow::Result<T>> {
    paths.iter().flat_map(|path| {
        let (lines, failed) = match Lines::open(path) {
            Ok(lines) => (Some(lines), None),
            Err(fault) => (None, Some(Err(fault).with_context(|| path.display().to_string()))),
        };
        let parsed = lines.into_iter().flatten().map(move |line| {
            let line = line.with_context(|| path.display().to_string())?;
            let parsed = || -> anyhow::Result<T> { Ok(serde_json::from_slice(&line.bytes.context("too long")?)?) };
            parsed().with_context(|| format!("{} line {}", path.display(), line.number))
        });
        failed.into_iter().chain(parsed)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_bad_line_is_named_and_the_others_are_read() {
        let directory = std::env::temp_dir().join(format!("daybook-demo-files-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let path = directory.join("Patient.ndjson");
        std::fs::write(&path, b"{\"id\":\"a\"}\n\nnot json\n{\"id\":\"b\"}\n").unwrap();
        let paths = [path];
        let found: Vec<_> = resources::<Value>(&paths).collect();
        let ids: Vec<_> = found.iter().flatten().map(|value| value["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["a", "b"]);
        let error = found.iter().find_map(|found| found.as_ref().err()).unwrap();
        assert!(error.to_string().ends_with("line 3"), "{error}");
        let error = Files::find(&directory).err().unwrap();
        assert!(error.to_string().contains("no Practitioner.ndjson"), "{error}");
        std::fs::remove_dir_all(directory).unwrap();
    }
}
