//! Names of elements as numbers, so that comparing them costs nothing. A name of up to eight bytes is its own number;
//! the few longer ones that mean something to a parser have numbers of their own, and all others get one per page.

use std::collections::HashMap;

/// The name of an element, in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name(u64);

/// No UTF-8 has this byte, so a number with it spells no short name.
const LONG: u64 = 0xff << 56;

const LONG_NAMES: [&str; 6] = [
    "blockquote",
    "figcaption",
    "plaintext",
    "foreignobject",
    "annotation-xml",
    "malignmark",
];

impl Name {
    pub(crate) const BLOCKQUOTE: Self = Self(LONG);
    pub(crate) const FIGCAPTION: Self = Self(LONG | 1);
    pub(crate) const PLAINTEXT: Self = Self(LONG | 2);
    pub(crate) const FOREIGN_OBJECT: Self = Self(LONG | 3);
    pub(crate) const ANNOTATION_XML: Self = Self(LONG | 4);
    pub(crate) const MALIGNMARK: Self = Self(LONG | 5);

    /// A short name.
    pub(crate) const fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        assert!(bytes.len() <= 8, "a long name has a number of its own");
        let mut number = 0;
        let mut at = 0;
        while at < bytes.len() {
            number = number << 8 | bytes[at] as u64;
            at += 1;
        }
        Self(number)
    }
}

/// The names of a page.
#[derive(Debug, Default)]
pub(crate) struct Names {
    long: Vec<String>,
    numbers: HashMap<String, u64>,
}

impl Names {
    /// The name that a tag spells, in any case.
    pub(crate) fn name(&mut self, spelled: &str) -> Name {
        if spelled.len() <= 8 && !spelled.as_bytes().contains(&0) {
            let bytes = spelled.bytes();
            return Name(bytes.fold(0, |number, byte| {
                number << 8 | u64::from(byte.to_ascii_lowercase())
            }));
        }
        let lower = spelled.to_ascii_lowercase().replace('\0', "\u{fffd}");
        if lower.len() <= 8 {
            return Name::of(&lower);
        }
        if let Some(number) = LONG_NAMES.iter().position(|name| *name == lower) {
            return Name(LONG | number as u64);
        }
        let next = (LONG_NAMES.len() + self.long.len()) as u64;
        let number = *self.numbers.entry(lower).or_insert_with_key(|name| {
            self.long.push(name.clone());
            next
        });
        Name(LONG | number)
    }

    pub(crate) fn text(&self, name: Name) -> String {
        if name.0 >= LONG {
            let number = (name.0 & !LONG) as usize;
            let known = LONG_NAMES.get(number).map(|name| (*name).to_owned());
            let long = || self.long.get(number - LONG_NAMES.len()).cloned();
            return known.or_else(long).unwrap_or_default();
        }
        let bytes = name.0.to_be_bytes();
        let start = bytes.iter().take_while(|byte| **byte == 0).count();
        String::from_utf8_lossy(&bytes[start..]).into_owned()
    }
}

/// The short names that a parser knows.
macro_rules! names {
    ($($constant:ident $text:literal)*) => {
        impl Name {
            $(pub(crate) const $constant: Self = Self::of($text);)*
        }
    };
}

names! {
    A "a" ADDRESS "address" APPLET "applet" AREA "area" ARTICLE "article" ASIDE "aside"
    B "b" BASE "base" BASEFONT "basefont" BGSOUND "bgsound" BIG "big" BODY "body" BR "br" BUTTON "button"
    CAPTION "caption" CENTER "center" CODE "code" COL "col" COLGROUP "colgroup"
    DD "dd" DESC "desc" DETAILS "details" DIALOG "dialog" DIR "dir" DIV "div" DL "dl" DT "dt"
    EM "em" EMBED "embed" FIELDSET "fieldset" FIGURE "figure" FONT "font" FOOTER "footer" FORM "form"
    FRAME "frame" FRAMESET "frameset" H1 "h1" H2 "h2" H3 "h3" H4 "h4" H5 "h5" H6 "h6" HEAD "head" HEADER "header"
    HGROUP "hgroup" HR "hr" HTML "html" I "i" IFRAME "iframe" IMAGE "image" IMG "img" INPUT "input"
    ISINDEX "isindex" KEYGEN "keygen" LABEL "label" LEGEND "legend" LI "li" LINK "link" LISTING "listing" MAIN "main"
    MARQUEE "marquee" MATH "math" MENU "menu" META "meta" MGLYPH "mglyph" MI "mi" MN "mn"
    MO "mo" MS "ms" MTEXT "mtext" NAV "nav" NOBR "nobr" NOEMBED "noembed" NOFRAMES "noframes"
    NOSCRIPT "noscript" OBJECT "object" OL "ol" OPTGROUP "optgroup" OPTION "option" P "p" PARAM "param" PRE "pre"
    RB "rb" RP "rp" RT "rt" RTC "rtc" RUBY "ruby" S "s" SCRIPT "script" SEARCH "search" SECTION "section"
    SELECT "select" SMALL "small" SOURCE "source" SPAN "span" STRIKE "strike" STRONG "strong" STYLE "style"
    SUB "sub" SUMMARY "summary" SUP "sup" SVG "svg" TABLE "table" TBODY "tbody" TD "td" TEMPLATE "template"
    TEXTAREA "textarea" TFOOT "tfoot" TH "th" THEAD "thead" TITLE "title" TR "tr" TRACK "track" TT "tt" U "u"
    UL "ul" VAR "var" WBR "wbr" XMP "xmp"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_number_however_it_is_spelled() {
        let mut names = Names::default();
        assert_eq!(names.name("TaBlE"), Name::TABLE);
        assert_eq!(names.name("BlockQuote"), Name::BLOCKQUOTE);
        let other = names.name("x-something-else");
        assert_eq!(names.name("X-SOMETHING-ELSE"), other);
        assert_ne!(names.name("x-something-other"), other);
        for name in ["td", "fieldset", "figcaption", "x-something-else", "été"] {
            let number = names.name(name);
            assert_eq!(names.text(number), name);
        }
    }
}
