//! The report as one HTML page: no network, no script, readable on a phone and on paper.
//!
//! The summary comes first, then each subject with its charts and tables, then what all of it rests
//! on, then how it was computed. Every word of the figures goes through `maud`, which escapes it,
//! and the page's own policy forbids scripts and requests whatever stands in it.

mod basis;
mod capacity;
mod documents;
mod draw;
mod jobs;
mod lines;
mod method;
mod money;
mod overview;
mod recalls;
mod requests;

use leasehold_sim::figures::Figures;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::files::File;
use super::shown::printable;
use super::{chart, notes};

const STYLE: &str = include_str!("style.css");

/// No request to anywhere, and no script.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                              base-uri 'none'; form-action 'none'";

pub use documents::paper_name;

/// The page; `papers` are the documents that are written beside it.
pub fn render(figures: &Figures, papers: &[File]) -> String {
    let sections = sections(figures, papers);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(figures))
            body {
                (chart::patterns())
                a.skip href="#summary" { "Skip to the summary" }
                (title(figures, &sections))
                main {
                    @for section in &sections { (section.body) }
                }
                footer { p { (notes::span(figures)) } }
            }
        }
    };
    // Names may hold characters that no page may, or that turn the words around them.
    page.into_string().chars().map(printable).chain(['\n']).collect()
}

fn head(figures: &Figures) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(CONTENT_POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (figures.title) " \u{2013} Leasehold replay" }
            style { (PreEscaped(STYLE)) }
        }
    }
}

fn title(figures: &Figures, sections: &[Section]) -> Markup {
    html! {
        header {
            @if let Some(partial) = notes::partial(figures) { p.partial role="alert" { (partial) } }
            p.kicker { "Leasehold replay" }
            h1 { (figures.title) }
            p.span { (notes::span(figures)) }
            nav aria-label="Contents" {
                ol {
                    @for section in sections {
                        li { a href=(format!("#{}", section.id)) { (section.name) } }
                    }
                }
            }
        }
    }
}

/// A part of the page that the contents name.
struct Section {
    id: &'static str,
    name: &'static str,
    body: Markup,
}

fn sections(figures: &Figures, papers: &[File]) -> Vec<Section> {
    let section = |id, name, heading: &str, content: Markup| Section {
        id,
        name,
        body: html! { section id=(id) { h2 { (heading) } (content) } },
    };
    vec![
        section("summary", "Summary", overview::HEADING, overview::render(figures)),
        section("capacity", "Capacity", capacity::HEADING, capacity::render(figures)),
        section("money", "Revenue", money::HEADING, money::render(figures)),
        section("documents", "Invoices", documents::HEADING, documents::render(figures, papers)),
        section("lines", "The four lines", lines::HEADING, lines::render(figures)),
        section("recalls", "Recalls", recalls::HEADING, recalls::render(figures)),
        section("jobs", "Owner's jobs", jobs::HEADING, jobs::render(figures)),
        section("requests", "Requests", requests::HEADING, requests::render(figures)),
        section("assumptions", "Assumptions", basis::ASSUMPTIONS, basis::assumptions(figures)),
        section("inputs", "Inputs", basis::INPUTS, basis::inputs(figures)),
        section("method", "Method", method::HEADING, method::render(figures)),
    ]
}
