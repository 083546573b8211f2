//! Where the Postgres programs are: on `PATH`, or where Debian and Homebrew put them without putting them on `PATH`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// One installation: the two programs a cluster needs, from the same directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    pub initdb: PathBuf,
    pub postgres: PathBuf,
    /// The first number of its version; a data directory made by one is unreadable to every other.
    pub major: u32,
}

/// Parents of versioned installations: `<parent>/<prefix…version>/bin`.
const DEBIAN: &str = "/usr/lib/postgresql";
const HOMEBREW: [&str; 2] = ["/opt/homebrew/opt", "/usr/local/opt"];

impl Binaries {
    /// The installation to make a new cluster with: the one on `PATH`, else the newest.
    pub fn find() -> Result<Self, Error> {
        Self::find_in(std::env::var_os("PATH").as_deref(), &well_known())
    }

    /// Like [`Binaries::find`] with nothing taken from the surroundings. `path` has the form of `PATH`; `directories` are
    /// looked at after it, best first.
    pub fn find_in(path: Option<&OsStr>, directories: &[PathBuf]) -> Result<Self, Error> {
        installed(path, directories).next().ok_or(Error::NotInstalled)
    }

    /// The installation that can open `data`: any at all when there is nothing there yet.
    pub(crate) fn able_to_open(data: &Path) -> Result<Self, Error> {
        let Some(wanted) = major_of_directory(data)? else { return Self::find() };
        let path = std::env::var_os("PATH");
        let all: Vec<Self> = installed(path.as_deref(), &well_known()).collect();
        if let Some(fitting) = all.iter().find(|each| each.major == wanted) {
            return Ok(fitting.clone());
        }
        match all.first() {
            None => Err(Error::NotInstalled),
            Some(found) => Err(Error::OtherVersion { data: data.into(), wanted, found: found.major.to_string() }),
        }
    }
}

fn installed(path: Option<&OsStr>, directories: &[PathBuf]) -> impl Iterator<Item = Binaries> {
    let on_path: Vec<PathBuf> = path.map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
    on_path.into_iter().chain(directories.to_vec()).filter_map(|directory| look_in(&directory))
}

/// Links are resolved: `postgres` looks for its shared files from where it really is.
fn look_in(directory: &Path) -> Option<Binaries> {
    let initdb = fs::canonicalize(directory.join("initdb")).ok()?;
    let postgres = fs::canonicalize(directory.join("postgres")).ok()?;
    // It has to run here, not just be here: a half-removed package leaves a program without its libraries.
    let said = Command::new(&postgres).arg("--version").output().ok()?;
    let major = major_in(std::str::from_utf8(&said.stdout).ok()?)?;
    Some(Binaries { initdb, postgres, major })
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `postgres (PostgreSQL) 18beta1`
fn major_in(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

fn major_of_directory(data: &Path) -> Result<Option<u32>, Error> {
    let file = data.join("PG_VERSION");
    match fs::read_to_string(&file) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", file)(error)),
    }
}

fn well_known() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix) in [(DEBIAN, ""), (HOMEBREW[0], "postgresql"), (HOMEBREW[1], "postgresql")] {
        let Ok(entries) = fs::read_dir(parent) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(prefix)) else { continue };
            // Homebrew's plain `postgresql` is an old alias; any versioned one is preferred to it.
            let version = rest.trim_start_matches('@').parse().unwrap_or(0);
            found.push((version, entry.path().join("bin")));
        }
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, directory)| directory).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_says() {
        assert_eq!(major_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_in("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_in("something else"), None);
    }

    #[test]
    fn nothing_installed_is_one_clear_sentence() {
        let error = Binaries::find_in(Some(OsStr::new("/nonexistent")), &[]).expect_err("there is nothing there");
        let sentence = error.to_string();
        assert!(sentence.contains("apt-get install postgresql"), "{sentence}");
        assert!(sentence.contains("brew install postgresql@16"), "{sentence}");
        assert!(!sentence.contains('\n'), "{sentence}");
    }
}
