//! What the programs of others say: the schemas of UBL 2.1, the Schematron of EN 16931, and
//! another's reading of the rules of Peppol BIS Billing 3. See `tools/ubl_check.py`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::run_python;

/// What one document broke, a line each: `checker rule flag: message`.
pub struct Verdict {
    pub document: String,
    pub faults: Vec<String>,
    /// How many rules of EN 16931 looked at something.
    pub fired: usize,
}

/// Writes the documents and has all of them checked in one run.
pub fn check(group: &str, documents: &[(String, String)]) -> Vec<Verdict> {
    let directory = fresh_directory(group);
    let files: Vec<PathBuf> = documents
        .iter()
        .map(|(number, text)| {
            let file = directory.join(format!("{number}.xml"));
            fs::write(&file, text).unwrap();
            file
        })
        .collect();
    let names: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    let printed = run_python("ubl_check.py", &names);
    let verdicts: Vec<Verdict> = printed.lines().map(verdict).collect();
    assert_eq!(verdicts.len(), documents.len(), "{printed}");
    verdicts
}

/// Has them checked, and fails on any fault.
pub fn find_no_fault(group: &str, documents: &[(String, String)]) {
    for verdict in check(group, documents) {
        assert!(verdict.fired >= 40, "{}: only {} rules fired", verdict.document, verdict.fired);
        assert!(verdict.faults.is_empty(), "{}:\n{}", verdict.document, verdict.faults.join("\n"));
    }
}

fn verdict(line: &str) -> Verdict {
    let read: serde_json::Value = serde_json::from_str(line).unwrap();
    let faults = read["faults"].as_array().unwrap().iter();
    Verdict {
        document: read["document"].as_str().unwrap().to_owned(),
        faults: faults.map(|fault| fault.as_str().unwrap().to_owned()).collect(),
        fired: usize::try_from(read["fired"].as_u64().unwrap()).unwrap(),
    }
}

/// A directory of this group's own under the build's temporary files.
fn fresh_directory(group: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ubl").join(group);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).unwrap();
    directory
}
