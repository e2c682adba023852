//! Anchors and buttons, and the text that labels them.

use super::state::{Element, Reader};
use crate::browser::html::name::Name;
use crate::browser::link::Link;
use agendad_domain::text::fold;

fn submits(element: Element<'_, '_>) -> bool {
    let kind = element
        .attr("type")
        .map(|kind| kind.trim().to_ascii_lowercase());
    let submits = match element.name {
        Name::INPUT => matches!(kind.as_deref(), Some("submit" | "image")),
        Name::BUTTON => matches!(kind.as_deref(), None | Some("" | "submit")),
        _ => false,
    };
    submits && !element.has("disabled")
}

impl<'a> Reader<'a> {
    pub(super) fn open_link(&mut self, element: Element<'_, 'a>, label: Option<&str>) {
        self.links.push(self.document.links.len());
        self.document.links.push(Link {
            at: self.at,
            label: label.unwrap_or_default().to_owned(),
            href: element.trimmed("href"),
            onclick: element.trimmed("onclick"),
            submits: submits(element),
        });
    }

    pub(super) fn close_link(&mut self) {
        if let Some(index) = self.links.pop() {
            let link = &mut self.document.links[index];
            link.label = fold(&link.label);
        }
    }

    pub(super) fn link_text(&mut self, text: &str) {
        if let Some(index) = self.links.last() {
            self.document.links[*index].label.push_str(text);
        }
    }

    pub(super) fn link_space(&mut self) {
        if let Some(index) = self.links.last() {
            let label = &mut self.document.links[*index].label;
            if !label.ends_with(' ') {
                label.push(' ');
            }
        }
    }
}
