//! Where the examples are.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The term sheets in a folder of the examples, by name.
pub fn sheets_in(folder: &str) -> Vec<(String, String)> {
    let folder = root().join("examples/leases").join(folder);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let sheets = paths.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let mut found: Vec<(String, String)> = sheets
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

/// One of the examples.
pub fn sheet(name: &str) -> String {
    fs::read_to_string(root().join("examples/leases").join(name)).unwrap()
}
