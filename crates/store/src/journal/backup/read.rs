//! Reading a backup, line by line, and what is wrong with one.

use std::io::{BufRead, Read};

use sha2::{Digest as _, Sha256};

use super::Summary;
use super::line::{
    AnswerLine, Ending, FORMAT_VERSION, ItemLine, LINE_MAX_BYTES, Line, Opening, SnapshotLine,
};
use crate::journal::batch::{SNAPSHOT_MAX_BYTES, Snapshot};
use crate::journal::digest::Digest;
use crate::journal::entry::{Entry, Head};
use crate::journal::error::JournalError;

/// What a backup holds, one after the other.
pub(super) enum Record {
    Entry(Entry),
    Item(ItemLine),
    Answer(AnswerLine),
    Snapshot(Snapshot),
}

/// A backup that is read; each line is checked as it comes.
pub(super) struct Reader<'a> {
    input: &'a mut dyn BufRead,
    hasher: Sha256,
    number: u64,
    opening: Opening,
    /// The last entry that was read.
    head: Head,
    counts: Ending,
    snapshot: Option<u64>,
}

impl<'a> Reader<'a> {
    pub(super) fn open(input: &'a mut dyn BufRead) -> Result<Self, JournalError> {
        let mut number = 0;
        let Some(text) = next_line(input, &mut number)? else {
            return Err(fault(1, "the file is empty; a backup begins with its header"));
        };
        let opening = match serde_json::from_slice(&text) {
            Ok(Line::Backup(opening)) if opening.of == "leasehold" => opening,
            _ => return Err(fault(1, "it is not the header of a backup; name another file")),
        };
        if opening.version != FORMAT_VERSION {
            return Err(JournalError::Newer {
                what: "the backup".to_owned(),
                found: opening.version.into(),
                known: FORMAT_VERSION.into(),
            });
        }
        let hasher = Sha256::new_with_prefix(&text);
        let (head, sha256) = (opening.header.head(), opening.header.genesis());
        let counts = Ending { entries: 0, items: 0, answers: 0, parts: 0, sha256 };
        Ok(Reader { input, hasher, number, opening, head, counts, snapshot: None })
    }

    pub(super) fn opening(&self) -> &Opening {
        &self.opening
    }

    /// The next record; nothing after the last one, once the end was found to be as it should.
    pub(super) fn next(&mut self) -> Result<Option<Record>, JournalError> {
        let Some(line) = self.line()? else {
            return Err(
                self.fault("the file ends before its last line: it was cut off; take another copy")
            );
        };
        match line {
            Line::Entry(line) => {
                let entry = line.after(&self.head);
                let entry = entry.ok_or_else(|| self.fault("the body is not base64"))?;
                let next = self.head.follow(&entry);
                self.head = next.map_err(|broken| self.fault(&broken.to_string()))?;
                self.counts.entries += 1;
                Ok(Some(Record::Entry(entry)))
            }
            Line::Item(item) => {
                self.counts.items += 1;
                Ok(Some(Record::Item(item)))
            }
            Line::Answer(answer) => {
                self.counts.answers += 1;
                Ok(Some(Record::Answer(answer)))
            }
            Line::Snapshot(line) => self.parts(line).map(Record::Snapshot).map(Some),
            Line::Part(_) => Err(self.fault("it is a part of a snapshot that did not begin")),
            Line::Backup(_) => {
                Err(self.fault("a second header; the file was put together wrongly"))
            }
            Line::End(ending) => self.end(&ending).map(|()| None),
        }
    }

    /// What was read, once [`Reader::next`] answered nothing.
    pub(super) fn summary(&self) -> Summary {
        let header = self.opening.header.clone();
        Summary {
            genesis: header.genesis(),
            header,
            made: self.opening.made,
            head: self.head,
            entries: self.counts.entries,
            items: self.counts.items,
            answers: self.counts.answers,
            snapshot: self.snapshot,
        }
    }

    fn line(&mut self) -> Result<Option<Line>, JournalError> {
        let Some(text) = next_line(self.input, &mut self.number)? else { return Ok(None) };
        let line: Line = serde_json::from_slice(&text)
            .map_err(|error| self.fault(&format!("it is not a line of a backup ({error})")))?;
        // The last line seals those before it.
        if !matches!(line, Line::End(_)) {
            self.hasher.update(&text);
        }
        Ok(Some(line))
    }

    fn parts(&mut self, line: SnapshotLine) -> Result<Snapshot, JournalError> {
        let bytes = usize::try_from(line.bytes).ok().filter(|bytes| *bytes <= SNAPSHOT_MAX_BYTES);
        let bytes = bytes.ok_or_else(|| self.fault("the snapshot is larger than is allowed"))?;
        let mut body = Vec::new();
        while body.len() < bytes {
            let part = match self.line()? {
                Some(Line::Part(part)) => part.read(),
                _ => return Err(self.fault("a part of the snapshot is missing")),
            };
            let part = part.filter(|part| !part.is_empty() && body.len() + part.len() <= bytes);
            body.extend(part.ok_or_else(|| self.fault("it is no part of the snapshot"))?);
            self.counts.parts += 1;
        }
        if Digest::of(&body) != line.digest {
            return Err(self.fault("the snapshot is not what its digest covers"));
        }
        self.snapshot = Some(line.seq);
        Ok(Snapshot { seq: line.seq, version: line.version, body })
    }

    fn end(&mut self, ending: &Ending) -> Result<(), JournalError> {
        self.counts.sha256 = Digest::from_bytes(self.hasher.clone().finalize().into());
        if *ending != self.counts {
            return Err(self.fault(
                "the lines before it are not those that it counts and seals; take another copy",
            ));
        }
        if self.head != self.opening.head {
            return Err(self.fault("the last entry is not the one that the header names"));
        }
        match next_line(self.input, &mut self.number)? {
            Some(_) => {
                Err(self.fault("it follows the last line; the file was put together wrongly"))
            }
            None => Ok(()),
        }
    }

    fn fault(&self, what: &str) -> JournalError {
        fault(self.number, what)
    }
}

fn fault(line: u64, what: &str) -> JournalError {
    JournalError::Backup(format!("line {line} of the backup: {what}"))
}

/// The next line with its end.
fn next_line(input: &mut dyn BufRead, number: &mut u64) -> Result<Option<Vec<u8>>, JournalError> {
    *number += 1;
    let mut text = Vec::new();
    let limit = LINE_MAX_BYTES as u64 + 1;
    let read = input.take(limit).read_until(b'\n', &mut text);
    read.map_err(|error| fault(*number, &format!("it cannot be read ({error}); check the disk")))?;
    if text.is_empty() {
        return Ok(None);
    }
    if text.last() != Some(&b'\n') {
        let what = match text.len() > LINE_MAX_BYTES {
            true => "it is longer than a line may be; this is no backup",
            false => "it does not end: the file was cut off; take another copy",
        };
        return Err(fault(*number, what));
    }
    Ok(Some(text))
}
