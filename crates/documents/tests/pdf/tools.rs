//! Programs that read PDF: poppler's and qpdf. `./test` installs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A directory of documents that goes when it is dropped.
pub struct Files(tempfile::TempDir);

impl Files {
    pub fn new() -> Self {
        Files(tempfile::tempdir().unwrap())
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(format!("{name}.pdf"));
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn run(program: &str, package: &str, arguments: &[&str]) -> Output {
    let done = Command::new(program).args(arguments).output();
    let done = done.unwrap_or_else(|error| {
        panic!("{program} of the package {package} cannot be run ({error}): run ./test once")
    });
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && said.is_empty(), "{program} {arguments:?}:\n{said}");
    done
}

fn pdftotext(file: &Path, options: &[&str]) -> String {
    let name = file.to_str().unwrap();
    let arguments = [options, &["-enc", "UTF-8", name, "-"]].concat();
    let done = run("pdftotext", "poppler-utils", &arguments);
    String::from_utf8(done.stdout).unwrap()
}

/// The text as it stands on the pages, which a form feed ends.
pub fn text(file: &Path) -> String {
    trimmed(&pdftotext(file, &["-layout"]))
}

/// The text of the first page.
pub fn first_page(file: &Path) -> String {
    trimmed(&pdftotext(file, &["-layout", "-l", "1"]))
}

/// Without blanks at the ends of lines.
fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// The words of all pages.
pub fn words(file: &Path) -> Vec<String> {
    pdftotext(file, &["-raw"]).split_whitespace().map(str::to_owned).collect()
}

/// What `pdfinfo` says under a name.
pub fn info(file: &Path, name: &str) -> String {
    let done = run("pdfinfo", "poppler-utils", &[file.to_str().unwrap()]);
    let said = String::from_utf8(done.stdout).unwrap();
    let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("pdfinfo says nothing of {name}:\n{said}")).trim().to_owned()
}

/// Checks syntax and streams.
pub fn qpdf(file: &Path) {
    run("qpdf", "qpdf", &["--check", file.to_str().unwrap()]);
}
