//! Tests of the whole, under `tests/`: each is a program of its own over real servers and a real Postgres. What they share
//! is here.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The server's program.
pub fn program() -> PathBuf {
    built("daybook-api", "daybook")
}

/// The program that looks at logs from a terminal.
pub fn replay_program() -> PathBuf {
    built("daybook-replay", "daybook-replay")
}

/// `./run test` builds it beside the tests, and a test run on its own uses what is there.
fn built(package: &str, name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this program has a path");
    let directory = test.ancestors().nth(2).expect("tests lie in target/…/deps");
    let program = directory.join(name);
    if !program.exists() {
        build(directory, package, name);
    }
    program
}

fn build(directory: &Path, package: &str, name: &str) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "-p", package, "--bin", name]);
    if directory.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().expect("cargo runs").success(), "{name} could not be built");
}
