//! Who the server runs as. Postgres refuses to be root, so when root starts a cluster another user has to run it, and
//! that user has to be able to reach the files.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use crate::Error;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// The user to become, or `None` to stay who we are. A cluster that exists is run by the user who owns it: its files
    /// are unreadable to anybody else.
    pub fn for_cluster_at(data: &Path) -> Result<Option<Self>, Error> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        if let Ok(file) = fs::metadata(data.join("PG_VERSION"))
            && file.uid() != 0
        {
            return Ok(Some(Self { uid: file.uid(), gid: file.gid() }));
        }
        ["postgres", "nobody"].into_iter().find_map(Self::named).map(Some).ok_or(Error::NoUnprivilegedUser)
    }

    fn named(name: &str) -> Option<Self> {
        Some(Self { uid: id("-u", name)?, gid: id("-g", name)? })
    }

    /// Whether this user may pass through `directory` and everything above it. Groups beyond the first are given up
    /// along with root, so they do not count.
    pub fn can_reach(&self, directory: &Path) -> bool {
        directory.ancestors().all(|each| {
            fs::metadata(each).is_ok_and(|metadata| {
                let passes = match () {
                    () if metadata.uid() == self.uid => 0o100,
                    () if metadata.gid() == self.gid => 0o010,
                    () => 0o001,
                };
                metadata.mode() & passes != 0
            })
        })
    }
}

fn id(which: &str, name: &str) -> Option<u32> {
    let said = Command::new("id").args([which, name]).output().ok()?;
    said.status.success().then(|| std::str::from_utf8(&said.stdout).ok()?.trim().parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_without_rights_reaches_only_open_directories() {
        let stranger = Account { uid: 54_321, gid: 54_321 };
        assert!(stranger.can_reach(Path::new("/tmp")));
        assert!(!stranger.can_reach(Path::new("/nonexistent/below")));
        assert_eq!(stranger.can_reach(Path::new("/root")), fs::metadata("/root").is_ok_and(|m| m.mode() & 1 != 0));
    }
}
