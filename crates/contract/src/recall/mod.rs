//! What may be taken back: offers to a planner, admission of an order, the history they rest on.
//!
//! A drill runs the whole procedure without taking capacity: it needs its trigger and its notice
//! like any recall, but takes no units, rests on no cap and counts against none.

use leasehold_types::{AcceleratorSeconds, Date, Instant, Money, Ratio, TrancheId, Units};
use serde::{Deserialize, Serialize};

use crate::lease::{RecallRight, Trigger};
use crate::{EvalError, Facts, Lease};

mod assess;
mod calendar;
mod case;
mod election;
mod history;
mod kept;
mod offer;
mod rules;

pub use assess::assess;
pub(crate) use calendar::earliest_release;
pub use election::elections;
pub use history::{RecallHistory, RecallRecord};
pub use kept::latest_return;
pub use offer::offers;

/// What could be taken back now, and at what price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallOffer {
    /// From which tranche.
    pub tranche: TrancheId,
    /// By which notice class.
    pub class: String,
    /// At most so many units.
    pub most: Units,
    /// The earliest lawful release, if the notice is served now.
    pub ready_at: Instant,
    /// The latest lawful return after a release at `ready_at`; until the tranche ends where
    /// absent.
    pub latest_return: Option<Instant>,
    /// Accelerator-seconds that the clause still allows in the civil year of `ready_at`; no limit
    /// where absent.
    pub left_this_year: Option<AcceleratorSeconds>,
    /// Abatement and compensation for one unit and hour at `ready_at`, exact minor units, before
    /// the cap and the stop-loss.
    pub cost_per_unit_hour: Ratio,
    /// False where part of the fee is not disclosed: the cost then leaves it out.
    pub cost_disclosed: bool,
}

/// A recall that the owner wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallOrder {
    /// From which tranche.
    pub tranche: TrancheId,
    /// How many units.
    pub units: Units,
    /// By which notice class.
    pub class: String,
    /// Why.
    pub trigger: Trigger,
    /// When they must be released; as soon as the notice allows where absent.
    pub release_at: Option<Instant>,
    /// When they are to come back.
    pub expected_return: Instant,
}

/// What an order amounts to once its notice is served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecallTerms {
    /// When the notice is served.
    pub served: Instant,
    /// When new requests stop.
    pub drain_from: Instant,
    /// When the units must be released.
    pub release_at: Instant,
    /// When what is left is cut; after `release_at` where streams may finish.
    pub cut_at: Instant,
    /// When the units are to come back.
    pub return_by: Instant,
    /// Once the need is over, within how long they are offered back, in seconds.
    pub offer_back_within: leasehold_types::Seconds,
    /// Until when the tenant is asked to acknowledge; silence is assent.
    pub acknowledge_by: Instant,
    /// Whether it is a rehearsal that takes no capacity.
    pub drill: bool,
    /// Units taken: none by a drill.
    pub units: Units,
    /// The abatement from release to return, before the month's cap.
    pub abatement: Money,
    /// The compensation from release to return, before the year's stop-loss.
    pub compensation: Money,
}

/// A rule that an order breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which rule, as it is written in the term sheet.
    pub clause: RecallRule,
    /// The rule, the numbers, and the next step, for people.
    pub message: String,
    /// The earliest lawful release, where waiting helps.
    pub earliest: Option<Instant>,
    /// The most units lawful, where fewer would do.
    pub most: Option<Units>,
}

/// A rule of the recall clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecallRule {
    /// The lease has no recall clause.
    NoClause,
    /// `tranche`: no such tranche, or not in force then.
    Tranche,
    /// `recall.class`: no such class.
    Class,
    /// `recall.triggers`, or those of the class.
    Triggers,
    /// `recall.class.notice`.
    Notice,
    /// `recall.class.most_units`.
    MostUnits,
    /// `tranche.recallable`: less what is out, resting or undelivered.
    Recallable,
    /// `recall.most_events_per_day`.
    MostEventsPerDay,
    /// `recall.most_events_per_month`.
    MostEventsPerMonth,
    /// `recall.most_events_per_year`.
    MostEventsPerYear,
    /// `recall.longest`.
    Longest,
    /// `recall.least_gap`.
    LeastGap,
    /// `recall.first_not_before`.
    FirstNotBefore,
    /// `recall.rest_after_return`.
    RestAfterReturn,
    /// `recall.blackout`.
    Blackout,
    /// `recall.most_accelerator_hours_per_year`.
    MostAcceleratorHoursPerYear,
    /// The return is not after the release, or the release is past.
    Order,
}

/// An order, its terms, and what it breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// What the order amounts to if it is carried out; absent where the lease has no clause, class
    /// or tranche that could say.
    pub terms: Option<RecallTerms>,
    /// What it breaks; empty where it is within the clause.
    pub violations: Vec<Violation>,
}

/// The tenant's right once much was recalled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElectionRight {
    /// The first day of the window in which the threshold was passed.
    pub window_from: Date,
    /// The first day after it.
    pub window_until: Date,
    /// The share of the committed accelerator-time that was taken in it.
    pub share: Ratio,
    /// What the tenant may do.
    pub right: RecallRight,
    /// The last day on which it may say so; silence waives it.
    pub elect_by: Date,
}

/// The terms of `order`, or every rule that it breaks.
///
/// # Errors
/// [`EvalError`] as [`assess`]; the inner error holds the violations.
pub fn admit(
    lease: &Lease,
    facts: &Facts,
    history: &RecallHistory,
    order: &RecallOrder,
    now: Instant,
) -> Result<Result<RecallTerms, Vec<Violation>>, EvalError> {
    let assessment = assess(lease, facts, history, order, now)?;
    Ok(match assessment.terms {
        Some(terms) if assessment.violations.is_empty() => Ok(terms),
        _ => Err(assessment.violations),
    })
}
