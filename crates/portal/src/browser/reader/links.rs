//! Anchors and buttons, and the text that labels them.

use super::state::{Element, Reader};
use crate::browser::html::name::Name;
use crate::browser::html::tree::Id;
use crate::browser::link::{Click, Link};
use agendad_domain::text::fold;
use std::borrow::Cow;

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

fn title<'a>(element: Element<'_, 'a>) -> Option<Cow<'a, str>> {
    let texts = ["title", "aria-label"].into_iter();
    let mut texts = texts.filter_map(|name| element.trimmed(name));
    texts.find(|text| !text.is_empty())
}

fn page<'a>(element: Element<'_, 'a>) -> Option<Cow<'a, str>> {
    let page = element.trimmed("data-page");
    page.filter(|page| !page.is_empty() && !element.has("disabled"))
}

/// What pagers are made of that are no links.
fn is_clicked(element: Element<'_, '_>) -> bool {
    let is_made_so = matches!(
        element.name,
        Name::TD | Name::TH | Name::SPAN | Name::LI | Name::DIV | Name::IMG
    );
    let mut attributes = element.attributes.iter();
    is_made_so && attributes.any(|attribute| matches!(&*attribute.name, "onclick" | "data-page"))
}

impl<'a> Reader<'a> {
    pub(super) fn open_click(&mut self, id: Id, element: Element<'_, 'a>) {
        if self.templates > 0 || self.hidden > 0 || !is_clicked(element) {
            return;
        }
        self.clicks.push((id, self.document.clicks.len()));
        self.document.clicks.push(Click {
            at: self.at,
            end: self.at,
            onclick: element.trimmed("onclick"),
            title: title(element).or_else(|| element.trimmed("alt")),
            page: page(element),
            class: element.trimmed("class"),
            image: element.trimmed("src"),
        });
    }

    pub(super) fn close_click(&mut self, id: Id) {
        if let Some((_, index)) = self.clicks.pop_if(|(open, _)| *open == id) {
            self.document.clicks[index].end = self.at;
        }
    }

    pub(super) fn open_link(&mut self, element: Element<'_, 'a>, label: Option<&str>) {
        self.links.push(self.document.links.len());
        self.document.links.push(Link {
            at: self.at,
            label: label.unwrap_or_default().to_owned(),
            href: element.trimmed("href"),
            onclick: element.trimmed("onclick"),
            title: title(element),
            page: page(element),
            class: element.trimmed("class"),
            image: element.trimmed("src"),
            submits: submits(element),
        });
    }

    pub(super) fn close_link(&mut self) {
        if let Some(index) = self.links.pop() {
            let link = &mut self.document.links[index];
            link.label = fold(&link.label);
        }
    }

    /// An image stands in what is clicked.
    pub(super) fn image(&mut self, element: Element<'_, 'a>) {
        let image = || element.trimmed("src");
        if let Some(index) = self.links.last() {
            let link = &mut self.document.links[*index];
            link.image = link.image.take().or_else(image);
        }
        if let Some((_, index)) = self.clicks.last() {
            let click = &mut self.document.clicks[*index];
            click.image = click.image.take().or_else(image);
        }
    }

    /// An image, or an element that may be one by its style, says in a cell what it is called.
    pub(super) fn speak_for(&mut self, element: Element<'_, 'a>) {
        if !self.is_in_blank_cell() {
            return;
        }
        let alt = element.trimmed("alt").filter(|alt| !alt.is_empty());
        if let Some(text) = alt.or_else(|| title(element)) {
            self.speak(&text);
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
