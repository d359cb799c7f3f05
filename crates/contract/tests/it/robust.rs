//! Whatever is handed to the compiler, it answers: no panic, places within the text, in order.

use leasehold_contract::diagnostic::{Severity, render_all};
use leasehold_contract::sheet::{compile, limits};
use proptest::prelude::*;

use super::support::sheets_in;

fn all_sheets() -> Vec<String> {
    let folders = ["", "bad", "amended"];
    folders.into_iter().flat_map(sheets_in).map(|(_, text)| text).collect()
}

/// Compiles, and checks what must hold of any answer.
fn check(text: &str) {
    let faults = match compile(text) {
        Ok(compiled) => {
            let lease = &compiled.lease;
            assert!(!lease.tranches.is_empty() && !lease.fees.is_empty());
            assert!(lease.term.end > lease.signed);
            assert!(lease.tranches.iter().all(|t| t.recallable <= t.units && t.delivery < t.until));
            assert!(compiled.warnings.iter().all(|w| w.severity == Severity::Warning));
            compiled.warnings
        }
        Err(faults) => {
            assert!(faults.iter().any(|fault| fault.severity == Severity::Error));
            faults
        }
    };
    assert!(faults.iter().all(|fault| fault.code != "not-compiled"), "{faults:?}\n{text}");
    for fault in &faults {
        let places = fault.also.iter().map(|also| also.span).chain([fault.span]);
        for place in places {
            assert!(text.get(place.range()).is_some(), "{fault:?}");
        }
        assert!(!fault.message.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
    }
    assert!(faults.windows(2).all(|pair| pair[0].span.start <= pair[1].span.start));
    assert!(faults.len() <= limits::DIAGNOSTICS_MAX + 1);
    render_all(&faults, "sheet.toml", text);
}

#[test]
fn every_beginning_of_every_example() {
    for text in all_sheets() {
        for (end, _) in text.char_indices().step_by(7) {
            check(&text[..end]);
        }
    }
}

#[test]
fn every_example_less_one_line() {
    for text in all_sheets() {
        let lines: Vec<&str> = text.lines().collect();
        for left_out in 0..lines.len() {
            let rest = lines.iter().enumerate().filter(|(i, _)| *i != left_out);
            check(&rest.map(|(_, line)| *line).collect::<Vec<_>>().join("\n"));
        }
    }
}

#[test]
fn line_ends_and_byte_order_marks_do_not_matter() {
    for (_, text) in sheets_in("") {
        let plain = compile(&text).unwrap().lease;
        assert_eq!(compile(&text.replace('\n', "\r\n")).unwrap().lease, plain);
        assert_eq!(compile(&format!("\u{feff}{text}")).unwrap().lease, plain);
    }
}

#[test]
fn sizes_are_limited() {
    let codes = |text: &str| -> Vec<&'static str> {
        check(text);
        compile(text).unwrap_err().iter().map(|fault| fault.code).collect()
    };
    let large = "#".repeat(limits::SHEET_MAX_BYTES + 1);
    assert_eq!(codes(&large), ["sheet-too-large"]);
    let many: String = (0..100_000).map(|i| format!("x{i}=1\n")).collect();
    let found = codes(&many);
    assert_eq!(
        (found.len(), found.last()),
        (limits::DIAGNOSTICS_MAX + 1, Some(&"too-many-faults"))
    );
    let tranches = "[[tranche]]\n".repeat(limits::TRANCHES_MAX + 2);
    let found = compile(&tranches).unwrap_err();
    check(&tranches);
    assert!(found.iter().any(|fault| fault.code == "too-many-entries"));
}

/// Adversarial shapes of a megabyte: each is answered, and soon (the test would take minutes were
/// anything quadratic).
#[test]
fn large_nonsense_is_answered_soon() {
    let fill = |part: &str| part.repeat(limits::SHEET_MAX_BYTES / part.len());
    for part in ["[", "{", "a={", "[[a]]\n", "a.", "\"", "'''", "a=", "a 1\n", "a=1 ", "=", "a=b\n"]
    {
        check(&fill(part));
    }
    check(&format!("a = \"{}\"", fill("x").split_at(limits::SHEET_MAX_BYTES - 16).0));
    let ids: String = (0..limits::TRANCHES_MAX)
        .map(|i| {
            format!(
                "[[tranche]]\nid=\"t{i}{}\"\n[[fee]]\ntranche=\"f{i}{}\"\n",
                "x".repeat(50),
                "y".repeat(50)
            )
        })
        .collect();
    check(&ids);
}

/// Bytes that matter to TOML and to the format, to make mutations that get past the parser.
const PIECES: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "\"\"\"",
    ",",
    ".",
    "\n",
    "#",
    "-",
    "_",
    "%",
    "0",
    "9",
    "1e9",
    "true",
    "nan",
    "2027-02-30",
    "9999-12-31",
    "1900-01-01",
    "\u{e9}",
    "\u{202e}",
    "\0",
    "\\u0000",
    "USD ",
    "99999999999999999999999999999999999999999",
    "-1",
    "/",
    "0/0",
    "1/3",
    "[[fee]]\n",
    "[term]\n",
    "last_day = 2028-02-29\n",
    "= 0",
    "= \"\"",
    "d",
    "h",
    "min",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn mutated_examples(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec(
            (any::<prop::sample::Index>(), 0usize..12, prop::sample::select(PIECES)), 1..5,
        ),
    ) {
        let sheets = all_sheets();
        let mut text = which.get(&sheets).clone();
        for (place, removed, piece) in edits {
            let mut start = place.index(text.len() + 1);
            while !text.is_char_boundary(start) { start -= 1; }
            let mut end = (start + removed).min(text.len());
            while !text.is_char_boundary(end) { end += 1; }
            text.replace_range(start..end, piece);
        }
        check(&text);
    }

    #[test]
    fn swapped_lines(
        which in any::<prop::sample::Index>(),
        swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
    ) {
        let sheets = all_sheets();
        let mut lines: Vec<&str> = which.get(&sheets).lines().collect();
        for (a, b) in swaps {
            let of = lines.len().max(1);
            if !lines.is_empty() {
                lines.swap(a.index(of), b.index(of));
            }
        }
        check(&lines.join("\n"));
    }
}
