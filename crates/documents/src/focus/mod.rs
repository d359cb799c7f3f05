//! FOCUS 1.4: cost and usage, contract commitments, invoice details; as CSV and as Parquet.
