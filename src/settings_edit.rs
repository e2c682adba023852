//! Settings made in the browser, by `agendad setup` or by `agendad config set`: what may be typed, changed, and written
//! down under a name.

pub(crate) mod contact;
pub(crate) mod fields;
pub(crate) mod rhythms;
mod wrong;

use std::error::Error;

use serde_json::json;

use crate::alerts::Channels;
use crate::config::Config;
use crate::config::saved_settings::{self, ChangeError, Edits, Setting, Sources, Value};
use crate::domain::causes::in_a_line;
use crate::domain::{ActionKind, Concealed, Details};
use crate::store::audit::Action;
use crate::store::{Store, StoreError};
pub(crate) use wrong::Wrong;

/// Changes them, unless anything would refuse the outcome; see [`saved_settings::change`].
///
/// # Errors
/// [`ChangeError`]; then nothing has changed.
pub(crate) fn change(
    sources: &Sources,
    seen: Option<&str>,
    edits: &Edits,
) -> Result<Config, ChangeError> {
    let check = |config: &Config| {
        let channels = Channels::of(config);
        channels.map(drop).map_err(|error| error.problem())
    };
    saved_settings::change(sources, seen, edits, check)
}

/// What became of the settings of a backup.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PutBack {
    /// They are in force again, but for these keys: fixed by the environment here, or unknown to this version.
    Restored(Vec<String>),
    /// Something is set here already, and stays as it is.
    OthersAreThere,
    /// They cannot be, and why.
    Refused(#[serde(serialize_with = "said")] Box<dyn Error + Send + Sync>),
}

#[expect(clippy::borrowed_box, reason = "serde hands over what the field is")]
fn said<S: serde::Serializer>(
    error: &Box<dyn Error + Send + Sync>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&in_a_line(error.as_ref()))
}

/// Puts back the settings of a backup, where nothing has been set yet.
pub(crate) fn put_back(config: &Config, text: &str) -> PutBack {
    let (mut edits, mut left) = match saved_settings::edits(text) {
        Ok(found) => found,
        Err(error) => return PutBack::Refused(error.into()),
    };
    edits.retain(|key, _| {
        let is_free = config.saved.fixed_by(key).is_none();
        if !is_free {
            left.push((*key).to_owned());
        }
        is_free
    });
    match change(&config.sources, Some(""), &edits) {
        Ok(_) => PutBack::Restored(left),
        Err(ChangeError::Overtaken) => PutBack::OthersAreThere,
        Err(error) => PutBack::Refused(error.into()),
    }
}

/// Writes down who changed which, and to what; of a secret only whether it is set.
pub(crate) async fn note(store: &Store, edits: &Edits, actor: &str) -> Result<(), StoreError> {
    let shown = |key: &str, value: &Option<Value>| match value {
        None => json!(null),
        Some(value) if saved_settings::find(key).is_none_or(Setting::is_secret) => {
            json!(Concealed::secret(value.as_str()).to_string())
        }
        Some(value) => json!(value),
    };
    let details = edits.iter().map(|(key, value)| (*key, shown(key, value)));
    let action = Action {
        actor,
        action: ActionKind::SettingsChange,
        usuario_id: None,
        details: Details::of_settings(details),
    };
    store.record_action(&action).await
}
