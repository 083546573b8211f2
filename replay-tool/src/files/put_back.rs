//! Back into a storage. They gather beside it, in `files.part`, each of them on the disk before the next, and all of them get
//! their place by one rename.
//!
//! What a crash leaves: before the rename, `files.part`, which no server looks into and the next attempt throws away; after it,
//! all of them. An attempt that finds files there compares: those of the same backup are left as they are, others are refused.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::gather::{Storage, each};
use super::name::FileName;

pub struct PutBack {
    directory: PathBuf,
    /// Whether files are there already, to be compared.
    there: bool,
    files: u64,
    now: Option<(FileName, File)>,
}

impl PutBack {
    /// Into the directory that the servers will know as `storage_directory`; it is made where there is none.
    pub fn into(directory: &Path) -> anyhow::Result<Self> {
        private_directory(directory)?;
        let mut files = 0;
        each(&Storage::files(directory), &mut |_, _| {
            files += 1;
            Ok(())
        })?;
        let put_back = Self { directory: directory.to_owned(), there: files > 0, files: 0, now: None };
        if !put_back.there {
            match std::fs::remove_dir_all(put_back.part()) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                _ => private_directory(&put_back.part())?,
            }
        }
        Ok(put_back)
    }

    fn part(&self) -> PathBuf {
        self.directory.join("files.part")
    }

    fn root(&self) -> PathBuf {
        if self.there { Storage::files(&self.directory) } else { self.part() }
    }

    /// The next file.
    pub fn begin(&mut self, name: FileName) -> anyhow::Result<()> {
        let folder = self.root().join(name.clinic.to_string()).join(name.visit.to_string());
        let path = folder.join(name.file.to_string());
        let file = if self.there {
            File::open(&path).map_err(|_| self.others())?
        } else {
            private_directory(&folder)?;
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            file.with_context(|| format!("{} cannot be written", path.display()))?
        };
        self.now = Some((name, file));
        Ok(())
    }

    /// The next bytes of it.
    pub fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let Some((_, file)) = &mut self.now else { return Ok(()) };
        if !self.there {
            file.write_all(bytes).with_context(|| format!("{} cannot be written", self.directory.display()))?;
            return Ok(());
        }
        let mut there = vec![0; bytes.len()];
        if file.read_exact(&mut there).is_err() || there != bytes {
            return Err(self.others());
        }
        Ok(())
    }

    /// All of it is there, and on the disk.
    pub fn end(&mut self) -> anyhow::Result<()> {
        let Some((name, mut file)) = self.now.take() else { return Ok(()) };
        self.files += 1;
        if self.there {
            return if file.read(&mut [0])? == 0 { Ok(()) } else { Err(self.others()) };
        }
        file.sync_all()?;
        let clinic = self.part().join(name.clinic.to_string());
        for folder in [clinic.join(name.visit.to_string()), clinic] {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// There were no others: now they are where the servers look.
    pub fn finish(self) -> anyhow::Result<()> {
        let files = Storage::files(&self.directory);
        if self.there {
            let mut there = 0;
            each(&files, &mut |_, _| {
                there += 1;
                Ok(())
            })?;
            return if there == self.files { Ok(()) } else { Err(self.others()) };
        }
        File::open(self.part())?.sync_all()?;
        let renamed = std::fs::rename(self.part(), &files);
        renamed.with_context(|| format!("{} is there and is not empty", files.display()))?;
        File::open(&self.directory)?.sync_all()?;
        Ok(())
    }

    fn others(&self) -> anyhow::Error {
        let files = Storage::files(&self.directory);
        anyhow::anyhow!("in {} are other files than those of the backup; nothing was changed", files.display())
    }
}

fn private_directory(directory: &Path) -> anyhow::Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.with_context(|| format!("{} cannot be made", directory.display()))
}
