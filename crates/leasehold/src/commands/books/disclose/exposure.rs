//! What a notice would cost.

use leasehold_books::disclose::{InCurrency, LeaseExposure, Loss, Possible};
use leasehold_contract::lease::Side;

use super::page::{LEASES_MAX, Page, figure, marked};
use crate::terminal::table;

pub(super) fn sections(page: &mut Page, all: &InCurrency) {
    let exposure = &all.exposure;
    page.heading(&format!("Exposure under notice, {}", all.currency));
    page.say(&exposure.base);
    if exposure.leases.is_empty() {
        page.say("No lease goes on.");
        return;
    }
    for side in [Side::Tenant, Side::Owner] {
        let rows: Vec<&LeaseExposure> =
            exposure.leases.iter().filter(|row| row.side == side).collect();
        if rows.len() <= LEASES_MAX {
            of_side(page, side, &rows);
        }
    }
    together(page, all);
    falling(page, all);
}

fn of_side(page: &mut Page, side: Side, rows: &[&LeaseExposure]) {
    let who = format!("the {side} gives notice");
    let head = [who.as_str(), "over from", "fees no longer due", "headline after", "RPO after"];
    let can: Vec<_> = rows.iter().filter(|row| row.ends.is_some()).collect();
    if can.is_empty() {
        page.table(&format!(" if {who}: none can end a lease earlier\n"));
    } else {
        page.table(&table::draw(head, can.into_iter().map(|row| of_lease(row))));
    }
    for row in rows {
        remarks(page, side, row);
    }
    if rows.iter().any(|row| row.is_undisclosed) {
        page.item("* Fees that are not disclosed are in no figure.");
    }
}

fn remarks(page: &mut Page, side: Side, row: &LeaseExposure) {
    match &row.notice {
        Possible::Now(_) => {}
        Possible::From(date) => {
            page.item(&format!("{}: such a notice may be served from {date} on.", row.lease));
        }
        Possible::Never(why) => page.item(&format!("{}: {why}.", row.lease)),
    }
    if let Some(penalty) = &row.penalty {
        let (amount, label) = (penalty.amount, &penalty.label);
        page.item(&format!("{}: the {side} then pays {amount}: {label}.", row.lease));
    }
    if row.ends.is_some_and(|ends| ends >= row.ends_now) {
        page.item(&format!("{}: a notice would end it no earlier than it ends.", row.lease));
    }
    if !row.returned.is_zero() && side == Side::Tenant {
        page.item(&format!(
            "{}: the owner then gives back {} of deposits and prepayments.",
            row.lease, row.returned
        ));
    }
}

fn of_lease(row: &LeaseExposure) -> [String; 5] {
    [
        marked(&row.lease, row.is_undisclosed),
        row.ends.map_or(String::new(), |ends| ends.to_string()),
        figure(row.fees_lost),
        figure(row.after.headline_value),
        figure(row.after.rpo),
    ]
}

fn together(page: &mut Page, all: &InCurrency) {
    let exposure = &all.exposure;
    let head =
        ["notice by", "leases", "over from", "fees no longer due", "run rate lost", "% of all"];
    let tenants = exposure.tenants.iter().map(of_loss);
    page.table(&table::draw(head, tenants.chain(exposure.all.iter().map(of_loss))));
}

fn of_loss(loss: &Loss) -> [String; 6] {
    let who = match (&loss.tenant, loss.side) {
        (Some(tenant), Side::Tenant) => format!("{tenant}"),
        (Some(tenant), Side::Owner) => format!("owner, to {tenant}"),
        (None, Side::Tenant) => "every tenant".to_owned(),
        (None, Side::Owner) => "owner, to all".to_owned(),
    };
    let from = loss.ends.map_or(String::new(), |(first, _)| first.to_string());
    let lost = loss.before.run_rate_month.checked_sub(loss.after.run_rate_month);
    [
        marked(who, loss.is_undisclosed),
        format!("{} of {}", loss.ended, loss.leases),
        from,
        figure(loss.fees_lost),
        lost.map_or_else(|error| error.to_string(), figure),
        loss.run_rate_percent.clone().unwrap_or_default(),
    ]
}

fn falling(page: &mut Page, all: &InCurrency) {
    let steps = &all.exposure.run_rate;
    if steps.is_empty() {
        return;
    }
    let rows =
        steps.iter().map(|step| [step.from.to_string(), figure(step.lost), figure(step.left)]);
    let head = ["if every tenant leaves as soon as it may, from", "lost a month", "left a month"];
    page.table(&table::draw(head, rows));
}
