//! Making a data directory, whole or not at all.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::account::Account;
use crate::place::{Place, give};
use crate::server::bare;
use crate::{Binaries, Error};

/// Does nothing when there is a cluster already.
///
/// `initdb` works in a directory beside the final one, which is then renamed. A crash in between leaves that other
/// directory, and the next start removes it; a half-made data directory is never found under the real name.
pub(crate) fn ensure(place: &Place, binaries: &Binaries, durable: bool) -> Result<(), Error> {
    let data = &place.data;
    if let Ok(found) = fs::metadata(data.join("PG_VERSION")) {
        let uid = place.account.as_ref().map_or(rustix::process::geteuid().as_raw(), |account| account.uid);
        return if found.uid() == uid { Ok(()) } else { Err(Error::Foreign { path: data.clone() }) };
    }
    if fs::read_dir(data).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::NotACluster { data: data.clone() });
    }

    let unfinished = unfinished(data);
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(Error::io("remove", &unfinished))?;
    }
    // macOS before 15 has no C.UTF-8.
    let mut last = None;
    for locale in ["C.UTF-8", "C"] {
        let made = DirBuilder::new().mode(0o700).create(&unfinished);
        made.map_err(Error::io("make", &unfinished))?;
        if let Some(account) = &place.account {
            give(&unfinished, account)?;
        }
        let output = initdb(binaries, &unfinished, locale, durable, place.account.as_ref())?;
        if output.status.success() {
            return put_in_place(&unfinished, data, durable);
        }
        fs::remove_dir_all(&unfinished).map_err(Error::io("remove", &unfinished))?;
        last = Some(output);
    }
    match last {
        None => Ok(()),
        Some(output) => {
            let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).trim().to_owned());
            Err(Error::Initdb { data: data.clone(), status: output.status, said: said.join("\n") })
        }
    }
}

fn initdb(
    binaries: &Binaries,
    directory: &Path,
    locale: &str,
    durable: bool,
    account: Option<&Account>,
) -> Result<Output, Error> {
    let mut command = bare(&binaries.initdb);
    command.arg("--pgdata").arg(directory);
    command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--data-checksums"]);
    command.arg(format!("--locale={locale}"));
    if !durable {
        command.arg("--no-sync");
    }
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command.output().map_err(Error::io("run", &binaries.initdb))
}

fn put_in_place(unfinished: &Path, data: &Path, durable: bool) -> Result<(), Error> {
    fs::rename(unfinished, data).map_err(Error::io("put in place", data))?;
    if durable && let Some(parent) = data.parent() {
        // The rename itself has to survive losing power.
        File::open(parent).and_then(|parent| parent.sync_all()).map_err(Error::io("sync", parent))?;
    }
    Ok(())
}

fn unfinished(data: &Path) -> PathBuf {
    let mut name = data.as_os_str().to_os_string();
    name.push(".unfinished");
    name.into()
}
