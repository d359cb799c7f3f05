//! Words for messages: the nearest known word, lists of words, what the source holds.

use leasehold_types::Seconds;

/// Most characters of the source that a message repeats.
const QUOTED_MAX_CHARS: usize = 60;

/// Most candidates that a word is compared with.
const CANDIDATES_MAX: usize = 100;
/// Most words that a message lists.
const WORDS_SHOWN_MAX: usize = 20;

/// The candidate that `word` most likely means, if any is near enough.
///
/// Near is one edit in three characters (an insertion, deletion, exchange, or swap of two
/// neighbours); ties go to the earlier candidate.
pub(super) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let word = word.to_ascii_lowercase().replace(['-', ' '], "_");
    let most = (word.chars().count() / 3).max(1);
    let candidates = candidates.into_iter().take(CANDIDATES_MAX);
    let near = candidates.map(|candidate| (edits(&word, candidate), candidate));
    near.filter(|(edits, _)| *edits <= most).min_by_key(|(edits, _)| *edits).map(|(_, c)| c)
}

/// Longest words that are compared; longer ones are like nothing.
const COMPARED_MAX_CHARS: usize = 64;

/// Edits from `a` to `b`, counting a swap of neighbours as one.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > COMPARED_MAX_CHARS || b.len() > COMPARED_MAX_CHARS {
        return usize::MAX;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let exchange = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = exchange.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// `a`, `b` or `c`; of very many the first and how many more there are.
pub(super) fn one_of<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let mut words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    if words.len() > WORDS_SHOWN_MAX {
        let more = words.len() - WORDS_SHOWN_MAX;
        words.truncate(WORDS_SHOWN_MAX);
        words.push(format!("{more} others"));
    }
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// A length of time as a sheet writes it: `1d12h`.
pub(super) fn compact(length: Seconds) -> String {
    length.to_string().replace(' ', "")
}

/// A count with its digits in groups, as a sheet may write it: `100_000_000`.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut shown = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && digits.len() > 4 {
            shown.push('_');
        }
        shown.push(digit);
    }
    shown
}

/// The beginning of what the source holds, on one line.
pub(super) fn quoted(source: &str) -> String {
    let line = source.lines().next().unwrap_or("");
    let cut = line.len() < source.trim_end().len() || line.chars().count() > QUOTED_MAX_CHARS;
    let mut shown: String = line.chars().take(QUOTED_MAX_CHARS).collect();
    if cut {
        shown.push('\u{2026}');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words() {
        let keys = ["notice_days", "notice_months", "earliest_effective", "to"];
        for (word, found) in [
            ("notice_day", Some("notice_days")),
            ("notce_days", Some("notice_days")),
            ("Notice-Days", Some("notice_days")),
            ("notice_mnoths", Some("notice_months")),
            ("earliest_efective", Some("earliest_effective")),
            ("ot", Some("to")),
            ("penalty", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, keys), found, "{word}");
        }
    }

    #[test]
    fn words_of_messages() {
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(one_of(["a"]), "`a`");
        assert!(one_of(vec!["a"; 30]).ends_with("`a` or 10 others"));
        assert_eq!(compact(Seconds::from_hours(36)), "1d12h");
        assert_eq!([grouped(3_660), grouped(100_000_000)], ["3660", "100_000_000"]);
        assert_eq!(quoted("one\ntwo"), "one\u{2026}");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 61);
    }
}
