//! The books: from lease, recalls and usage to invoices, postings and disclosures.
