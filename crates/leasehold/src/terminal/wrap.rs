//! Paragraphs of at most so many columns. What they say may come from anywhere: characters that
//! steer a terminal become blanks.

use super::plain;

/// The words of `text` in lines of at most `columns` characters, the first after `head`, the others
/// indented as far. A word that is longer has a line of its own. Ends with a newline.
pub(crate) fn wrap(head: &str, text: &str, columns: u16) -> String {
    let indent = " ".repeat(head.chars().count());
    let (mut out, mut line, mut empty) = (String::new(), head.to_owned(), true);
    for word in plain(text).split_whitespace() {
        let width = line.chars().count() + usize::from(!empty) + word.chars().count();
        if !empty && width > usize::from(columns) {
            out += line.trim_end();
            out.push('\n');
            (line, empty) = (indent.clone(), true);
        }
        if !empty {
            line.push(' ');
        }
        line += word;
        empty = false;
    }
    out + line.trim_end() + "\n"
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn paragraphs() {
        assert_eq!(wrap("- ", "one two three", 9), "- one two\n  three\n");
        assert_eq!(wrap("- ", "unbreakable", 5), "- unbreakable\n");
        assert_eq!(wrap("", "", 5), "\n");
        assert_eq!(wrap("", "a\u{1b}[31mb", 80), "a [31mb\n");
    }
}
