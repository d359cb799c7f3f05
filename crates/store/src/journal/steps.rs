//! Statements that insert several rows at once.

/// How many rows a statement inserts. Few sizes, so that few statements stay prepared.
const SIZES: [usize; 4] = [64, 16, 4, 1];

/// Most parameters of a statement: SQLite's limit is 32,766, PostgreSQL's 65,535.
const PARAMETERS_MAX: usize = 16_384;

/// Parts of `rows`, each as large as one statement inserts.
pub(super) fn chunks<T>(rows: &[T], columns: usize) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let fits = |size: &&usize| **size <= rest.len() && **size * columns <= PARAMETERS_MAX;
        let size = SIZES.iter().find(fits).copied().unwrap_or(1).min(rest.len());
        let (part, more) = rest.split_at(size);
        rest = more;
        (!part.is_empty()).then_some(part)
    })
}

/// `($1, $2), ($3, $4)` for two rows of two columns.
pub(super) fn rows_of_parameters(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let marks: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", marks.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// A number of rows or bytes as the database counts.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_chunk() {
        for count in [0, 1, 3, 4, 63, 64, 65, 64 + 16 + 4 + 1 + 1] {
            let rows: Vec<usize> = (0..count).collect();
            let parts: Vec<&[usize]> = chunks(&rows, 3).collect();
            assert_eq!(parts.concat(), rows);
            assert!(parts.iter().all(|part| SIZES.contains(&part.len())), "{count}");
        }
    }

    #[test]
    fn a_wide_table_has_smaller_chunks() {
        let rows = [0; 64];
        assert!(chunks(&rows, 1_000).all(|part| part.len() <= 16));
    }

    #[test]
    fn parameters_are_numbered_through() {
        assert_eq!(rows_of_parameters(2, 2), "($1, $2), ($3, $4)");
        assert_eq!(rows_of_parameters(1, 3), "($1, $2, $3)");
    }
}
