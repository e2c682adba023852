//! What else is worth knowing of an action, as the audit records it.

use serde::Serialize;
use serde_json::{Map, Value, json};
use strum::{EnumString, IntoStaticStr};

/// One such thing, by its key in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Detail {
    /// How many logins the portal accepted.
    Accepted,
    /// From where somebody logged in.
    Address,
    /// Whether a webhook may lead into a private network.
    AllowPrivate,
    /// The change of the log that is sent again.
    Change,
    /// How many examiners an import changed.
    Changed,
    /// The database connection that held a lock.
    Connection,
    /// A candidate's CPF, shortened.
    Cpf,
    /// Whether there are CPFs in a file.
    Cpfs,
    /// How many days a sheet shows.
    Days,
    /// The last day of a reading.
    End,
    /// How many sessions were ended.
    Ended,
    Erased,
    /// The examiner whose changes are sent again.
    Examiner,
    Examiners,
    /// The names of the fields that changed.
    Fields,
    /// Whether a lock was taken from somebody who lived.
    Forced,
    /// An [`ExportForm`](crate::ExportForm).
    Form,
    /// From when on.
    From,
    /// The number of an address or of a silence.
    Id,
    /// Whether it came from a file.
    Import,
    /// The process that held a lock.
    Instance,
    /// The number of the vault's key.
    Key,
    /// The kinds of changes that a webhook is told of.
    Kinds,
    /// What an address is for.
    Label,
    /// How many sessions were left.
    Left,
    /// A login name.
    Login,
    /// The login names that were removed with an examiner.
    Logins,
    /// How many examiners are new.
    New,
    /// Whether mails are sent.
    On,
    /// How many logins the portal refused, or lines of a file were.
    Refused,
    /// How many passwords were sealed again.
    Resealed,
    /// A person's role.
    Role,
    /// How many rows a file has.
    Rows,
    /// The alert rule that is held back.
    Rule,
    /// The number of a run.
    Run,
    /// How many runs stay.
    Runs,
    /// How many examiners an import left as they were.
    Same,
    /// How many passwords were sealed.
    Sealed,
    /// How long, in seconds.
    Seconds,
    Sessions,
    /// From when on changes are sent again.
    Since,
    Slots,
    /// The first day of a reading.
    Start,
    /// How a run ended.
    Status,
    /// Whether there are telephones in a file.
    Telephones,
    /// What a file holds: an [`ExportedList`](crate::ExportedList), or its days.
    What,
    /// Why, as somebody wrote it.
    Why,
}

impl Detail {
    #[must_use]
    pub fn with(self, known: impl Serialize) -> (Self, Value) {
        (self, json!(known))
    }
}

/// What else is worth knowing of an action; no secret, no complete CPF.
#[derive(Debug, Clone, Default)]
pub struct Details(Map<String, Value>);

impl Details {
    /// Settings by their keys, and what became of them.
    pub fn of_settings(settings: impl Iterator<Item = (&'static str, Value)>) -> Self {
        Self(settings.map(|(key, now)| (key.to_owned(), now)).collect())
    }

    /// As the record holds them.
    #[must_use]
    pub fn json(&self) -> Value {
        Value::Object(self.0.clone())
    }
}

impl<const N: usize> From<[(Detail, Value); N]> for Details {
    fn from(known: [(Detail, Value); N]) -> Self {
        let known = known.into_iter();
        Self(
            known
                .map(|(key, value)| (key.as_str().to_owned(), value))
                .collect(),
        )
    }
}
