//! What a page shows, in lines for an operator, and which keys of the profile it was read by.

use super::finding::{Fact, Finding, Topic};
use super::forms::{self, Which};
use super::profile_key::{ProfileKey, key};
use super::sent::SentRequest;
use super::{cells, known, outline};
use crate::browser::document::Document;
use crate::browser::form::Form;
use crate::browser::page::Page;
use crate::browser::reader;
use crate::classify::ClassifiedPage;
use crate::page_kind::{Dialog, PageKind};
use crate::parse::result::ResultPage;
use crate::parse::shown::ShownDate;
use crate::redact;
use crate::request::Purpose;
use crate::said::says;
use crate::search::{DateList, Reference, SearchPage};
use agendad_config::portal::Profile;
use agendad_domain::text::fold;
use agendad_domain::{Profession, Unit};

type Description = (Vec<Finding>, Vec<ProfileKey>);

/// Findings and keys of a page.
pub(super) fn page(
    page: &Page,
    seen: &ClassifiedPage,
    request: &SentRequest,
    profile: &Profile,
) -> Description {
    let mut findings = vec![Finding::Line(format!(
        "status {}, charset {}, title {:?}",
        page.status.as_u16(),
        page.charset.read.name(),
        redact::text(&seen.title)
    ))];
    for (array, texts) in [("errors", &seen.errors), ("messages", &seen.messages)] {
        let texts = texts.iter().enumerate();
        findings.extend(
            texts.map(|(n, text)| format!("{array}[{n}] = {:?}", redact::text(text)).into()),
        );
    }
    let document = reader::read(&page.text).unwrap_or_default();
    let described = Describe {
        document: &document,
        seen,
        request,
        profile,
    };
    let mut keys = described.meanings();
    let (own, own_keys) = described.own();
    findings.extend(own);
    keys.extend(own_keys);
    (findings, keys)
}

struct Describe<'a> {
    document: &'a Document<'a>,
    seen: &'a ClassifiedPage,
    request: &'a SentRequest,
    profile: &'a Profile,
}

impl Describe<'_> {
    fn own(&self) -> Description {
        let profile = self.profile;
        if self.request.purpose == Purpose::Login
            && !matches!(self.seen.page_kind, PageKind::Search(_))
        {
            return self.answer_to_password();
        }
        match &self.seen.page_kind {
            PageKind::Entry { form, agenda, .. } => self.entry(form.as_deref(), agenda.as_ref()),
            PageKind::AgendaLogin(Ok(form)) => self.login(form),
            PageKind::AgendaLogin(Err(problem)) => self.outlined(problem),
            PageKind::Choice(choice) => self.units_to_choose(choice),
            PageKind::Search(search) => self.search_page(search),
            PageKind::Dates(dates) => (vec![date_line(dates)], Vec::new()),
            PageKind::Result(result) => self.result_page(result),
            PageKind::Captcha => {
                let key = key("captcha_marker", &profile.captcha_marker, true);
                (vec![Fact::Captcha.into()], vec![key])
            }
            PageKind::Frames(url) | PageKind::Refresh(url) => {
                (vec![format!("leads to {}", url.path()).into()], Vec::new())
            }
            PageKind::Expired => {
                let key = key("expired_texts", &profile.expired_texts.join(" | "), true);
                (Vec::new(), vec![key])
            }
            PageKind::Unknown(why) => self.outlined(why),
        }
    }

    /// A page that is not understood.
    fn outlined(&self, why: &str) -> Description {
        let mut findings = vec![Finding::Line(why.to_owned())];
        findings.extend(outline::of(self.document));
        (findings, Vec::new())
    }

    /// The keys whose texts an error or message of the page matches.
    fn meanings(&self) -> Vec<ProfileKey> {
        let (seen, profile) = (self.seen, self.profile);
        let texts = [seen.errors.as_slice(), &seen.messages].concat();
        if texts.is_empty() {
            return Vec::new();
        }
        let login = [
            ("refused_texts", &profile.refused_texts),
            ("blocked_texts", &profile.blocked_texts),
            ("change_password_texts", &profile.change_password_texts),
        ];
        let inside = [
            ("expired_texts", &profile.expired_texts),
            ("empty_texts", &profile.empty_texts),
        ];
        let meanings = match self.request.purpose {
            Purpose::Login => login.as_slice(),
            Purpose::Search | Purpose::Dates | Purpose::Day => &inside,
            Purpose::Entry | Purpose::Agenda | Purpose::Choice | Purpose::Logout => &[],
        };
        let meanings = meanings.iter();
        meanings
            .map(|(name, parts)| key(name, &parts.join(" | "), says(&texts, parts)))
            .collect()
    }

    fn answer_to_password(&self) -> Description {
        let profile = self.profile;
        let (fact, keys) = match &self.seen.dialog {
            Some(Dialog::Elsewhere) => (
                Fact::SessionElsewhere,
                vec![key("session_dialog", &profile.session_dialog, true)],
            ),
            Some(Dialog::Choice { .. }) => (
                Fact::UnitToChoose,
                vec![key("choice_dialog", &profile.choice_dialog, true)],
            ),
            None if matches!(self.seen.page_kind, PageKind::Captcha) => (
                Fact::Captcha,
                vec![key("captcha_marker", &profile.captcha_marker, true)],
            ),
            None => {
                let what = if let PageKind::Unknown(why) = &self.seen.page_kind {
                    why
                } else {
                    self.seen.page_kind.name().as_str()
                };
                let mut findings = vec![Topic::PasswordAnswer.of(what)];
                findings.extend(outline::of(self.document));
                return (findings, Vec::new());
            }
        };
        (vec![fact.into()], keys)
    }

    fn entry(&self, form: Option<&Form>, agenda: Option<&url::Url>) -> Description {
        let profile = self.profile;
        if agenda.is_none() && form.is_none() {
            return self
                .outlined("the front door, but neither its form nor its link to the agenda");
        }
        let mut findings = Vec::new();
        let mut keys = Vec::new();
        if self.request.purpose == Purpose::Entry {
            keys.push(key("entry_path", &profile.entry_path, true));
        }
        if let Some(form) = form {
            findings.extend(forms::fields(form, Which::Entry, profile));
            let names = [
                ("method_field", &profile.method_field),
                ("login_user_field", &profile.login_user_field),
                ("login_password_field", &profile.login_password_field),
                ("force_field", &profile.force_field),
                ("choice_unit_field", &profile.choice_unit_field),
            ];
            keys.extend(in_form(form, &names));
        }
        let linked = known::has_link(self.document, &profile.agenda_link);
        keys.push(key("agenda_link", &profile.agenda_link, linked));
        if !linked {
            findings.extend(outline::labels(self.document));
        }
        let on = match (profile.agenda_method.is_empty(), agenda) {
            (false, _) => format!(
                "sent on with {} = {} (portal.profile.agenda_method)",
                profile.method_field, profile.agenda_method
            ),
            (true, Some(url)) => format!("the link leads to {}", url.path()),
            (true, None) => format!(
                "no link to the agenda; portal.profile.agenda_path is asked for instead: {}",
                profile.agenda_path
            ),
        };
        findings.push(on.into());
        (findings, keys)
    }

    fn login(&self, form: &Form) -> Description {
        let profile = self.profile;
        let mut names = vec![
            ("login_user_field", &profile.login_user_field),
            ("login_password_field", &profile.login_password_field),
        ];
        let findings = if profile.agenda_method.is_empty() {
            vec![outline::fields(form)]
        } else {
            names.extend([
                ("method_field", &profile.method_field),
                ("choice_unit_field", &profile.choice_unit_field),
            ]);
            forms::fields(form, Which::Login, profile)
        };
        (findings, in_form(form, &names))
    }

    fn units_to_choose(&self, choice: &Result<Vec<Unit>, String>) -> Description {
        let profile = self.profile;
        let mut findings = match choice {
            Ok(units) => vec![Topic::UnitsToChoose.of(named(units))],
            Err(problem) => vec![Finding::Line(problem.clone())],
        };
        if choice.as_ref().map_or(true, Vec::is_empty) {
            findings.extend(outline::of(self.document));
        }
        let keys = vec![
            key("choice_path", &profile.choice_path, true),
            key("choice_unit_field", &profile.choice_unit_field, true),
        ];
        (findings, keys)
    }

    fn search_page(&self, search: &SearchPage) -> Description {
        let profile = self.profile;
        let reference = match search.reference {
            Reference::Date(date) => date.to_string(),
            Reference::Empty => "empty".to_owned(),
            Reference::Odd => "not a date".to_owned(),
        };
        let mut findings = forms::fields(&search.form, Which::Search, profile);
        findings.extend([
            Topic::Units.of(named(&search.units)),
            Topic::ReferenceDate.of(reference),
            date_line(&search.dates),
        ]);
        // A method is a word of the portal's, never a person's.
        if let Some(field) = search.form.field(&profile.method_field) {
            let carried = redact::text(&field.value);
            findings.push(format!("{} = {carried:?}", profile.method_field).into());
        }
        let methods = outline::methods(self.document);
        if !methods.is_empty() {
            findings.push(Topic::ValuesByScripts.of(methods.join(", ")));
        }
        let names = [
            ("unit_field", &profile.unit_field),
            ("examiner_field", &profile.examiner_field),
            ("reference_field", &profile.reference_field),
            ("date_field", &profile.date_field),
            ("method_field", &profile.method_field),
        ];
        let mut keys = in_form(&search.form, &names);
        if search.dates.is_err() {
            keys.push(key("date_format", &profile.date_format, false));
        }
        let (titles, title_keys) = self.titles(search.profession);
        findings.extend(titles);
        keys.extend(title_keys);
        if profile.logout_path.is_empty() {
            let found = self.seen.logout.is_some();
            keys.push(key("logout_link", &profile.logout_link, found));
        }
        (findings, keys)
    }

    /// The title line that says whose exams these are; where none does, the lines that might.
    fn titles(&self, profession: Option<Profession>) -> Description {
        let profile = self.profile;
        let psychologist = ("psychologist_title", &profile.psychologist_title);
        let physician = ("physician_title", &profile.physician_title);
        match profession {
            Some(Profession::Psychologist) => {
                (Vec::new(), vec![key(psychologist.0, psychologist.1, true)])
            }
            Some(Profession::Physician) => (Vec::new(), vec![key(physician.0, physician.1, true)]),
            None => (
                vec![
                    Fact::NoTitle.into(),
                    Topic::LinesBeforeForm.of(outline::lines_before_form(self.document).join(", ")),
                ],
                [psychologist, physician]
                    .map(|(name, title)| key(name, title, false))
                    .to_vec(),
            ),
        }
    }

    fn result_page(&self, result: &ResultPage) -> Description {
        let profile = self.profile;
        let mut findings = vec![match result.date {
            ShownDate::One(date) => format!("shows the day {date}").into(),
            ShownDate::None => Fact::NoDate.into(),
            ShownDate::Odd => "says a date that is not understood".to_owned().into(),
            ShownDate::Several => Fact::SeveralDates.into(),
        }];
        let has_date = !matches!(result.date, ShownDate::None | ShownDate::Odd);
        let legend = fold(&profile.result_legend);
        let has_legend = self.document.heading(&legend).is_some();
        let mut keys = vec![
            key("date_label", &profile.date_label, has_date),
            key("result_legend", &profile.result_legend, has_legend),
        ];
        if !has_legend {
            let legends = self.document.legends.iter();
            let legends: Vec<String> = legends.map(|legend| quoted(legend)).collect();
            findings.push(Topic::Legends.of(legends.join(", ")));
        }
        if !has_date {
            findings.extend(outline::text_before_table(self.document, &profile.table_id));
        }
        let (titles, title_keys) = self.titles(result.profession);
        findings.extend(titles);
        keys.extend(title_keys);
        let empty_texts = profile.empty_texts.join(" | ");
        let empty = key("empty_texts", &empty_texts, result.says_empty);
        match &result.table {
            Ok(Some(table)) => {
                findings.extend(cells::findings(table, profile));
                if table.rows.is_empty() {
                    keys.push(empty);
                }
                keys.extend(self.table_id(&mut findings));
            }
            Ok(None) if result.says_empty => keys.push(empty),
            Ok(None) => {
                findings.push(Fact::NoTable.into());
                let headers = result.missing.join(", ");
                if !headers.is_empty() {
                    keys.push(key("columns", &headers, false));
                }
                keys.push(empty);
                findings.extend(outline::text_under(self.document, &legend));
                keys.extend(self.table_id(&mut findings));
                findings.extend(outline::of(self.document));
            }
            Err(problem) => {
                findings.push(problem.clone().into());
                keys.extend(self.table_id(&mut findings));
                findings.extend(outline::of(self.document));
            }
        }
        (findings, keys)
    }

    fn table_id(&self, findings: &mut Vec<Finding>) -> Option<ProfileKey> {
        let id = &self.profile.table_id;
        if id.is_empty() {
            return None;
        }
        let tables = self.document.tables.iter();
        let ids: Vec<&str> = tables.filter_map(|table| table.id.as_deref()).collect();
        let found = ids.contains(&id.as_str());
        if !found {
            findings.push(Topic::TableIds.of(format!("{ids:?}")));
        }
        Some(key("table_id", id, found))
    }
}

fn named(units: &[Unit]) -> String {
    let units = units.iter();
    let named: Vec<String> = units
        .map(|unit| format!("{} ({})", unit.code, unit.name))
        .collect();
    named.join(", ")
}

fn quoted(text: &str) -> String {
    format!("{:?}", redact::line(text))
}

fn date_line(dates: &DateList) -> Finding {
    match dates {
        Ok(dates) if dates.is_empty() => Fact::NoDatesOffered.into(),
        Ok(dates) => {
            let dates: Vec<String> = dates
                .iter()
                .map(|option| format!("{} (sent as {:?})", option.date, option.value))
                .collect();
            Topic::DatesOffered.of(dates.join(", "))
        }
        Err(problem) => problem.clone().into(),
    }
}

fn in_form(form: &Form, names: &[(&'static str, &String)]) -> Vec<ProfileKey> {
    let named = names.iter().filter(|(_, name)| !name.is_empty());
    named
        .map(|(name, value)| key(name, value, form.field(value).is_some()))
        .collect()
}
