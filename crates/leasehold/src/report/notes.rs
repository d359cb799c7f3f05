//! The sentences that every output says alike.

use leasehold_sim::figures::{Figures, Policy, PolicyFigures};
use leasehold_types::Seconds;

use super::shown::{amount_in_words, length, share};
use super::sums;

/// What a run that was stopped says at the top of every output.
pub fn partial(figures: &Figures) -> Option<String> {
    let stopped = figures.stopped_at?;
    Some(format!(
        "PARTIAL RUN: stopped at {stopped}, before its end at {}. Every figure holds up to there only.",
        figures.until
    ))
}

/// The days replayed, the zone, the policies and the seed.
pub fn span(figures: &Figures) -> String {
    let end = figures.stopped_at.unwrap_or(figures.until);
    let last = end.saturating_add(Seconds(-1)).max(figures.from);
    let (first, last) = (figures.zone.date_of(figures.from), figures.zone.date_of(last));
    let names: Vec<&str> = figures.policies.iter().map(|policy| policy.policy.name()).collect();
    let policies = match names.as_slice() {
        [] => "no policy".to_owned(),
        [one] => format!("policy {one}"),
        [most @ .., last] => format!("policies {} and {last}", most.join(", ")),
    };
    format!("{first} to {last} in {}; {policies}; seed {}.", figures.zone, figures.seed)
}

/// What a policy means.
pub fn policy(policy: Policy) -> &'static str {
    match policy {
        Policy::None => "no leases, what the owner would have alone",
        Policy::Static => "firm units only, fees in proportion, nothing recalled",
        Policy::Recallable => "the leases as they are, recalled while the owner's jobs wait",
    }
}

/// The policy that the summary speaks of: the one that leases most freely.
pub fn main_policy(figures: &Figures) -> Option<&PolicyFigures> {
    figures.policies.iter().max_by_key(|policy| policy.policy)
}

/// What was sold, what was busy, what the owner's jobs waited, in sentences.
pub fn headline(figures: &Figures) -> String {
    let Some(main) = main_policy(figures) else {
        return "No policy was replayed, so there is nothing to report.".to_owned();
    };
    let sentences = [Some(sold(main)), Some(waited(figures, main)), earned(main)];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn sold(main: &PolicyFigures) -> String {
    let capacity = sums::policy_capacity(main);
    let sold = capacity.sold().0;
    let name = main.policy.name();
    match (share(sold, capacity.owned.0), share(capacity.busy.0, sold)) {
        (Some(of_owned), Some(of_sold)) => format!(
            "Under {name}, {of_owned} of the accelerator-time owned was sold to tenants, and \
             {of_sold} of what was sold was busy serving their requests."
        ),
        (Some(_), None) => {
            let jobs = share(capacity.jobs.0, capacity.owned.0).unwrap_or_default();
            format!(
                "Under {name}, nothing was sold; the owner's jobs used {jobs} of the \
                 accelerator-time owned."
            )
        }
        (None, _) => format!("Under {name}, no accelerator-time was replayed."),
    }
}

fn waited(figures: &Figures, main: &PolicyFigures) -> String {
    if main.jobs.started == 0 {
        return "No job of the owner's started.".to_owned();
    }
    let alone = figures.policies.iter().find(|policy| policy.policy == Policy::None);
    let against = alone
        .filter(|alone| alone.policy != main.policy && alone.jobs.started > 0)
        .map(|alone| format!(", against {} without leases", length(alone.jobs.wait.p95)));
    let half = match main.jobs.wait.p50 {
        0 => "At least half of the owner's jobs that started did not wait".to_owned(),
        p50 => format!("Half of the owner's jobs that started waited at most {}", length(p50)),
    };
    let p95 = length(main.jobs.wait.p95);
    format!("{half}; 95 of 100 waited at most {p95}{}.", against.unwrap_or_default())
}

fn earned(main: &PolicyFigures) -> Option<String> {
    let sums = sums::money(main, |quarter| quarter.recognised);
    let amounts: Vec<String> = sums.iter().map(amount_in_words).collect();
    let months = sums::undisclosed_months(main);
    let besides = match months {
        0 => String::new(),
        1 => ", besides one lease-month whose fee is not disclosed".to_owned(),
        _ => format!(", besides {months} lease-months whose fee is not disclosed"),
    };
    (!amounts.is_empty()).then(|| format!("Revenue recognised: {}{besides}.", amounts.join(", ")))
}
