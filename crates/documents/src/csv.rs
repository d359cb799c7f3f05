//! Plain CSV: one row a line of an invoice, a posting, a balance.
