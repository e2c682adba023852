//! `[portal.profile]`: every name, path, text and format of the portal's pages, so that an operator can follow
//! the portal without a new build. What a key means is said in `config.toml`; which were recorded and which are
//! assumed, in `docs/portal.md`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What the pages are expected to say.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// First page asked for.
    pub entry_path: String,
    /// Value of `method_field` with which the entry page's form leads to the agenda's login. Empty: the link is
    /// followed.
    pub agenda_method: String,
    /// Text of the link to the agenda, accents and case ignored.
    pub agenda_link: String,
    /// Asked for when no such link is found.
    pub agenda_path: String,
    /// CPF field of the agenda login.
    pub login_user_field: String,
    /// Password field of the agenda login.
    pub login_password_field: String,
    /// How the CPF is written into the login form.
    pub login_user_format: CpfFormat,
    /// The script function whose call says that the person has a session elsewhere.
    pub session_dialog: String,
    /// The field that ends that other session.
    pub force_field: String,
    /// The script function whose call says that a unit is to be chosen.
    pub choice_dialog: String,
    /// The page of that choice; `{cyberark}` stands for the value that the call names.
    pub choice_path: String,
    pub choice_unit_field: String,
    /// Unit field of the search form.
    pub unit_field: String,
    /// Examiner field of the search form.
    pub examiner_field: String,
    /// Reference-date field of the search form.
    pub reference_field: String,
    /// Date field of the search form.
    pub date_field: String,
    /// How a reference date is written into the search form, in the letters of `strftime`.
    pub reference_format: String,
    /// How a date that no option names is written into the search form.
    pub date_format: String,
    /// Hidden field that says what a form is for.
    pub method_field: String,
    /// Its value to list dates.
    pub method_list_dates: String,
    /// Fields of the search form that are sent to list dates. Empty: the whole form.
    pub list_fields: Vec<String>,
    /// Its value to show a date. Empty: as the form carries it.
    pub method_search: String,
    /// Where the search page can be had by itself. Empty: nowhere.
    pub search_path: String,
    /// Address that logs out. Empty: the link is followed.
    pub logout_path: String,
    /// Text of the link that logs out.
    pub logout_link: String,
    /// Part of the title line that a psychologist sees.
    pub psychologist_title: String,
    /// Part of the title line that a physician sees.
    pub physician_title: String,
    /// Id of the table of appointments.
    pub table_id: String,
    /// What stands before the date of a result page.
    pub date_label: String,
    pub result_legend: String,
    /// The headers of the table's columns, by our key.
    pub columns: BTreeMap<String, Headers>,
    /// Texts that say that a day has no rows.
    pub empty_texts: Vec<String>,
    /// Parts of the answer to a password that mean a wrong CPF or password.
    pub refused_texts: Vec<String>,
    /// Parts of that answer that mean a blocked account.
    pub blocked_texts: Vec<String>,
    /// Parts of that answer that mean that the password must be changed.
    pub change_password_texts: Vec<String>,
    /// Parts of an error message that mean that the session is over.
    pub expired_texts: Vec<String>,
    /// Parts of a page's text that mean maintenance.
    pub maintenance_texts: Vec<String>,
    /// Parts of the firewall's page.
    pub firewall_texts: Vec<String>,
    /// Cells that say that there is nothing, whole.
    pub absent_texts: Vec<String>,
    /// Part of an id, class, name or src that means a CAPTCHA.
    pub captcha_marker: String,
    /// How long an account rests after a CAPTCHA was shown.
    #[serde(with = "crate::duration")]
    pub captcha_pause: Duration,
    /// Exam statuses that close a slot.
    pub closing_statuses: Vec<String>,
    /// Exam statuses that do not.
    pub open_statuses: Vec<String>,
    /// Whether a result page must say its date.
    pub result_date: ResultDate,
}

/// How a CPF is written into a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CpfFormat {
    /// `52998224725`
    Digits,
    /// `529.982.247-25`
    Punctuated,
}

/// Whether a result page must say its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultDate {
    /// Without it the page is an error.
    Required,
    /// A page without it is accepted if the table is there and the date was offered.
    IfShown,
}

/// One header, or several of which any may stand above a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Headers {
    /// This one.
    One(String),
    /// Any of these.
    Any(Vec<String>),
}

impl Headers {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(header) => std::slice::from_ref(header),
            Self::Any(headers) => headers,
        }
    }
}
