//! Labels with what stands beside them.

use super::flow::{BODY, Flow};
use crate::pdf::draw::{Mp, Role, Style, pt};
use crate::pdf::sheet::Fact;

/// Facts between `left` and `right`, labels in a column of `label` wide.
pub(super) fn write_in(flow: &mut Flow, facts: &[Fact], left: Mp, right: Mp, label: Mp) {
    for (name, value) in facts {
        flow.need(pt(14));
        let tag = flow.canvas.tree.add(flow.root(), Role::Paragraph);
        let (page, top) = (flow.canvas.page(), flow.y);
        flow.canvas.text(tag, left, top + BODY, Style::muted(BODY), name);
        flow.paragraph(tag, left + label, right - left - label, Style::plain(BODY), value);
        if flow.canvas.page() == page {
            flow.y = flow.y.max(top + pt(12));
        }
        flow.skip(pt(1));
    }
}
