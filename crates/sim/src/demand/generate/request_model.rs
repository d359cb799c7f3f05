//! Parameters of the request generator, as a scenario may set them, with the fitted ones as
//! defaults.

use leasehold_types::Ratio;
use serde::Deserialize;

use super::job_model::{check_weights, check_within};
use super::{Profile, float};
use crate::demand::DemandError;
use crate::demand::check::Check;

const FITTED: &str = include_str!("requests.toml");
const TOKENS_MAX: i64 = 10_000_000;

/// Which fitted service a generated one resembles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestProfile {
    /// A general service: busy from morning to late evening, all week.
    #[default]
    Chat,
    /// A coding assistant: working hours, and two fifths at weekends.
    Coding,
}

/// What a scenario may set, `model = { ... }`; what it leaves out is as fitted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestModel {
    /// Weight of each hour of the day.
    #[serde(default)]
    pub hours: Option<[u32; 24]>,
    /// Weight of each day of the week, from Monday.
    #[serde(default)]
    pub weekdays: Option<[u32; 7]>,
    /// Spread, in logarithm, of a factor that wanders over hours.
    #[serde(default)]
    pub slow_spread: Option<Ratio>,
    /// Its time constant in hours.
    #[serde(default)]
    pub slow_hours: Option<Ratio>,
    /// Standard deviation of a gamma factor, drawn afresh each window.
    #[serde(default)]
    pub fast_spread: Option<Ratio>,
    /// Mean tokens of a prompt.
    #[serde(default)]
    pub input_tokens: Option<Ratio>,
    /// Their standard deviation over their mean, request by request.
    #[serde(default)]
    pub input_variation: Option<Ratio>,
    /// Mean tokens generated.
    #[serde(default)]
    pub output_tokens: Option<Ratio>,
    /// Their standard deviation over their mean.
    #[serde(default)]
    pub output_variation: Option<Ratio>,
}

#[derive(Deserialize)]
struct Fitted {
    chat: RequestModel,
    coding: RequestModel,
}

/// The model as numbers to draw with.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub profile: Profile,
    pub slow_spread: f64,
    pub slow_hours: f64,
    pub fast_spread: f64,
    /// Mean and relative standard deviation.
    pub input: (f64, f64),
    /// As `input`.
    pub output: (f64, f64),
}

impl RequestModel {
    fn fitted(profile: RequestProfile, label: &str) -> Result<RequestModel, DemandError> {
        let fitted: Fitted = toml::from_str(FITTED).map_err(|error| {
            let rule = format!("the fitted model must be readable: {}", error.message());
            Check { label }.refuse("model", "fitted", rule)
        })?;
        Ok(match profile {
            RequestProfile::Chat => fitted.chat,
            RequestProfile::Coding => fitted.coding,
        })
    }

    /// Checks what is set, fills in the rest.
    pub(super) fn resolve(
        given: Option<&RequestModel>,
        profile: RequestProfile,
        label: &str,
    ) -> Result<Model, DemandError> {
        let check = Check { label };
        let fitted = Self::fitted(profile, label)?;
        let given = given.cloned().unwrap_or_default();
        let hours = given.hours.or(fitted.hours).unwrap_or([1; 24]);
        let weekdays = given.weekdays.or(fitted.weekdays).unwrap_or([1; 7]);
        check_weights(&hours, "model.hours", check)?;
        check_weights(&weekdays, "model.weekdays", check)?;
        let number = |key, given: Option<Ratio>, fitted: Option<Ratio>, most| {
            let value = given.or(fitted).unwrap_or(Ratio::ZERO);
            check_within(key, value, most, check).map(|()| float(value))
        };
        let slow = |key, a, b| number(key, a, b, 3);
        let tokens = |key, a, b| number(key, a, b, TOKENS_MAX);
        Ok(Model {
            profile: Profile::new(hours, weekdays),
            slow_spread: slow("model.slow_spread", given.slow_spread, fitted.slow_spread)?,
            slow_hours: number("model.slow_hours", given.slow_hours, fitted.slow_hours, 10_000)?,
            fast_spread: slow("model.fast_spread", given.fast_spread, fitted.fast_spread)?,
            input: (
                tokens("model.input_tokens", given.input_tokens, fitted.input_tokens)?,
                slow("model.input_variation", given.input_variation, fitted.input_variation)?,
            ),
            output: (
                tokens("model.output_tokens", given.output_tokens, fitted.output_tokens)?,
                slow("model.output_variation", given.output_variation, fitted.output_variation)?,
            ),
        })
    }
}

/// The fitted hours of a day, in thousandths of their mean: what gives a repeated trace of an hour
/// its days.
pub(in crate::demand) fn chat_hours(label: &str) -> Result<[u32; 24], DemandError> {
    let fitted = RequestModel::fitted(RequestProfile::Chat, label)?;
    Ok(fitted.hours.unwrap_or([1_000; 24]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fitted_models_are_readable_and_sound() {
        for profile in [RequestProfile::Chat, RequestProfile::Coding] {
            let model = RequestModel::resolve(None, profile, "requests[0]").unwrap();
            assert!(model.input.0 > 0.0 && model.output.0 > 0.0 && model.slow_spread > 0.0);
        }
        assert_eq!(chat_hours("requests[0]").unwrap().iter().sum::<u32>(), 24_000);
    }
}
