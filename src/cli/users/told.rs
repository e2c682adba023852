//! What a change of an examiner is answered with.

use crate::cli::{Exit, output};
use crate::store::Store;
use crate::words::Sentence;
use crate::words::cli::users as words;

pub(super) fn tell(user: i32, what: Sentence, json: bool) -> anyhow::Result<Exit> {
    if json {
        output::json(&serde_json::json!({ "usuario_id": user }))?;
    } else {
        output::tell(words::of_user(user, what));
    }
    Ok(Exit::Done)
}

/// The same after a change of credentials; programs are told why the account is paused, if it is.
pub(super) async fn tell_paused(
    store: &Store,
    user: i32,
    what: Sentence,
    json: bool,
) -> anyhow::Result<Exit> {
    if !json {
        return tell(user, what, json);
    }
    let settings = store.settings(user).await?;
    let paused = settings.and_then(|settings| settings.pause_reason);
    output::json(&serde_json::json!({ "usuario_id": user, "paused": paused }))?;
    Ok(Exit::Done)
}
