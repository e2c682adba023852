//! The words of alerts and of their messages.

use std::fmt;

use serde::{Serialize, Serializer};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::Rule;

/// A way by which messages go out.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Channel {
    /// An incoming webhook.
    Slack,
    /// SMTP.
    Email,
    /// A topic of ntfy.
    Ntfy,
    /// A bot of Telegram.
    Telegram,
    /// A webhook that takes signed JSON.
    Webhook,
}

impl Channel {
    /// All channels.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}

/// What a message is for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum MessageKind {
    /// Something has begun.
    Opened,
    /// It goes on.
    Reminder,
    /// It is over.
    Cleared,
}

/// A rule as a record names it. A later version may have written one that this one does not know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RecordedRule {
    /// One of ours.
    Known(Rule),
    /// One of another version.
    Other(String),
}

impl RecordedRule {
    /// The rule of a key.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Rule::of(key).map_or_else(|| Self::Other(key.to_owned()), Self::Known)
    }

    /// The stable text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(rule) => rule.key(),
            Self::Other(key) => key,
        }
    }
}

impl PartialEq<Rule> for RecordedRule {
    fn eq(&self, rule: &Rule) -> bool {
        *self == Self::Known(*rule)
    }
}

impl fmt::Display for RecordedRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RecordedRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_another_version_keeps_its_name() {
        for rule in Rule::ALL {
            let recorded = RecordedRule::of(rule.key());
            assert_eq!(recorded, *rule);
            assert_eq!(recorded.as_str(), rule.key());
        }
        let other = RecordedRule::of("of_tomorrow");
        assert_eq!(other.to_string(), "of_tomorrow");
        assert!(Rule::ALL.iter().all(|rule| other != *rule));
    }
}
