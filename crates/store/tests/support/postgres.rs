//! A server of PostgreSQL in a directory of its own, reached by a socket there.
//!
//! Debian's package `postgresql` has the programs; `./test` installs it. The server refuses to run
//! as root, so it runs as the package's user `postgres` then. It ends with the process that started
//! it, however that one ends: a shell beside it waits for that.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use leasehold_store::journal::Address;

/// How often it is asked whether it answers, 50 ms apart.
const ASKED_MAX: u32 = 600;

/// Stops the server and removes its directory once the standard input ends.
const WATCH: &str = r#"
dir=$1; bin=$2
cat >/dev/null
"$bin/pg_ctl" stop --silent --mode=immediate --pgdata="$dir/data" >/dev/null 2>&1
rm -rf "$dir"
"#;

pub struct Cluster {
    dir: PathBuf,
    bin: PathBuf,
    databases: AtomicU32,
    // Its standard input ends with this process.
    _watch: Child,
}

/// The server that the tests of one process share.
pub fn shared() -> &'static Cluster {
    static SHARED: OnceLock<Cluster> = OnceLock::new();
    SHARED.get_or_init(Cluster::start)
}

impl Cluster {
    pub fn start() -> Cluster {
        let bin = programs();
        let dir = tempfile::Builder::new().prefix("leasehold-pg-").tempdir().unwrap().keep();
        if root() {
            succeed(Command::new("chown").arg("postgres").arg(&dir));
        }
        let data = dir.join("data");
        let mut init = as_postgres(&bin.join("initdb"));
        init.args(["--no-sync", "--auth=trust", "--username=desk", "--encoding=UTF8"]);
        succeed(init.args(["--locale=C.UTF-8", "--pgdata"]).arg(&data));
        let mut watch = as_postgres(Path::new("sh"));
        watch.args(["-c", WATCH, "watch"]).arg(&dir).arg(&bin);
        let watch = watch.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let cluster = Cluster { dir, bin, databases: AtomicU32::new(0), _watch: watch };
        cluster.control(&["start"]);
        cluster
    }

    /// `pg_ctl` with these words; answers once the server has done so.
    pub fn control(&self, words: &[&str]) {
        // fsync stays on: what is acknowledged must be on the disk.
        let options = format!(
            "-c listen_addresses= -k {} -c port=5432 -c max_connections=60",
            self.dir.display()
        );
        let mut command = as_postgres(&self.bin.join("pg_ctl"));
        command.args(words).args(["--silent", "--wait", "--pgdata"]).arg(self.dir.join("data"));
        command.arg("--log").arg(self.dir.join("log")).args(["--options", &options]);
        if !command.stdout(Stdio::null()).status().unwrap().success() {
            let log = fs::read_to_string(self.dir.join("log")).unwrap_or_default();
            panic!("pg_ctl {words:?} failed:\n{log}");
        }
    }

    /// Runs a statement as its owner and answers with what `psql` prints.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut command = Command::new(self.bin.join("psql"));
        command.args(["--no-psqlrc", "--tuples-only", "--no-align", "--username=desk", "--host"]);
        command.arg(&self.dir).args([database, "--command", sql]);
        let said = command.output().unwrap();
        match said.status.success() {
            true => Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned()),
            false => Err(String::from_utf8_lossy(&said.stderr).into_owned()),
        }
    }

    /// A program of the package, to be run against this server.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command.args(["--username=desk", "--host"]).arg(&self.dir);
        command
    }

    /// The name of an empty database.
    pub fn database(&self) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}")).unwrap();
        name
    }

    pub fn address(&self, database: &str) -> Address {
        self.url(database).parse().unwrap()
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=desk", self.dir.display())
    }

    /// Waits until it takes connections.
    pub fn wait(&self) {
        for _ in 0..ASKED_MAX {
            let mut ready = self.program("pg_isready");
            if ready.stdout(Stdio::null()).status().unwrap().success() {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL does not answer");
    }
}

/// Where the programs are: on Debian in a directory of their version, elsewhere on the path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| {
        panic!(
            "PostgreSQL is missing: install Debian's package `postgresql`, or run ./test, which \
             does (looked for /usr/lib/postgresql/*/bin/initdb)"
        )
    })
}

fn root() -> bool {
    let said = Command::new("id").arg("--user").output().unwrap();
    String::from_utf8_lossy(&said.stdout).trim() == "0"
}

/// A command that does not run as root.
fn as_postgres(program: &Path) -> Command {
    if !root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
    command
}

fn succeed(command: &mut Command) {
    let said = command.output().unwrap();
    assert!(said.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said.stderr));
}
