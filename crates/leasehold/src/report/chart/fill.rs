//! Fills that differ in print, in the dark and for who does not see colours alike.

use maud::{Markup, html};

use super::{at, scaled};

/// How an area is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    class: &'static str,
    pattern: Option<&'static str>,
}

impl Fill {
    /// The owner's jobs.
    pub const JOBS: Fill = Fill::solid("jobs");
    /// Sold and serving.
    pub const BUSY: Fill = Fill::solid("busy");
    /// Sold and waiting.
    pub const QUIET: Fill = Fill::patterned("quiet", "url(#pattern-quiet)");
    /// Taken back.
    pub const RECALLED: Fill = Fill::patterned("recalled", "url(#pattern-recalled)");
    /// Failed.
    pub const DOWN: Fill = Fill::solid("down");
    /// Unused.
    pub const IDLE: Fill = Fill::solid("idle");
    /// What counts only as a size.
    pub const PLAIN: Fill = Fill::solid("plain");

    /// Tenants and leases, the largest first.
    pub const SERIES: [Fill; 6] = [
        Fill::solid("series-1"),
        Fill::patterned("series-2", "url(#pattern-2)"),
        Fill::solid("series-3"),
        Fill::patterned("series-4", "url(#pattern-4)"),
        Fill::solid("series-5"),
        Fill::patterned("series-6", "url(#pattern-6)"),
    ];
    /// All further ones together.
    pub const OTHERS: Fill = Fill::patterned("series-others", "url(#pattern-others)");

    const fn solid(class: &'static str) -> Self {
        Fill { class, pattern: None }
    }

    const fn patterned(class: &'static str, pattern: &'static str) -> Self {
        Fill { class, pattern: Some(pattern) }
    }

    /// A path filled with it, with words for a pointer that rests on it.
    pub fn path(self, d: &str, title: Option<&str>) -> Markup {
        html! {
            path d=(d) class=[self.pattern.is_none().then_some(self.class)] fill=[self.pattern] {
                @if let Some(title) = title { title { (title) } }
            }
        }
    }
}

/// A sample of a fill for a legend.
pub fn swatch(fill: Fill) -> Markup {
    html! {
        svg.swatch viewBox="0 0 16 12" aria-hidden="true" { (fill.path("M0 0H16V12H0Z", None)) }
    }
}

/// A bar across as much of its box as `part` is of `whole`.
pub fn bar(part: u128, whole: u128, fill: Fill) -> Markup {
    let end = at(scaled(part.min(whole), whole, 10_000));
    html! {
        svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            (fill.path(&format!("M0 0H{end}V10H0Z"), None))
        }
    }
}

/// The patterns, once a page.
pub fn patterns() -> Markup {
    html! {
        svg.defs width="0" height="0" aria-hidden="true" {
            defs {
                (hatch("quiet", "busy", 45, 5))
                (scored("recalled", "recalled", 135, 5))
                (hatch("2", "series-2", 45, 5))
                (hatch("4", "series-4", 135, 5))
                (hatch("6", "series-6", 90, 4))
                (hatch("others", "series-others", 0, 4))
            }
        }
    }
}

/// The colour of `ink` with thin lines of the page's ground: for narrow areas that must be seen.
fn scored(name: &str, ink: &str, degrees: u32, every: u32) -> Markup {
    html! {
        pattern id=(format!("pattern-{name}")) width=(every) height=(every)
            patternUnits="userSpaceOnUse" patternTransform=(format!("rotate({degrees})")) {
            rect width=(every) height=(every) class=(ink) {}
            rect width="1.2" height=(every) class="ground" {}
        }
    }
}

/// Lines of the colour of `ink` on a pale ground of the same, turned by `degrees`.
fn hatch(name: &str, ink: &str, degrees: u32, every: u32) -> Markup {
    let turn = format!("rotate({degrees})");
    html! {
        pattern id=(format!("pattern-{name}")) width=(every) height=(every)
            patternUnits="userSpaceOnUse" patternTransform=(turn) {
            rect width=(every) height=(every) class="ground" {}
            rect width=(every) height=(every) class=(format!("{ink} pale")) {}
            rect width="2" height=(every) class=(ink) {}
        }
    }
}
