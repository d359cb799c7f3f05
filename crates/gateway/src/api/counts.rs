//! Tokens, in the one way in which they are counted here.
//!
//! OpenAI counts cached tokens inside `prompt_tokens`, Anthropic beside `input_tokens`; both count
//! reasoning inside the output. What is normalised here is never normalised again.

use crate::wire::json;

/// Tokens of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Input tokens that were not read from a cache; those written into one are among them.
    pub input: u64,
    /// Input tokens that were read from a cache.
    pub cached: u64,
    /// Output tokens, with those of reasoning.
    pub output: u64,
    /// Of the output tokens, those of reasoning.
    pub reasoning: u64,
}

impl Counts {
    /// From a `usage` object of either API; `None` where it counts nothing.
    pub fn of_usage(usage: &[u8]) -> Option<Counts> {
        let mut seen = Seen::default();
        json::members(usage, |member| {
            let value = usage.get(member.value).unwrap_or_default();
            seen.take(member.key, value);
        })
        .ok()?;
        seen.counts()
    }

    /// From llama.cpp's `timings`, which count what was processed, read from the cache and made.
    pub fn of_timings(timings: &[u8]) -> Option<Counts> {
        let mut counts = Counts::default();
        let mut made = None;
        json::members(timings, |member| {
            let value = timings.get(member.value).and_then(json::count);
            match member.key {
                b"prompt_n" => counts.input = value.unwrap_or(0),
                b"cache_n" => counts.cached = value.unwrap_or(0),
                b"predicted_n" => made = value,
                _ => {}
            }
        })
        .ok()?;
        made.map(|output| Counts { output, ..counts })
    }

    /// These, with what `later` says of the same answer: it counts where it counts anything, for an
    /// answer's counts only grow.
    #[must_use]
    pub fn then(self, later: Counts) -> Counts {
        Counts {
            input: self.input.max(later.input),
            cached: self.cached.max(later.cached),
            output: self.output.max(later.output),
            reasoning: self.reasoning.max(later.reasoning),
        }
    }

    /// All of them.
    pub const fn total(self) -> u64 {
        self.input.saturating_add(self.cached).saturating_add(self.output)
    }
}

/// The members of a `usage` object that count.
#[derive(Default)]
struct Seen {
    /// OpenAI's chat, completions and embeddings: cached tokens inside.
    prompt: Option<u64>,
    completion: Option<u64>,
    /// Anthropic's, and OpenAI's responses.
    input: Option<u64>,
    output: Option<u64>,
    /// Anthropic's, beside the input.
    cache_read: Option<u64>,
    cache_written: Option<u64>,
    /// OpenAI's, inside the input.
    cached_within: Option<u64>,
    reasoning: Option<u64>,
}

impl Seen {
    fn take(&mut self, key: &[u8], value: &[u8]) {
        let within = |name: &str| json::member(value, name).ok().flatten().and_then(json::count);
        match key {
            b"prompt_tokens" => self.prompt = json::count(value),
            b"completion_tokens" => self.completion = json::count(value),
            b"input_tokens" => self.input = json::count(value),
            b"output_tokens" => self.output = json::count(value),
            b"cache_read_input_tokens" => self.cache_read = json::count(value),
            b"cache_creation_input_tokens" => self.cache_written = json::count(value),
            b"prompt_tokens_details" | b"input_tokens_details" => {
                self.cached_within = within("cached_tokens");
            }
            b"completion_tokens_details" | b"output_tokens_details" => {
                self.reasoning = within("reasoning_tokens");
            }
            _ => {}
        }
    }

    fn counts(&self) -> Option<Counts> {
        let (input, output) = (self.prompt.or(self.input), self.completion.or(self.output));
        if input.is_none() && output.is_none() {
            return None;
        }
        let (input, output) = (input.unwrap_or(0), output.unwrap_or(0));
        let within = self.cached_within.unwrap_or(0).min(input);
        let reasoning = self.reasoning.unwrap_or(0).min(output);
        Some(Counts {
            input: (input - within).saturating_add(self.cache_written.unwrap_or(0)),
            cached: within.saturating_add(self.cache_read.unwrap_or(0)),
            output,
            reasoning,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(input: u64, cached: u64, output: u64, reasoning: u64) -> Option<Counts> {
        Some(Counts { input, cached, output, reasoning })
    }

    #[test]
    fn cached_tokens_are_inside_for_one_and_beside_for_the_other() {
        let openai = br#"{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,
            "prompt_tokens_details":{"cached_tokens":64},
            "completion_tokens_details":{"reasoning_tokens":5}}"#;
        assert_eq!(Counts::of_usage(openai), counts(36, 64, 20, 5));
        let anthropic = br#"{"input_tokens":36,"cache_creation_input_tokens":8,
            "cache_read_input_tokens":64,"output_tokens":20}"#;
        assert_eq!(Counts::of_usage(anthropic), counts(44, 64, 20, 0));
        let responses = br#"{"input_tokens":100,"input_tokens_details":{"cached_tokens":64},
            "output_tokens":20,"output_tokens_details":{"reasoning_tokens":7},"total_tokens":120}"#;
        assert_eq!(Counts::of_usage(responses), counts(36, 64, 20, 7));
        let embeddings = br#"{"prompt_tokens":12,"total_tokens":12}"#;
        assert_eq!(Counts::of_usage(embeddings), counts(12, 0, 0, 0));
    }

    #[test]
    fn what_counts_nothing_is_no_usage() {
        for text in ["{}", "null", "[]", r#"{"prompt_tokens":"7"}"#, r#"{"prompt_tokens":-1}"#] {
            assert_eq!(Counts::of_usage(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn timings_of_llama_cpp() {
        let text =
            br#"{"cache_n":3,"prompt_n":9,"prompt_ms":1.5,"predicted_n":4,"predicted_ms":2}"#;
        assert_eq!(Counts::of_timings(text), counts(9, 3, 4, 0));
        assert_eq!(Counts::of_timings(br#"{"prompt_n":9}"#), None);
    }

    #[test]
    fn nothing_counts_more_than_its_whole() {
        let text = br#"{"prompt_tokens":10,"completion_tokens":2,
            "prompt_tokens_details":{"cached_tokens":50},
            "completion_tokens_details":{"reasoning_tokens":9}}"#;
        assert_eq!(Counts::of_usage(text), counts(0, 10, 2, 2));
    }
}
