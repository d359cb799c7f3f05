//! A panic is a fault of this program. It is told as one, with what a maintainer needs to know.

use std::panic::{self, PanicHookInfo};

/// Where to report a fault.
const TRACKER: &str = "the project's issue tracker";

/// Replaces the standard panic message.
pub(super) fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let text = message(info);
        // Standard error may be closed; there is nobody left to tell then.
        let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), text.as_bytes());
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let what = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let what = what.unwrap_or("no message");
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), |at| at.to_string());
    format!(
        "error: a fault inside leasehold {}: {what} (at {place})\n\
         This should not happen whatever the input is. Nothing was written after it.\n\
         Please report it to {TRACKER}, with this message, the command and its input files.\n",
        env!("CARGO_PKG_VERSION")
    )
}
