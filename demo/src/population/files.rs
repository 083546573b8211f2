//! The NDJSON files of a directory by the kind of resource in their name, plain or gzip, read line by line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;
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
        let entries =
            std::fs::read_dir(directory).with_context(|| format!("{} cannot be read", directory.display()))?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
        paths.sort();
        let of = |kind| paths.iter().filter(|path| is_of(path, kind)).cloned().collect::<Vec<_>>();
        let files = Self { patients: of("Patient"), practitioners: of("Practitioner"), encounters: of("Encounter") };
        for (kind, found) in
            [("Patient", &files.patients), ("Practitioner", &files.practitioners), ("Encounter", &files.encounters)]
        {
            if found.is_empty() {
                bail!("{} holds no {kind}.ndjson and no {kind}.ndjson.gz", directory.display());
            }
        }
        Ok(files)
    }
}

fn is_of(path: &Path, kind: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    plain
        .strip_suffix(".ndjson")
        .is_some_and(|stem| stem.split(|c: char| !c.is_alphanumeric()).any(|part| part == kind))
}

/// How many lines these files have.
pub fn count(paths: &[PathBuf]) -> anyhow::Result<u64> {
    let mut lines = 0;
    for path in paths {
        for line in open(path)?.split(b'\n') {
            line.with_context(|| path.display().to_string())?;
            lines += 1;
        }
    }
    Ok(lines)
}

/// Every resource of these files; `Err` is one that is not what the file's name says, and why.
pub fn resources<T: DeserializeOwned>(paths: &[PathBuf]) -> impl Iterator<Item = anyhow::Result<T>> {
    paths.iter().flat_map(|path| {
        let opened = open(path);
        let (lines, failed) = match opened {
            Ok(reader) => (Some(reader.lines()), None),
            Err(error) => (None, Some(Err(error))),
        };
        let parsed = lines.into_iter().flatten().enumerate().filter_map(move |(index, line)| {
            let parsed = match line {
                Ok(line) if line.trim().is_empty() => return None,
                Ok(line) => serde_json::from_str(&line).map_err(anyhow::Error::from),
                Err(error) => Err(error.into()),
            };
            Some(parsed.with_context(|| format!("{} line {}", path.display(), index + 1)))
        });
        failed.into_iter().chain(parsed)
    })
}

fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead + Send>> {
    let file = File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(file))));
    }
    Ok(Box::new(BufReader::new(file)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use serde_json::Value;

    use super::*;

    #[test]
    fn a_file_is_known_by_its_name() {
        for right in ["Patient.ndjson", "Patient.ndjson.gz", "a/Patient.000.ndjson", "1.Patient.ndjson"] {
            assert!(is_of(Path::new(right), "Patient"), "{right}");
        }
        for wrong in ["Patient.json", "PatientList.ndjson", "Encounter.ndjson", "Patient.csv.gz"] {
            assert!(!is_of(Path::new(wrong), "Patient"), "{wrong}");
        }
    }

    #[test]
    fn plain_and_packed_files_read_alike_and_a_bad_line_is_named() {
        let directory = std::env::temp_dir().join(format!("daybook-demo-files-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let text = b"{\"id\":\"a\"}\n\nnot json\n{\"id\":\"b\"}\n";
        let (plain, packed) = (directory.join("Patient.ndjson"), directory.join("Patient.1.ndjson.gz"));
        std::fs::write(&plain, text).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(File::create(&packed).unwrap(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap();
        for path in [plain, packed] {
            let paths = [path];
            let found: Vec<_> = resources::<Value>(&paths).collect();
            let ids: Vec<_> = found.iter().flatten().map(|value| value["id"].as_str().unwrap()).collect();
            assert_eq!(ids, ["a", "b"]);
            let error = found.iter().find_map(|found| found.as_ref().err()).unwrap();
            assert!(error.to_string().ends_with("line 3"), "{error}");
        }
        std::fs::remove_dir_all(directory).unwrap();
    }
}
