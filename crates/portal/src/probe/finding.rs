//! What is found on a page. Programs read the English that is here; whoever speaks another language has a name for each.

use std::fmt;

use serde::{Serialize, Serializer};

/// Something that was found on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// What there is of something: names of the page's parts, its texts, keys of the profile.
    Of(Topic, String),
    /// That something is so.
    Fact(Fact),
    /// What has no name: in the words of the page, of the profile and of the log.
    Line(String),
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Legends of forms.
    Legends,
    /// The units of the search form.
    Units,
    /// The units of which one is to be chosen.
    UnitsToChoose,
    /// The reference date of the search form.
    ReferenceDate,
    /// The dates that a search offers.
    DatesOffered,
    /// The columns of a day's table.
    Columns,
    /// The exam statuses of a day, and what closes a slot.
    ExamStatuses,
    /// The ids of the page's tables.
    TableIds,
    /// The labels of links and buttons.
    LinksAndButtons,
    /// The beginning of the page's text.
    Text,
    /// The text before a day's table.
    BeforeTable,
    /// The text under the legend of a result.
    UnderLegend,
    /// The lines before the first form.
    LinesBeforeForm,
    /// A field that is in no form.
    InNoForm,
    /// Script calls that name a person.
    CallsWithCpf,
    /// What scripts put into fields.
    ValuesByScripts,
    /// Fields that were not recorded.
    NewFields,
    /// Fields that were recorded and are not there.
    MissingFields,
    /// What answered the password.
    PasswordAnswer,
}

/// Something that is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// A search offers no dates.
    NoDatesOffered,
    /// A day's page does not say which.
    NoDate,
    /// A day's page says several.
    SeveralDates,
    /// A day's page has no table of appointments.
    NoTable,
    /// Nothing says whose exams these are.
    NoTitle,
    Captcha,
    /// The portal asks whether to end another session.
    SessionElsewhere,
    /// The portal asks for a unit.
    UnitToChoose,
}

impl Topic {
    /// With what there is of it.
    pub(super) fn of(self, what: impl Into<String>) -> Finding {
        Finding::Of(self, what.into())
    }
}

impl Finding {
    /// The same, with `change` made to what comes from the page.
    pub(super) fn map(self, change: impl FnOnce(&str) -> String) -> Self {
        match self {
            Self::Of(topic, what) => Self::Of(topic, change(&what)),
            Self::Fact(fact) => Self::Fact(fact),
            Self::Line(line) => Self::Line(change(&line)),
        }
    }
}

impl From<String> for Finding {
    fn from(line: String) -> Self {
        Self::Line(line)
    }
}

impl From<Fact> for Finding {
    fn from(fact: Fact) -> Self {
        Self::Fact(fact)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(topic, what) => write!(f, "{topic}: {what}"),
            Self::Fact(fact) => fact.fmt(f),
            Self::Line(line) => f.write_str(line),
        }
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Legends => "legends",
            Self::Units => "units",
            Self::UnitsToChoose => "units to choose from",
            Self::ReferenceDate => "reference date",
            Self::DatesOffered => "dates offered",
            Self::Columns => "columns",
            Self::ExamStatuses => "exam statuses",
            Self::TableIds => "ids of tables",
            Self::LinksAndButtons => "links and buttons",
            Self::Text => "text",
            Self::BeforeTable => "before the table",
            Self::UnderLegend => "under the legend",
            Self::LinesBeforeForm => "lines before the form",
            Self::InNoForm => "in no form",
            Self::CallsWithCpf => "script calls with a CPF",
            Self::ValuesByScripts => "scripts set fields to",
            Self::NewFields => "fields that were not recorded",
            Self::MissingFields => "fields that were recorded and are not there",
            Self::PasswordAnswer => "the password was answered by something else",
        })
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoDatesOffered => "no dates offered",
            Self::NoDate => "says no date",
            Self::SeveralDates => "says several dates",
            Self::NoTable => "no table with the headers of hora, cpf and nome",
            Self::NoTitle => "no title line says whose exams these are, so both exams count",
            Self::Captcha => "a CAPTCHA, which is never bypassed",
            Self::SessionElsewhere => "the examiner has a session elsewhere",
            Self::UnitToChoose => "a unit is to be chosen",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_name::PageName;

    #[test]
    fn programs_read_a_finding_as_a_line_and_a_page_by_its_name() {
        let found = [
            Topic::Units.of("001 (CIRETRAN)"),
            Fact::NoDate.into(),
            Finding::Line("leads to /gever".to_owned()),
        ];
        let told = serde_json::json!([found, PageName::Result]);
        let lines = ["units: 001 (CIRETRAN)", "says no date", "leads to /gever"];
        assert_eq!(told, serde_json::json!([lines, "result page"]));
    }

    #[test]
    fn a_secret_is_cut_out_of_what_the_page_says() {
        let cut = |text: &str| text.replace("secret", "…");
        let found = Topic::Text.of("a secret").map(cut);
        assert_eq!(found.to_string(), "text: a …");
        let found = Finding::Line("the secret".to_owned()).map(cut);
        assert_eq!(found.to_string(), "the …");
    }
}
