//! Just enough of HTML to find out whether a page is well-formed.

/// Elements that have no end.
const VOID: [&str; 4] = ["meta", "link", "br", "hr"];

/// A start tag.
pub struct Tag<'a> {
    pub name: &'a str,
    pub attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// Every start tag of the page, once it is certain that each is closed in its place.
pub fn tags(page: &str) -> Vec<Tag<'_>> {
    let rest = page.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let (mut tags, mut open) = (Vec::new(), Vec::new());
    let mut rest = rest;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(end) = rest.strip_prefix('/') {
            let (name, after) = end.split_once('>').expect("the end of an end tag");
            assert_eq!(open.pop(), Some(name), "`</{name}>` closes what is not open: {open:?}");
            rest = after;
            continue;
        }
        let (tag, after) = start_tag(rest);
        rest = after;
        if tag.name == "style" {
            let (style, after) = rest.split_once("</style>").expect("the end of the style");
            assert!(!style.contains('<'), "a style holds no tag");
            rest = after;
        } else if !VOID.contains(&tag.name) {
            open.push(tag.name);
        }
        tags.push(tag);
    }
    assert!(open.is_empty(), "left open: {open:?}");
    assert!(!rest.contains('>'), "a `>` outside of tags");
    tags
}

/// The tag at the start of `text`, just after its `<`, and what follows it.
fn start_tag(text: &str) -> (Tag<'_>, &str) {
    let end = text.find([' ', '>']).expect("the end of a tag's name");
    let name = &text[..end];
    assert!(name.bytes().all(|b| b.is_ascii_alphanumeric()), "a tag's name: `{name}`");
    let (mut rest, mut attributes) = (&text[end..], Vec::new());
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (Tag { name, attributes }, after);
        }
        let end = rest.find(['=', '>', ' ']).expect("the end of an attribute");
        let attribute = &rest[..end];
        assert!(!attribute.is_empty() && !attribute.starts_with("on"), "no handlers: {attribute}");
        rest = &rest[end..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            (value, rest) = quoted.split_once('"').expect("the end of a value");
        }
        attributes.push((attribute, value));
    }
}

/// Text as it stands in a page.
pub fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}
