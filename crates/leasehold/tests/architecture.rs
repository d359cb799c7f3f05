//! ARCHITECTURE.md says what is so: its table of crates is the workspace's, its paths exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::support::{names_in, root};

/// The crates that a crate may use, by its name.
type Edges = BTreeMap<String, BTreeSet<String>>;

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

/// Rows `| crate | purpose | may use |` of the table of crates.
fn told_edges() -> Edges {
    let text = page("ARCHITECTURE.md");
    let rows = text
        .lines()
        .skip_while(|line| !line.starts_with("| crate |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let cell = |text: &str| text.trim().trim_matches('`').to_owned();
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        assert_eq!(cells.len(), 3, "{row}");
        let uses = cells[2].split(',').map(cell).filter(|name| name != "none").collect();
        (cell(cells[0]), uses)
    })
    .collect()
}

/// What the manifests say.
fn real_edges() -> Edges {
    names_in(&root().join("crates"))
        .into_iter()
        .map(|name| {
            let manifest: toml::Table = page(&format!("crates/{name}/Cargo.toml")).parse().unwrap();
            let of = |section: &str| {
                let table = manifest.get(section).and_then(toml::Value::as_table);
                table.into_iter().flat_map(|table| table.keys().cloned()).collect::<Vec<_>>()
            };
            let uses = [of("dependencies"), of("build-dependencies")].concat();
            let ours = uses.iter().filter_map(|name| name.strip_prefix("leasehold-"));
            (name, ours.map(str::to_owned).collect())
        })
        .collect()
}

#[test]
fn the_table_of_crates_is_the_workspace() {
    assert_eq!(told_edges(), real_edges());
}

#[test]
fn dependencies_point_upwards() {
    let text = page("ARCHITECTURE.md");
    let place = |name: &str| text.find(&format!("\n| `{name}` |"));
    for (name, uses) in told_edges() {
        for used in uses {
            assert!(place(&used) < place(&name), "`{name}` uses `{used}`, which stands below it");
        }
    }
}

#[test]
fn test_dependencies_follow_the_same_edges() {
    let told = told_edges();
    for name in told.keys() {
        let manifest: toml::Table = page(&format!("crates/{name}/Cargo.toml")).parse().unwrap();
        let table = manifest.get("dev-dependencies").and_then(toml::Value::as_table);
        for used in table.into_iter().flat_map(|table| table.keys()) {
            if let Some(used) = used.strip_prefix("leasehold-") {
                assert!(told[name].contains(used), "tests of `{name}` use `{used}`");
            }
        }
    }
}

#[test]
fn every_path_in_the_documents_exists() {
    let mut pages = vec!["README.md".to_owned(), "ARCHITECTURE.md".to_owned()];
    let docs = names_in(&root().join("docs")).into_iter().map(|name| format!("docs/{name}"));
    pages.extend(docs.filter(|name| name.ends_with(".md")));
    for page_name in pages {
        let missing: Vec<String> = paths(&page(&page_name))
            .into_iter()
            .filter(|path| !root().join(path.trim_end_matches('/')).exists())
            .collect();
        assert!(missing.is_empty(), "{page_name} names {missing:?}, which do not exist");
    }
}

/// Words that are paths of this repository: they begin with one of its directories, or are one of
/// the files at its root.
fn paths(text: &str) -> BTreeSet<String> {
    let tops = ["crates/", "docs/", "examples/", "bench/", ".ci/"];
    let files = ["ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "README.md", "Cargo.toml"];
    text.split(|c: char| c.is_whitespace() || "`()[],;:\"'|".contains(c))
        .map(|word| word.trim_start_matches("./").trim_start_matches("../"))
        .map(|word| word.split('#').next().unwrap_or(word).trim_end_matches('.'))
        .filter(|word| tops.iter().any(|top| word.starts_with(top)) || files.contains(word))
        .filter(|word| !word.contains(['*', '<', '{', '…']))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_invariant_says_where_it_is_tested() {
    let text = page("ARCHITECTURE.md");
    let rows: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("| no. |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), 12);
    for (i, row) in rows.iter().enumerate() {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells[0], (i + 1).to_string());
        let tested = !paths(cells[2]).is_empty() || cells[2].contains("later release");
        assert!(tested, "invariant {} names neither a test nor a release: {}", i + 1, cells[2]);
    }
}

#[test]
fn the_documents_do_not_speak_of_where_they_were_written() {
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"] {
        let text = page(name);
        assert!(!text.contains("/work/") && !text.contains("issue #"), "{name}");
    }
}
