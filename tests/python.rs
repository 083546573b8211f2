//! A Python with one package from PyPI, in a virtual environment under the target directory, for tests of whichever crate:
//! `#[path]` brings it in. Where it cannot be made a test is skipped and says so; with `PEERS=required` in the
//! environment, as the checks before a change have it, that is a failure.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The `bin` of an environment with this package, pinned as `name==version`; `None` where the test is to be skipped.
pub fn with(package: &str) -> Option<PathBuf> {
    match installed(package) {
        Ok(bin) => Some(bin),
        Err(why) => {
            assert!(std::env::var_os("PEERS").is_none_or(|how| how != "required"), "{package} is needed: {why}");
            eprintln!("SKIPPED: {package} cannot be installed here: {why}");
            None
        }
    }
}

fn installed(package: &str) -> Result<PathBuf, String> {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(package.replace(['[', ']', '='], "-"));
    let (bin, done) = (place.join("bin"), place.join("installed"));
    if done.exists() {
        return Ok(bin);
    }
    run(Path::new("python3"), &["-m", "venv", place.to_str().unwrap_or_default()])?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--timeout", "20", package];
    run(&bin.join("python"), &pip)?;
    std::fs::write(done, package).map_err(|error| error.to_string())?;
    Ok(bin)
}

fn run(program: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stderr).lines().next_back().unwrap_or_default().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{}: {said}", program.display())) }
}
