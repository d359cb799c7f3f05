//! A store in a file: a transaction is one write, and counts where its last line is there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use leasehold_gateway::meter::LogId;
use leasehold_gateway::meter::ship::{Parcel, Sink};
use leasehold_gateway::meter::wal::Cursor;

pub struct FileStore {
    file: File,
    stands: Option<Cursor>,
}

/// What a store has taken.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Ids of records, in order.
    pub ids: Vec<String>,
    /// How many transactions.
    pub parcels: usize,
    stands: Option<Cursor>,
    whole: usize,
}

impl Taken {
    /// Reads the file of a store.
    pub fn read(path: &Path) -> Taken {
        let text = fs::read_to_string(path).unwrap_or_default();
        let (mut taken, mut open, mut at) = (Taken::default(), Vec::new(), 0);
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            at += line.len();
            let line = line.trim_end();
            if let Some(place) = line.strip_prefix("commit ") {
                let (segment, offset) = place.split_once(':').unwrap();
                let cursor = (segment.parse().unwrap(), offset.parse().unwrap());
                taken.stands = Some(Cursor { segment: cursor.0, offset: cursor.1 });
                taken.ids.append(&mut open);
                (taken.parcels, taken.whole) = (taken.parcels + 1, at);
            } else {
                open.push(line.to_owned());
            }
        }
        taken
    }
}

impl FileStore {
    /// Opens the store and rolls back what was not committed.
    pub fn open(path: PathBuf) -> FileStore {
        let taken = Taken::read(&path);
        let file = OpenOptions::new().append(true).create(true).open(path).unwrap();
        file.set_len(taken.whole as u64).unwrap();
        FileStore { file, stands: taken.stands }
    }
}

impl Sink for FileStore {
    type Error = io::Error;

    fn cursor(&mut self, _: LogId) -> io::Result<Option<Cursor>> {
        Ok(self.stands)
    }

    fn take(&mut self, parcel: Parcel<'_>) -> io::Result<()> {
        assert_eq!(parcel.from, self.stands);
        let ids = parcel.records.iter().map(|record| format!("{}\n", record.id));
        let transaction = ids.collect::<String>() + &format!("commit {}\n", parcel.upto);
        self.file.write_all(transaction.as_bytes())?;
        self.stands = Some(parcel.upto);
        Ok(())
    }
}
