//! The page.

use std::path::{Path, PathBuf};

use leasehold::report;
use leasehold_sim::figures::Figures;

use super::fixture;

/// Where reports of tests are written, to be looked at.
pub fn write(name: &str, figures: &Figures) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(name);
    report::write(&dir, figures).unwrap();
    dir.join("index.html")
}

#[test]
fn samples() {
    write("figures", &fixture::figures());
    write("stopped", &fixture::stopped());
    write("empty", &fixture::empty());
    write("hostile", &fixture::hostile());
}
