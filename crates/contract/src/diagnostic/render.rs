//! Diagnostics as plain text: the line, a mark under the place, the rule and the remedy.
//!
//! What the source holds is shown as it is, but for characters that would move the marks or the
//! reader's eye (control and direction characters), and long lines are cut to a window around the
//! place.

use super::{Diagnostic, Lines, Span};

/// Most characters of a source line that are shown.
pub const LINE_SHOWN_MAX_CHARS: usize = 100;
/// Characters shown before the place where a long line is cut.
const LINE_SHOWN_BEFORE_CHARS: usize = 30;
/// Rule and remedy are wrapped at this width, in characters.
const PROSE_WIDTH_CHARS: usize = 88;

/// Renders one diagnostic of the source `name`.
pub fn render(diagnostic: &Diagnostic, name: &str, lines: &Lines<'_>) -> String {
    let mut marks = vec![Mark::of(diagnostic.span, &diagnostic.label, '^', lines)];
    marks.extend(diagnostic.also.iter().map(|also| Mark::of(also.span, &also.label, '-', lines)));
    let place = lines.position(diagnostic.span.start);
    let gutter = marks.iter().map(|m| m.line).max().unwrap_or(1).to_string().len();
    marks.sort_by_key(|mark| (mark.line, mark.start));

    let word = diagnostic.severity.word();
    let mut out = format!("{word}[{}]: {}\n", diagnostic.code, shown(&diagnostic.message));
    let empty = format!("{:gutter$} |\n", "");
    out += &format!("{:gutter$}--> {name}:{}:{}\n{empty}", "", place.line, place.column);
    let mut last = None;
    for mark in &marks {
        if last.is_some_and(|line| mark.line > line + 1) {
            out += &format!("{:gutter$}...\n", "");
        }
        mark.draw(&mut out, gutter, lines, last != Some(mark.line));
        last = Some(mark.line);
    }
    out += &empty;
    for (title, text) in [("rule", diagnostic.rule), ("remedy", &diagnostic.remedy)] {
        if !text.is_empty() {
            draw_prose(&mut out, gutter, title, &shown(text));
        }
    }
    out
}

/// Renders all of them, a blank line between two.
pub fn render_all(diagnostics: &[Diagnostic], name: &str, text: &str) -> String {
    let lines = Lines::new(text);
    let rendered: Vec<String> = diagnostics.iter().map(|d| render(d, name, &lines)).collect();
    rendered.join("\n")
}

/// A place to be underlined; where it spans lines, its first line.
struct Mark<'a> {
    line: usize,
    /// Characters before it in its line.
    start: usize,
    /// Characters that it covers there.
    width: usize,
    sign: char,
    label: &'a str,
}

impl<'a> Mark<'a> {
    fn of(span: Span, label: &'a str, sign: char, lines: &Lines<'_>) -> Self {
        let (from, to) = (lines.position(span.start), lines.position(span.end));
        let start = from.column - 1;
        let end = if to.line == from.line {
            to.column - 1
        } else {
            lines.line(from.line).chars().count()
        };
        Mark { line: from.line, start, width: end.saturating_sub(start).max(1), sign, label }
    }

    fn draw(&self, out: &mut String, gutter: usize, lines: &Lines<'_>, with_source: bool) {
        let (source, start) = window(lines.line(self.line), self.start);
        let width = self.width.min(source.chars().count().saturating_sub(start)).max(1);
        if with_source {
            *out += format!("{:gutter$} | {source}", self.line).trim_end();
            out.push('\n');
        }
        let signs = self.sign.to_string().repeat(width);
        let line = format!("{:gutter$} | {:start$}{signs} {}", "", "", shown(self.label));
        *out += line.trim_end();
        out.push('\n');
    }
}

/// The part of a line that is shown, and where in it character `start` of the line stands.
fn window(line: &str, start: usize) -> (String, usize) {
    let length = line.chars().count();
    if length <= LINE_SHOWN_MAX_CHARS {
        return (shown(line), start);
    }
    let first = start.saturating_sub(LINE_SHOWN_BEFORE_CHARS).min(length - LINE_SHOWN_MAX_CHARS);
    let part: String = line.chars().skip(first).take(LINE_SHOWN_MAX_CHARS).collect();
    let before = if first > 0 { "\u{2026}" } else { "" };
    let after = if first + LINE_SHOWN_MAX_CHARS < length { "\u{2026}" } else { "" };
    (format!("{before}{}{after}", shown(&part)), start - first + before.chars().count())
}

/// The text with nothing in it that moves the marks or the eye: one character for each.
fn shown(text: &str) -> String {
    let direction = |c| matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let safe = |c: char| match c {
        '\t' => ' ',
        c if c.is_control() || direction(c) => '\u{fffd}',
        c => c,
    };
    text.chars().map(safe).collect()
}

fn draw_prose(out: &mut String, gutter: usize, title: &str, text: &str) {
    let head = format!("{:gutter$} = {title}: ", "");
    let (mut line, indent) = (head.clone(), head.chars().count());
    let mut used = indent;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if used > indent && used + width > PROSE_WIDTH_CHARS {
            *out += line.trim_end();
            out.push('\n');
            (line, used) = (" ".repeat(indent), indent);
        }
        line += word;
        line.push(' ');
        used += width + 1;
    }
    *out += line.trim_end();
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    fn diagnostic(span: Span) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: "phases-overlap",
            message: "`fee.ramp` and `fee.full` both begin on 2026-07-01".to_owned(),
            span,
            label: "begins on the same day".to_owned(),
            also: Vec::new(),
            rule: "a phase applies until the next phase of the same cover",
            remedy: "change one of the two dates, or make one phase of both; the schedule cannot \
                     charge two prices on one day"
                .to_owned(),
        }
    }

    #[test]
    fn two_places_in_order_of_the_file() {
        let text = "[[fee]]\nname = \"ramp\"\nfrom = 2026-07-01\n\n[[fee]]\nfrom = 2026-07-01\n";
        let at = |nth: usize| {
            let start = text.match_indices("2026-07-01").nth(nth).unwrap().0;
            Span { start, end: start + 10 }
        };
        let found = diagnostic(at(1)).also(at(0), "`ramp` begins here");
        insta::assert_snapshot!(render(&found, "lease.toml", &Lines::new(text)), @r##"
        error[phases-overlap]: `fee.ramp` and `fee.full` both begin on 2026-07-01
         --> lease.toml:6:8
          |
        3 | from = 2026-07-01
          |        ---------- `ramp` begins here
         ...
        6 | from = 2026-07-01
          |        ^^^^^^^^^^ begins on the same day
          |
          = rule: a phase applies until the next phase of the same cover
          = remedy: change one of the two dates, or make one phase of both; the schedule cannot
                    charge two prices on one day
        "##);
    }

    #[test]
    fn long_lines_and_strange_characters() {
        let text = format!("key\t= \"{}\u{202e}x\u{7}{}\"", "a".repeat(200), "b".repeat(300));
        let start = text.find('\u{202e}').unwrap();
        let found = diagnostic(Span { start, end: text.len() });
        insta::assert_snapshot!(render(&found, "long.toml", &Lines::new(&text)), @r##"
        error[phases-overlap]: `fee.ramp` and `fee.full` both begin on 2026-07-01
         --> long.toml:1:208
          |
        1 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa�x�bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
          |                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ begins on the same day
          |
          = rule: a phase applies until the next phase of the same cover
          = remedy: change one of the two dates, or make one phase of both; the schedule cannot
                    charge two prices on one day
        "##);
    }

    #[test]
    fn an_empty_text_has_a_place_too() {
        let found = diagnostic(Span::default());
        insta::assert_snapshot!(render(&found, "empty.toml", &Lines::new("")), @r##"
        error[phases-overlap]: `fee.ramp` and `fee.full` both begin on 2026-07-01
         --> empty.toml:1:1
          |
        1 |
          | ^ begins on the same day
          |
          = rule: a phase applies until the next phase of the same cover
          = remedy: change one of the two dates, or make one phase of both; the schedule cannot
                    charge two prices on one day
        "##);
    }
}
