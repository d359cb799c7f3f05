//! Writing XML: elements in the order in which they are said, nothing empty, everything escaped.
//!
//! UBL needs elements, attributes and text, and no more; that is less than a library's interface.
//! Peppol forbids empty elements, so an element whose text is blank and a group in which nothing
//! was said are left out.

/// What may not stand in XML 1.0 stands as this.
const REPLACEMENT: char = '\u{FFFD}';

/// A document in the making.
#[derive(Debug)]
pub(super) struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    /// A whole document: the declaration and its root, with `attributes` on it.
    pub(super) fn document(
        root: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Xml),
    ) -> String {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        let mut xml = Xml { text, depth: 0 };
        xml.element(root, attributes, content);
        xml.text
    }

    /// An element with others inside, unless none is.
    pub(super) fn group(&mut self, name: &str, content: impl FnOnce(&mut Xml)) {
        self.element(name, &[], content);
    }

    /// An element with text inside, unless the text is blank.
    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    /// An element with attributes and text, unless the text is blank.
    pub(super) fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.start(name, attributes);
        self.escaped(text.trim());
        self.end(name);
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], content: impl FnOnce(&mut Xml)) {
        let before = self.text.len();
        self.start(name, attributes);
        self.text.push('\n');
        let inside = self.text.len();
        self.depth += 1;
        content(self);
        self.depth -= 1;
        if self.text.len() == inside {
            self.text.truncate(before);
            return;
        }
        self.indent();
        self.end(name);
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text.push(' ');
            self.text.push_str(attribute);
            self.text.push_str("=\"");
            self.escaped(value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn end(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }

    /// Carriage returns are written as references: a reader would make line feeds of them.
    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\r' => self.text.push_str("&#13;"),
                '\t' | '\n' => self.text.push(character),
                '\u{FFFE}' | '\u{FFFF}' => self.text.push(REPLACEMENT),
                other if other < ' ' => self.text.push(REPLACEMENT),
                other => self.text.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_stand_in_order_and_nothing_is_empty() {
        let text = Xml::document("a", &[("xmlns", "urn:x")], |xml| {
            xml.leaf("b", "1 < 2 & \"3\"");
            xml.group("c", |xml| xml.group("d", |xml| xml.leaf("e", "  ")));
            xml.group("f", |xml| xml.leaf_with("g", &[("id", "<\">")], " x\u{1}\r\ny "));
        });
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <a xmlns=\"urn:x\">\n  <b>1 &lt; 2 &amp; &quot;3&quot;</b>\n  <f>\n    \
            <g id=\"&lt;&quot;&gt;\">x\u{FFFD}&#13;\ny</g>\n  </f>\n</a>\n";
        assert_eq!(text, expected);
    }
}
