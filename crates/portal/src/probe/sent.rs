//! What a request was made of, and which keys of the profile to look at if its answer is not the expected one.

use url::form_urlencoded;

use super::known;
use super::profile_key::{ProfileKey, key};
use crate::browser::page::Page;
use crate::classify::ClassifiedPage;
use crate::errors::{PortalError, PortalErrorKind};
use crate::page_kind::{Dialog, PageKind};
use crate::request::{Purpose, Request};
use crate::search::Reference;
use crate::verdict::{self, PasswordAnswer};
use agendad_config::portal::{CpfFormat, Profile};

/// A request, as the probe tells of it.
pub(super) struct SentRequest {
    pub purpose: Purpose,
    /// Names of the fields of its form, in order.
    pub sent: Vec<String>,
    /// Whether another session was to be ended by it.
    forces: bool,
    /// Whether it chose a unit.
    chooses: bool,
    /// What was said up to it, if it leads to the answer to a password.
    answer: Option<PasswordAnswer>,
}

impl SentRequest {
    pub(super) fn of(request: &Request, profile: &Profile) -> Self {
        let form = request.form.as_deref().unwrap_or_default();
        let fields: Vec<(String, String)> = form_urlencoded::parse(form.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let value = |name: &str| {
            let found = fields.iter().rev().find(|(field, _)| field == name);
            found.map_or("", |(_, value)| value.as_str()).to_owned()
        };
        let choice = value(&profile.choice_unit_field);
        Self {
            purpose: request.purpose,
            forces: value(&profile.force_field) == "true",
            chooses: !choice.is_empty() && choice != "-1",
            answer: request.answer.clone(),
            sent: fields.into_iter().map(|(name, _)| name).collect(),
        }
    }

    /// The keys to look at for a page that is not the answer expected; none for one that is.
    pub(super) fn keys_to_look_at(
        &self,
        page: &Page,
        seen: &ClassifiedPage,
        profile: &Profile,
    ) -> Vec<ProfileKey> {
        if matches!(seen.page_kind, PageKind::Frames(_) | PageKind::Refresh(_)) {
            return Vec::new();
        }
        let mut keys = match self.purpose {
            // The request was understood; what is wrong is on the page.
            Purpose::Day if matches!(seen.page_kind, PageKind::Result(_)) => return Vec::new(),
            Purpose::Login if self.is_refused(page, profile) => Vec::new(),
            Purpose::Login => self.after_login(seen, profile),
            Purpose::Entry
            | Purpose::Agenda
            | Purpose::Choice
            | Purpose::Search
            | Purpose::Dates
            | Purpose::Day
                if self.is_expected(seen, profile) =>
            {
                return Vec::new();
            }
            Purpose::Entry
            | Purpose::Agenda
            | Purpose::Choice
            | Purpose::Search
            | Purpose::Dates
            | Purpose::Day
            | Purpose::Logout => self.made_of(profile),
        };
        if keys.is_empty() {
            return keys;
        }
        let is_entry = matches!(seen.page_kind, PageKind::Entry { form: Some(_), .. });
        if is_entry {
            keys.retain(|key| key.key != "entry_path");
        }
        if !is_entry || self.purpose == Purpose::Login {
            keys.extend(texts(self.purpose, profile));
        }
        keys.extend(known::of_purpose(self.purpose, page, profile));
        keys
    }

    /// The same for a request that led to no page at all.
    pub(super) fn keys_of_failure(
        &self,
        error: &PortalError,
        profile: &Profile,
    ) -> Vec<ProfileKey> {
        match error.kind() {
            PortalErrorKind::Unavailable { .. } | PortalErrorKind::Layout => self.made_of(profile),
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::SessionExpired
            | PortalErrorKind::Auth(_)
            | PortalErrorKind::Captcha
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse => Vec::new(),
        }
    }

    fn is_expected(&self, seen: &ClassifiedPage, profile: &Profile) -> bool {
        match (self.purpose, &seen.page_kind) {
            (Purpose::Entry, PageKind::Entry { form, agenda, .. }) => {
                if profile.agenda_method.is_empty() {
                    agenda.is_some()
                } else {
                    form.is_some()
                }
            }
            (Purpose::Entry | Purpose::Agenda, PageKind::AgendaLogin(login)) => login.is_ok(),
            (Purpose::Choice, PageKind::Choice(choice)) => {
                choice.as_ref().is_ok_and(|units| !units.is_empty())
            }
            (Purpose::Search, PageKind::Search(_)) => true,
            (Purpose::Dates, PageKind::Dates(dates)) => dates.is_ok(),
            (Purpose::Dates, PageKind::Search(search)) => {
                let refused = !seen.errors.is_empty() && search.reference == Reference::Empty;
                search.dates.is_ok() && !refused
            }
            (Purpose::Logout, _) => true,
            _ => false,
        }
    }

    /// Whether a page says in words that the profile knows why it lets nobody in.
    fn is_refused(&self, page: &Page, profile: &Profile) -> bool {
        let answer = self.answer.as_ref();
        answer
            .is_some_and(|answer| verdict::refusal(&answer.with(page, profile), profile).is_some())
    }

    /// The answer to a password.
    fn after_login(&self, seen: &ClassifiedPage, profile: &Profile) -> Vec<ProfileKey> {
        match (&seen.page_kind, &seen.dialog) {
            (PageKind::Search(_), _) => Vec::new(),
            // The same question again: what was to answer it is not understood.
            (_, Some(Dialog::Elsewhere)) if self.forces => {
                vec![key("force_field", &profile.force_field, false)]
            }
            (_, Some(Dialog::Choice { .. })) if self.chooses => {
                vec![key("choice_unit_field", &profile.choice_unit_field, false)]
            }
            (_, Some(Dialog::Elsewhere | Dialog::Choice { .. })) => Vec::new(),
            _ => self.made_of(profile),
        }
    }

    /// What the request was made of, nothing of which the page shows: perhaps the portal calls it otherwise.
    fn made_of(&self, profile: &Profile) -> Vec<ProfileKey> {
        let format = match profile.login_user_format {
            CpfFormat::Digits => "digits",
            CpfFormat::Punctuated => "punctuated",
        };
        let list_fields = profile.list_fields.join(", ");
        let columns: Vec<&str> = profile.columns.keys().map(String::as_str).collect();
        let columns = columns.join(", ");
        let keys: Vec<(&'static str, &str)> = match self.purpose {
            Purpose::Entry => vec![("entry_path", &profile.entry_path)],
            Purpose::Agenda if profile.agenda_method.is_empty() => vec![
                ("agenda_link", &profile.agenda_link),
                ("agenda_path", &profile.agenda_path),
            ],
            Purpose::Agenda => vec![("agenda_method", &profile.agenda_method)],
            Purpose::Login => vec![
                ("login_user_format", format),
                ("session_dialog", &profile.session_dialog),
                ("choice_dialog", &profile.choice_dialog),
            ],
            Purpose::Choice => vec![("choice_path", &profile.choice_path)],
            Purpose::Search => vec![("search_path", &profile.search_path)],
            Purpose::Dates => vec![
                ("method_list_dates", &profile.method_list_dates),
                ("list_fields", &list_fields),
                ("reference_format", &profile.reference_format),
                ("date_format", &profile.date_format),
            ],
            Purpose::Day => vec![
                ("method_search", &profile.method_search),
                ("date_format", &profile.date_format),
                ("reference_format", &profile.reference_format),
                ("result_legend", &profile.result_legend),
                ("table_id", &profile.table_id),
                ("columns", &columns),
            ],
            Purpose::Logout => vec![
                ("logout_path", &profile.logout_path),
                ("logout_link", &profile.logout_link),
            ],
        };
        let keys = keys.into_iter().filter(|(_, value)| !value.is_empty());
        keys.map(|(name, value)| key(name, value, false)).collect()
    }
}

/// Texts by which a page would have been known that was not.
fn texts(purpose: Purpose, profile: &Profile) -> Vec<ProfileKey> {
    let marker = [profile.captcha_marker.clone()];
    let mut texts: Vec<(&'static str, &[String])> = vec![
        ("maintenance_texts", &profile.maintenance_texts),
        ("firewall_texts", &profile.firewall_texts),
        ("captcha_marker", &marker),
    ];
    match purpose {
        Purpose::Login => texts.extend([
            ("refused_texts", profile.refused_texts.as_slice()),
            ("blocked_texts", &profile.blocked_texts),
            ("change_password_texts", &profile.change_password_texts),
        ]),
        Purpose::Search | Purpose::Dates | Purpose::Day => {
            texts.extend([
                ("expired_texts", profile.expired_texts.as_slice()),
                ("empty_texts", &profile.empty_texts),
            ]);
        }
        Purpose::Entry | Purpose::Agenda | Purpose::Choice | Purpose::Logout => {}
    }
    let keys = texts.into_iter();
    keys.map(|(name, parts)| key(name, &parts.join(" | "), false))
        .collect()
}
