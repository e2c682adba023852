//! A form as a browser sends it: all of its fields with their current values, in the page's charset or its own.

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::charset::Charsets;

/// An `<option>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Its `value`, or its text if it has none.
    pub value: String,
    pub text: String,
    pub selected: bool,
    pub disabled: bool,
}

/// A form of a page.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Form {
    pub name: Option<String>,
    /// `None` or empty: the page's own address.
    pub action: Option<String>,
    pub post: bool,
    /// The labels of the charsets that it is to be sent in, if it says so itself.
    #[serde(default)]
    pub accept_charset: Option<String>,
    pub fields: Vec<Field>,
}

/// One control of a form.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Field {
    #[serde(skip)]
    pub at: usize,
    pub name: String,
    pub value: String,
    pub kind: FieldKind,
    /// Whether a browser would send it as it stands.
    pub sent: bool,
    /// Whether nobody can fill it in or press it.
    #[serde(skip)]
    pub disabled: bool,
    /// Whether its value is one that was filled in, not the page's.
    #[serde(skip)]
    pub typed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FieldKind {
    Hidden,
    Password,
    /// A button that submits; sent only if it was the one that was pressed.
    Submit,
    /// Its options. The value is that of the selected one, else of the first.
    Select(#[serde(skip)] Vec<Choice>),
    Other,
}

impl std::fmt::Debug for Field {
    // Values may be tokens or personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {:?}", self.name, std::mem::discriminant(&self.kind))
    }
}

impl Form {
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that a person would fill in: the first of that name that is not hidden, else the first.
    fn index(&self, name: &str) -> Option<usize> {
        let named = |field: &Field| field.name == name;
        let shown = |field: &Field| named(field) && field.kind != FieldKind::Hidden;
        let shown = self.fields.iter().position(shown);
        shown.or_else(|| self.fields.iter().position(named))
    }

    /// Sets a field, which is then sent whatever its state. Returns whether the form has it.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) -> bool {
        let Some(index) = self.index(name) else {
            return false;
        };
        let field = &mut self.fields[index];
        field.value = value.into();
        field.sent = true;
        field.typed = true;
        true
    }

    /// Sets a field; one that the form lacks is appended, as the page's script does.
    pub(crate) fn set_or_append(&mut self, name: &str, value: &str) {
        if !self.set(name, value) {
            self.fields.push(Field {
                at: usize::MAX,
                name: name.to_owned(),
                value: value.to_owned(),
                kind: FieldKind::Hidden,
                sent: true,
                disabled: false,
                typed: true,
            });
        }
    }

    /// Leaves only the fields of these names; all of them if none are named.
    pub(crate) fn keep_only(&mut self, names: &[String]) {
        if !names.is_empty() {
            self.fields.retain(|field| names.contains(&field.name));
        }
    }

    /// Presses the first button that submits and can be pressed, behind the password if there is one there: what stands
    /// before it is seldom the login (`Esqueci a senha`).
    pub(crate) fn press(&mut self) {
        let is_password = |field: &Field| field.kind == FieldKind::Password;
        let start = self.fields.iter().position(is_password).unwrap_or_default();
        let (before, behind) = self.fields.split_at_mut(start);
        let mut fields = behind.iter_mut().chain(before);
        let button = fields.find(|field| field.kind == FieldKind::Submit && !field.disabled);
        if let Some(button) = button {
            button.sent = true;
        }
    }

    /// Takes over hidden values (tokens) of a newer page, wherever they stand in it; not those of `named` fields,
    /// which are set for each request, and of a name that has several values there, none: whose they are, nobody says.
    pub(crate) fn renew(&mut self, newer: &[(String, String)], named: &[&str]) {
        for field in &mut self.fields {
            if field.kind != FieldKind::Hidden || named.contains(&field.name.as_str()) {
                continue;
            }
            let mut fresh = newer.iter().filter(|(name, _)| *name == field.name);
            if let Some((_, value)) = fresh.next()
                && fresh.all(|(_, other)| other == value)
            {
                field.value.clone_from(value);
            }
        }
    }

    /// The content to send, `application/x-www-form-urlencoded`. What the charset lacks becomes a
    /// numeric character reference, as browsers do.
    pub(crate) fn encode(&self, charsets: Charsets) -> String {
        let own = self.own_charset();
        let sent = self.fields.iter().filter(|f| f.sent && !f.name.is_empty());
        let pairs = sent.map(|field| {
            let of_value = if field.typed {
                charsets.declared
            } else {
                charsets.read
            };
            let name = encoded(&field.name, own.unwrap_or(charsets.read));
            let value = encoded(&field.value, own.unwrap_or(of_value));
            format!("{name}={value}")
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The first known charset of its `accept-charset`.
    fn own_charset(&self) -> Option<&'static Encoding> {
        let labels = self.accept_charset.as_deref()?;
        let mut labels = labels.split(|c: char| c == ',' || c.is_whitespace());
        let known = labels.find_map(|label| Encoding::for_label(label.as_bytes()))?;
        Some(known.output_encoding())
    }
}

fn encoded(text: &str, charset: &'static Encoding) -> String {
    let (bytes, _, _) = charset.encode(text);
    form_urlencoded::byte_serialize(&bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::reader;
    use encoding_rs::{UTF_8, WINDOWS_1252};

    fn form(html: &str) -> Form {
        reader::read(html).unwrap().forms.remove(0)
    }

    #[test]
    fn all_fields_are_sent_as_a_browser_would() {
        let form = form(
            "<form action='x.do' method=post><input type=hidden name=method value=''>
             <input name=org.apache.struts.taglib.html.TOKEN type=hidden value='ab12'>
             <INPUT NAME=texto VALUE='São Paulo'><input name=off disabled value=1>
             <input type=checkbox name=c1><input type=checkbox name=c2 checked>
             <input type=radio name=r value=1><input type=radio name=r value=2 checked>
             <select name=s1><option value=a>A<option value=b selected>B</select>
             <select name=s2><option>Um<option>Dois</select><select name=s3></select>
             <textarea name=t>\nx</textarea><input type=submit name=go value=Ir><input value=noname></form>",
        );
        assert_eq!(
            form.encode(Charsets::of(WINDOWS_1252)),
            "method=&org.apache.struts.taglib.html.TOKEN=ab12&texto=S%E3o+Paulo&c2=on&r=2&s1=b&s2=Um&t=x"
        );
        assert!(form.post);
    }

    #[test]
    fn named_fields_are_overridden_or_added() {
        let mut form = form(
            "<form><select name=d disabled><option value=''>-</select><input type=submit name=go value=Ir></form>",
        );
        form.set("d", "24/11/2026");
        form.set_or_append("method", "pesquisar");
        assert!(
            !form.set("absent", "1"),
            "a field that the form lacks is not sent"
        );
        form.press();
        assert_eq!(
            form.encode(Charsets::of(WINDOWS_1252)),
            "d=24%2F11%2F2026&go=Ir&method=pesquisar"
        );
    }

    #[test]
    fn what_the_charset_lacks_becomes_a_reference() {
        let mut form = form("<form></form>");
        form.set_or_append("a", "€ω");
        assert_eq!(form.encode(Charsets::of(WINDOWS_1252)), "a=%80%26%23969%3B");
    }

    #[test]
    fn a_form_cut_apart_by_a_table_keeps_its_fields() {
        let form = form(
            "<table><form action=a.do><tr><td><input type=hidden name=x value=1></td></tr>
             <tr><td><table><tr><td><input name=y value=2></td></tr></table></td></tr></form></table>",
        );
        assert_eq!(form.encode(Charsets::of(WINDOWS_1252)), "x=1&y=2");
    }

    #[test]
    fn tokens_are_taken_from_the_newer_page_and_named_fields_are_not() {
        let mut old = form(
            "<form><input type=hidden name=token value=1><input type=hidden name=method value=a><input name=u value=a></form>",
        );
        let newer = ["token", "method", "u", "more"].map(|name| (name.to_owned(), "2".to_owned()));
        old.renew(&newer, &["method"]);
        assert_eq!(
            old.encode(Charsets::of(WINDOWS_1252)),
            "token=2&method=a&u=a"
        );
    }

    #[test]
    fn a_name_with_several_values_on_the_newer_page_keeps_those_of_the_form() {
        let html = "<form><input type=hidden name=x value=1><input type=hidden name=x value=2>
             <input type=hidden name=altera value=false><input type=hidden name=token value=1></form>";
        let mut form = form(html);
        let newer = [
            ("x", "1"),
            ("x", "2"),
            ("altera", "false"),
            ("altera", "true"),
            ("token", "2"),
            ("token", "2"),
        ];
        let newer = newer.map(|(name, value)| (name.to_owned(), value.to_owned()));
        form.renew(&newer, &[]);
        assert_eq!(
            form.encode(Charsets::of(WINDOWS_1252)),
            "x=1&x=2&altera=false&token=2"
        );
    }

    #[test]
    fn of_two_fields_of_one_name_the_one_that_is_shown_is_filled_in_and_both_are_sent() {
        let mut form = form(
            "<form><input type=hidden name=codigo value=''><input name=codigo><input type=password name=senha></form>",
        );
        assert!(form.set("codigo", "529.982.247-25"));
        form.set("senha", "x");
        assert_eq!(
            form.encode(Charsets::of(WINDOWS_1252)),
            "codigo=&codigo=529.982.247-25&senha=x"
        );
    }

    #[test]
    fn some_fields_go_out_in_the_forms_order() {
        let mut form = form(
            "<form><input type=hidden name=method value=m><input name=u value=1><input name=d value=2><input name=r value=3></form>",
        );
        form.keep_only(&["r".to_owned(), "method".to_owned()]);
        assert_eq!(form.encode(Charsets::of(WINDOWS_1252)), "method=m&r=3");
        form.keep_only(&[]);
        assert_eq!(form.encode(Charsets::of(WINDOWS_1252)), "method=m&r=3");
    }
    #[test]
    fn what_is_typed_goes_out_as_declared_and_what_stands_there_as_it_came() {
        let html = "<form><input type=hidden name=perito value='JOSÉ'><input type=password name=senha></form>";
        let declared_otherwise = Charsets {
            declared: WINDOWS_1252,
            read: UTF_8,
        };
        let sent = |html: &str, charsets: Charsets| {
            let mut form = form(html);
            form.set("senha", "é");
            form.set_or_append("extra", "ã");
            form.encode(charsets)
        };
        assert_eq!(
            sent(html, declared_otherwise),
            "perito=JOS%C3%89&senha=%E9&extra=%E3"
        );
        for (accepts, is_utf_8) in [
            ("UTF-8", true),
            ("klingon, utf-8 iso-8859-1", true),
            ("UTF-16", true),
            ("ISO-8859-1", false),
            ("UNKNOWN", false),
            ("", false),
        ] {
            let html = html.replace("<form", &format!("<form accept-charset='{accepts}'"));
            let expected = if is_utf_8 {
                "perito=JOS%C3%89&senha=%C3%A9&extra=%C3%A3"
            } else {
                "perito=JOS%C9&senha=%E9&extra=%E3"
            };
            let latin = Charsets::of(WINDOWS_1252);
            assert_eq!(sent(&html, latin), expected, "{accepts}");
        }
    }

    #[test]
    fn the_button_of_the_login_is_pressed() {
        let password = "<input type=password name=senha>";
        let button = "<input type=submit name=go value=Entrar>";
        let other = "<button name=other value=1>Esqueci a senha</button>";
        let dead = "<input type=submit name=dead value=Aguarde disabled>";
        for (fields, pressed) in [
            ([button, other, ""], "go=Entrar"),
            ([dead, button, ""], "go=Entrar"),
            ([password, button, other], "senha=&go=Entrar"),
            ([other, password, button], "senha=&go=Entrar"),
            ([password, dead, button], "senha=&go=Entrar"),
            ([button, password, dead], "go=Entrar&senha="),
            ([dead, password, ""], "senha="),
        ] {
            let mut form = form(&format!("<form>{}</form>", fields.concat()));
            form.press();
            let sent = form.encode(Charsets::of(WINDOWS_1252));
            assert_eq!(sent, pressed, "{fields:?}");
        }
    }
}
