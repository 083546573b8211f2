//! The other verifier's own tests, of the parts it is made of and of what an operator could do to it.

use std::path::Path;
use std::process::Command;

#[test]
fn the_small_verifier_passes_its_own_tests() {
    let Some(python) = crate::support::python() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../replay-tool/verifier");
    let mut tests = Command::new(python);
    tests.args(["-B", "-m", "unittest", "test_verify_export"]).current_dir(folder);
    let said = tests.output().unwrap();
    let said = (said.status.success(), String::from_utf8(said.stderr).unwrap());
    assert!(said.0 && said.1.contains("Ran 32 tests"), "{}", said.1);
}
