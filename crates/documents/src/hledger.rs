//! The journal as plain-text accounting: what `hledger` reads.
