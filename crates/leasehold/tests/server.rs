//! A desk is begun, served, asked, and stopped, as people do it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::support::{Place, root};

/// A server that is stopped with the test.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

/// The status line and the body of an answer.
fn ask(address: &str, key: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
         connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

#[test]
fn a_desk_is_begun_served_and_stopped() {
    let place = Place::new();
    let fleet = root().join("examples/fleets/hall-512.toml");
    let setup = format!(
        "setup --database sqlite:desk.db --fleet {} --owner owner --owner-name Owner \
         --login ada@owner.example --name Ada",
        fleet.display()
    );
    let key = place.expect(0, &setup).out.trim().to_owned();
    assert!(key.starts_with("lhk_"), "{key}");
    let again = place.expect(3, &setup).err;
    assert!(again.contains("holds a desk with 3 entries already"), "{again}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_leasehold"))
        .args(["serve", "--database", "sqlite:desk.db", "--listen", "127.0.0.1:0"])
        .current_dir(place.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let child = Serving(child);
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let address =
        line.trim().strip_prefix("serving at http://").unwrap_or_else(|| panic!("{line}"));
    let (status, body) = ask(address, "", "/ready");
    assert_eq!(status, "HTTP/1.1 200 OK", "{body}");
    assert!(body.contains("\"standing\":\"leads\""), "{body}");
    let (status, body) = ask(address, &key, "/v1/session");
    assert_eq!(status, "HTTP/1.1 200 OK", "{body}");
    assert!(body.contains("\"roles\":[\"admin\"]"), "{body}");
    assert_eq!(ask(address, "", "/v1/leases").0, "HTTP/1.1 401 Unauthorized");
    let stop = Command::new("kill").arg(child.0.id().to_string()).status().unwrap();
    assert!(stop.success());
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert_eq!(rest.trim(), "stopped");
    let mut child = child;
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
}

#[test]
fn the_configuration_is_explained_and_its_faults_are_told() {
    let place = Place::new();
    let explained =
        place.expect(0, "config explain --listen 127.0.0.1:9 --database postgres://a:b@h/n").out;
    assert!(explained.contains("listen = 127.0.0.1:9  (flag)"), "{explained}");
    assert!(explained.contains("database = postgres://a:…@h/n  (flag)"), "{explained}");
    place.file("server.toml", "listne = \"x\"\n");
    let faults = place.expect(3, "config explain --config server.toml").err;
    assert!(faults.contains("`listne` (server.toml): there is no such key"), "{faults}");
}
