//! `leasehold demo`: what the README promises of it.

use std::process::Command;

use serde_json::Value;

use crate::support::{Place, Said};

#[test]
fn it_needs_nothing_and_writes_a_report() {
    let place = Place::new();
    let said = place.expect(0, "demo");
    assert!(said.out.ends_with("written: report/index.html\n"), "{}", said.out);
    assert!(said.out.contains("The policies compared"), "{}", said.out);
    assert_eq!(place.names(), ["report"]);
    let page = place.read("report/index.html");
    for wanted in ["<!doctype html", "</html>"] {
        assert!(page.to_lowercase().contains(wanted), "{wanted} is missing");
    }
    for outside in ["src=\"http", "href=\"http", "@import", "url(http"] {
        assert!(!page.contains(outside), "the page needs the network: {outside}");
    }
}

#[test]
fn another_place() {
    let place = Place::new();
    let said = place.expect(0, "demo --out deep/down --quiet");
    assert!(said.out.ends_with("written: deep/down/index.html\n"), "{}", said.out);
    assert_eq!(said.err, "");
}

fn count(row: &Value, key: &str) -> u128 {
    let value = &row[key];
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse().unwrap_or_else(|_| panic!("{key} is {value} in {row}"))
}

#[test]
fn its_figures_add_up() {
    let place = Place::new();
    let figures = place.expect(0, "demo --format json").json();
    let policies = figures["policies"].as_array().unwrap();
    let names: Vec<&str> =
        policies.iter().map(|policy| policy["policy"].as_str().unwrap()).collect();
    assert_eq!(names, ["none", "static", "recallable"]);
    for policy in policies {
        for rows in ["capacity", "series"] {
            for row in policy[rows].as_array().unwrap() {
                let parts = ["down", "jobs", "busy", "quiet", "recalled", "idle"];
                let sum: u128 = parts.iter().map(|part| count(row, part)).sum();
                assert_eq!(sum, count(row, "owned"), "{row}");
            }
        }
        let owned = |rows: &str| -> u128 {
            policy[rows].as_array().unwrap().iter().map(|row| count(row, "owned")).sum()
        };
        // 512 accelerators from 1 January to 1 July in Chicago, where a spring day has 23 hours.
        assert_eq!(owned("capacity"), 512 * (181 * 24 - 1) * 3_600);
        assert_eq!(owned("series"), owned("capacity"));
    }
    let recallable = &policies[2];
    assert!(!recallable["recalls"]["rows"].as_array().unwrap().is_empty(), "nothing was recalled");
    assert_eq!(policies[1]["recalls"]["rows"].as_array().unwrap().len(), 0, "firm is firm");
}

/// Everything that a call of the demo prints and writes.
fn everything(command: &mut Command, place: &Place) -> Vec<(String, Vec<u8>)> {
    let said = Said::of(command.output().unwrap());
    assert_eq!(said.code, Some(0), "{}", said.text());
    let dir = place.path().join("report");
    let mut all = vec![("stdout".to_owned(), said.out.into_bytes())];
    read_all(&dir, &mut all);
    assert!(all.iter().any(|(name, _)| name.ends_with(".pdf")), "no invoice");
    all
}

/// Every file below `dir`.
fn read_all(dir: &std::path::Path, all: &mut Vec<(String, Vec<u8>)>) {
    for name in crate::support::names_in(dir) {
        let path = dir.join(&name);
        if path.is_dir() {
            read_all(&path, all);
        } else {
            all.push((name, std::fs::read(path).unwrap()));
        }
    }
}

#[test]
fn its_bytes_do_not_depend_on_the_machine() {
    let (here, there) = (Place::new(), Place::new());
    let first = everything(&mut here.command(["demo"]), &here);
    let mut elsewhere = there.command(["demo"]);
    elsewhere
        .envs([("TZ", "Asia/Kathmandu"), ("LC_ALL", "de_DE.UTF-8"), ("LANG", "ar_EG.UTF-8")])
        .envs([("RAYON_NUM_THREADS", "7"), ("TOKIO_WORKER_THREADS", "3"), ("COLUMNS", "40")]);
    let second = everything(&mut elsewhere, &there);
    assert_eq!(first.len(), second.len());
    for (one, other) in first.iter().zip(&second) {
        assert!(one == other, "{} differs", one.0);
    }
}
