//! The gateway's commands from the outside.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use crate::support::{Place, root};

const CONFIG: &str = "table = \"table.json\"\nstate = \"state\"\n\
                      [[listen]]\naddress = \"127.0.0.1:0\"\n";

/// The keys that a table of the configuration knows, from the message about one that it does not.
fn known_keys(place: &Place, table: &str) -> BTreeSet<String> {
    let text = match table {
        "" => format!("surely_unknown = 1\n{CONFIG}"),
        "[[listen]]" => format!("{CONFIG}surely_unknown = 1\n"),
        _ => format!("{CONFIG}{table}\nsurely_unknown = 1\n"),
    };
    place.file("gateway.toml", text);
    let said = place.expect(3, "gateway check gateway.toml").err;
    let (_, list) = said.split_once(", expected ").unwrap_or_else(|| panic!("{said}"));
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The keys that the page describes under a heading.
fn told_keys(page: &str, heading: &str) -> BTreeSet<String> {
    let (_, rest) = page.split_once(&format!("\n{heading}\n")).unwrap();
    let part = rest.split("\n#").next().unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect()
}

#[test]
fn every_key_of_the_configuration_is_documented() {
    let place = Place::new();
    let page = fs::read_to_string(root().join("docs/gateway.md")).unwrap();
    for (table, heading) in [
        ("", "### The configuration itself"),
        ("[[listen]]", "### `[[listen]]`"),
        ("[admin]", "### `[admin]`"),
        ("[engines]", "### `[engines]`"),
        ("[health]", "### `[health]`"),
        ("[limits]", "### `[limits]`"),
        ("[meter]", "### `[meter]`"),
        ("[stop]", "### `[stop]`"),
    ] {
        assert_eq!(told_keys(&page, heading), known_keys(&place, table), "{heading}");
    }
}

#[test]
fn what_cannot_be_used_is_said() {
    let place = Place::new();
    place.file("gateway.toml", CONFIG.replace("127.0.0.1:0", "nowhere"));
    let said = place.expect(3, "gateway check gateway.toml").err;
    assert!(said.contains("`gateway.toml`") && said.contains("socket address"), "{said}");
    place.file("gateway.toml", CONFIG);
    let said = place.expect(1, "gateway check gateway.toml").out;
    assert!(said.contains("table.json: it cannot be read"), "{said}");
    let said = place.expect(3, "gateway drain r0 --config gateway.toml").err;
    assert!(said.contains("no table `admin`"), "{said}");
    place.file("token", "0123456789abcdef\n");
    let away = "gateway replicas --admin 127.0.0.1:1 --token-file token";
    assert!(place.expect(3, away).err.contains("no gateway answers at http://127.0.0.1:1"));
}

/// A process of the binary that tells, on standard error, where it listens.
struct Running {
    child: Child,
    said: mpsc::Receiver<String>,
}

impl Running {
    fn start(place: &Place, line: &str) -> Running {
        let mut command = place.command(line.split_whitespace());
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (tell, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        Running { child, said }
    }

    /// What follows `words` in the first line that has them.
    fn hears(&self, words: &str) -> String {
        loop {
            let line = self.said.recv_timeout(PATIENCE).expect(words);
            if let Some((_, rest)) = line.split_once(words) {
                return rest.to_owned();
            }
        }
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How long a test waits for what must come: far longer than it ever takes.
const PATIENCE: Duration = Duration::from_secs(60);
const TOKEN: &str = "0123456789abcdef";

/// A gateway's configuration, a table with one key, and an engine behind it.
fn ground(place: &Place, pace: &str) -> (Running, String) {
    let engine = Running::start(place, &format!("gateway engine --listen 127.0.0.1:0 {pace}"));
    let engine_at = engine.hears("at http://");
    let made = place.expect(0, "gateway key --lease chat").out;
    let (key, entry) = made.trim().split_once('\n').unwrap();
    place.file(
        "table.json",
        format!(
            r#"{{"format":1,"version":1,"leases":[{{"lease":"chat","tenant":"acme","requests":64,
            "waiting":64,"wait_ms":2000,"models":["simulated"]}}],"keys":[{entry}],
            "models":[{{"model":"simulated","replicas":[{{"replica":"r0",
            "url":"http://{engine_at}","slots":64,"dialect":"continuous"}}]}}]}}"#
        ),
    );
    place.file(
        "gateway.toml",
        format!("{CONFIG}[admin]\naddress = \"127.0.0.1:0\"\ntoken = \"{TOKEN}\"\n"),
    );
    (engine, key.to_owned())
}

/// Asks for a stream of `tokens`; gives all that came until the connection ended.
fn ask(address: &str, key: &str, tokens: u32) -> String {
    let body = format!(r#"{{"model":"simulated","stream":true,"max_tokens":{tokens}}}"#);
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-api-key: {key}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let Ok(mut stream) = TcpStream::connect(address) else { return String::new() };
    let _ = stream.set_read_timeout(Some(PATIENCE));
    let mut heard = Vec::new();
    let _ = stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.read_to_end(&mut heard).map(drop));
    String::from_utf8_lossy(&heard).into_owned()
}

/// The id that an answer was given.
fn id_of(answer: &str) -> Option<String> {
    answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).map(str::to_owned)
}

fn records(place: &Place) -> Vec<serde_json::Value> {
    let said = place.expect(0, "gateway records state/meter").out;
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn sigterm_lets_answers_finish_and_all_are_on_record() {
    let place = Place::new();
    let (_engine, key) = ground(&place, "--first-token-ms 1 --each-token-ms 10");
    let mut gateway = Running::start(&place, "gateway --config gateway.toml");
    let address = gateway.hears("listening at http://");
    let streams: Vec<_> = (0..8)
        .map(|_| {
            let (address, key) = (address.clone(), key.clone());
            std::thread::spawn(move || ask(&address, &key, 60))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(200));
    gateway.signal("-TERM");
    let answers: Vec<String> = streams.into_iter().map(|one| one.join().unwrap()).collect();
    assert!(answers.iter().all(|answer| answer.contains("[DONE]")), "{answers:?}");
    assert_eq!(gateway.hears("stopped: "), "8 records written, 0 connections cut");
    assert_eq!(gateway.child.wait().unwrap().code(), Some(0));
    let records = records(&place);
    assert_eq!(records.len(), 8);
    assert!(records.iter().all(|record| record["output"] == 60 && record["outcome"] == "served"));
}

#[test]
fn a_running_gateway_is_drained_watched_and_given_another_table() {
    let place = Place::new();
    let (_engine, key) = ground(&place, "--first-token-ms 1 --each-token-ms 1");
    let gateway = Running::start(&place, "gateway --config gateway.toml");
    let address = gateway.hears("listening at http://");
    let admin = gateway.hears("admin at http://");
    place.file("token", TOKEN);
    let at = format!("--admin {admin} --token-file token");
    assert!(ask(&address, &key, 5).contains("[DONE]"));
    let top = place.expect(0, &format!("gateway top --once {at}")).out;
    assert!(top.contains("0/64") && top.contains("r0") && top.contains("serving"), "{top}");
    let said = place.expect(0, &format!("gateway drain r0 --deadline 5s {at}")).out;
    assert_eq!(said, "drained 1 replica: 0 were under way, none was cut\n");
    let listed = place.expect(0, &format!("gateway replicas --format json {at}")).json();
    assert_eq!(listed["replicas"][0]["state"], "left");
    assert!(place.expect(3, &format!("gateway drain r9 {at}")).err.contains("no replica `r9`"));
    place.expect(0, &format!("gateway return r0 {at}"));
    assert!(ask(&address, &key, 5).contains("[DONE]"));
    // Another table within a second, and one that cannot be used changes nothing.
    let table = place.read("table.json");
    place.file("table.json", "{broken");
    gateway.hears("table 1 stays in use");
    let next = table.replace("\"version\":1", "\"version\":2").replace("\"chat\"", "\"talk\"");
    place.file("table.json", next);
    gateway.hears("table 2 is taken up");
    assert!(ask(&address, &key, 5).contains("[DONE]"));
    let leases: Vec<_> = records(&place).iter().map(|record| record["lease"].clone()).collect();
    assert_eq!(leases, ["chat", "chat", "talk"]);
    // Without the file it starts from what it kept.
    drop(gateway);
    std::fs::remove_file(place.path().join("table.json")).unwrap();
    let gateway = Running::start(&place, "gateway --config gateway.toml");
    gateway.hears("table 2 is taken up from the disk");
    assert!(ask(&gateway.hears("listening at http://"), &key, 5).contains("[DONE]"));
}

/// How often the gateway is killed.
const KILLS: u32 = 50;

#[test]
fn no_answer_is_given_to_its_end_without_its_record_whenever_the_gateway_is_killed() {
    let place = Place::new();
    let (_engine, key) = ground(&place, "--first-token-ms 1 --each-token-ms 0");
    let delivered = Arc::new(Mutex::new(Vec::new()));
    for life in 0..KILLS {
        let gateway = Running::start(&place, "gateway --config gateway.toml");
        let address = gateway.hears("listening at http://");
        let clients: Vec<_> = (0..4)
            .map(|client| {
                let (address, key, delivered) = (address.clone(), key.clone(), delivered.clone());
                std::thread::spawn(move || {
                    for n in 0..100_000_u32 {
                        let answer = ask(&address, &key, 1 + (n * 7 + client) % 20);
                        if answer.is_empty() {
                            return;
                        }
                        if answer.contains("[DONE]") {
                            delivered.lock().unwrap().extend(id_of(&answer));
                        }
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(u64::from(20 + life * 37 % 90)));
        gateway.signal("-KILL");
        for client in clients {
            client.join().unwrap();
        }
    }
    let delivered = std::mem::take(&mut *delivered.lock().unwrap());
    let ids: Vec<String> =
        records(&place).iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect();
    let once: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "a record is there twice");
    let lost: Vec<_> = delivered.iter().filter(|id| !once.contains(id)).collect();
    assert!(lost.is_empty(), "{lost:?} were given to their end and are not on record");
    assert!(delivered.len() > KILLS as usize, "hardly anything was served: {}", delivered.len());
    println!("{KILLS} kills: {} delivered, {} on record", delivered.len(), ids.len());
}
