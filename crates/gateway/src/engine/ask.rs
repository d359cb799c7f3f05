//! What a simulated engine is asked for.

use serde_json::Value;

use super::TOKENS_MAX;

/// What matters of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wish {
    /// Words of the prompt: what it counts as tokens.
    pub input: u64,
    /// Output tokens to make.
    pub output: u64,
    /// Whether as a stream.
    pub stream: bool,
    /// Whether usage is wanted at the end of a stream.
    pub usage: bool,
    /// Whether usage is wanted with each chunk.
    pub each: bool,
}

impl Wish {
    /// From a request's body; so many output tokens where it sets no limit.
    pub fn of(body: &Value, tokens: u64) -> Wish {
        let limit = ["max_tokens", "max_completion_tokens", "max_output_tokens"];
        let limit = limit.iter().find_map(|key| body.get(key)?.as_u64());
        let flag = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(false);
        let option = |key: &str| flag(body.get("stream_options").and_then(|o| o.get(key)));
        let prompt = ["messages", "prompt", "input", "system", "instructions"];
        let input = prompt.iter().filter_map(|key| body.get(key)).map(words).sum::<u64>();
        Wish {
            input: input.max(1),
            output: limit.unwrap_or(tokens).clamp(1, TOKENS_MAX),
            stream: flag(body.get("stream")),
            usage: option("include_usage"),
            each: option("continuous_usage_stats"),
        }
    }
}

/// Words of all texts within a value; roles and types are none.
fn words(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.split_whitespace().count() as u64,
        Value::Array(all) => all.iter().map(words).sum(),
        Value::Object(members) => {
            let text = members.iter().filter(|(key, _)| !matches!(key.as_str(), "role" | "type"));
            text.map(|(_, value)| words(value)).sum()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_wherever_they_are() {
        let body = serde_json::json!({
            "messages": [
                {"role": "user", "content": "one two"},
                {"role": "user", "content": [{"type": "text", "text": "three four five"}]}
            ],
            "max_tokens": 7, "stream": true, "stream_options": {"include_usage": true}
        });
        let wish = Wish { input: 5, output: 7, stream: true, usage: true, each: false };
        assert_eq!(Wish::of(&body, 16), wish);
        let nothing = Wish { input: 1, output: 16, stream: false, usage: false, each: false };
        assert_eq!(Wish::of(&serde_json::json!({}), 16), nothing);
    }
}
