//! The terminal's tables.

use leasehold::report;

use super::{all, fixture};

#[test]
fn summary() {
    insta::assert_snapshot!(report::terminal(&fixture::figures(), 100, false));
}

#[test]
fn detail() {
    insta::assert_snapshot!(report::terminal(&fixture::figures(), 100, true));
}

#[test]
fn narrow() {
    insta::assert_snapshot!(report::terminal(&fixture::figures(), 80, true));
}

#[test]
fn stopped() {
    insta::assert_snapshot!(report::terminal(&fixture::stopped(), 100, false));
}

#[test]
fn empty() {
    insta::assert_snapshot!(report::terminal(&fixture::empty(), 100, true));
}

#[test]
fn hostile() {
    insta::assert_snapshot!(report::terminal(&fixture::hostile(), 100, true));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (_, figures) in all() {
        for width in [80, 100, 140] {
            let text = report::terminal(&figures, width, true);
            let widest = text.lines().max_by_key(|line| line.chars().count()).unwrap();
            assert!(widest.chars().count() <= width.into(), "{width}: {widest}");
        }
    }
}
