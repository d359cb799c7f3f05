//! What must outlive a crash: use as it was counted, postings as they were made.
