//! A new password is tried at once, by the schedule if it reads the account; once a run with the old one that is going on
//! is over (see [`NotTaken`](crate::scheduler::river::NotTaken)).

use crate::cli::language::say;
use crate::cli::output;
use crate::store::Store;
use crate::words::cli::users as words;

/// Has a running daemon try a new password at once, and says so.
pub(super) async fn have_it_tried(store: &Store, user: i32) -> anyhow::Result<()> {
    let account = store.settings(user).await?;
    let Some(account) = account.filter(|account| account.active) else {
        return Ok(());
    };
    if account.automatic {
        store.make_due(user).await?;
    }
    // A run of its own is for whoever wants to wait for it.
    let is_tried = account.automatic && store.living().await? > 0;
    output::remark(say(words::try_it(user, is_tried)));
    Ok(())
}
