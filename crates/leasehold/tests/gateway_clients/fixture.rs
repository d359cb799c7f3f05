//! A gateway that runs before llama.cpp's own server, and scripts that are its clients.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Place, root};

/// The interpreter that has the clients and the server.
fn python() -> PathBuf {
    let python = root().join("target/tools/clients/bin/python");
    assert!(
        python.exists(),
        "{} is missing: run ./test once, which installs the packages of \
         tools/requirements-clients.txt",
        python.display()
    );
    python
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// llama.cpp's own server with a small model.
pub struct Engine {
    /// Where it answers.
    pub url: String,
    _running: Running,
}

impl Engine {
    /// Starts one that says text.
    pub fn text(place: &Place) -> Engine {
        Engine::start(place, &[], &["--name", "tiny"])
    }

    /// One that calls tools.
    pub fn calls(place: &Place) -> Engine {
        Engine::start(place, &["--calls"], &["--name", "tiny-calls"])
    }

    /// One that makes embeddings.
    pub fn embeddings(place: &Place) -> Engine {
        Engine::start(place, &[], &["--name", "tiny-embed", "--embeddings"])
    }

    fn start(place: &Place, model: &[&str], serve: &[&str]) -> Engine {
        let file = place.path().join(format!("{}.gguf", serve[1]));
        let tools = root().join("tools/engine");
        let mut write = Command::new(python());
        write.arg(tools.join("model.py")).arg(&file).args(model);
        assert!(write.status().unwrap().success());
        let mut serving = Command::new(python());
        serving.arg(tools.join("serve.py")).arg(&file).args(serve);
        // It stays while its standard input is open, which is as long as we live.
        serving.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running = Running(serving.spawn().unwrap());
        let mut url = String::new();
        let said = BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut url);
        assert!(said.unwrap() > 0, "llama.cpp's server did not start: {serve:?}");
        Engine { url: url.trim().to_owned(), _running: running }
    }
}

/// A model of the admission table with one replica.
pub fn model(name: &str, url: &str, dialect: &str) -> Value {
    let replica = json!({ "replica": format!("{name}-1"), "url": url, "slots": 64,
                          "dialect": dialect });
    json!({ "model": name, "replicas": [replica] })
}

/// A gateway that runs, with a lease `chat` that may do much and one, `narrow`, that may do little.
pub struct Gateway<'a> {
    place: &'a Place,
    base: String,
    keys: Value,
    running: Running,
}

impl<'a> Gateway<'a> {
    /// Starts one for those models; `limits` is that table of its configuration.
    pub fn start(place: &'a Place, models: &[Value], limits: &str) -> Gateway<'a> {
        let names: Vec<_> = models.iter().map(|model| &model["model"]).collect();
        let lease = |lease: &str, requests: u32, waiting: u32| {
            json!({ "lease": lease, "tenant": "acme", "requests": requests, "waiting": waiting,
                    "wait_ms": 200, "models": names })
        };
        let (chat, chat_entry) = key(place, "chat");
        let (narrow, narrow_entry) = key(place, "narrow");
        let table = json!({
            "format": 1, "version": 1,
            "leases": [lease("chat", 64, 64), lease("narrow", 1, 0)],
            "keys": [chat_entry, narrow_entry],
            "models": models,
        });
        place.file("table.json", table.to_string());
        // Nobody asks how replicas are: what a test does to one is what the gateway sees.
        let config = format!(
            "table = \"table.json\"\nstate = \"state\"\n[health]\npath = \"\"\n\
             [limits]\n{limits}\n[[listen]]\naddress = \"127.0.0.1:0\"\n"
        );
        place.file("gateway.toml", config);
        let mut command = place.command(["gateway", "--config", "gateway.toml"]);
        command.stderr(Stdio::piped());
        let mut running = Running(command.spawn().unwrap());
        let mut said = BufReader::new(running.0.stderr.take().unwrap());
        let base = heard(&mut said, "listening at ", "table 1 ");
        // It may say more; nobody who does not listen holds it up.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let keys = json!({ "chat": chat, "narrow": narrow });
        Gateway { place, base, keys, running }
    }

    /// Runs a script of `tools/clients`; gives the lines that it printed. `more` is what it must
    /// know besides.
    pub fn run(&self, script: &str, engine: &str, more: Value) -> Vec<Value> {
        let mut scene = json!({ "base": self.base, "engine": engine, "keys": self.keys });
        scene.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let script = root().join("tools/clients").join(script);
        let done = Command::new(python()).arg(&script).arg(scene.to_string()).output().unwrap();
        let said = String::from_utf8(done.stdout).unwrap();
        assert!(
            done.status.success(),
            "{} failed:\n{said}\n{}",
            script.display(),
            String::from_utf8_lossy(&done.stderr)
        );
        println!("{said}");
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Stops it as an operator does; gives its records.
    pub fn stop(mut self) -> Vec<Value> {
        let pid = self.running.0.id().to_string();
        assert!(Command::new("kill").arg(&pid).status().unwrap().success());
        assert!(self.running.0.wait().unwrap().success());
        let said = self.place.expect(0, "gateway records state/meter");
        said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A new key of `lease`, and what the table holds of it.
fn key(place: &Place, lease: &str) -> (String, Value) {
    let said = place.expect(0, &format!("gateway key --lease {lease}"));
    let (key, entry) = said.out.trim().split_once('\n').unwrap();
    (key.to_owned(), serde_json::from_str(entry).unwrap())
}

/// Listens until both were said; gives the word after the first.
fn heard(said: &mut impl BufRead, first: &str, second: &str) -> String {
    let (mut found, mut both) = (None, false);
    let mut all = String::new();
    while found.is_none() || !both {
        let mut line = String::new();
        assert!(said.read_line(&mut line).unwrap() > 0, "the gateway ended:\n{all}");
        if let Some((_, rest)) = line.split_once(first) {
            found = Some(rest.trim().to_owned());
        }
        both |= line.contains(second);
        all.push_str(&line);
    }
    found.unwrap()
}
