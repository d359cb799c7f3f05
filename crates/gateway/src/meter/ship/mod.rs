//! Shipping: the log goes to the store in order, each record exactly once.
//!
//! It is the store that makes it so: it keeps, for each log, the place up to which it has taken it,
//! and moves that in the very transaction that takes the records. So after a crash or an answer that
//! was lost on either side, it is asked, and shipping goes on from what it says. It must refuse what
//! does not begin where it stands ([`Parcel::from`]): then not even a parcel that was on its way for
//! long counts twice.
//!
//! Memory is bounded by a parcel; while the store is away the log grows on the disk, up to its limit.

use super::wal::{Cursor, ReadError, Tail};
use super::{LogId, Record};

/// Records after which a parcel is full. Its last frame may go beyond by what a frame holds.
pub const PARCEL_RECORDS: usize = 4_096;

/// Records in the order of the log, and where they lie in it.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// Which log.
    pub log: LogId,
    /// Where the store must stand: it refuses the parcel otherwise. None: it knows nothing of the
    /// log.
    pub from: Option<Cursor>,
    /// Where it stands once it has taken them.
    pub upto: Cursor,
    /// The records; at least one.
    pub records: &'a [Record],
}

/// What takes the records: the store.
pub trait Sink {
    /// Why it could not.
    type Error;

    /// Up to where it has taken the log; none where it knows nothing of it.
    ///
    /// # Errors
    /// Its own: the store is away.
    fn cursor(&mut self, log: LogId) -> Result<Option<Cursor>, Self::Error>;

    /// Takes the records and moves its cursor, both or neither, and only where it stands at
    /// [`Parcel::from`].
    ///
    /// # Errors
    /// Its own. It may have taken them nevertheless: it is asked before anything else is shipped.
    fn take(&mut self, parcel: Parcel<'_>) -> Result<(), Self::Error>;
}

/// Why nothing was shipped.
#[derive(Debug, thiserror::Error)]
pub enum ShipError<E> {
    /// The store did not take it.
    #[error("the store did not take the meter's records: it is asked again where it stands")]
    Sink(#[source] E),
    /// The log cannot be read on.
    #[error(transparent)]
    Log(#[from] ReadError),
}

/// Ships a log to a sink.
pub struct Shipper<S> {
    tail: Tail,
    sink: S,
    /// What the sink said last; none where it must be asked.
    stands: Option<Stands>,
    records: Vec<Record>,
}

#[derive(Clone, Copy)]
struct Stands {
    acknowledged: Option<Cursor>,
    /// The same, or after it with no record between.
    read: Cursor,
}

impl<S: Sink> Shipper<S> {
    /// Ships what `tail` reads.
    pub const fn new(tail: Tail, sink: S) -> Self {
        Shipper { tail, sink, stands: None, records: Vec::new() }
    }

    /// Ships one parcel, and says how many records were in it; none where all is shipped.
    ///
    /// # Errors
    /// [`ShipError`]: try again later, where it is the sink's.
    pub fn step(&mut self) -> Result<usize, ShipError<S::Error>> {
        let result = self.step_from_where_it_stands();
        if result.is_err() {
            self.stands = None;
        }
        result
    }

    fn step_from_where_it_stands(&mut self) -> Result<usize, ShipError<S::Error>> {
        let Stands { acknowledged, read } = match self.stands {
            Some(stands) => stands,
            None => self.ask()?,
        };
        self.records.clear();
        let upto = self.tail.read(read, PARCEL_RECORDS, &mut self.records)?;
        if self.records.is_empty() {
            self.stands = Some(Stands { acknowledged, read: upto });
            return Ok(0);
        }
        let (log, records) = (self.tail.log(), self.records.as_slice());
        let parcel = Parcel { log, from: acknowledged, upto, records };
        self.sink.take(parcel).map_err(ShipError::Sink)?;
        self.stands = Some(Stands { acknowledged: Some(upto), read: upto });
        self.tail.forget(upto)?;
        Ok(self.records.len())
    }

    fn ask(&mut self) -> Result<Stands, ShipError<S::Error>> {
        let acknowledged = self.sink.cursor(self.tail.log()).map_err(ShipError::Sink)?;
        let read = self.tail.place(acknowledged)?;
        if let Some(acknowledged) = acknowledged {
            self.tail.forget(acknowledged)?;
        }
        Ok(Stands { acknowledged, read })
    }

    /// Waits until there is something to ship, for `most` at longest; says whether there is.
    pub fn wait(&self, most: std::time::Duration) -> bool {
        let read = self.stands.map_or(self.tail.first(), |stands| stands.read);
        self.tail.wait(read, most)
    }

    /// What it ships to.
    pub const fn sink(&mut self) -> &mut S {
        &mut self.sink
    }
}

#[cfg(test)]
mod tests;
