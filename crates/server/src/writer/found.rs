//! The beginning of a journal: the fleet, the owner, and the first administrator with its key.

use std::time::Duration;

use leasehold_store::journal::{Batch, Header, Journal, JournalError, Lead};
use leasehold_types::{CURRENCY_TABLE, Instant, TZDB_VERSION, TenantId};

use super::batch::draft;
use crate::live::{
    Act, ActKind, Body, Entry, Founded, Live, NewKey, NewUser, Refusal, Stopped, Who,
};

/// For how long the founding process leads, at most.
const FOUNDS_WITHIN: Duration = Duration::from_secs(30);

/// What a desk is founded with.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The text of the fleet.
    pub fleet: String,
    /// The owner, as its leases name it.
    pub owner: TenantId,
    /// Its name.
    pub owner_name: String,
    /// Which site or desk of the owner it is, in a word.
    pub site: String,
    /// The first administrator.
    pub administrator: Option<NewUser>,
    /// Its first key.
    pub key: Option<NewKey>,
}

/// Why a desk was not founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    /// The journal cannot be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// There is a desk already.
    #[error(
        "the database holds a desk with {0} entries already; serve it, or name an empty database"
    )]
    Founded(u64),
    /// Another process leads.
    #[error("`{0}` writes to this database; stop it first")]
    Held(String),
    /// The fleet cannot be read.
    #[error("the fleet is not sound:\n{0}")]
    Fleet(String),
    /// The administrator or the key breaks a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A fault of this program.
    #[error("{0}")]
    Fault(String),
}

/// Founds a desk in an empty database.
///
/// # Errors
/// [`FoundError`]; nothing was written then.
pub fn found(journal: &Journal, founding: Founding, now: Instant) -> Result<(), FoundError> {
    let founded = Founded {
        fleet: founding.fleet.as_str().into(),
        owner: founding.owner.clone(),
        owner_name: founding.owner_name.clone(),
        tzdb: TZDB_VERSION.to_owned(),
        currencies: CURRENCY_TABLE.to_owned(),
    };
    let live =
        Live::found(&founded, now).map_err(|faults| FoundError::Fleet(faults.to_string()))?;
    let by = Who::Machine("setup".into());
    let mut entries = vec![Entry { at: now, by: by.clone(), body: Body::Founded(founded) }];
    people(live, founding.administrator, founding.key, now, &mut entries)?;
    let header = Header::new(founding.owner.as_str(), &founding.site, now);
    journal.begin(&header)?;
    let mut writer = match journal.lead("setup", FOUNDS_WITHIN)? {
        Lead::Won(writer) => writer,
        Lead::Held { holder, .. } => return Err(FoundError::Held(holder)),
    };
    if writer.head().seq > 0 {
        let entries = writer.head().seq;
        writer.resign()?;
        return Err(FoundError::Founded(entries));
    }
    let mut batch = Batch::on(writer.head());
    for entry in &entries {
        batch.append(draft(entry).map_err(|error| FoundError::Fault(error.to_string()))?)?;
    }
    writer.commit(&batch)?;
    Ok(writer.resign()?)
}

/// The first people, by the rules for everybody.
fn people(
    mut live: Live,
    administrator: Option<NewUser>,
    key: Option<NewKey>,
    now: Instant,
    entries: &mut Vec<Entry>,
) -> Result<(), FoundError> {
    let user = administrator.map(ActKind::AddUser);
    for kind in user.into_iter().chain(key.map(ActKind::AddKey)) {
        let act = Act { by: Who::Machine("setup".into()), kind };
        live.handle(&act, now, entries).map_err(|stopped| match stopped {
            Stopped::Refused(refusal) => FoundError::Refused(refusal),
            Stopped::Foreign(foreign) => FoundError::Fault(foreign.to_string()),
        })?;
    }
    Ok(())
}
