//! Faults as JSON, for the control address.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fault::{Fault, Place, Scope, Times};
use super::kinds::read_kind;
use super::text::checked;

/// A fault as JSON: `{"kind":"503","value":"30","place":"result","examiner":3,"times":2}`, or with
/// `"probability":0.05` in place of `times`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    examiner: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
}

impl TryFrom<Wire> for Fault {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let times = match (wire.times, wire.probability) {
            (None, None) => Times::Always,
            (Some(count), None) => Times::Next(count),
            (None, Some(p)) if (0.0..=1.0).contains(&p) => Times::Probability(p),
            (None, Some(p)) => return Err(format!("probability {p} is not between 0 and 1")),
            (Some(_), Some(_)) => return Err("give times or probability, not both".into()),
        };
        checked(Self {
            kind: read_kind(&wire.kind, wire.value.as_deref())?,
            scope: wire.examiner.map_or(Scope::All, Scope::Examiner),
            place: wire.place.as_deref().map_or(Ok(Place::Any), str::parse)?,
            times,
        })
    }
}

impl From<Fault> for Wire {
    fn from(fault: Fault) -> Self {
        let (kind, value) = fault.kind.name_and_value();
        let (times, probability) = match fault.times {
            Times::Always => (None, None),
            Times::Next(count) => (Some(count), None),
            Times::Probability(p) => (None, Some(p)),
        };
        Self {
            kind,
            value,
            place: (fault.place != Place::Any).then(|| fault.place.to_string()),
            examiner: match fault.scope {
                Scope::All => None,
                Scope::Examiner(index) => Some(index),
            },
            times,
            probability,
        }
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(Wire::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaultKind;

    #[test]
    fn json_takes_either_times_or_a_probability() {
        let both = r#"{"kind":"reset","times":1,"probability":0.5}"#;
        assert!(serde_json::from_str::<Fault>(both).is_err());
        let some =
            r#"{"kind":"foreign-redirect","value":"http://localhost:1234/x","probability":0.5}"#;
        let fault: Fault = serde_json::from_str(some).unwrap();
        let to = "http://localhost:1234/x".to_owned();
        assert_eq!(fault, Fault::sometimes(FaultKind::ForeignRedirect(to), 0.5));
    }
}
