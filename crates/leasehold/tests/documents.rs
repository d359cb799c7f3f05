//! docs/cli.md and docs/scenario.md are held against the program.

use std::collections::BTreeSet;
use std::fs;

use crate::support::{Place, root, scenario};

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// The text under a heading, up to the next heading of any level.
fn under<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = text.find(&format!("\n{heading}\n"));
    let start = start.unwrap_or_else(|| panic!("no heading `{heading}`")) + heading.len() + 2;
    let rest = &text[start..];
    rest.find("\n#").map_or(rest, |end| &rest[..end])
}

/// Texts of the first column of a table.
fn first_column(text: &str) -> BTreeSet<String> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect()
}

/// The commands, each with its options, as `--help` lists them.
fn commands(place: &Place, prefix: &str) -> Vec<(String, BTreeSet<String>)> {
    let help = place.expect(0, &format!("{prefix} --help")).out;
    let listed: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    if listed.is_empty() {
        let words = help.split(|c: char| c.is_whitespace() || ",.<[=`".contains(c));
        let options = words.filter(|word| word.len() > 2 && word.starts_with("--"));
        return vec![(prefix.trim().to_owned(), options.map(str::to_owned).collect())];
    }
    listed.into_iter().flat_map(|name| commands(place, &format!("{prefix} {name}"))).collect()
}

#[test]
fn every_command_and_option_is_documented() {
    let place = Place::new();
    let text = page("cli.md");
    let general = ["--color", "--quiet", "--help", "--version"];
    for option in general {
        assert!(text.contains(&format!("`{option}")) || text.contains(&format!(" {option}`")));
    }
    for (command, options) in commands(&place, "") {
        let part = under(&text, &format!("## `leasehold {command}`"));
        let told = part.split(|c: char| c.is_whitespace() || "`,:".contains(c));
        let told: BTreeSet<String> =
            told.filter(|word| word.starts_with("--")).map(str::to_owned).collect();
        let real: BTreeSet<String> =
            options.into_iter().filter(|option| !general.contains(&option.as_str())).collect();
        assert_eq!(told, real, "options of `{command}`");
    }
}

/// The keys that a table of the scenario knows, from the message about one that it does not.
fn known_keys(place: &Place, table: &str) -> BTreeSet<String> {
    let lab = scenario("lab.toml");
    let lab = lab.split_once("[recall]").unwrap().0;
    place.file("scenario.toml", format!("{lab}\n{table}\nsurely_unknown = 1\n"));
    let said = place.expect(3, "replay scenario.toml").err;
    let (_, list) = said.split_once("expected ").unwrap_or_else(|| panic!("{said}"));
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_of_a_scenario_is_documented() {
    let place = Place::new();
    let text = page("scenario.md");
    for (table, heading) in [
        ("", "## The scenario itself"),
        ("[series]", "## `[series]`"),
        ("[owner]", "## `[owner]`"),
        ("[recall]", "## `[recall]`"),
        ("[failures]", "## `[failures]`"),
        ("[serving]", "## `[serving]`"),
        ("[serving.speed.h100]", "### `[serving.speed.TYPE]`"),
    ] {
        assert_eq!(first_column(under(&text, heading)), known_keys(&place, table), "{heading}");
    }
}

#[test]
fn every_exit_code_is_documented() {
    let codes = |text: &str| -> Vec<String> {
        let rows =
            text.lines().filter_map(|line| line.trim_start_matches('|').split_whitespace().next());
        rows.filter(|word| word.parse::<u8>().is_ok()).map(str::to_owned).collect()
    };
    let help = Place::new().expect(0, "--help").out;
    let (_, listed) = help.split_once("Exit codes:").unwrap();
    assert_eq!(codes(&page("exit-codes.md")), codes(listed));
}

/// Blocks of a page that show a call and what it prints.
fn console_blocks(text: &str) -> Vec<(String, Vec<String>)> {
    let mut blocks = Vec::new();
    for part in text.split("```console\n$ leasehold ").skip(1) {
        let block = part.split("\n```").next().unwrap();
        let mut lines = block.lines().map(str::to_owned);
        blocks.push((lines.next().unwrap(), lines.collect()));
    }
    blocks
}

/// Whether the output is as shown, where `…` stands for any lines.
fn is_as_shown(shown: &[String], output: &[&str]) -> Result<(), String> {
    let (mut at, mut anywhere) = (0, false);
    for line in shown {
        if line == "…" {
            anywhere = true;
            continue;
        }
        let rest = output.get(at..).unwrap_or_default();
        let found = if anywhere {
            rest.iter().position(|printed| printed == line)
        } else {
            rest.first().filter(|printed| *printed == line).map(|_| 0)
        };
        at += found.ok_or_else(|| format!("not printed in this place: {line}"))? + 1;
        anywhere = false;
    }
    if anywhere || at == output.len() { Ok(()) } else { Err("more is printed".to_owned()) }
}

#[test]
fn the_tour_of_the_readme_is_what_is_printed() {
    let place = Place::new();
    std::os::unix::fs::symlink(root().join("examples"), place.path().join("examples")).unwrap();
    let blocks = console_blocks(&fs::read_to_string(root().join("README.md")).unwrap());
    assert!(blocks.len() >= 4);
    for (line, shown) in blocks {
        let said = place.run(&line);
        assert!(said.code.is_some_and(|code| code <= 1), "{}", said.text());
        let output: Vec<&str> = said.out.lines().collect();
        if let Err(fault) = is_as_shown(&shown, &output) {
            panic!("`leasehold {line}`: {fault}\n{}", said.out);
        }
    }
}
