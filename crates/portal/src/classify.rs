//! What a page is, decided before anything of it is believed. A page that is none of the known is
//! `PageKind::Unknown`: an error, never "no appointments".

use std::time::Duration;

use reqwest::StatusCode;
use url::Url;

use super::browser::document::{Document, Frame};
use super::browser::form::{FieldKind, Form};
use super::browser::page::Page;
use super::browser::{reader, script};
use super::errors::PortalError;
use super::page_kind::{Dialog, PageKind};
use super::parse::result::{self, ResultPage};
use super::said::says;
use super::search;
use super::{choice, list};
use agendad_config::portal::Profile;
use agendad_domain::text::fold;

/// A page that was looked at.
#[derive(Default)]
pub(crate) struct ClassifiedPage {
    pub page_kind: PageKind,
    /// What a script of the page asks the person.
    pub dialog: Option<Dialog>,
    /// `errors[]` of its scripts.
    pub errors: Vec<String>,
    /// `messages[]` of its scripts.
    pub messages: Vec<String>,
    /// Of both, what they say outside of functions and conditions: errors, messages.
    pub outright: [Vec<String>; 2],
    /// Where the link that logs out leads.
    pub logout: Option<Url>,
    /// The hidden fields of all of its forms: among them are tokens.
    pub hidden: Vec<(String, String)>,
    pub title: String,
    /// `<base href>`, against which its addresses are meant.
    pub base: Option<String>,
}

/// A refresh that comes later than this is the portal's idle log-out, not a redirect.
const REDIRECTING_REFRESH: Duration = Duration::from_secs(10);

/// So many links of one label are followed into the scripts, each of which is searched for each.
const MOST_NAMESAKES: usize = 8;

/// The frame that holds the content.
const CONTENT_FRAME: &str = "body";

/// What every page of the firewall loads, and the portal's pages beside their content.
const FIREWALL_RESOURCE: &str = "_incapsula_resource";

/// Looks at a page.
///
/// # Errors
/// `unavailable` for a maintenance page and for half a page: the same request may be answered better;
/// `firewall` for the page of the portal's firewall.
pub(crate) fn look(page: &Page, profile: &Profile) -> Result<ClassifiedPage, PortalError> {
    if let Some(page_kind) = list::json(&page.text, profile) {
        return looked_at_json(page, page_kind);
    }
    let Some(document) = reader::read(&page.text) else {
        let why = "the page is too deeply nested or too intricate to be read";
        return Ok(ClassifiedPage::unknown(why));
    };
    let errors = script::array(&document.scripts, "errors");
    let messages = script::array(&document.scripts, "messages");
    let looker = Looker {
        page,
        profile,
        document: &document,
        errors: &errors,
        messages: &messages,
    };
    let page_kind = looker.page_kind()?;
    tracing::debug!(
        page = page_kind.name().as_str(),
        status = page.status.as_u16(),
        "page seen"
    );
    let dialog = looker.dialog();
    let logout = looker.link(&profile.logout_link);
    let title = document.title.trim().to_owned();
    let hidden = document.hidden_values();
    Ok(ClassifiedPage {
        page_kind,
        dialog,
        errors,
        messages,
        outright: ["errors", "messages"].map(|name| script::array_at_top(&document.scripts, name)),
        logout,
        hidden,
        title,
        base: document.base,
    })
}

fn looked_at_json(
    page: &Page,
    page_kind: Result<PageKind, PortalError>,
) -> Result<ClassifiedPage, PortalError> {
    let read = page_kind?;
    let page_kind = if page.status == StatusCode::UNAUTHORIZED {
        PageKind::Expired
    } else {
        read
    };
    tracing::debug!(page = page_kind.name().as_str(), "answer seen");
    Ok(ClassifiedPage {
        page_kind,
        ..ClassifiedPage::default()
    })
}

impl ClassifiedPage {
    /// A page of which nothing is known but why.
    pub(crate) fn unknown(why: impl Into<String>) -> Self {
        Self {
            page_kind: PageKind::Unknown(why.into()),
            ..Self::default()
        }
    }
}

struct Looker<'a> {
    page: &'a Page,
    profile: &'a Profile,
    document: &'a Document<'a>,
    errors: &'a [String],
    messages: &'a [String],
}

impl Looker<'_> {
    fn page_kind(&self) -> Result<PageKind, PortalError> {
        if self.page.text.trim().is_empty() && self.page.status.is_success() {
            return Err(cut_off("the answer is empty"));
        }
        if self.is_firewall() {
            return Err(PortalError::firewall());
        }
        if self.has_captcha() {
            return Ok(PageKind::Captcha);
        }
        let mut result = result::find(self.document, self.profile);
        let search = if result.as_ref().is_none_or(ResultPage::is_legend_alone) {
            search::find(self.page, self.document, self.profile)
        } else {
            None
        };
        if let Some(result) = result.as_mut().filter(|result| result.is_of_no_day()) {
            // A search page may show under its form that nothing was found, before anything was looked for.
            let search = search::find(self.page, self.document, self.profile);
            let whole = search.filter(|search| search.is_closed || self.document.is_whole);
            result.search = whole.map(Box::new);
        }
        if let Some(search) = search {
            return if search.is_closed || self.document.is_whole {
                Ok(PageKind::Search(Box::new(search)))
            } else {
                Err(cut_off("the search page ends before its end"))
            };
        }
        // The legend alone may be an entry of a menu, on whatever page that is whole.
        let is_half = |result: &ResultPage| !result.is_closed && !self.may_be_closed();
        if let Some(result) = result.take_if(|result| !result.is_bare() || is_half(result)) {
            return self.if_whole(result);
        }
        if let Some(choice) = choice::find(self.document, self.profile) {
            return self.if_closed(PageKind::Choice(choice));
        }
        let agenda = self.link(&self.profile.agenda_link);
        let login = match self.agenda_login() {
            Some(login) if agenda.is_none() && !self.has_link(&self.profile.agenda_link) => {
                return self.if_closed(PageKind::AgendaLogin(login.map(Box::new)));
            }
            login => login.and_then(Result::ok).map(Box::new),
        };
        let form = self.entry_form().map(|form| Box::new(form.clone()));
        if agenda.is_some() || form.is_some() || login.is_some() {
            return self.if_closed(PageKind::Entry {
                form,
                agenda,
                login,
            });
        }
        if self.says_firewall() {
            return Err(PortalError::firewall());
        }
        if self.is_maintenance() {
            return Err(PortalError::maintenance());
        }
        if says(self.errors, &self.profile.expired_texts) {
            return Ok(PageKind::Expired);
        }
        if let Some(url) = self.content_frame() {
            return Ok(PageKind::Frames(url));
        }
        if let Some(url) = self.refresh() {
            return Ok(PageKind::Refresh(url));
        }
        if let Some(result) = result {
            return if self.is_over() {
                Ok(PageKind::Expired)
            } else {
                self.if_whole(result)
            };
        }
        if let Some(missing) = search::almost(self.document, self.profile) {
            return self.if_closed(PageKind::Unknown(missing));
        }
        if self.is_entry() {
            return self.if_closed(PageKind::Entry {
                form,
                agenda,
                login,
            });
        }
        if self.is_over() {
            return Ok(PageKind::Expired);
        }
        if let Some(dates) = search::bare_list(self.document, self.profile) {
            return if self.page.framed && self.options_are_closed() {
                Ok(PageKind::Dates(dates))
            } else {
                Err(cut_off("nothing shows whether the list of dates is whole"))
            };
        }
        self.if_closed(PageKind::Unknown(self.describe()))
    }

    fn if_whole(&self, result: ResultPage) -> Result<PageKind, PortalError> {
        if result.is_closed || self.document.is_whole {
            Ok(PageKind::Result(Box::new(result)))
        } else {
            Err(cut_off("the result page ends before its end"))
        }
    }

    fn may_be_closed(&self) -> bool {
        self.document.is_closed || !self.page.is_document()
    }

    fn if_closed(&self, page_kind: PageKind) -> Result<PageKind, PortalError> {
        if self.may_be_closed() {
            Ok(page_kind)
        } else {
            Err(cut_off("the page ends before its end"))
        }
    }

    /// A list whose options have end tags ends with one.
    fn options_are_closed(&self) -> bool {
        let text = self.page.text.trim_end().to_ascii_lowercase();
        !text.contains("</option") || text.ends_with("</option>") || text.ends_with("</select>")
    }

    /// Whether it has nothing that a page of the portal is made of.
    fn is_bare(&self) -> bool {
        let document = self.document;
        document.forms.is_empty()
            && document.tables.is_empty()
            && document.links.is_empty()
            && document.options_outside_selects.is_empty()
    }

    /// The firewall's page says so, or is nothing but what it loads.
    fn is_firewall(&self) -> bool {
        let document = self.document;
        let loads = || document.marks.iter().any(|m| m.contains(FIREWALL_RESOURCE));
        if !self.is_bare() {
            return false;
        }
        let is_empty = document.text_between(0, usize::MAX).is_empty();
        (is_empty && loads() && self.does_nothing()) || self.says_firewall()
    }

    /// Whether neither its scripts nor its frames tell anything, ask anything or lead anywhere. The firewall's do, but in
    /// no words: what the portal says by a script alone, such as of a password, is no page of the firewall.
    fn does_nothing(&self) -> bool {
        let Document {
            scripts, frames, ..
        } = self.document;
        let tells = !self.errors.is_empty()
            || !self.messages.is_empty()
            || !script::calls(scripts, "alert").is_empty()
            || script::texts(scripts).any(|(text, _)| text.contains(' '));
        let mut targets = scripts
            .iter()
            .filter_map(|code| script::navigation(code, scripts));
        let leads = self.document.refresh.is_some()
            || frames.iter().any(|frame| !is_of_firewall(&frame.src))
            || targets.any(|target| !is_of_firewall(&target))
            || scripts.iter().any(|code| code.contains("history."));
        !tells && !leads && self.dialog().is_none()
    }

    /// Of a page that is none of the portal's, whatever tables and links its text stands in.
    fn says_firewall(&self) -> bool {
        let text = self.document.text_between(0, usize::MAX);
        says(&[text], &self.profile.firewall_texts)
    }

    fn has_captcha(&self) -> bool {
        let marker = self.profile.captcha_marker.to_lowercase();
        !marker.is_empty() && self.document.marks.iter().any(|m| m.contains(&marker))
    }

    fn is_maintenance(&self) -> bool {
        let text = [
            self.document.text_between(0, usize::MAX),
            self.document.title.clone(),
        ];
        let texts = [&text, self.errors, self.messages].concat();
        says(&texts, &self.profile.maintenance_texts)
    }

    /// A page that is nothing else, and by which the session is over.
    fn is_over(&self) -> bool {
        self.page.status == StatusCode::UNAUTHORIZED || self.says_expired() || self.leads_to_entry()
    }

    fn says_expired(&self) -> bool {
        let text = self.document.text_between(0, usize::MAX);
        let mut texts = vec![text, self.document.title.clone()];
        texts.extend_from_slice(self.messages);
        let alerts = script::calls(&self.document.scripts, "alert");
        texts.extend(alerts.into_iter().flatten());
        says(&texts, &self.profile.expired_texts)
    }

    /// A page that is nothing but a script that leads to the portal's first page, or to a folder that it stands in.
    fn leads_to_entry(&self) -> bool {
        let entry = self.profile.entry_path.split('?').next();
        let entry = entry.unwrap_or_default();
        let is_entry = |url: Url| {
            // The session's name may stand in an address.
            let path = url.path().split(';').next().unwrap_or_default();
            let is_folder = path == "/" || path.ends_with('/') && entry.starts_with(path);
            url.origin() == self.page.url.origin() && (is_folder || path == entry)
        };
        let targets = script::leads_to(&self.document.scripts);
        let mut urls = targets.iter().filter_map(|target| self.resolve(target));
        self.is_bare() && urls.any(is_entry)
    }

    /// The form with both fields of the agenda's login.
    fn agenda_login(&self) -> Option<Result<Form, String>> {
        let mut forms = self.document.forms.iter().filter(|form| {
            let password = form.field(&self.profile.login_password_field);
            form.field(&self.profile.login_user_field).is_some()
                && password.is_some_and(|field| field.kind == FieldKind::Password)
        });
        let form = forms.next()?;
        Some(match forms.next() {
            None => Ok(form.clone()),
            Some(_) => Err("the page has two forms for CPF and password".to_owned()),
        })
    }

    /// The front door's form, which leads to the agenda's login too.
    fn entry_form(&self) -> Option<&Form> {
        self.document.forms.iter().find(|form| {
            form.post
                && form.field(&self.profile.method_field).is_some()
                && form.field(&self.profile.login_user_field).is_some()
        })
    }

    /// The portal's first page, or any other that asks for a password.
    fn is_entry(&self) -> bool {
        let entry = self.profile.entry_path.split('?').next();
        let asks_password = |form: &Form| form.fields.iter().any(|f| f.kind == FieldKind::Password);
        entry == Some(self.page.url.path()) || self.document.forms.iter().any(asks_password)
    }

    fn dialog(&self) -> Option<Dialog> {
        let calls = |name: &str| script::calls(&self.document.scripts, name);
        if !calls(&self.profile.session_dialog).is_empty() {
            return Some(Dialog::Elsewhere);
        }
        let choice = calls(&self.profile.choice_dialog).into_iter().next()?;
        // CPF and password stand in the same call, and must not get into an address.
        let is_flag = |text: &String| {
            text.len() <= 5 && text.chars().all(|c| c.is_ascii_alphabetic()) && !text.is_empty()
        };
        let cyberark = choice.into_iter().next().filter(is_flag);
        Some(Dialog::Choice { cyberark })
    }

    /// Frames of others, and the firewall's, only watch. Over TLS the portal is asked whatever scheme is spelled.
    fn content_frame(&self) -> Option<Url> {
        let own = &self.page.url;
        let may_hold_it = |frame: &Frame| {
            let url = self.resolve(&frame.src);
            let is_here = url.is_some_and(|url| url.host() == own.host() && url != *own);
            is_here && !is_of_firewall(&frame.src)
        };
        let frame = self.document.frame(CONTENT_FRAME, may_hold_it)?;
        self.resolve(&frame.src).filter(|url| url != own)
    }

    fn refresh(&self) -> Option<Url> {
        let refresh = self.document.refresh.as_ref()?;
        let soon = refresh.seconds <= REDIRECTING_REFRESH.as_secs_f64();
        refresh
            .target
            .as_deref()
            .filter(|_| soon)
            .and_then(|target| self.resolve(target))
            .filter(|url| *url != self.page.url)
    }

    fn link(&self, label: &str) -> Option<Url> {
        let label = fold(label);
        // Else it would be any link that is nothing but an image.
        if label.is_empty() {
            return None;
        }
        self.document
            .links
            .iter()
            .filter(|link| link.label == label)
            .take(MOST_NAMESAKES)
            .find_map(|link| self.resolve(&link.target(&self.document.scripts)?))
    }

    /// Whether such a link is there, though perhaps only a script of another file knows where it leads.
    fn has_link(&self, label: &str) -> bool {
        let label = fold(label);
        !label.is_empty() && self.document.has_label(.., &[&label])
    }

    fn resolve(&self, target: &str) -> Option<Url> {
        self.page.resolve(self.document.base.as_deref(), target)
    }

    fn describe(&self) -> String {
        let status = self.page.status.as_u16();
        match (self.errors.len(), self.messages.len()) {
            (0, 0) => format!("the page (status {status}) is none of the known ones"),
            (errors, messages) => format!(
                "the page (status {status}) is none of the known ones; it shows {errors} errors and {messages} messages"
            ),
        }
    }
}

/// Whether an address is one of the firewall's own.
fn is_of_firewall(target: &str) -> bool {
    target.to_lowercase().contains(FIREWALL_RESOURCE)
}

fn cut_off(what: &'static str) -> PortalError {
    PortalError::unavailable(what)
}

#[cfg(test)]
mod tests {
    use crate::offline;

    #[test]
    fn a_result_that_is_not_understood_is_still_none_of_another_page() {
        let profile = *agendad_config::Config::shipped().unwrap().portal.profile;
        let what = |notice: &str, result: &str| {
            let page = format!(
                "<html><body><p>{notice}</p><fieldset><legend>Resultado</legend>{result}</fieldset></body></html>"
            );
            let bytes = encoding_rs::WINDOWS_1252.encode(&page).0;
            match offline::classify(&bytes, None, &profile) {
                Ok(name) => name,
                Err(error) => error.failure_kind().as_str(),
            }
        };
        let unit = format!(
            "<form><input type=hidden name={} value=7></form>",
            profile.unit_field
        );
        let renamed = "<table><tr><th>In\u{ed}cio<th>Documento<th>Pessoa</table>";
        for (notice, alone) in [
            ("Sua sess\u{e3}o expirou", "session over"),
            (
                "O sistema ficar\u{e1} em manuten\u{e7}\u{e3}o no dia 30",
                "unavailable",
            ),
        ] {
            assert_eq!(what(notice, ""), alone);
            for result in ["DATA: 25/11/2026 Nada consta", &*unit] {
                let result = format!("{result}{renamed}");
                assert_eq!(what(notice, &result), "result page", "{notice} {result}");
            }
        }
    }
}
