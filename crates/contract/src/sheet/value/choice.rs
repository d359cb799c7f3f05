//! One or several of a few words.

use toml::de::DeValue;

use crate::sheet::codes;
use crate::sheet::limits::CHOICES_MAX;
use crate::sheet::nearest::{nearest, one_of, quoted};
use crate::sheet::section::{At, Node};

/// One of the words.
pub(in crate::sheet) fn choice<T: Copy>(
    words: &'static [(&'static str, T)],
) -> impl Fn(Node<'_>) -> Option<T> {
    move |node| {
        let known = || words.iter().map(|(word, _)| *word);
        let DeValue::String(found) = node.value else {
            node.wrong_type("one of a few words", &format!("\"{}\"", words.first()?.0));
            return None;
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| word == found) {
            return Some(*value);
        }
        let message = format!("`{}` takes no `{}`", node.path, quoted(found));
        let fault = codes::UNKNOWN_CHOICE.at(node.span, message);
        node.sink.report(
            match nearest(found, known()) {
                Some(near) => fault.label(format!("did you mean `{near}`?")),
                None => fault.label("unknown"),
            }
            .remedy(format!("write {}", one_of(known()))),
        );
        None
    }
}

/// Several of the words, each at most once; at least one.
pub(in crate::sheet) fn choices<T: Copy + PartialEq>(
    words: &'static [(&'static str, T)],
) -> impl Fn(Node<'_>) -> Option<Vec<At<T>>> {
    move |node| {
        let example = format!("[\"{}\"]", words.first()?.0);
        entries(&node, CHOICES_MAX, &example, |entry| {
            let span = entry.span;
            choice(words)(entry).map(|value| At { value, span })
        })
    }
}

/// The entries of a list: at least one, at most `most`, none twice. `None` where one is wrong.
pub(super) fn entries<'a, T>(
    node: &Node<'a>,
    most: usize,
    example: &str,
    read: impl Fn(Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let DeValue::Array(list) = node.value else {
        node.wrong_type("a list", example);
        return None;
    };
    if list.is_empty() {
        let fault = codes::EMPTY_LIST.at(node.span, format!("`{}` is empty", node.path));
        node.sink.report(fault.label("no entry").remedy(format!("write it like {example}")));
        return None;
    }
    if list.len() > most {
        let message = format!("`{}` has {} entries", node.path, list.len());
        let fault = codes::TOO_MANY_ENTRIES.at(node.span, message).label("too long");
        node.sink.report(fault.remedy(format!("keep at most {most}")));
        return None;
    }
    let nodes: Vec<Node<'a>> =
        list.iter().enumerate().map(|(i, entry)| node.entry(i, entry)).collect();
    let unique = report_twice(&nodes);
    let readable = nodes.into_iter().filter(|entry| !entry.sink.is_unreadable(entry.span));
    let read: Vec<T> = readable.filter_map(read).collect();
    (unique && read.len() == list.len()).then_some(read)
}

/// Reports entries that stand twice; whether there are none.
fn report_twice(nodes: &[Node<'_>]) -> bool {
    let mut unique = true;
    for (i, node) in nodes.iter().enumerate() {
        let same = |other: &&Node<'_>| match (other.value, node.value) {
            (DeValue::String(a), DeValue::String(b)) => a == b,
            _ => false,
        };
        if let Some(first) = nodes[..i].iter().find(same) {
            let message = format!("{} stands twice", quoted(node.source()));
            let fault = codes::DUPLICATE_ENTRY.at(node.span, message).label("again");
            node.sink.report(fault.also(first.span, "first").remedy("keep one of the two"));
            unique = false;
        }
    }
    unique
}
