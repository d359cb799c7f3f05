//! A term sheet: any text is answered, and what compiles can be explained and compared.

use leasehold_contract::diagnostic::{Diagnostic, Severity, render_all};
use leasehold_contract::diff::diff;
use leasehold_contract::explain::{explain, explain_json};
use leasehold_contract::sheet::{compile, limits, schema};
use leasehold_contract::{Facts, Lease, NoticeBook};
use leasehold_types::days_between;

/// Longest term of a lease that is evaluated, in days: longer ones are sound and slow.
const EVALUATED_MAX_DAYS: i64 = 1_500;
/// Most tranches and phases of such a lease.
const EVALUATED_MAX_PARTS: usize = 12;
/// Columns of an explanation.
const WIDTH: usize = 80;

/// Compiles the bytes as a term sheet and checks the answer.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let faults = match compile(&text) {
        Ok(compiled) => {
            assert!(compiled.warnings.iter().all(|w| w.severity == Severity::Warning));
            check_lease(&compiled.lease);
            compiled.warnings
        }
        Err(faults) => {
            assert!(faults.iter().any(|fault| fault.severity == Severity::Error));
            faults
        }
    };
    check_faults(&faults, &text);
}

fn check_faults(faults: &[Diagnostic], text: &str) {
    assert!(faults.len() <= limits::DIAGNOSTICS_MAX + 1);
    assert!(faults.is_sorted_by_key(|fault| fault.span.start), "places are in order");
    for fault in faults {
        assert_ne!(fault.code, "not-compiled", "{fault:?}");
        assert!(!fault.message.is_empty() && !fault.remedy.is_empty(), "{fault:?}");
        for place in fault.also.iter().map(|also| also.span).chain([fault.span]) {
            assert!(text.get(place.range()).is_some(), "{fault:?}");
        }
    }
    render_all(faults, "sheet.toml", text);
}

/// What a lease that compiles must be.
fn check_lease(lease: &Lease) {
    assert!(!lease.tranches.is_empty() && !lease.fees.is_empty());
    assert!(lease.term.end > lease.signed);
    for tranche in &lease.tranches {
        assert!(tranche.recallable <= tranche.units && tranche.delivery < tranche.until);
    }
    for commitment in &lease.commitments {
        assert!(!commitment.amount.is_zero() && commitment.from < lease.term.end);
    }
    let (invoices, notes) = (&lease.invoicing.invoice_prefix, &lease.invoicing.credit_note_prefix);
    assert_ne!(invoices, notes);
    let written = serde_json::to_string(lease).expect("a lease can be written");
    let read: Lease = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(&read, lease);
    let days = days_between(lease.signed, lease.term.end);
    let parts = lease.tranches.len() + lease.fees.len();
    if days <= EVALUATED_MAX_DAYS && parts <= EVALUATED_MAX_PARTS {
        evaluate(lease);
    }
}

/// Words and figures of a lease, at its signing and at its end. Figures may be too large to
/// represent, which is an error and no panic.
fn evaluate(lease: &Lease) {
    let (facts, book) = (Facts::as_promised(lease), NoticeBook::default());
    for date in [lease.signed, lease.term.end] {
        let as_of = lease.close_of(date);
        if let Ok(explained) = explain(lease, &facts, &book, as_of) {
            explained.to_text(WIDTH);
            explain_json(lease, &facts, &book, as_of).expect("what can be said can be written");
        }
        if let Ok(found) = diff(lease, lease, &facts, &book, as_of) {
            assert_eq!((found.rights, found.money), (Vec::new(), Vec::new()));
            assert!(found.total_delta.is_zero());
        }
    }
}

/// Whether the dictionary has every key of the format: libFuzzer finds no key that it does not know.
pub fn check_words() {
    let dictionary = include_str!("../dictionaries/sheet.dict");
    for path in schema::paths() {
        let key = path.rsplit('.').next().unwrap_or_default();
        let known = dictionary.contains(&format!("\"{key} = \""));
        assert!(known, "`{key}` is missing in fuzz/dictionaries/sheet.dict");
    }
}
