//! The page: well-formed, complete, harmless, the same every time.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use leasehold::report;
use leasehold_sim::figures::Figures;

use super::markup::{escaped, tags};
use super::{all, fixture};

/// Where the reports of tests are written, to be looked at.
pub fn write(name: &str, figures: &Figures) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(name);
    report::write(&dir, figures, Vec::new()).unwrap();
    dir.join("index.html")
}

/// The page of `figures`.
pub fn page(figures: &Figures) -> String {
    let dir = tempfile::tempdir().unwrap();
    let paths = report::write(dir.path(), figures, Vec::new()).unwrap();
    std::fs::read_to_string(&paths[0]).unwrap()
}

#[test]
fn every_tag_is_closed_every_id_is_one_s_own_and_every_link_leads_somewhere() {
    for (name, figures) in all() {
        let page = page(&figures);
        let tags = tags(&page);
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{name}: an id comes twice");
        let links = tags.iter().filter_map(|tag| tag.get("href"));
        let targets = links.filter_map(|link| link.strip_prefix('#'));
        let labels = tags.iter().filter_map(|tag| tag.get("aria-labelledby"));
        for target in targets.chain(labels) {
            assert!(known.contains(target), "{name}: nothing is called `{target}`");
        }
    }
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    for (name, figures) in all() {
        let page = page(&figures);
        let tags = tags(&page);
        for tag in &tags {
            assert!(
                !["script", "img", "link", "iframe"].contains(&tag.name),
                "{name}: {}",
                tag.name
            );
            assert!(tag.get("src").is_none() && tag.get("style").is_none(), "{name}: {}", tag.name);
            let link = tag.get("href").unwrap_or("#");
            let inside = !link.starts_with('/') && !link.contains("..") && !link.contains(':');
            assert!(inside, "{name}: a link to `{link}`");
        }
        assert!(!page.contains("http://") && !page.contains("https://"), "{name}: an address");
        assert!(!page.contains("@import") && !page.contains("url(\"") && !page.contains("url(h"));
    }
}

#[test]
fn links_to_files_lead_to_files_of_the_report() {
    let dir = tempfile::tempdir().unwrap();
    let paths = report::write(dir.path(), &fixture::figures(), Vec::new()).unwrap();
    let page = std::fs::read_to_string(&paths[0]).unwrap();
    let links: BTreeSet<&str> = tags(&page).iter().filter_map(|tag| tag.get("href")).collect();
    let files: BTreeSet<&str> = links.into_iter().filter(|link| !link.starts_with('#')).collect();
    assert_eq!(files.len(), paths.len() - 1, "each file beside the page is linked: {files:?}");
    for file in files {
        assert!(dir.path().join(file).is_file(), "{file}");
    }
}

#[test]
fn each_document_is_listed_and_linked_where_it_was_written() {
    let dir = tempfile::tempdir().unwrap();
    let figures = fixture::figures();
    let paper = report::paper_name("recallable", "A/2026 7");
    assert_eq!(paper, "invoices/recallable/A_2026_7.pdf");
    let papers = vec![(paper.clone().into(), b"a document".to_vec())];
    let paths = report::write(dir.path(), &figures, papers).unwrap();
    assert_eq!(std::fs::read(dir.path().join(&paper)).unwrap(), b"a document");
    let page = std::fs::read_to_string(&paths[0]).unwrap();
    let link = format!("href=\"{paper}\">A/2026 7</a>");
    assert_eq!(page.matches(&link).count(), 1, "under its own policy alone");
    for document in figures.policies.iter().flat_map(|policy| &policy.documents) {
        assert!(page.contains(&escaped(&document.number)), "{}", document.number);
    }
}

#[test]
fn tables_and_charts_speak_to_who_cannot_see_them() {
    for (name, figures) in all() {
        let page = page(&figures);
        for tag in tags(&page) {
            match tag.name {
                "th" => assert!(tag.get("scope").is_some(), "{name}: a heading without a scope"),
                "table" => {
                    assert!(tag.get("aria-labelledby").is_some(), "{name}: a nameless table")
                }
                "svg" => {
                    let words = tag.get("aria-label").is_some_and(|words| words.len() > 20);
                    let hidden = tag.get("aria-hidden") == Some("true");
                    assert!(words || hidden, "{name}: a chart without words");
                }
                _ => {}
            }
        }
        let headings: Vec<u8> =
            tags(&page).iter().filter_map(|tag| tag.name.strip_prefix('h')?.parse().ok()).collect();
        assert_eq!(headings.iter().filter(|level| **level == 1).count(), 1);
    }
}

#[test]
fn every_tenant_pool_quarter_and_assumption_is_there() {
    for (name, figures) in all() {
        let page = page(&figures);
        let cast = figures.cast.pools.iter().map(|pool| &pool.pool);
        let about = figures.assumptions.iter().flat_map(|row| [&row.about, &row.text]);
        let mut words: Vec<&String> = cast.chain(about).collect();
        for policy in &figures.policies {
            words.extend(policy.capacity.iter().flat_map(|row| [&row.quarter, &row.pool]));
            words.extend(policy.money.iter().flat_map(|lease| [&lease.tenant, &lease.lease]));
        }
        for word in words {
            assert!(page.contains(&escaped(word)), "{name}: `{word}` is missing");
        }
    }
}

#[test]
fn every_amount_is_there_to_the_last_digit() {
    let figures = fixture::figures();
    let page = page(&figures);
    for lease in figures.policies.iter().flat_map(|policy| &policy.money) {
        for quarter in &lease.quarters {
            let shown = quarter.recognised.to_string();
            let amount = shown.split(' ').next_back().unwrap();
            assert!(page.contains(&format!(">{amount}<")), "{} {}", lease.lease, quarter.quarter);
        }
    }
}

#[test]
fn names_are_words_and_not_markup() {
    let page = page(&fixture::hostile());
    assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("<td onmouse"));
    assert!(page.contains("&lt;script&gt;alert('title')&lt;/script&gt; &amp; &quot;quotes&quot;"));
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()));
}

#[test]
fn a_stopped_run_says_so_before_all_else() {
    let page = page(&fixture::stopped());
    let (before, _) = page.split_once("<h1>").unwrap();
    assert!(before.contains("PARTIAL RUN: stopped at 2026-12-11T06:00:00Z"));
    assert!(!self::page(&fixture::figures()).contains("PARTIAL"));
}

#[test]
fn no_utilisation_without_saying_which() {
    for (name, figures) in all() {
        let text = page(&figures) + &report::terminal(&figures, 100, true);
        let text = text.to_lowercase();
        assert!(!text.contains("utilisation") && !text.contains("utilization"), "{name}");
    }
}
