//! How far an end tag reaches: through which open elements it may close others.

use super::builder::{Builder, Open};
use crate::browser::html::name::Name;
use crate::browser::html::tree::Space;

/// Elements that end by themselves.
const IMPLIED: &[Name] = &[
    Name::DD,
    Name::DT,
    Name::LI,
    Name::OPTION,
    Name::OPTGROUP,
    Name::P,
    Name::RB,
    Name::RP,
    Name::RT,
    Name::RTC,
];

const IMPLIED_THOROUGHLY: &[Name] = &[
    Name::CAPTION,
    Name::COLGROUP,
    Name::TBODY,
    Name::TD,
    Name::TFOOT,
    Name::TH,
    Name::THEAD,
    Name::TR,
];

/// What an end tag does not reach through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Default,
    List,
    Button,
    Table,
}

impl Scope {
    fn ends_at(self, open: Open) -> bool {
        let ends = |more: &[Name]| ends_default(open) || open.is_one_of(more);
        match self {
            Self::Default => ends_default(open),
            Self::List => ends(&[Name::OL, Name::UL]),
            Self::Button => ends(&[Name::BUTTON]),
            Self::Table => open.is_one_of(&[Name::HTML, Name::TABLE, Name::TEMPLATE]),
        }
    }
}

fn ends_default(open: Open) -> bool {
    match open.space {
        Space::Html => matches!(
            open.name,
            Name::APPLET
                | Name::CAPTION
                | Name::HTML
                | Name::TABLE
                | Name::TD
                | Name::TH
                | Name::MARQUEE
                | Name::OBJECT
                | Name::SELECT
                | Name::TEMPLATE
        ),
        Space::Svg | Space::MathMl => is_integration_point(open),
    }
}

/// Whether HTML may stand within this element of SVG or MathML.
pub(super) fn is_integration_point(open: Open) -> bool {
    is_text_point(open)
        || open.space == Space::Svg
            && matches!(open.name, Name::FOREIGN_OBJECT | Name::DESC | Name::TITLE)
}

pub(super) fn is_text_point(open: Open) -> bool {
    open.space == Space::MathMl
        && matches!(
            open.name,
            Name::MI | Name::MO | Name::MN | Name::MS | Name::MTEXT
        )
}

impl Builder<'_> {
    pub(super) fn in_scope(&self, scope: Scope, found: impl Fn(Open) -> bool) -> bool {
        for open in self.open.iter().rev() {
            if found(*open) {
                return true;
            }
            if scope.ends_at(*open) {
                return false;
            }
        }
        false
    }

    pub(super) fn has_in_scope(&self, scope: Scope, name: Name) -> bool {
        self.in_scope(scope, |open| open.is(name))
    }

    /// Closes what ends by itself, except elements of one name.
    pub(super) fn close_implied(&mut self, except: Option<Name>) {
        while let Some(open) = self.current()
            && open.is_one_of(IMPLIED)
            && except != Some(open.name)
        {
            self.open.pop();
        }
    }

    pub(super) fn close_implied_thoroughly(&mut self) {
        while let Some(open) = self.current()
            && (open.is_one_of(IMPLIED) || open.is_one_of(IMPLIED_THOROUGHLY))
        {
            self.open.pop();
        }
    }

    pub(super) fn close_paragraph(&mut self) {
        if self.has_in_scope(Scope::Button, Name::P) {
            self.close_implied(Some(Name::P));
            self.close(Name::P);
        }
    }
}

/// Elements that an end tag of another does not close.
pub(super) fn is_special(open: Open) -> bool {
    open.space == Space::Html
        && matches!(
            open.name,
            Name::ADDRESS
                | Name::APPLET
                | Name::AREA
                | Name::ARTICLE
                | Name::ASIDE
                | Name::BASE
                | Name::BASEFONT
                | Name::BGSOUND
                | Name::BLOCKQUOTE
                | Name::BODY
                | Name::BR
                | Name::BUTTON
                | Name::CAPTION
                | Name::CENTER
                | Name::COL
                | Name::COLGROUP
                | Name::DD
                | Name::DETAILS
                | Name::DIR
                | Name::DIV
                | Name::DL
                | Name::DT
                | Name::EMBED
                | Name::FIELDSET
                | Name::FIGCAPTION
                | Name::FIGURE
                | Name::FOOTER
                | Name::FORM
                | Name::FRAME
                | Name::FRAMESET
                | Name::H1
                | Name::H2
                | Name::H3
                | Name::H4
                | Name::H5
                | Name::H6
                | Name::HEAD
                | Name::HEADER
                | Name::HGROUP
                | Name::HR
                | Name::HTML
                | Name::IFRAME
                | Name::IMG
                | Name::INPUT
                | Name::ISINDEX
                | Name::LI
                | Name::LINK
                | Name::LISTING
                | Name::MAIN
                | Name::MARQUEE
                | Name::MENU
                | Name::META
                | Name::NAV
                | Name::NOEMBED
                | Name::NOFRAMES
                | Name::NOSCRIPT
                | Name::OBJECT
                | Name::OL
                | Name::P
                | Name::PARAM
                | Name::PLAINTEXT
                | Name::PRE
                | Name::SCRIPT
                | Name::SECTION
                | Name::SELECT
                | Name::SOURCE
                | Name::STYLE
                | Name::SUMMARY
                | Name::TABLE
                | Name::TBODY
                | Name::TD
                | Name::TEMPLATE
                | Name::TEXTAREA
                | Name::TFOOT
                | Name::TH
                | Name::THEAD
                | Name::TITLE
                | Name::TR
                | Name::TRACK
                | Name::UL
                | Name::WBR
                | Name::XMP
        )
}
