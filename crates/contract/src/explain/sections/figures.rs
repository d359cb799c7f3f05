//! The schedule and the four lines.

use leasehold_types::Money;

use crate::disclose::FourLines;
use crate::exact::previous_day;
use crate::explain::{Section, words};
use crate::lease::Lease;
use crate::schedule::{BillingPeriod, LineKind, Schedule, Undisclosed};
use crate::{EvalError, Problem};

pub(in crate::explain) fn schedule(
    lease: &Lease,
    schedule: &Schedule,
) -> Result<Section, EvalError> {
    let mut section = Section::new("Schedule");
    let rows: Result<Vec<Vec<String>>, Problem> = schedule.periods.iter().map(row).collect();
    let mut rows = rows.map_err(|problem| problem.at(&lease.id, "schedule"))?;
    rows.push(vec![
        "all".to_owned(),
        String::new(),
        String::new(),
        String::new(),
        figure(schedule.total),
    ]);
    let total = format!("total, {}", lease.currency);
    section.table(&["from", "through", "fee", "taken off", total.as_str()], rows);
    for span in &schedule.undisclosed {
        section.item(undisclosed(span));
    }
    Ok(section)
}

fn row(period: &BillingPeriod) -> Result<Vec<String>, Problem> {
    let currency = period.total.currency();
    let fees = period.lines.iter().filter(|line| line.kind == LineKind::Fee);
    let fee = Money::sum(currency, fees.map(|line| line.amount))?;
    let off = period.total.checked_sub(fee)?;
    let hidden = period.lines.iter().any(|line| !line.disclosed);
    let fee = match (hidden, fee.is_zero()) {
        (false, _) => figure(fee),
        (true, true) => "not disclosed".to_owned(),
        (true, false) => format!("{} and undisclosed", figure(fee)),
    };
    let off = if off.is_zero() { String::new() } else { figure(off) };
    let last = words::last_day(period.until).to_string();
    Ok(vec![period.from.to_string(), last, fee, off, figure(period.total)])
}

/// An amount without its currency, thousands grouped.
fn figure(amount: Money) -> String {
    let text = amount.to_string();
    text.split_once(' ').map_or(text.clone(), |(_, figure)| figure.to_owned())
}

fn undisclosed(span: &Undisclosed) -> String {
    format!(
        "{}: the fee from {} through {} ({}) is not disclosed and in no sum.",
        span.phase,
        span.from,
        words::last_day(span.until),
        words::count(span.months.into(), "month")
    )
}

pub(in crate::explain) fn four_lines(lease: &Lease, four: &FourLines) -> Section {
    let today = lease.zone.date_of(four.as_of);
    let mut section =
        Section::new(&format!("The four lines at the close of {}", previous_day(today)));
    let rows = [
        ("headline value", four.headline_value),
        ("non-cancellable value", four.non_cancellable_value),
        ("remaining performance obligations (RPO)", four.rpo),
        ("run rate a month", four.run_rate_month),
    ];
    let rows = rows.map(|(name, amount)| vec![name.to_owned(), figure(amount)]);
    section.table(&["", lease.currency.code()], rows.to_vec());
    section.text(enforceable(four));
    let rows = four.reconciliation.iter();
    let rows = rows.map(|line| {
        let mark = if line.is_sum { "=" } else { "" };
        vec![mark.to_owned(), line.label.clone(), figure(line.amount)]
    });
    section.table(&["", "from one line to the next", lease.currency.code()], rows.collect());
    for used in &four.expedients {
        section.item(format!(
            "Expedient, {}: leaves out {} ({}).",
            used.expedient, used.left_out, used.reason
        ));
    }
    for span in &four.undisclosed {
        section.item(undisclosed(span));
    }
    let matter = ["tranche", "fee", "term", "accounting"];
    let abouts = lease.assumptions.iter().map(|assumption| assumption.about.as_str());
    let abouts: Vec<String> = abouts
        .filter(|about| matter.iter().any(|head| about.split('.').next() == Some(*head)))
        .map(str::to_owned)
        .collect();
    if !abouts.is_empty() {
        section
            .text(format!("These figures rest on what is assumed about {}.", words::list(&abouts)));
    }
    section
}

fn enforceable(four: &FourLines) -> String {
    let term = &four.enforceable;
    let last = words::last_day(term.term_end);
    let mut said = format!("It is enforceable through {last}: {}.", term.because);
    for window in &term.recallable {
        said.push_str(&format!(
            " The recallable units of tranche {} only through {}: the owner could take them for \
             good.",
            window.tranche,
            words::last_day(window.until)
        ));
    }
    said
}
