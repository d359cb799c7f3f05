//! Server-sent events, cut apart as they come and passed on as they were.
//!
//! An event ends with an empty line; lines end with `\n`, `\r\n` or `\r`. The bytes of the events,
//! one after another, are the bytes of the stream.

use bytes::{Bytes, BytesMut};

/// Longest event that is waited for, in bytes. Longer ones are no tokens.
pub const EVENT_BYTES_MAX: usize = 4 << 20;

/// An event that is longer than [`EVENT_BYTES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than {EVENT_BYTES_MAX} bytes")]
pub struct TooLong;

/// Cuts a stream into events.
#[derive(Debug, Default)]
pub struct Splitter {
    /// What has come of an event that is not whole.
    tail: BytesMut,
    /// Whether the last byte that was looked at ended a line.
    line_ended: bool,
    /// Whether that byte was `\r`, so that `\n` would belong to it.
    after_return: bool,
}

impl Splitter {
    /// Takes in what came, and gives each event that it makes whole.
    ///
    /// # Errors
    /// [`TooLong`]; what was given before it stays given.
    pub fn push(&mut self, mut chunk: Bytes, mut each: impl FnMut(Bytes)) -> Result<(), TooLong> {
        while let Some(end) = self.event_end(&chunk) {
            let last = chunk.split_to(end);
            if self.tail.is_empty() {
                each(last);
            } else {
                self.tail.extend_from_slice(&last);
                each(self.tail.split().freeze());
            }
        }
        if self.tail.len() + chunk.len() > EVENT_BYTES_MAX {
            return Err(TooLong);
        }
        self.tail.extend_from_slice(&chunk);
        Ok(())
    }

    /// What came after the last whole event.
    pub fn rest(&mut self) -> Bytes {
        self.tail.split().freeze()
    }

    /// The place after the first event that ends in `chunk`.
    fn event_end(&mut self, chunk: &[u8]) -> Option<usize> {
        let mut from = 0;
        loop {
            let Some(found) = memchr::memchr2(b'\n', b'\r', chunk.get(from..)?) else {
                if from < chunk.len() {
                    (self.line_ended, self.after_return) = (false, false);
                }
                return None;
            };
            let (at, byte) = (from + found, chunk[from + found]);
            if found > 0 {
                (self.line_ended, self.after_return) = (false, false);
            }
            from = at + 1;
            if byte == b'\n' && std::mem::take(&mut self.after_return) {
                continue;
            }
            self.after_return = byte == b'\r';
            if std::mem::replace(&mut self.line_ended, true) {
                // An empty line. `\r\n` goes with it where both are here.
                if byte == b'\r' && chunk.get(from) == Some(&b'\n') {
                    self.after_return = false;
                    from += 1;
                }
                self.line_ended = false;
                return Some(from);
            }
        }
    }
}

/// The data of an event, its lines joined by `\n`; `None` where it has none.
pub fn data(event: &[u8]) -> Option<std::borrow::Cow<'_, [u8]>> {
    use std::borrow::Cow;
    let mut found: Option<Cow<'_, [u8]>> = None;
    for line in lines(event) {
        let Some(value) = line.strip_prefix(b"data") else { continue };
        let value = match value.split_first() {
            Some((b':', rest)) => rest.strip_prefix(b" ").unwrap_or(rest),
            None => value,
            Some(_) => continue,
        };
        found = Some(match found {
            None => Cow::Borrowed(value),
            Some(before) => Cow::Owned([before.as_ref(), b"\n", value].concat()),
        });
    }
    found
}

/// The name of an event; `None` where it has none.
pub fn name(event: &[u8]) -> Option<&[u8]> {
    let named = lines(event).filter_map(|line| line.strip_prefix(b"event:"));
    named.map(|name| name.strip_prefix(b" ").unwrap_or(name)).last()
}

fn lines(event: &[u8]) -> impl Iterator<Item = &[u8]> {
    event.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(stream: &[u8], cuts: &[usize]) -> (Vec<Bytes>, Bytes) {
        let (mut splitter, mut events, mut from) = (Splitter::default(), Vec::new(), 0);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
        cuts.push(stream.len());
        cuts.sort_unstable();
        for cut in cuts {
            let chunk = Bytes::copy_from_slice(&stream[from..cut]);
            splitter.push(chunk, |event| events.push(event)).unwrap();
            from = cut;
        }
        (events, splitter.rest())
    }

    #[test]
    fn events_of_every_line_end() {
        for end in ["\n", "\r\n", "\r"] {
            let stream = format!("data: a{end}{end}event: x{end}data: b{end}{end}data: c{end}");
            let (events, rest) = split(stream.as_bytes(), &[]);
            assert_eq!(events.len(), 2, "{end:?}");
            assert_eq!(data(&events[0]).unwrap(), &b"a"[..]);
            assert_eq!((name(&events[0]), name(&events[1])), (None, Some(&b"x"[..])));
            assert_eq!(data(&rest).unwrap(), &b"c"[..]);
        }
    }

    #[test]
    fn data_over_several_lines_and_comments() {
        let event = b": a comment\ndata: one\ndata:two\ndatum: no\ndata\n\n";
        assert_eq!(data(event).unwrap(), &b"one\ntwo\n"[..]);
        assert_eq!(data(b": only a comment\n\n"), None);
    }

    #[test]
    fn an_event_without_an_end_is_cut() {
        let mut splitter = Splitter::default();
        let chunk = Bytes::from(vec![b'x'; 1 << 20]);
        for _ in 0..4 {
            splitter.push(chunk.clone(), |_| panic!("no event")).unwrap();
        }
        assert_eq!(splitter.push(chunk, |_| panic!("no event")), Err(TooLong));
    }

    fn stream() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop::sample::select(vec!["data: x", "\n", "\r\n", "\r", "event: y", ":", "é"]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn the_events_are_the_stream_wherever_it_is_cut(
            stream in stream(),
            cuts in prop::collection::vec(any::<usize>(), 0..12),
        ) {
            let (events, rest) = split(&stream, &cuts);
            let joined = [events.concat(), rest.to_vec()].concat();
            prop_assert_eq!(&joined, &stream);
            // What is said does not depend on where it was cut.
            let (whole, _) = split(&stream, &[]);
            let said = |events: &[Bytes]| -> Vec<Vec<u8>> {
                events.iter().filter_map(|event| data(event).map(|d| d.into_owned())).collect()
            };
            prop_assert_eq!(said(&events), said(&whole));
        }
    }
}
