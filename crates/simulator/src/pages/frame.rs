//! What all pages share: head, scripts with `errors[]` and `messages[]`, menus, footer.

use super::filler::Filler;
use super::html::{escape, script_string};
use super::page::Page;
use super::scripts::{self, Scripts};

/// Texts that the page shows when it opens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notices {
    pub(crate) errors: Vec<String>,
    pub(crate) messages: Vec<String>,
    /// A call of `alert`.
    pub(crate) alert: Option<String>,
}

impl Notices {
    pub(crate) fn error(text: &str) -> Self {
        Self {
            errors: vec![text.to_owned()],
            ..Self::default()
        }
    }

    pub(crate) fn alert(text: &str) -> Self {
        Self {
            alert: Some(text.to_owned()),
            ..Self::default()
        }
    }
}

/// A page around its content.
pub(super) struct Frame<'a> {
    pub(super) filler: &'static Filler,
    pub(super) scripts: Scripts,
    pub(super) notices: &'a Notices,
    /// More statements of the head.
    pub(super) head: &'a str,
    /// Called when the page opens.
    pub(super) onload: &'a str,
}

impl Frame<'_> {
    /// The page around `content`.
    pub(super) fn page(&self, content: &str) -> Page {
        Page::text(&self.opening())
            .fixed(&self.filler.head)
            .and(&self.opening_body())
            .fixed(&self.filler.top)
            .and(content)
            .fixed(&self.filler.foot)
            .and(&self.end())
    }

    fn opening(&self) -> String {
        format!(
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\" \"http://www.w3.org/TR/html4/loose.dtd\">\r\n\
             <html>\r\n<head>\r\n\
             <meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">\r\n\
             <meta http-equiv=\"Pragma\" content=\"no-cache\">\r\n\
             <title>eCNHsp - DETRAN - São Paulo</title>\r\n\
             <link rel=\"stylesheet\" type=\"text/css\" href=\"/GFR/css/bootstrap.min.css\">\r\n\
             <link rel=\"stylesheet\" type=\"text/css\" href=\"/GFR/css/estilo.css\">\r\n{}",
            tags(self.scripts.in_head())
        )
    }

    fn opening_body(&self) -> String {
        format!(
            "<script type=\"text/javascript\">\r\n\
             \tvar errors = new Array();\r\n{errors}\
             \tvar messages = new Array();\r\n{messages}\
             \tvar temErros = errors.length > 0;\r\n\
             \tfunction mostrarMensagens() {{\r\n\
             \t\tfor (var i = 0; i < errors.length; i++) {{ alert(errors[i]); }}\r\n\
             \t\tfor (var j = 0; j < messages.length; j++) {{ alert(messages[j]); }}\r\n\
             \t}}\r\n{alert}{head}</script>\r\n</head>\r\n<body onload=\"mostrarMensagens();{onload}\">\r\n",
            errors = assignments("errors", &self.notices.errors),
            messages = assignments("messages", &self.notices.messages),
            alert = self
                .notices
                .alert
                .as_deref()
                .map_or_else(String::new, alert),
            head = self.head,
            onload = self.onload,
        )
    }

    fn end(&self) -> String {
        format!(
            "{}<script type=\"text/javascript\" src=\"{}?SWJIYLWA=5b1f0c7e24d94a3c8f60b7d2a9134e58&amp;ns=1&amp;cb=1027508\"></script>\r\n\
             </body>\r\n</html>\r\n",
            tags(self.scripts.at_end()),
            scripts::FIREWALL_PATH,
        )
    }
}

fn tags(paths: &[&str]) -> String {
    let tag = |path: &&str| {
        format!(
            "<script type=\"text/javascript\" src=\"{}\"></script>\r\n",
            escape(path)
        )
    };
    paths.iter().map(tag).collect()
}

fn assignments(array: &str, texts: &[String]) -> String {
    texts
        .iter()
        .enumerate()
        .map(|(at, text)| format!("\t{array}[{at}] = {};\r\n", script_string(text)))
        .collect()
}

fn alert(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "\\'");
    format!("\talert('{text}');\r\n")
}
