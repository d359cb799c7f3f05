//! The four lines, how one becomes the next, and when they fall due.

use leasehold_books::disclose::{Disclosures, InCurrency, LeaseLines, LinesSum, Step};

use super::page::{LEASES_MAX, Page, figure, last_day, marked};
use crate::commands::format::count;
use crate::terminal::table;

pub(super) fn sections(page: &mut Page, found: &Disclosures, all: &InCurrency) {
    four_lines(page, all);
    enforceable(page, found, all);
    reconciliation(page, all);
    maturity(page, all);
}

fn four_lines(page: &mut Page, all: &InCurrency) {
    page.heading(&format!("The four lines, {}", all.currency));
    let head = ["", "headline value", "non-cancellable value", "RPO", "run rate a month"];
    let lines = &all.lines;
    let mut rows = Vec::new();
    if lines.leases.len() <= LEASES_MAX {
        rows.extend(lines.leases.iter().map(of_lease));
    }
    let several = lines.tenants.iter().filter(|row| row.sum.leases > 1);
    rows.extend(several.map(|row| {
        let leases = count(row.sum.leases, "lease");
        of_sum(&format!("{}, {leases}", row.tenant), &row.sum)
    }));
    rows.push(of_sum(&format!("all, {}", count(lines.total.leases, "lease")), &lines.total));
    page.table(&table::draw(head, rows));
    let related = lines.tenants.iter().filter(|row| row.is_related);
    for row in related {
        page.item(&format!("{} is a related party of the owner.", row.tenant));
    }
    if !lines.total.rpo_of_leases.is_zero() {
        page.item(&format!(
            "Of the RPO, {} is rent of leases under ASC 842, which that standard discloses apart.",
            lines.total.rpo_of_leases
        ));
    }
    if lines.leases.len() > LEASES_MAX {
        page.say("These are too many leases for a page; `--format json` has each.");
    }
    page.undisclosed(&lines.total.undisclosed);
    page.left_out(&lines.total.left_out);
}

fn of_lease(row: &LeaseLines) -> [String; 5] {
    let name = marked(&row.lease, !row.undisclosed.is_empty());
    with_figures(name, &row.figures)
}

fn of_sum(name: &str, sum: &LinesSum) -> [String; 5] {
    let is_short = !sum.undisclosed.is_empty() || !sum.left_out.is_empty();
    with_figures(marked(name, is_short), &sum.figures)
}

fn with_figures(name: String, figures: &leasehold_books::disclose::Figures) -> [String; 5] {
    [
        name,
        figure(figures.headline_value),
        figure(figures.non_cancellable_value),
        figure(figures.rpo),
        figure(figures.run_rate_month),
    ]
}

fn enforceable(page: &mut Page, found: &Disclosures, all: &InCurrency) {
    if all.lines.leases.is_empty() || all.lines.leases.len() > LEASES_MAX {
        return;
    }
    page.heading("Until when they are enforceable");
    for row in &all.lines.leases {
        let stated = last_day(row.stated_end);
        if row.term_end <= found.at {
            page.item(&format!("{}: over since {}.", row.lease, row.term_end));
            continue;
        }
        // Once the lease ends earlier anyway, who else could end it later is of no use.
        let exit = row.earliest_exit.filter(|exit| *exit <= row.term_end);
        let exit = exit.map_or(String::new(), |exit| {
            format!(" The earliest end that either could bring about is {exit}.")
        });
        page.item(&format!(
            "{} of {}: through {}: {}. Its stated term runs through {stated}.{exit}",
            row.lease,
            row.tenant,
            last_day(row.term_end),
            row.because
        ));
    }
}

fn reconciliation(page: &mut Page, all: &InCurrency) {
    page.heading(&format!("From one line to the next, {}", all.currency));
    let mut rows = Vec::new();
    let one_by_one = all.lines.leases.len() > 1 && all.lines.leases.len() <= LEASES_MAX;
    for row in all.lines.leases.iter().filter(|_| one_by_one) {
        group(&mut rows, &row.lease.name, &row.reconciliation, &row.run_rate_reconciliation);
    }
    let total = &all.lines.total;
    let name = format!("all, {}", count(total.leases, "lease"));
    group(&mut rows, &name, &total.reconciliation, &total.run_rate_reconciliation);
    page.table(&table::draw(["", all.currency.code()], rows));
}

/// From the headline value to the RPO, and from the run rate to the non-cancellable value.
fn group(rows: &mut Vec<[String; 2]>, name: &str, down: &[Step], bridge: &[Step]) {
    rows.push([name.to_owned(), String::new()]);
    rows.extend(down.iter().chain(bridge).map(|step| {
        let label = if step.is_sum { format!("= {}", step.label) } else { step.label.clone() };
        [format!("  {label}"), figure(step.amount)]
    }));
}

fn maturity(page: &mut Page, all: &InCurrency) {
    let total = &all.lines.total;
    if total.bands.is_empty() {
        return;
    }
    page.heading(&format!("When they fall due, {}", all.currency));
    let rows = total.bands.iter().map(|band| {
        let through = band.until.map_or(String::new(), |until| last_day(until).to_string());
        [
            band.label.clone(),
            band.from.to_string(),
            through,
            figure(band.non_cancellable_value),
            figure(band.rpo),
        ]
    });
    let sum = [
        "all".to_owned(),
        String::new(),
        String::new(),
        figure(total.figures.non_cancellable_value),
        figure(total.figures.rpo),
    ];
    let head = ["", "from", "through", "non-cancellable value", "RPO"];
    page.table(&table::draw(head, rows.chain([sum])));
}
