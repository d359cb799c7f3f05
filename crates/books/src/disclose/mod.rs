//! Disclosures at a date. Arithmetic on judgements that people made, not accounting advice.
