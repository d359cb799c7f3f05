//! Reading an answer as it passes: what it counts, what the client is not to see, where it ends.

use bytes::Bytes;

use super::{Counts, Prepared, Surface};
use crate::wire::json::{self, Member};
use crate::wire::sse;

/// Reads the events of one streamed answer.
#[derive(Debug)]
pub struct Reader {
    surface: Surface,
    hide_usage: bool,
    hide_timings: bool,
    counts: Option<Counts>,
    /// Whether the counts are those of the whole answer.
    whole: bool,
    /// Events with content: what is known of an answer that nobody counted. They are no tokens.
    chunks: u64,
}

/// What an event of a stream says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What the client is to see of it; nothing where it was for the gateway alone.
    pub pass: Option<Bytes>,
    /// Whether it ends the answer: it waits until the answer is on record.
    pub ends: bool,
}

/// Members of an event that matter.
#[derive(Default)]
struct Found {
    usage: Option<(std::ops::Range<usize>, std::ops::Range<usize>)>,
    timings: Option<(std::ops::Range<usize>, std::ops::Range<usize>)>,
    choices: Option<std::ops::Range<usize>>,
    within: Option<std::ops::Range<usize>>,
    kind: Option<std::ops::Range<usize>>,
}

impl Reader {
    /// A reader of the answer to what was `prepared`.
    pub const fn new(surface: Surface, prepared: &Prepared) -> Self {
        Reader {
            surface,
            hide_usage: prepared.hide_usage,
            hide_timings: prepared.hide_timings,
            counts: None,
            whole: false,
            chunks: 0,
        }
    }

    /// What was counted so far, and whether that is the whole answer.
    ///
    /// Typed events count the prompt as they begin and the answer at its end: between them nobody
    /// has counted what was said.
    pub const fn counted(&self) -> (Option<Counts>, bool) {
        let typed = !matches!(self.surface, Surface::Chat | Surface::Completions);
        if typed && !self.whole && self.chunks > 0 {
            return (None, false);
        }
        (self.counts, self.whole)
    }

    /// Events with content so far.
    pub const fn chunks(&self) -> u64 {
        self.chunks
    }

    /// Reads an event.
    pub fn read(&mut self, event: Bytes) -> Said {
        let Some(data) = sse::data(&event) else { return Said { pass: Some(event), ends: false } };
        if data.as_ref() == b"[DONE]" {
            self.whole |= self.counts.is_some();
            return Said { pass: Some(event), ends: true };
        }
        let mut found = Found::default();
        let read = json::members(&data, |member| found.take(&member));
        if read.is_err() {
            return Said { pass: Some(event), ends: false };
        }
        match self.surface {
            Surface::Chat | Surface::Completions => self.read_chunk(&event, &data, &found),
            _ => {
                let ends = self.read_typed(&data, &found);
                Said { pass: Some(event), ends }
            }
        }
    }

    /// A chunk of OpenAI's chat or completions.
    fn read_chunk(&mut self, event: &Bytes, data: &[u8], found: &Found) -> Said {
        let at = |range: &std::ops::Range<usize>| data.get(range.clone()).unwrap_or_default();
        let empty = found.choices.as_ref().is_some_and(|choices| {
            at(choices).iter().all(|byte| byte.is_ascii_whitespace() || b"[]".contains(byte))
        });
        let usage = found.usage.as_ref().and_then(|(_, value)| Counts::of_usage(at(value)));
        let timings = found.timings.as_ref().and_then(|(_, value)| Counts::of_timings(at(value)));
        for counts in [timings, usage].into_iter().flatten() {
            self.counts = Some(self.counts.map_or(counts, |before| before.then(counts)));
        }
        // The chunk without choices comes last and counts the whole answer.
        self.whole |= empty && usage.is_some();
        self.chunks += u64::from(!empty);
        let mut hidden = Vec::new();
        if self.hide_usage {
            if empty && usage.is_some() {
                return Said { pass: None, ends: false };
            }
            hidden.extend(found.usage.as_ref().map(|(whole, _)| whole));
        }
        if self.hide_timings {
            hidden.extend(found.timings.as_ref().map(|(whole, _)| whole));
        }
        let pass = if hidden.is_empty() { event.clone() } else { cut(data, hidden) };
        Said { pass: Some(pass), ends: false }
    }

    /// An event of Anthropic's messages or OpenAI's responses, which say what they are.
    fn read_typed(&mut self, data: &[u8], found: &Found) -> bool {
        let at = |range: &Option<std::ops::Range<usize>>| {
            range.clone().and_then(|range| data.get(range)).unwrap_or_default()
        };
        let kind = at(&found.kind);
        let within = json::member(at(&found.within), "usage").ok().flatten();
        let own = found.usage.as_ref().and_then(|(_, value)| data.get(value.clone()));
        for counts in [within, own].into_iter().flatten().filter_map(Counts::of_usage) {
            self.counts = Some(self.counts.map_or(counts, |before| before.then(counts)));
        }
        self.chunks += u64::from(kind.ends_with(b"delta\""));
        let ends = matches!(
            kind,
            b"\"message_stop\""
                | b"\"response.completed\""
                | b"\"response.failed\""
                | b"\"response.incomplete\""
        );
        self.whole |= kind == b"\"message_delta\"" || (ends && within.is_some());
        ends
    }
}

impl Found {
    fn take(&mut self, member: &Member<'_>) {
        let (whole, value) = (member.whole.clone(), member.value.clone());
        match member.key {
            b"usage" => self.usage = Some((whole, value)),
            b"timings" => self.timings = Some((whole, value)),
            b"choices" => self.choices = Some(value),
            b"message" | b"response" => self.within = Some(value),
            b"type" => self.kind = Some(value),
            _ => {}
        }
    }
}

/// An event of `data` without some of its members.
fn cut(data: &[u8], mut hidden: Vec<&std::ops::Range<usize>>) -> Bytes {
    hidden.sort_by_key(|range| std::cmp::Reverse(range.start));
    let mut data = data.to_vec();
    for range in hidden {
        data = json::without(&data, range);
    }
    [b"data: ".as_slice(), &data, b"\n\n"].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(surface: Surface, hide_usage: bool, hide_timings: bool) -> Reader {
        Reader::new(surface, &Prepared { body: Bytes::new(), hide_usage, hide_timings })
    }

    fn passed(reader: &mut Reader, events: &[&str]) -> (String, Vec<bool>) {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for event in events {
            let said = reader.read(Bytes::copy_from_slice(event.as_bytes()));
            text.push_str(std::str::from_utf8(&said.pass.unwrap_or_default()).unwrap());
            ends.push(said.ends);
        }
        (text, ends)
    }

    const CHAT: [&str; 4] = [
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}\n\n",
        "data: [DONE]\n\n",
    ];

    #[test]
    fn a_client_that_did_not_ask_sees_no_usage() {
        let mut reader = reader(Surface::Chat, true, false);
        let (text, ends) = passed(&mut reader, &CHAT);
        assert_eq!(
            text,
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n\
             data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
             data: [DONE]\n\n"
        );
        assert_eq!(ends, [false, false, false, true]);
        let counts = Counts { input: 7, output: 1, ..Counts::default() };
        assert_eq!((reader.counted(), reader.chunks()), ((Some(counts), true), 2));
    }

    #[test]
    fn a_client_that_asked_sees_every_byte() {
        let mut reader = reader(Surface::Chat, false, false);
        assert_eq!(passed(&mut reader, &CHAT).0, CHAT.concat());
    }

    #[test]
    fn counts_with_every_chunk_hold_where_the_stream_is_cut() {
        let mut reader = reader(Surface::Chat, true, true);
        let events = [
            "data: {\"choices\":[{}],\"timings\":{\"prompt_n\":5,\"predicted_n\":1},\"id\":1}\n\n",
            "data: {\"choices\":[{}],\"id\":1,\"timings\":{\"prompt_n\":5,\"predicted_n\":2}}\n\n",
        ];
        let (text, _) = passed(&mut reader, &events);
        let seen = "data: {\"choices\":[{}],\"id\":1}\n\n";
        assert_eq!(text, seen.repeat(2));
        let counts = Counts { input: 5, output: 2, ..Counts::default() };
        assert_eq!(reader.counted(), (Some(counts), false));
    }

    #[test]
    fn messages_of_anthropic() {
        let mut reader = reader(Surface::Messages, false, false);
        let events = [
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":\
             {\"input_tokens\":9,\"cache_read_input_tokens\":4,\"output_tokens\":1}}}\n\n",
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\"}\n\n",
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":\
             12}}\n\n",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        ];
        let (text, ends) = passed(&mut reader, &events);
        assert_eq!(text, events.concat());
        assert_eq!(ends, [false, false, false, true]);
        let counts = Counts { input: 9, cached: 4, output: 12, reasoning: 0 };
        assert_eq!(reader.counted(), (Some(counts), true));
    }

    #[test]
    fn a_message_that_is_cut_was_counted_by_nobody() {
        let mut reader = reader(Surface::Messages, false, false);
        let start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":\
                     {\"input_tokens\":9,\"output_tokens\":0}}}\n\n";
        passed(&mut reader, &[start]);
        let nothing_said = Counts { input: 9, ..Counts::default() };
        assert_eq!(reader.counted(), (Some(nothing_said), false));
        let delta = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\"}\n\n";
        passed(&mut reader, &[delta, delta]);
        assert_eq!((reader.counted(), reader.chunks()), ((None, false), 2));
    }

    #[test]
    fn responses_of_openai() {
        let mut reader = reader(Surface::Responses, false, false);
        let events = [
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\"}\n\n",
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":\
             {\"usage\":{\"input_tokens\":3,\"output_tokens\":2}}}\n\n",
        ];
        let (_, ends) = passed(&mut reader, &events);
        assert_eq!(ends, [false, true]);
        let counts = Counts { input: 3, output: 2, ..Counts::default() };
        assert_eq!((reader.counted(), reader.chunks()), ((Some(counts), true), 1));
    }

    #[test]
    fn what_is_no_json_passes() {
        let mut reader = reader(Surface::Chat, true, true);
        let events = [": ping\n\n", "data: {broken\n\n", "data: 7\n\n"];
        assert_eq!(passed(&mut reader, &events).0, events.concat());
    }
}
