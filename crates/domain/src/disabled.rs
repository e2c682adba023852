//! Why another system is not told of changes any more.

use serde::Serialize;
use strum::{EnumString, IntoStaticStr};

/// `agendad_webhooks.disabled_because`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum DisabledBecause {
    /// Somebody switched it off.
    Operator,
    /// It answered 410 Gone.
    Gone,
}
