//! Phrases that several sections share.

use leasehold_types::{Date, Ratio};

use crate::exact::previous_day;
use crate::lease::*;
use crate::schedule::words::{major, percent};

/// "1 day", "90 days".
pub(crate) fn count(n: u64, one: &str) -> String {
    let n_words = crate::exact::grouped(n.into());
    if n == 1 { format!("{n_words} {one}") } else { format!("{n_words} {one}s") }
}

/// "a", "a and b", "a, b and c".
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The last day before `end`, for sentences: a term sheet's readers count in last days.
pub(crate) fn last_day(end: Date) -> Date {
    previous_day(end)
}

pub(crate) fn notice_length(length: NoticeLength) -> String {
    match length {
        NoticeLength::Days(days) => count(days.into(), "day"),
        NoticeLength::Months(months) => count(months.into(), "month"),
    }
}

pub(crate) fn price(lease: &Lease, price: &Price) -> String {
    match price {
        Price::Monthly { amount, share } if *share == Ratio::ONE => format!("{amount} a month"),
        Price::Monthly { amount, share } => format!("{} of {amount} a month", percent(*share)),
        Price::PerAcceleratorHour { minor } => {
            format!("{} an accelerator-hour", major(lease, *minor))
        }
        Price::Undisclosed => "a fee that is not disclosed".to_owned(),
    }
}

pub(crate) fn covers(covers: &Covers) -> String {
    match covers {
        Covers::Whole => "all tranches".to_owned(),
        Covers::Tranche(id) => format!("tranche {id}"),
    }
}

pub(crate) fn timing(timing: FeeTiming) -> &'static str {
    match timing {
        FeeTiming::InAdvance => "in advance",
        FeeTiming::InArrears => "in arrears",
    }
}

pub(crate) fn day_count(count: DayCount) -> &'static str {
    match count {
        DayCount::ActualActual => "civil days over the civil days of the month (actual/actual)",
        DayCount::ThirtyE360 => "months of 30 days (30E/360)",
        DayCount::Actual365Fixed => "civil days times twelve over 365 (actual/365F)",
        DayCount::None => "not at all: a part is charged like the whole",
    }
}

pub(crate) fn rounding(rounding: leasehold_types::Rounding) -> &'static str {
    match rounding {
        leasehold_types::Rounding::HalfAway => "half away from zero",
        leasehold_types::Rounding::HalfEven => "half to even",
    }
}

pub(crate) fn billing(billing: Billing) -> String {
    let every = match billing.every_months {
        1 => "every month".to_owned(),
        n => format!("every {n} months"),
    };
    match billing.align {
        Alignment::Calendar => format!("{every}, by calendar months"),
        Alignment::Anchor => format!("{every}, counted from the anchor's day"),
    }
}

pub(crate) fn draw_down(draw_down: &DrawDown) -> String {
    match draw_down {
        DrawDown::InFull => "each invoice in full".to_owned(),
        DrawDown::Share(share) => format!("{} of each invoice", percent(*share)),
        DrawDown::UpTo(most) => format!("at most {most} of each invoice"),
    }
}

pub(crate) fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Wait => "wait on",
        Remedy::AcceptFewer => "keep what has come, for a fee that falls in proportion",
        Remedy::Terminate => "end the lease",
    }
}

pub(crate) fn trigger(trigger: Trigger) -> &'static str {
    match trigger {
        Trigger::OwnerTraining => "the owner's training",
        Trigger::OwnerInference => "the owner's inference",
        Trigger::GridCurtailment => "an order of the grid operator",
        Trigger::PowerEmergency => "a failure of power or cooling",
        Trigger::Maintenance => "announced maintenance",
        Trigger::Safety => "a danger to people or equipment",
        Trigger::LegalOrder => "an authority's order",
        Trigger::Drill => "a drill",
    }
}

pub(crate) fn triggers(triggers: &[Trigger]) -> String {
    let said: Vec<&str> = triggers.iter().map(|t| trigger(*t)).collect();
    match said.as_slice() {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

pub(crate) fn right(right: RecallRight) -> &'static str {
    match right {
        RecallRight::Terminate => "end the lease without a penalty",
        RecallRight::Extend => "extend the term by the days recalled",
        RecallRight::Reduce => "give up the units recalled, for a fee that falls in proportion",
    }
}

pub(crate) fn excuse(excuse: Excuse) -> &'static str {
    match excuse {
        Excuse::Recall => "recalls within the clause",
        Excuse::Maintenance => "announced maintenance",
        Excuse::TenantFault => "what the tenant did",
        Excuse::ForceMajeure => "what nobody could help",
    }
}

/// With a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}
