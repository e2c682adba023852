//! Anchors and buttons, and the text that labels them.

use scraper::node::Element;

use super::{Reader, attribute};
use crate::domain::text::fold;
use crate::portal::browser::link::Link;

impl Reader {
    pub(super) fn open_link(&mut self, element: &Element, label: Option<&str>) {
        self.links.push(self.document.links.len());
        self.document.links.push(Link {
            at: self.at,
            label: label.unwrap_or_default().to_owned(),
            href: attribute(element, "href"),
            onclick: attribute(element, "onclick"),
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
}
