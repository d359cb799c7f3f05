//! Events on lines, chained by their hashes.
