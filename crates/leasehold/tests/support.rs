//! Calls the real binary in a directory of its own and keeps what it said.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A directory in which the command runs, gone after the test.
pub struct Place {
    dir: TempDir,
}

impl Place {
    /// An empty one.
    pub fn new() -> Self {
        Place { dir: tempfile::tempdir().unwrap() }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file there.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path().join(name), bytes).unwrap();
        self
    }

    /// The command with these arguments, not yet run, in an environment that is the same everywhere.
    pub fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leasehold"));
        command.args(args).current_dir(self.path());
        command.env_clear().env("PATH", "/usr/bin:/bin");
        command
    }

    /// Runs the command line `leasehold <line>`, split at spaces.
    pub fn run(&self, line: &str) -> Said {
        Said::of(self.command(line.split_whitespace()).output().unwrap())
    }

    /// Runs `leasehold <line>` and expects it to end with `code`.
    pub fn expect(&self, code: i32, line: &str) -> Said {
        let said = self.run(line);
        assert_eq!(said.code, Some(code), "{}", said.text());
        said
    }

    /// A text file there.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The names of what lies there, in order.
    pub fn names(&self) -> Vec<String> {
        names_in(self.path())
    }
}

/// The names of what lies in a directory, in order.
pub fn names_in(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What a call said and how it ended.
pub struct Said {
    pub out: String,
    pub err: String,
    pub code: Option<i32>,
}

impl Said {
    /// From a finished process.
    pub fn of(output: Output) -> Self {
        Said {
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code(),
        }
    }

    /// All of it as one text, for snapshots.
    pub fn text(&self) -> String {
        let mut text =
            format!("exit {}\n", self.code.map_or("by signal".into(), |c| c.to_string()));
        for (name, said) in [("stdout", &self.out), ("stderr", &self.err)] {
            if !said.is_empty() {
                let _ = write!(text, "--- {name}\n{said}");
            }
        }
        text
    }

    /// Its standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

/// A scenario of the repository with the paths that it names made absolute.
pub fn scenario(name: &str) -> String {
    let path = root().join("examples/scenarios").join(name);
    let examples = root().join("examples");
    fs::read_to_string(path).unwrap().replace("\"../", &format!("\"{}/", examples.display()))
}

/// The text with `<hash>` for each run of 64 hexadecimal digits: hashes depend on all that is
/// hashed and would make a snapshot of everything.
pub fn without_hashes(text: &str) -> String {
    let mut out = String::new();
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut rest = text;
    while let Some(start) = rest.find(is_hex) {
        let (before, at) = rest.split_at(start);
        let run = at.find(|c| !is_hex(c)).unwrap_or(at.len());
        out += before;
        out += if run == 64 { "<hash>" } else { &at[..run] };
        rest = &at[run..];
    }
    out + rest
}
