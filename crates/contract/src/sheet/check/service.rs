//! Ladders of availability and targets of latency.

use leasehold_types::Ratio;

use crate::lease::LatencyTarget;
use crate::sheet::codes;
use crate::sheet::draft::StepDraft;
use crate::sheet::section::{At, Field};
use crate::sheet::sink::Sink;

/// Down the ladder `below` falls and `credit` rises, and no credit is above the cap.
pub(in crate::sheet) fn ladder(steps: &[At<StepDraft>], cap: Field<Ratio>, sink: &Sink<'_>) {
    for pair in steps.windows(2) {
        let (upper, lower) = (&pair[0].value, &pair[1].value);
        let falls = upper.below.zip(lower.below).map(|(a, b)| (a, b, a.value > b.value));
        let rises = upper.credit.zip(lower.credit).map(|(a, b)| (a, b, a.value < b.value));
        for (ordered, problem) in
            [(falls, "`below` does not fall"), (rises, "`credit` does not rise")]
        {
            if let Some((above, here, false)) = ordered {
                let fault = codes::LADDER_OUT_OF_ORDER
                    .at(here.span, format!("{problem} from one step to the next"))
                    .label("this step")
                    .also(above.span, "the step before");
                sink.report(fault.remedy("order the steps by falling `below` and rising `credit`"));
            }
        }
    }
    let Some(cap) = cap else { return };
    for credit in steps.iter().filter_map(|step| step.value.credit) {
        if credit.value > cap.value {
            let fault = codes::CREDIT_ABOVE_CAP
                .at(credit.span, "this credit is above the cap")
                .label("never paid in full")
                .also(cap.span, "the cap")
                .remedy("lower the credit or raise the cap");
            sink.report(fault);
        }
    }
}

/// Each input length and percentile has one target, and longer inputs no tighter ones.
pub(in crate::sheet) fn latency(targets: &[At<LatencyTarget>], sink: &Sink<'_>) {
    for (i, target) in targets.iter().enumerate() {
        let same = |other: &&At<LatencyTarget>| {
            other.value.input_tokens_to == target.value.input_tokens_to
                && other.value.percentile == target.value.percentile
        };
        if let Some(first) = targets[..i].iter().find(same) {
            let tokens = target.value.input_tokens_to;
            let fault = codes::DUPLICATE_LATENCY
                .at(target.span, format!("inputs to {tokens} tokens have two targets"))
                .label("again")
                .also(first.span, "first")
                .remedy("keep one of the two, or give them different percentiles");
            sink.report(fault);
        }
    }
    for (i, target) in targets.iter().enumerate() {
        let looser = |other: &&At<LatencyTarget>| {
            other.value.percentile == target.value.percentile
                && other.value.input_tokens_to < target.value.input_tokens_to
                && other.value.first_token_ms > target.value.first_token_ms
        };
        if let Some(shorter) = targets[..i].iter().find(looser) {
            let fault = codes::LATENCY_FALLS
                .at(target.span, "longer inputs have the tighter target")
                .label("longer inputs, less time")
                .also(shorter.span, "shorter inputs, more time")
                .remedy("check the two times to the first token");
            sink.report(fault);
        }
    }
}
