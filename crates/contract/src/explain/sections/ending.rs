//! When it ends and who may end it.

use crate::explain::{Section, words};
use crate::lease::{Effect, ExitRight, Lease, NoticeTo, Side};

pub(in crate::explain) fn section(lease: &Lease) -> Section {
    let mut section = Section::new("Term");
    section.text(format!("The last day is {}.", words::last_day(lease.term.end)));
    if let Some(initial) = lease.term.initial_period_end {
        section.text(format!("No notice ends it before {initial}."));
    }
    for side in Side::BOTH {
        match lease.term.exit(side) {
            None => section.item(format!("The {side} may not end it early without a cause.")),
            Some(right) => section.item(early_end(side, right)),
        }
    }
    if lease.term.owner_exit.is_some() || lease.term.tenant_exit.is_some() {
        section.text(
            "The day on which a notice is received does not count. Where both sides give notice, \
             the earlier end governs; one is withdrawn only with the other side's consent.",
        );
    }
    section.assumed(lease, &["term"])
}

fn early_end(side: Side, right: &ExitRight) -> String {
    let mut said = format!(
        "The {side} may end it early with a notice of {}",
        words::notice_length(right.notice)
    );
    if let Some(date) = right.earliest_notice_served {
        said.push_str(&format!(", served on {date} or later"));
    }
    if let Some(date) = right.earliest_effective {
        said.push_str(&format!(", taking effect on {date} or later"));
    }
    if right.effective_at == Effect::End {
        said.push_str(", taking effect as its last date ends");
    }
    if right.to == NoticeTo::MonthEnd {
        said.push_str(", to the next end of a month");
    }
    if let Some(penalty) = &right.penalty {
        let judged = penalty.judgement.to_string();
        said.push_str(&format!(", for {} ({judged})", penalty));
    }
    said.push('.');
    said
}
