//! Where a link or a button that is an anchor leads: by `href`, or by what its `onclick` does.

use std::borrow::Cow;

use super::script;

/// An anchor or a button.
#[derive(Debug, Clone)]
pub(crate) struct Link<'a> {
    pub at: usize,
    /// Its text, folded (accents and case gone).
    pub label: String,
    pub href: Option<Cow<'a, str>>,
    pub onclick: Option<Cow<'a, str>>,
    /// What it says to whoever points at it or cannot see it.
    pub title: Option<Cow<'a, str>>,
    /// The page that it says it shows (`data-page`).
    pub page: Option<Cow<'a, str>>,
    pub class: Option<Cow<'a, str>>,
    /// Where its first image is.
    pub image: Option<Cow<'a, str>>,
    /// Whether it is a button that sends its form.
    pub submits: bool,
}

/// Something else that is clicked: a cell, an item, an image.
#[derive(Debug)]
pub(crate) struct Click<'a> {
    pub at: usize,
    pub end: usize,
    pub onclick: Option<Cow<'a, str>>,
    pub title: Option<Cow<'a, str>>,
    pub page: Option<Cow<'a, str>>,
    pub class: Option<Cow<'a, str>>,
    /// Where its first image is.
    pub image: Option<Cow<'a, str>>,
}

impl Link<'_> {
    /// Whether a click does anything: an address that only holds a place does not.
    pub(crate) fn leads(&self) -> bool {
        let href = self.href.as_deref().map_or("", str::trim);
        let is_address = match href.get(..11) {
            Some(scheme) if scheme.eq_ignore_ascii_case("javascript:") => {
                let body: String = href[11..].split([' ', ';']).collect();
                !matches!(&*body, "" | "void(0)" | "void0" | "void()" | "returnfalse")
            }
            _ => !href.is_empty() && !href.starts_with('#'),
        };
        self.submits || self.onclick.is_some() || is_address
    }

    /// The address as the page spells it. `href` counts unless it only holds a place (`#`,
    /// `javascript:`); then the script that a click runs is read: `location.href = '…'`, `abrir('…')`, or a
    /// function of the page that does such a thing.
    pub(crate) fn target(&self, scripts: &[Cow<'_, str>]) -> Option<String> {
        let href = self.href.as_deref().map_or("", str::trim);
        let script = match href.get(..11) {
            Some(scheme) if scheme.eq_ignore_ascii_case("javascript:") => Some(&href[11..]),
            _ => None,
        };
        if script.is_none() && !href.is_empty() && !href.starts_with('#') {
            return Some(href.to_owned());
        }
        [self.onclick.as_deref(), script]
            .into_iter()
            .flatten()
            .find_map(|code| script::navigation(code, scripts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(href: &str, onclick: &str) -> Option<String> {
        let scripts = [
            "function consultar() { top.showWait(true); window.location.href = \"/a.do?method=x\"; }
             function voltar() { history.back(); }"
                .into(),
        ];
        Link {
            at: 0,
            label: String::new(),
            href: Some(href.into()),
            onclick: Some(onclick.into()),
            title: None,
            page: None,
            class: None,
            image: None,
            submits: false,
        }
        .target(&scripts)
    }

    #[test]
    fn a_real_href_wins() {
        assert_eq!(target("/x.do", "top.showWait(true);").unwrap(), "/x.do");
    }

    #[test]
    fn else_the_click_is_read() {
        for (href, onclick, leads) in [
            ("#", "location.href='/a.do?m=1'", Some("/a.do?m=1")),
            (
                "#",
                "top.showWait(true); document.location = \"b.do\"; return false;",
                Some("b.do"),
            ),
            ("#", "window.location.replace('c.do')", Some("c.do")),
            (
                "#",
                "abrirPagina('/gefor/d.do?method=e', 'body')",
                Some("/gefor/d.do?method=e"),
            ),
            (
                "#",
                "top.showWait(true);consultar();",
                Some("/a.do?method=x"),
            ),
            ("javascript:consultar()", "", Some("/a.do?method=x")),
            ("JavaScript:void(0)", "location='e.do'", Some("e.do")),
            ("#", "voltar();", None),
            ("#", "top.showWait(true);", None),
            ("", "unknown('Agenda')", None),
        ] {
            assert_eq!(target(href, onclick).as_deref(), leads, "{href} {onclick}");
        }
    }
}
