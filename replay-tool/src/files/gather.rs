//! From the storage into a tar: every stored file as it lies there, in the order of the paths, and nothing else.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use daybook_audit::bundle::tar;

use super::fault::{Fault, FileFault};
use super::name::FileName;
use super::named::Named;

/// The directory that the servers know as `storage_directory`.
pub struct Storage(PathBuf);

/// What came of it.
#[derive(Debug, Default)]
pub struct Gathered {
    pub files: u64,
    /// Files that the log names and that are not there, or have another length than what was attached.
    pub wrong: Vec<FileFault>,
}

impl Storage {
    /// One that is there. A bucket is none.
    pub fn open(directory: &Path) -> anyhow::Result<Self> {
        if !directory.is_dir() {
            bail!("{} is no directory: --storage is what the servers know as storage_directory", directory.display());
        }
        Ok(Self(directory.to_owned()))
    }

    /// Where the files lie in it.
    pub fn files(directory: &Path) -> PathBuf {
        directory.join("files")
    }

    /// Writes them, one open at a time, and holds what lies there against the files that the log names.
    pub fn gather(&self, mut named: Named, sink: &mut impl Write) -> anyhow::Result<Gathered> {
        let mut gathered = Gathered::default();
        each(&Self::files(&self.0), &mut |name, path| {
            let mut file = match File::open(path) {
                // Taken away meanwhile, by the sweep: no event names it.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
                file => file.with_context(|| format!("the file {name} cannot be read"))?,
            };
            let length = file.metadata()?.len();
            let header = tar::header(&name.to_string(), length).with_context(|| format!("{name} is too long"))?;
            sink.write_all(&header)?;
            let copied = io::copy(&mut (&mut file).take(length), sink)?;
            if copied != length || file.read(&mut [0])? != 0 {
                bail!("the file {name} changed while it was read, and no server changes one");
            }
            sink.write_all(&[0; tar::BLOCK][..padding(length)])?;
            gathered.files += 1;
            if named.remove(&name).is_some_and(|attached| attached.sealed_length() != length) {
                gathered.wrong.push(FileFault::new(name, Fault::OtherLength));
            }
            Ok(())
        })?;
        sink.write_all(&tar::END)?;
        gathered.wrong.extend(named.into_keys().map(|name| FileFault::new(name, Fault::Missing)));
        Ok(gathered)
    }
}

/// Zeros after a file, up to the next block.
pub fn padding(length: u64) -> usize {
    (length.next_multiple_of(tar::BLOCK as u64) - length) as usize
}

/// Every stored file, in the order of the paths. Whatever else lies there is not ours; but what has a file's name and is no
/// plain file is refused: left out, it would be missed only once it is needed.
pub fn each(root: &Path, found: &mut impl FnMut(FileName, &Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    for clinic in ids(root)? {
        let in_clinic = root.join(&clinic);
        for visit in ids(&in_clinic)? {
            let in_visit = in_clinic.join(&visit);
            for file in ids(&in_visit)? {
                let path = in_visit.join(&file);
                let Some(name) = FileName::of_path(&format!("{clinic}/{visit}/{file}")) else { continue };
                match path.symlink_metadata() {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    about => {
                        if !about?.is_file() {
                            bail!("{} is no plain file", path.display());
                        }
                        found(name, &path)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// What has an id for a name in a directory, in order; nothing where there is none.
fn ids(directory: &Path) -> anyhow::Result<BTreeSet<String>> {
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries.with_context(|| format!("{} cannot be listed", directory.display()))?,
    };
    let mut found = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.parse::<uuid::Uuid>().is_ok_and(|id| id.to_string() == name) {
            found.insert(name);
        }
    }
    Ok(found)
}
