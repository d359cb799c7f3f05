//! A record as bytes: compact, versioned, checked.
//!
//! ```text
//! length   u16, little endian: bytes that follow, the checksum among them
//! version  u8
//! body     the id (16 bytes, big endian); received, first token (0: none), end, the latter two as
//!          differences from received; call; how counted and the counts; what was not received;
//!          outcome; status; tenant, lease, model, replica (empty: none), key, each with its length
//! checksum CRC-32 of everything before it
//! ```
//!
//! Numbers of the body are LEB128: seven bits a byte, the lowest first; differences are zigzag.

use leasehold_types::{LeaseId, TenantId};

use super::{Counted, Label, Micros, Outcome, Record, RecordId, Unreceived, WhoCut};
use crate::api::{Counts, Surface};

/// The version of the encoding that is written, and the only one that is read.
pub const RECORD_FORMAT: u8 = 1;
/// Most bytes of an encoded record.
pub const RECORD_BYTES_MAX: usize = 1_152;

const LENGTH_BYTES: usize = 2;
const CHECKSUM_BYTES: usize = 4;

/// Bytes that are no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// They end too early.
    #[error("the record is cut: it needs {needs} bytes and has {has}")]
    Short {
        /// Bytes that it says it has.
        needs: usize,
        /// Bytes that are there.
        has: usize,
    },
    /// The length is none of a record.
    #[error("the record says that it has {0} bytes, which none has: these bytes are no record")]
    Length(usize),
    /// They are not what was written.
    #[error("the record's checksum is {found:08x} and should be {stated:08x}: it was damaged")]
    Checksum {
        /// Of the bytes that are there.
        found: u32,
        /// Of those that were written.
        stated: u32,
    },
    /// A newer gateway wrote it.
    #[error(
        "the record has format {0}, and this reads {RECORD_FORMAT}: use the release that wrote it"
    )]
    Version(u8),
    /// A field holds what it cannot.
    #[error("the record's {field} cannot be read at byte {at}: it was written by something else")]
    Field {
        /// Which.
        field: &'static str,
        /// Where, from the record's first byte.
        at: usize,
    },
    /// Something follows the last field.
    #[error("the record has {0} bytes too many: it was written by something else")]
    TooLong(usize),
}

impl Record {
    /// Appends it to `out`; allocates nothing where `out` has room for [`RECORD_BYTES_MAX`] more.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&[0, 0, RECORD_FORMAT]);
        out.extend_from_slice(&self.id.to_bits().to_be_bytes());
        number(out, self.received.0);
        match self.first_token {
            None => out.push(0),
            Some(at) => {
                out.push(1);
                number(out, difference(self.received, at));
            }
        }
        number(out, difference(self.received, self.end));
        out.push(surface_code(self.surface));
        self.encode_counts(out);
        out.push(outcome_code(self.outcome));
        number(out, u64::from(self.status));
        let replica = self.replica.as_ref().map_or("", Label::as_str);
        let texts = [self.tenant.as_str(), self.lease.as_str(), self.model.as_str(), replica];
        for text in texts.into_iter().chain([self.key.as_str()]) {
            number(out, text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        }
        // Every field has a limit, so the length fits: see `the_largest_record_fits`.
        let length = out.len() - start - LENGTH_BYTES + CHECKSUM_BYTES;
        let length = u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes();
        if let Some(place) = out.get_mut(start..start + LENGTH_BYTES) {
            place.copy_from_slice(&length);
        }
        let checksum = crc32fast::hash(out.get(start..).unwrap_or_default());
        out.extend_from_slice(&checksum.to_le_bytes());
    }

    fn encode_counts(&self, out: &mut Vec<u8>) {
        let (code, counts) = match self.counted {
            Counted::Whole(counts) => (0, counts),
            Counted::Running(counts) => (1, counts),
            Counted::Received(counts) => (2, counts),
            Counted::Unknown { chunks } => {
                out.push(3);
                number(out, chunks);
                return self.encode_unreceived(out);
            }
        };
        out.push(code);
        for count in [counts.input, counts.cached, counts.output, counts.reasoning] {
            number(out, count);
        }
        self.encode_unreceived(out);
    }

    fn encode_unreceived(&self, out: &mut Vec<u8>) {
        match self.unreceived {
            Unreceived::Nothing => out.push(0),
            Unreceived::Perhaps => out.push(1),
            Unreceived::Some => out.push(2),
            Unreceived::Tokens(tokens) => {
                out.push(3);
                number(out, tokens);
            }
        }
    }

    /// The record at the beginning of `bytes`, and how many of them it takes.
    ///
    /// # Errors
    /// [`BadRecord`] says what is wrong.
    pub fn decode(bytes: &[u8]) -> Result<(Record, usize), BadRecord> {
        let short = |needs| BadRecord::Short { needs, has: bytes.len() };
        let length = bytes.first_chunk::<LENGTH_BYTES>().ok_or(short(LENGTH_BYTES))?;
        let whole = usize::from(u16::from_le_bytes(*length)) + LENGTH_BYTES;
        if whole > RECORD_BYTES_MAX || whole <= LENGTH_BYTES + CHECKSUM_BYTES {
            return Err(BadRecord::Length(whole));
        }
        let record = bytes.get(..whole).ok_or(short(whole))?;
        let (inside, stated) = record.split_last_chunk().ok_or(short(whole))?;
        let (stated, found) = (u32::from_le_bytes(*stated), crc32fast::hash(inside));
        if found != stated {
            return Err(BadRecord::Checksum { found, stated });
        }
        let mut fields = Fields { bytes: inside, at: LENGTH_BYTES };
        match fields.byte("format")? {
            RECORD_FORMAT => {}
            other => return Err(BadRecord::Version(other)),
        }
        let record = fields.record()?;
        match inside.len() - fields.at {
            0 => Ok((record, whole)),
            more => Err(BadRecord::TooLong(more)),
        }
    }
}

/// Fields, read one after another.
struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn record(&mut self) -> Result<Record, BadRecord> {
        let id = self.take("id", 16)?.try_into().ok().map(u128::from_be_bytes);
        let id = id.and_then(RecordId::from_bits).ok_or(self.bad("id"))?;
        let received = Micros(self.number("time of receipt")?);
        let first_token = match self.byte("first token")? {
            0 => None,
            1 => Some(self.time("first token", received)?),
            _ => return Err(self.bad("first token")),
        };
        let end = self.time("end", received)?;
        let surface = surface_of(self.byte("call")?).ok_or(self.bad("call"))?;
        let (counted, unreceived) = (self.counted()?, self.unreceived()?);
        let outcome = outcome_of(self.byte("outcome")?).ok_or(self.bad("outcome"))?;
        let status = self.number("status")?.try_into().map_err(|_| self.bad("status"))?;
        let tenant = TenantId::new(self.text("tenant")?).map_err(|_| self.bad("tenant"))?;
        let lease = LeaseId::new(self.text("lease")?).map_err(|_| self.bad("lease"))?;
        let model = Label::new(self.text("model")?).map_err(|_| self.bad("model"))?;
        let replica = match self.text("replica")? {
            "" => None,
            name => Some(Label::new(name).map_err(|_| self.bad("replica"))?),
        };
        let key = Label::new(self.text("key")?).map_err(|_| self.bad("key"))?;
        Ok(Record {
            id,
            tenant,
            lease,
            model,
            replica,
            key,
            surface,
            counted,
            unreceived,
            received,
            first_token,
            end,
            outcome,
            status,
        })
    }

    fn counted(&mut self) -> Result<Counted, BadRecord> {
        let code = self.byte("counts")?;
        if code == 3 {
            return Ok(Counted::Unknown { chunks: self.number("chunks")? });
        }
        let counts = Counts {
            input: self.number("input tokens")?,
            cached: self.number("cached tokens")?,
            output: self.number("output tokens")?,
            reasoning: self.number("reasoning tokens")?,
        };
        match code {
            0 => Ok(Counted::Whole(counts)),
            1 => Ok(Counted::Running(counts)),
            2 => Ok(Counted::Received(counts)),
            _ => Err(self.bad("counts")),
        }
    }

    fn unreceived(&mut self) -> Result<Unreceived, BadRecord> {
        match self.byte("unreceived tokens")? {
            0 => Ok(Unreceived::Nothing),
            1 => Ok(Unreceived::Perhaps),
            2 => Ok(Unreceived::Some),
            3 => Ok(Unreceived::Tokens(self.number("unreceived tokens")?)),
            _ => Err(self.bad("unreceived tokens")),
        }
    }

    fn time(&mut self, field: &'static str, since: Micros) -> Result<Micros, BadRecord> {
        let zigzag = self.number(field)?;
        let span = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
        Ok(Micros(since.0.wrapping_add_signed(span)))
    }

    fn text(&mut self, field: &'static str) -> Result<&'a str, BadRecord> {
        let length = usize::try_from(self.number(field)?).map_err(|_| self.bad(field))?;
        let bytes = self.take(field, length)?;
        std::str::from_utf8(bytes).map_err(|_| self.bad(field))
    }

    fn number(&mut self, field: &'static str) -> Result<u64, BadRecord> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(field)?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit.
            if shift == 63 && byte > 1 {
                return Err(self.bad(field));
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.bad(field))
    }

    fn byte(&mut self, field: &'static str) -> Result<u8, BadRecord> {
        let byte = self.bytes.get(self.at).copied().ok_or(self.bad(field))?;
        self.at += 1;
        Ok(byte)
    }

    fn take(&mut self, field: &'static str, length: usize) -> Result<&'a [u8], BadRecord> {
        let end = self.at.checked_add(length).ok_or(self.bad(field))?;
        let taken = self.bytes.get(self.at..end).ok_or(self.bad(field))?;
        self.at = end;
        Ok(taken)
    }

    const fn bad(&self, field: &'static str) -> BadRecord {
        BadRecord::Field { field, at: self.at }
    }
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// The time from `from` to `to`, as zigzag; a clock may have been set back between them.
const fn difference(from: Micros, to: Micros) -> u64 {
    let span = to.0.wrapping_sub(from.0).cast_signed();
    (span << 1 ^ span >> 63).cast_unsigned()
}

const fn surface_code(surface: Surface) -> u8 {
    match surface {
        Surface::Chat => 0,
        Surface::Completions => 1,
        Surface::Embeddings => 2,
        Surface::Responses => 3,
        Surface::Messages => 4,
        Surface::CountTokens => 5,
    }
}

fn surface_of(code: u8) -> Option<Surface> {
    Surface::ALL.into_iter().find(|surface| surface_code(*surface) == code)
}

const OUTCOMES: [Outcome; 8] = [
    Outcome::Served,
    Outcome::Refused,
    Outcome::Failed,
    Outcome::Cut(WhoCut::Client),
    Outcome::Cut(WhoCut::Drain),
    Outcome::Cut(WhoCut::Stop),
    Outcome::Cut(WhoCut::Engine),
    Outcome::Cut(WhoCut::Limit),
];

const fn outcome_code(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Served => 0,
        Outcome::Refused => 1,
        Outcome::Failed => 2,
        Outcome::Cut(WhoCut::Client) => 3,
        Outcome::Cut(WhoCut::Drain) => 4,
        Outcome::Cut(WhoCut::Stop) => 5,
        Outcome::Cut(WhoCut::Engine) => 6,
        Outcome::Cut(WhoCut::Limit) => 7,
    }
}

fn outcome_of(code: u8) -> Option<Outcome> {
    OUTCOMES.into_iter().find(|outcome| outcome_code(*outcome) == code)
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{record, records};
    use super::*;
    use proptest::prelude::*;

    fn encoded(record: &Record) -> Vec<u8> {
        let mut out = Vec::new();
        record.encode(&mut out);
        out
    }

    /// With a checksum that fits, so that what lies behind it is looked at.
    fn resealed(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.truncate(bytes.len() - CHECKSUM_BYTES);
        let length = u16::try_from(bytes.len() - LENGTH_BYTES + CHECKSUM_BYTES).unwrap();
        bytes[..2].copy_from_slice(&length.to_le_bytes());
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }

    #[test]
    fn the_largest_record_fits() {
        let label = Label::new(&"x".repeat(super::super::LABEL_BYTES_MAX)).unwrap();
        let most =
            Counts { input: u64::MAX, cached: u64::MAX, output: u64::MAX, reasoning: u64::MAX };
        let largest = Record {
            id: RecordId::new(Micros(u64::MAX), u64::MAX),
            tenant: TenantId::new(&"t".repeat(64)).unwrap(),
            lease: LeaseId::new(&"l".repeat(64)).unwrap(),
            model: label.clone(),
            replica: Some(label.clone()),
            key: label,
            counted: Counted::Running(most),
            unreceived: Unreceived::Tokens(u64::MAX),
            received: Micros(u64::MAX),
            first_token: Some(Micros(u64::MAX / 2)),
            end: Micros(u64::MAX / 2),
            outcome: Outcome::Cut(WhoCut::Limit),
            status: u16::MAX,
            ..record(0)
        };
        let bytes = encoded(&largest);
        assert!(bytes.len() <= RECORD_BYTES_MAX, "{}", bytes.len());
        assert_eq!(Record::decode(&bytes), Ok((largest, bytes.len())));
    }

    #[test]
    fn a_usual_record_is_small() {
        assert_eq!(encoded(&record(1)).len(), 96);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let bytes = encoded(&record(1));
        let said = |bytes: &[u8]| Record::decode(bytes).unwrap_err().to_string();
        assert_eq!(said(&bytes[..1]), "the record is cut: it needs 2 bytes and has 1");
        assert_eq!(said(&bytes[..50]), "the record is cut: it needs 96 bytes and has 50");
        assert!(said(&[0; 9]).starts_with("the record says that it has 2 bytes, which none has"));
        let mut damaged = bytes.clone();
        damaged[30] ^= 1;
        assert!(said(&damaged).contains("checksum"));
        let mut newer = bytes.clone();
        newer[2] = 9;
        assert!(said(&resealed(newer)).starts_with("the record has format 9, and this reads 1"));
        let mut foreign = bytes.clone();
        foreign[3 + 6] = 0x40;
        assert_eq!(
            said(&resealed(foreign)),
            "the record's id cannot be read at byte 19: it was written by something else"
        );
        let mut longer = bytes;
        longer.extend_from_slice(&[0, 0]);
        assert!(said(&resealed(longer)).starts_with("the record has 2 bytes too many"));
    }

    proptest! {
        #[test]
        fn a_record_comes_back(record in records(), rest in prop::collection::vec(any::<u8>(), 0..9)) {
            let mut bytes = encoded(&record);
            let whole = bytes.len();
            bytes.extend_from_slice(&rest);
            prop_assert_eq!(Record::decode(&bytes), Ok((record, whole)));
        }

        #[test]
        fn every_changed_bit_is_seen(record in records(), at in any::<prop::sample::Index>(), bit in 0..8_u32) {
            let mut bytes = encoded(&record);
            let at = at.index(bytes.len());
            bytes[at] ^= 1_u8 << bit;
            prop_assert!(Record::decode(&bytes).is_err());
        }

        #[test]
        fn bytes_that_are_no_record_are_refused_not_trusted(bytes in prop::collection::vec(any::<u8>(), 8..200)) {
            let _ = Record::decode(&resealed(bytes.clone()));
            prop_assert!(Record::decode(&bytes).is_err());
        }
    }
}
