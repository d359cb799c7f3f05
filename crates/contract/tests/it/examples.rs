//! The example leases compile and say what they should; the bad ones say what is wrong with them.

use std::collections::BTreeSet;

use leasehold_contract::Lease;
use leasehold_contract::diagnostic::render_all;
use leasehold_contract::sheet::{Compiled, codes, compile};
use leasehold_types::Units;

use super::support::{sheet, sheets_in};

fn compiled(name: &str, text: &str) -> Compiled {
    compile(text).unwrap_or_else(|faults| panic!("{}", render_all(&faults, name, text)))
}

fn lease(name: &str) -> Lease {
    compiled(name, &sheet(name)).lease
}

#[test]
fn every_example_compiles_without_a_warning() {
    for folder in ["", "amended"] {
        for (name, text) in sheets_in(folder) {
            let warnings = compiled(&name, &text).warnings;
            assert!(warnings.is_empty(), "{}", render_all(&warnings, &name, &text));
        }
    }
}

#[test]
fn every_bad_example_says_what_is_wrong() {
    for (name, text) in sheets_in("bad") {
        let found = compile(&text).map_or_else(|faults| faults, |compiled| compiled.warnings);
        assert!(!found.is_empty(), "{name} is not bad");
        let stem = name.trim_end_matches(".toml");
        insta::assert_snapshot!(format!("bad_{stem}"), render_all(&found, &name, &text));
    }
}

#[test]
fn every_code_has_a_bad_example() {
    // These need a huge file, or a fault of the program; the first three have tests of their own.
    let without = ["sheet-too-large", "too-many-entries", "too-many-faults", "not-compiled"];
    let mut seen: BTreeSet<&str> = without.into();
    for (_, text) in sheets_in("bad") {
        let found = compile(&text).map_or_else(|faults| faults, |compiled| compiled.warnings);
        seen.extend(found.iter().map(|fault| fault.code));
    }
    let all: BTreeSet<&str> = codes::all().iter().map(|code| code.name).collect();
    assert_eq!(all.difference(&seen).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn the_disclosed_figures_are_in_the_sheets() {
    for (name, units, monthly, ends) in [
        ("anthropic.toml", 325_000, "USD 1,250,000,000.00", "2029-06-01"),
        ("google.toml", 110_000, "USD 920,000,000.00", "2029-07-01"),
        ("reflection.toml", 18_000, "USD 150,000,000.00", "2030-01-01"),
    ] {
        let lease = lease(name);
        assert_eq!(lease.units(), Units(units), "{name}");
        assert_eq!(lease.term.end.to_string(), ends, "{name}");
        let price = format!("{:?}", lease.fees.last().unwrap().price);
        assert!(price.contains(monthly), "{name}: {price}");
        assert!(!lease.assumptions.is_empty());
    }
}

/// What the sheet leaves out has its default, and this shows each.
#[test]
fn the_smallest_lease_is_all_defaults() {
    let lease = lease("minimal.toml");
    insta::assert_snapshot!("minimal_lease", serde_json::to_string_pretty(&lease).unwrap());
}

#[test]
fn the_fullest_lease_is_what_its_sheet_says() {
    let lease = lease("full.toml");
    let json = serde_json::to_value(&lease).unwrap();
    assert_eq!(serde_json::from_value::<Lease>(json.clone()).unwrap(), lease);
    for (path, value) in [
        ("/version", "3"),
        ("/anchor", "\"2027-01-16\""),
        ("/tranches/1/recallable", "1152"),
        ("/tranches/1/late/discount_per_day", "\"0.005\""),
        ("/fees/1/from", "\"2027-03-16\""),
        ("/fees/3/price/per_accelerator_hour/minor", "\"345\""),
        ("/prepayments/1/draw_down/up_to/amount", "\"250000.00\""),
        ("/term/end", "\"2030-01-16\""),
        ("/term/owner_exit/notice/months", "6"),
        ("/term/tenant_exit/penalty/amount/share_of_remaining", "\"0.05\""),
        ("/recall/classes/0/notice", "604800"),
        ("/recall/limits/rest_after_return", "129600"),
        ("/recall/drain/cut/after", "600"),
        ("/recall/compensation/minor_per_accelerator_hour", "\"75\""),
        ("/service/latency/0/per_token_ms", "\"22.5\""),
        ("/overage/tokens/cached", "\"6\""),
        ("/owner/details/address/lines/1", "\"Halle 3\""),
        ("/owner/details/bank/account", "\"DE89370400440532013000\""),
        ("/tenant/details/registration/scheme", "\"0088\""),
        ("/commitments/0/amount/amount", "\"150000.00\""),
        ("/commitments/1/counts", "\"everything\""),
        ("/taxes/0/from", "\"2027-01-04\""),
        ("/taxes/0/class/rate", "\"0.19\""),
        ("/taxes/1/class/category", "\"reverse_charge\""),
        ("/invoicing/credit_note_prefix", "\"AG-\""),
    ] {
        assert_eq!(json.pointer(path).unwrap().to_string(), value, "{path}");
    }
}
