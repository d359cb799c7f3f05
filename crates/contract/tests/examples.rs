//! The example leases compile, and the bad ones say what is wrong with them.

use std::fs;
use std::path::{Path, PathBuf};

use leasehold_contract::diagnostic::render_all;
use leasehold_contract::sheet::{Compiled, compile};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/leases")
}

fn sheets_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    found.sort();
    found
}

fn compiled(path: &Path) -> Compiled {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    compile(&text).unwrap_or_else(|faults| panic!("{}", render_all(&faults, &name, &text)))
}

#[test]
fn every_example_compiles_without_a_warning() {
    let (good, amended) = (folder(), folder().join("amended"));
    for path in sheets_in(&good).into_iter().chain(sheets_in(&amended)) {
        let text = fs::read_to_string(&path).unwrap();
        let found = compiled(&path);
        let warnings = render_all(&found.warnings, &path.to_string_lossy(), &text);
        assert!(found.warnings.is_empty(), "{warnings}");
    }
}

/// What people see for a file of `bad/`: faults, or warnings of a lease that compiles.
fn faults_of(path: &Path) -> (String, Vec<&'static str>) {
    let text = fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let found = compile(&text).map_or_else(|faults| faults, |compiled| compiled.warnings);
    assert!(!found.is_empty(), "{name} is not bad");
    (render_all(&found, &name, &text), found.iter().map(|fault| fault.code).collect())
}

#[test]
fn every_bad_example_says_what_is_wrong() {
    for path in sheets_in(&folder().join("bad")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        insta::assert_snapshot!(format!("bad_{name}"), faults_of(&path).0);
    }
}
