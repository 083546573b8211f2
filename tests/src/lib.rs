//! Tests of the whole, under `tests/`: each is a program of its own over real servers and a real Postgres. What they share
//! is here.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The server's program: `./run test` builds it beside the tests, and a test run on its own uses what is there.
pub fn program() -> PathBuf {
    let test = std::env::current_exe().expect("this program has a path");
    let directory = test.ancestors().nth(2).expect("tests lie in target/…/deps");
    let program = directory.join("daybook");
    if !program.exists() {
        build(directory);
    }
    program
}

fn build(directory: &Path) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "-p", "daybook-api", "--bin", "daybook"]);
    if directory.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().expect("cargo runs").success(), "the server could not be built");
}
