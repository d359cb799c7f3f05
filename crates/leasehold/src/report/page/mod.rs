//! The report as one HTML page.

use leasehold_sim::figures::Figures;

/// The page.
pub fn render(figures: &Figures) -> String {
    figures.title.clone()
}
