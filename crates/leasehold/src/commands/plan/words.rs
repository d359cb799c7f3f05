//! Plans for people.

use leasehold_planner::NodeSet;
use leasehold_planner::plan::{Cost, OfferAdvice, RecallPlan, Step};
use leasehold_types::{Currency, Money, Ratio, Rounding};

use crate::commands::count;
use crate::terminal::table;

/// The plan: its steps in order, what it costs, how good it is.
pub(super) fn plan(plan: &RecallPlan, currency: Currency) -> String {
    let asked = plan.demand.units;
    let Some(starts_at) = plan.starts_at else {
        let proven = if plan.proven_impossible { "there is no plan" } else { "no plan was found" };
        return format!("{asked} units of {} asked: {proven}\n", plan.demand.pool);
    };
    let mut text = format!(
        "{asked} units of {} asked, {} given from {starts_at} on: {} idle, {} recalled; \
         evicted over asked {}\n",
        plan.demand.pool,
        plan.given,
        plan.given.saturating_sub(plan.evicted),
        plan.evicted,
        decimal(plan.evicted_over_asked, 3),
    );
    if !plan.idle.is_empty() {
        text += &format!("  idle nodes {}\n", nodes(&plan.idle));
    }
    for (index, step) in plan.steps.iter().enumerate() {
        text += &one_step(index + 1, step, currency);
    }
    text += &format!("\n{}", costs(&plan.cost, currency));
    if !plan.stopped_beside.is_zero() {
        text += &format!(
            "{} units more stand still with their tenants until replicas are loaded anew\n",
            plan.stopped_beside
        );
    }
    text += &format!(
        "the gang lies in {} of {}\n",
        count(plan.domains as usize, "domain"),
        count(plan.halls as usize, "hall")
    );
    if let (Some(bound), Some(gap)) = (plan.bound, plan.gap_millionths) {
        let gap = Ratio::new(gap.into(), 10_000).map_or(String::new(), |gap| decimal(gap, 4));
        text += &format!(
            "no plan costs less than {}; this one is at most {gap} % above\n",
            money(bound, currency)
        );
    }
    text
}

fn one_step(number: usize, step: &Step, currency: Currency) -> String {
    let mut text = format!(
        "{number}. lease {}, tranche {}: recall {} units by class {}, {}\n   \
         notice at {}, release at {}, return by {}; nodes {}\n   \
         {} replicas stop, {} streams are cut\n",
        step.lease,
        step.tranche,
        step.units,
        step.class,
        money(step.cost.total().unwrap_or(Ratio::ZERO), currency),
        step.order_at,
        step.release_at,
        step.return_by,
        nodes(&step.nodes),
        step.replicas,
        step.streams_cut,
    );
    for bar in &step.breaks {
        text += &format!("   BREACH of `{}`: {}\n", bar.rule, bar.message);
    }
    text
}

fn costs(cost: &Cost, currency: Currency) -> String {
    let row = |what: &str, amount: Ratio| [what.to_owned(), money(amount, currency)];
    let rows = [
        row("abatement, owed", cost.abatement),
        row("compensation, owed", cost.compensation),
        row("breach, judged", cost.breach),
        row("lost work, judged", cost.lost_work),
        row("fragmentation, judged", cost.fragmentation),
        row("in all", cost.total().unwrap_or(Ratio::ZERO)),
    ];
    table::draw(["what it costs", ""], rows)
}

/// The rules that bind, where there is no plan.
pub(super) fn binding(plan: &RecallPlan) -> String {
    plan.impossible.iter().map(|rule| format!("  {rule}\n")).collect()
}

/// What cannot be had, and the plan without the lease that gives most.
pub(super) fn reasons(plan: &RecallPlan, currency: Currency) -> String {
    let mut text = String::new();
    if !plan.impossible.is_empty() {
        text += "\nwhat cannot be had, and why\n";
        text += &binding(plan);
    }
    if let Some(second) = &plan.runner_up {
        text += &format!("\nif lease {} gave nothing\n", second.without);
        for line in self::plan(&second.plan, currency).lines() {
            text += if line.is_empty() { "" } else { "  " };
            text += line;
            text += "\n";
        }
    }
    text
}

/// Where to place what is offered.
pub(super) fn advice(advice: &OfferAdvice, currency: Currency) -> String {
    let mut text = format!(
        "recallable: nodes {}, with {} whole domains\n",
        nodes(&advice.recallable),
        advice.whole_domains
    );
    if !advice.firm.is_empty() {
        text += &format!("firm: nodes {}\n", nodes(&advice.firm));
    }
    if !advice.short.is_zero() {
        text +=
            &format!("{} units are missing: no more are idle and can be powered\n", advice.short);
    }
    let cost = |cost: Option<Ratio>| cost.map_or("none".to_owned(), |cost| money(cost, currency));
    let rows = advice
        .probes
        .iter()
        .map(|probe| [probe.units.to_string(), cost(probe.advised), cost(probe.first_idle)]);
    text += "\n";
    text += &table::draw(["a recall of, for an hour", "as advised", "first idle nodes"], rows);
    if !advice.moves.is_empty() {
        text += "\nmoves that leave whole domains idle\n";
    }
    for step in &advice.moves {
        text += &format!(
            "  lease {}, model {}: nodes {} to {}, {}\n",
            step.lease,
            step.model,
            nodes(&step.from),
            nodes(&step.to),
            money(step.cost, currency)
        );
    }
    text
}

/// Most runs of nodes that are shown.
const RUNS_SHOWN: usize = 8;

fn nodes(set: &NodeSet) -> String {
    if set.is_empty() {
        return "none".to_owned();
    }
    let run = |(first, count): &(u32, u32)| match count {
        1 => first.to_string(),
        _ => format!("{first}-{}", first + count - 1),
    };
    let mut text = set.runs().iter().take(RUNS_SHOWN).map(run).collect::<Vec<_>>().join(", ");
    if set.runs().len() > RUNS_SHOWN {
        text += &format!(" and {} more runs", set.runs().len() - RUNS_SHOWN);
    }
    text
}

fn money(minor: Ratio, currency: Currency) -> String {
    Money::from_exact(minor, currency, Rounding::HalfAway).to_string()
}

/// Rounded half away from zero to that many places.
fn decimal(value: Ratio, places: u32) -> String {
    let scale = 10_i64.pow(places);
    let scaled = value.checked_mul(Ratio::whole(scale)).unwrap_or(value);
    let whole = scaled.round(Rounding::HalfAway);
    Ratio::new(whole, scale.into()).map_or(String::new(), |shown| shown.to_string())
}
