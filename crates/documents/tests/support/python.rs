//! Programs of others, written in Python: `./test` installs them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs a script of `tools/` with those arguments; gives what it printed.
pub fn run_python(script: &str, arguments: &[&str]) -> String {
    let python = root().join("target/tools/python/bin/python");
    assert!(
        python.exists(),
        "{} is missing: run ./test once, which installs the packages of tools/requirements.txt",
        python.display()
    );
    let script = root().join("tools").join(script);
    let done = Command::new(&python).arg(&script).args(arguments).output().unwrap();
    assert!(
        done.status.success(),
        "{} failed:\n{}",
        script.display(),
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}
