//! `leasehold lease bill`, `leasehold invoice …`, `leasehold books …` on the example, and what they
//! say where something is wrong.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::support::{Place, Said, names_in, root};

/// The day through which the example is run: the lease has ended and its deposit is paid back.
const THROUGH: &str = "2027-11-30";

fn example(name: &str) -> String {
    root().join("examples").join(name).display().to_string()
}

/// The term sheet and the events of the example, as arguments.
fn sources() -> String {
    format!("{} --events {}", example("leases/books.toml"), example("events/books.jsonl"))
}

fn bill(place: &Place, more: &str) -> Said {
    place.expect(0, &format!("lease bill {} --through {THROUGH} {more}", sources()))
}

#[test]
fn the_example_in_words() {
    insta::assert_snapshot!(bill(&Place::new(), "").text());
}

/// The example by hand. Fees in EUR: `first` 930,000.00 a month, half of it in February, three
/// quarters in March; `second` 432,000.00, a month in advance, from April. Tax 19 %, from October
/// 20 %. Tokens by the million: input 0.60, cached 0.06, output 2.40; at least 60,000.00 of use every
/// three months.
#[test]
fn the_example_by_hand() {
    let found = bill(&Place::new(), "--format json").json();
    let invoices = found["invoices"].as_array().unwrap();
    let amounts = |n: usize| -> Vec<&str> {
        let lines = invoices[n]["lines"].as_array().unwrap();
        lines.iter().map(|line| line["amount"].as_str().unwrap()).collect()
    };
    // 1/2 x 930,000; 20,000 x 0.60; 50,000 x 0.06; 2,500 x 2.40.
    assert_eq!(amounts(0), ["465000.00", "12000.00", "3000.00", "6000.00"]);
    // 3/4 x 930,000; 10,000 x 0.60; 2,500 x 2.40; April of `second`, of which nothing had come.
    assert_eq!(amounts(1), ["697500.00", "6000.00", "6000.00", "432000.00", "-432000.00"]);
    // 60,000 - 21,000 - 12,000 of use; April; 20 of April's 30 days of `second` after all, which
    // came on the 11th; May of it; six days late after four of grace: 6 x 10 % x 432,000 / 30.
    assert_eq!(amounts(2), ["27000.00", "930000.00", "288000.00", "432000.00", "-8640.00"]);
    // April's use, learnt of in May: 4,000 x 0.60, and as much off the true-up by a credit note.
    // Availability in May: 256 units off for 12 hours are 3,072 of 656 x 744 = 488,064 hours, so
    // 99.37 %: 5 % of 1,362,000.
    assert_eq!(amounts(3), ["2400.00", "930000.00", "432000.00", "-68100.00"]);
    assert_eq!(found["credit_notes"][0]["net"], "2400.00");
    // 128 units for 10 days, twice, 64 of them for 5 days in both: 2,240 of 512 x 30 unit-days of
    // 930,000; and 2,240 x 24 hours at 0.90.
    assert_eq!(amounts(4), ["930000.00", "432000.00", "-135625.00", "-48384.00"]);
    // A gesture in June: 12,500 and 19 %.
    assert_eq!(found["credit_notes"][1]["total"], "14875.00");
    assert_eq!(amounts(5), ["930000.00", "45000.00", "24000.00", "432000.00"]);
    // July's use, learnt of in August: 756 accelerators for an hour, of which 656 are entitled.
    assert_eq!(amounts(6), ["420.00", "930000.00", "432000.00"]);
    // October of `second` is taxed by October's rate.
    assert_eq!(invoices[7]["tax"], "263100.00");
    // The last month: 60,000 of use, as much as was promised. Nothing of `second`: it was invoiced
    // in advance. By its notice of 3 August the tenant left 90 days later, on 1 November.
    assert_eq!(amounts(8), ["930000.00", "30000.00", "6000.00", "24000.00"]);
    assert_eq!(invoices.len(), 9);
    let open = |n: usize| invoices[n]["open"].as_str().unwrap();
    assert_eq!([open(6), open(7), open(8)], ["0.00", "1625100.00", "1188000.00"]);
    assert_eq!(invoices[7]["overdue_days"], 30);
    let told = &found["events"];
    assert_eq!([&told["repeated"], &told["conflicts"], &told["later"]], [1, 1, 0]);
    assert_eq!(found["held"]["deposit"], "0.00");
    assert!(found["parked"].is_null() && found["findings"].as_array().unwrap().is_empty());
}

#[test]
fn every_entry_balances_and_the_balances_are_their_sum() {
    let place = Place::new();
    let found = bill(&place, "--format json").json();
    let minor = |value: &Value| -> i128 {
        value.as_str().map_or(0, |text| text.replace('.', "").parse().unwrap())
    };
    let mut held = std::collections::BTreeMap::<String, i128>::new();
    for entry in found["entries"].as_array().unwrap() {
        let mut sum = 0;
        for posting in entry["postings"].as_array().unwrap() {
            let amount = minor(&posting["debit"]) - minor(&posting["credit"]);
            sum += amount;
            *held.entry(posting["account"].as_str().unwrap().to_owned()).or_default() += amount;
        }
        assert_eq!(sum, 0, "{entry}");
    }
    let line = format!("books trial-balance {} --at {THROUGH} --format json", sources());
    let balance = place.expect(0, &line).json();
    let rows = balance["accounts"].as_array().unwrap();
    assert_eq!(rows.len(), held.len());
    for row in rows.iter().chain(found["balances"].as_array().unwrap()) {
        let amount = minor(&row["debit"]) - minor(&row["credit"]);
        assert_eq!(held[row["account"].as_str().unwrap()], amount, "{row}");
    }
}

/// What was learnt later does not change what a date held: a run through a later day and a run
/// through that date agree on it.
#[test]
fn a_trial_balance_does_not_depend_on_what_came_later() {
    let place = Place::new();
    let line = format!("books export {} --through {THROUGH} --as csv --out all", sources());
    place.expect(0, &line);
    let posted = place.read("all/postings.csv");
    for at in ["2027-03-31", "2027-05-31", "2027-06-15", "2027-10-31"] {
        place.expect(0, &format!("books export {} --through {at} --as csv --out then", sources()));
        let by_then = |row: &&str| row.split(',').nth(1).is_some_and(|date| date <= at);
        let (head, rows) = posted.split_once('\n').unwrap();
        let kept: Vec<&str> = rows.lines().filter(by_then).collect();
        assert_eq!(
            place.read("then/postings.csv"),
            format!("{head}\n{}\n", kept.join("\n")),
            "{at}"
        );
    }
}

#[test]
fn bill_writes_every_document_and_an_index() {
    let place = Place::new();
    fs::create_dir(place.path().join("bill")).unwrap();
    place.file("bill/mine.txt", "mine");
    let said = bill(&place, "--out bill");
    assert!(said.out.ends_with("\nwritten: bill/index.json\n"), "{}", said.text());
    assert_eq!(said.err, "");
    let documents = names_in(&place.path().join("bill/havel"));
    assert_eq!(documents.len(), 22, "{documents:?}");
    let names = names_in(&place.path().join("bill"));
    insta::assert_snapshot!(names.join("\n"), @r"
    books.journal
    documents.csv
    havel
    index.json
    lines.csv
    mine.txt
    postings.csv
    taxes.csv
    trial_balance.csv
    ");
    let index: Value = serde_json::from_str(&place.read("bill/index.json")).unwrap();
    assert_eq!(index, bill(&place, "--format json").json());
    for invoice in index["invoices"].as_array().unwrap() {
        let number = invoice["number"].as_str().unwrap();
        let total = invoice["total"].as_str().unwrap();
        let xml = place.read(&format!("bill/havel/{number}.xml"));
        assert!(xml.contains(&format!(">{total}</cbc:TaxInclusiveAmount>")), "{number}");
        let pdf = fs::read(place.path().join(format!("bill/havel/{number}.pdf"))).unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "{number}");
    }
    // Again over what is there: the same bytes.
    let before = fs::read(place.path().join("bill/havel/HR-000005.pdf")).unwrap();
    bill(&place, "--out bill");
    assert_eq!(fs::read(place.path().join("bill/havel/HR-000005.pdf")).unwrap(), before);
}

#[test]
fn the_journal_of_the_example_is_sound_to_hledger() {
    let place = Place::new();
    let line =
        format!("books export {} --through {THROUGH} --as hledger --out b.journal", sources());
    assert_eq!(place.expect(0, &line).out, "written: b.journal\n");
    let checks = ["check", "--strict", "ordereddates", "payees", "uniqueleafnames"];
    let output = Command::new("hledger")
        .args(["-f", "b.journal"])
        .args(checks)
        .current_dir(place.path())
        .output()
        .unwrap_or_else(|error| panic!("hledger: {error}; ./test installs it, once"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = place.expect(0, &line.replace(" --out b.journal", ""));
    assert_eq!(printed.out, place.read("b.journal"));
}

#[test]
fn exports_have_their_files() {
    let place = Place::new();
    for (format, some) in [
        ("csv", "lines.csv"),
        ("focus", "focus_invoice_detail.csv"),
        ("ubl", "havel/HG-000001.xml"),
        ("pdf", "havel/HG-000002.pdf"),
    ] {
        let line = format!("books export {} --through {THROUGH} --as {format}", sources());
        let said = place.expect(0, &format!("{line} --out {format}"));
        assert!(said.out.contains(&format!("written: {format}/{some}\n")), "{}", said.text());
        insta::assert_snapshot!("no-place", place.expect(2, &line).text());
    }
}

#[test]
fn statements() {
    let place = Place::new();
    let line = format!("books statement {} --through 2027-07-31 --from 2027-05-01", sources());
    insta::assert_snapshot!(place.expect(0, &line).text());
    let held = format!("{line} --account liabilities:deposits --tenant isar");
    insta::assert_snapshot!("no-account", place.expect(2, &held).text());
    let held = format!("{line} --account revenue:credits:recall --tenant isar --format json");
    insta::assert_snapshot!(place.expect(0, &held).text());
    insta::assert_snapshot!("no-tenant", place.expect(3, &format!("{line} --tenant x")).text());
    let line = line.replace("05-01", "08-01");
    insta::assert_snapshot!("no-span", place.expect(2, &line).text());
}

#[test]
fn statements_as_pdf() {
    let place = Place::new();
    let line = format!("books statement {} --through 2027-07-31 --pdf out", sources());
    let said = place.expect(0, &line);
    assert!(said.out.ends_with("\nwritten: out/isar-EUR.pdf\n"), "{}", said.text());
    assert!(fs::read(place.path().join("out/isar-EUR.pdf")).unwrap().starts_with(b"%PDF-"));
}

#[test]
fn a_trial_balance_in_words() {
    let line = format!("books trial-balance {} --at 2027-06-30", sources());
    insta::assert_snapshot!(Place::new().expect(0, &line).text());
}

#[test]
fn invoices_one_by_one() {
    let place = Place::new();
    let sources = format!("{} --through 2027-06-30", sources());
    insta::assert_snapshot!("list", place.expect(0, &format!("invoice list {sources}")).text());
    let show = |number: &str| place.run(&format!("invoice show {number} {sources}")).text();
    insta::assert_snapshot!("show-note", show("HG-000002"));
    insta::assert_snapshot!("show-unknown", show("HR-000099"));
    let explain = |more: &str| place.run(&format!("invoice explain HR-000003 {sources} {more}"));
    insta::assert_snapshot!("explain-line", explain("--line 5").text());
    insta::assert_snapshot!("explain-no-line", explain("--line 6").text());
    assert_eq!(explain("--format json").json()["lines"].as_array().unwrap().len(), 5);
    let shown = place.expect(0, &format!("invoice show HR-000004 {sources} --format json")).json();
    assert_eq!(shown["total"], "1542597.00");
    assert_eq!(shown["settlements"].as_array().unwrap().len(), 2);
}

/// The smallest lease, and events about it.
fn minimal(events: &str) -> Place {
    let place = Place::new();
    place.file("lease.toml", fs::read(example("leases/minimal.toml")).unwrap());
    place.file("events.jsonl", events);
    place
}

const BILL: &str = "lease bill lease.toml --events events.jsonl --through 2027-03-31";

fn refused(name: &str, events: &str) {
    let said = minimal(events).expect(3, BILL);
    assert_eq!(said.out, "");
    insta::assert_snapshot!(format!("refused-{name}"), said.text());
}

const HEADER: &str = r#"{"leasehold_events":1}"#;

fn payment(lease: &str) -> String {
    format!(
        r#"{{"id":"1","source":"bank","at":"2027-03-01T10:00:00Z","lease":"{lease}","kind":"payment","money":{{"amount":"1.00","currency":"USD"}}}}"#
    )
}

#[test]
fn events_files_that_cannot_be_used() {
    refused("empty", "");
    refused("no-header", &payment("minimal"));
    refused("other-format", "{\"leasehold_events\":2}\n");
    refused("other-lease", &format!("{HEADER}\n{}\n{}\n", payment("minimal"), payment("other")));
    let many = format!(
        "{HEADER}\n\n{}\n{}\nnonsense\n{}\n{{\"id\":\"2\"",
        payment("minimal").replace("payment", "paymnt"),
        payment("minimal").replace("\"1.00\"", "\"1.005\""),
        payment("minimal").replace("\"source\":\"bank\",", ""),
    );
    refused("many-faults", &many);
    let long = payment("minimal").replace("bank", &"b".repeat(2 << 20));
    refused("long-line", &format!("{HEADER}\n{long}\n{}\nx", payment("minimal")));
    refused("hostile", &format!("{HEADER}\n{{\"kind\":\"\u{1b}[31m\u{202e}\"}}\n"));
}

#[test]
fn an_events_file_that_is_no_text() {
    let place = minimal("");
    place.file("events.jsonl", [HEADER.as_bytes(), b"\n{\"id\":\"caf\xe9\"}\n"].concat());
    insta::assert_snapshot!(place.expect(3, BILL).text());
}

#[test]
fn no_more_faults_than_a_person_reads() {
    let place = minimal(&format!("{HEADER}\n{}", "x\n".repeat(5_000)));
    let said = place.expect(3, BILL);
    assert!(said.err.contains("the first 100 faults above"), "{}", said.err);
    assert_eq!(said.err.matches("--> events.jsonl:").count(), 100);
}

#[test]
fn sources_that_are_not_there() {
    let place = minimal(HEADER);
    for (name, line) in [
        ("sheet", BILL.replace("lease.toml", "nowhere.toml")),
        ("events", BILL.replace("events.jsonl", "nowhere.jsonl")),
        ("directory", BILL.replace("events.jsonl", ".")),
        ("stdin-twice", BILL.replace("lease.toml", "-").replace("events.jsonl", "-")),
        ("too-early", BILL.replace("2027-03-31", "2027-01-03")),
        ("same-lease", "books trial-balance lease.toml lease.toml --at 2027-03-31".to_owned()),
        ("out", format!("{BILL} --out lease.toml")),
        ("no-through", BILL.replace(" --through 2027-03-31", "")),
    ] {
        let said = place.run(&line);
        assert!(said.code.is_some_and(|code| code > 1) && said.out.is_empty(), "{}", said.text());
        insta::assert_snapshot!(format!("not-there-{name}"), said.text());
    }
}

#[test]
fn a_lease_without_events_runs_as_promised() {
    let place = minimal(HEADER);
    let empty = place.expect(0, &format!("{BILL} --format json")).json();
    let line = "lease bill lease.toml --through 2027-03-31 --format json";
    assert_eq!(place.expect(0, line).json(), empty);
    assert_eq!(empty["invoices"][0]["total"], "11680.00");
    // Where deliveries are recorded and none is, nothing is owed.
    let none = place.expect(0, &format!("{line} --deliveries recorded")).json();
    assert_eq!(none["invoices"][0]["total"], "0.00");
    insta::assert_snapshot!(
        place.expect(0, "invoice list lease.toml --through 2027-01-31").out,
        @"no invoice was issued by 2027-01-31
    "
    );
}

#[test]
fn several_files_and_standard_input() {
    let place = minimal(&format!("{HEADER}\n{}\n{}\n", payment("minimal"), payment("other")));
    let second = payment("minimal").replace("\"id\":\"1\"", "\"id\":\"2\"");
    place.file("more.jsonl", format!("{HEADER}\r\n{second}\r\n"));
    let line = format!("{BILL} --events - --other-leases skip --format json");
    let file = fs::File::open(place.path().join("more.jsonl")).unwrap();
    let output = place.command(line.split(' ')).stdin(file).output().unwrap();
    let found = Said::of(output).json();
    let told = serde_json::json!(
        {"taken": 2, "repeated": 0, "conflicts": 0, "later": 0, "about_others": 1}
    );
    assert_eq!(found["events"], told);
    assert_eq!(found["invoices"][0]["open"], "11678.00");
}

#[test]
fn an_amendment_names_its_sheet_beside_the_events() {
    let place = Place::new();
    let chat = example("leases/lab-chat.toml");
    fs::create_dir_all(place.path().join("history/sheets")).unwrap();
    let amended = fs::read_to_string(example("leases/amended/lab-chat.toml")).unwrap();
    place.file("history/sheets/v2.toml", &amended);
    place.file("history/sheets/bad.toml", amended.replace("monthly = ", "montly = "));
    place.file("history/sheets/other.toml", fs::read(example("leases/minimal.toml")).unwrap());
    let amend = |sheet: &str| {
        format!(
            r#"{{"id":"a","source":"clerk","at":"2026-06-20T10:00:00Z","lease":"lab-chat","kind":"amendment","sheet":"sheets/{sheet}"}}"#
        )
    };
    let line = format!("lease bill {chat} --events history/e.jsonl --through 2026-08-31");
    place.file("history/e.jsonl", format!("{HEADER}\n{}\n", amend("v2.toml")));
    let found = place.expect(0, &format!("{line} --format json")).json();
    assert_eq!(found["version"], 2);
    for sheet in ["bad.toml", "other.toml", "nowhere.toml"] {
        place.file("history/e.jsonl", format!("{HEADER}\n{}\n", amend(sheet)));
        insta::assert_snapshot!(format!("amendment-{sheet}"), place.expect(3, &line).err);
    }
}

#[test]
fn a_parked_lease_is_told_and_counted() {
    let unknown = r#"{"id":"1","source":"desk","at":"2027-02-20T10:00:00Z","lease":"minimal","kind":"delivery","tranche":"second","on":"2027-02-20","units":4}"#;
    let place = minimal(&format!("{HEADER}\n{unknown}\n"));
    insta::assert_snapshot!("parked-bill", place.expect(1, BILL).text());
    let found = place.expect(1, &format!("{BILL} --format json")).json();
    assert_eq!(found["parked"]["since"], "2027-02-20");
    let sources = "lease.toml --events events.jsonl";
    let line = format!("books trial-balance {sources} --at 2027-03-31");
    insta::assert_snapshot!("parked-balance", place.expect(1, &line).text());
    place.expect(1, &format!("books export {sources} --through 2027-03-31 --as csv --out csv"));
    place.expect(1, &format!("invoice list {sources} --through 2027-03-31"));
    // A correction brings it back.
    let fixed = r#"{"id":"2","source":"desk","at":"2027-03-10T10:00:00Z","lease":"minimal","kind":"correction","event":{"source":"desk","id":"1"},"reason":"another lease's"}"#;
    place.file("events.jsonl", format!("{HEADER}\n{unknown}\n{fixed}\n"));
    let found = place.expect(0, &format!("{BILL} --format json")).json();
    assert_eq!(found["invoices"][0]["total"], "11680.00");
}

#[test]
fn what_lacks_details_for_ubl_is_told() {
    let place = minimal(HEADER);
    insta::assert_snapshot!("ubl-bill", place.expect(0, &format!("{BILL} --out out")).err);
    let line = "books export lease.toml --through 2027-05-31 --as ubl --out ubl";
    insta::assert_snapshot!("ubl-export", place.expect(3, line).text());
    assert!(!place.path().join("ubl").exists());
}

#[test]
fn words_of_others_do_not_steer_the_terminal() {
    let place = minimal(&format!(
        "{HEADER}\n{}\n",
        payment("minimal")
            .replace("\"1\"", r#""\u001b[31m\u202e""#)
            .replace("}}", r#"},"reference":"a\u001b]0;x\u0007\nb"}"#)
    ));
    let said = place.expect(0, BILL);
    assert!(said.out.contains("payment a ]0;x  b"), "{}", said.text());
    assert!(!said.out.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{}", said.text());
}
