//! Passwords of which nobody knows whether they are right, and whose answers are lost: counted, so that they are not
//! posted at every tick for ever. A page that speaks of maintenance in its place is no answer. What the portal does
//! answer is judged elsewhere ([`refusal`]).

use futures::FutureExt;
use secrecy::ExposeSecret;

use super::context::password;
use super::conversation::{Answer, Conversation};
use super::refusal;
use crate::domain::causes::in_a_line;
use crate::portal::LoginAnswer;
use crate::store::accounts::Account;
use crate::sync::Syncer;
use crate::sync::run::failure::RunFailure;
use crate::sync::run::persist;

fn fingerprint(syncer: &Syncer, account: &Account) -> Result<String, RunFailure> {
    let password = password(syncer, account)?;
    let (cpf, password) = (account.cpf.digits(), password.expose_secret());
    Ok(syncer.vault.fingerprint(cpf, password)?)
}

impl Conversation<'_> {
    /// Before a password is posted.
    ///
    /// # Errors
    /// If that cannot be written down: then it is not to be posted.
    pub(super) async fn password_goes_out(&self) -> Result<(), RunFailure> {
        let (syncer, account) = (self.context.syncer, self.context.account);
        if account.proven {
            return Ok(());
        }
        let fingerprint = fingerprint(syncer, account)?;
        let store = &syncer.store;
        Ok(store.password_goes_out(&account.cpf, &fingerprint).await?)
    }

    /// After it, whatever has come of it. A lost answer stays counted.
    pub(super) async fn password_came_to(&self, answer: &Answer<LoginAnswer>) {
        let account = self.context.account;
        if account.proven {
            return;
        }
        if let Ok(Err(error)) = answer
            && error.answer_is_lost()
        {
            return tracing::warn!(
                "the portal's answer to a password that it has never accepted is lost; after another one the account is paused"
            );
        }
        if let Err(error) = self.write_what_came(answer).await {
            let error = in_a_line(&error);
            tracing::warn!(error, "that a password was answered is not written down");
        }
    }

    async fn write_what_came(&self, answer: &Answer<LoginAnswer>) -> Result<(), RunFailure> {
        let (store, account) = (self.context.store(), self.context.account);
        let fingerprint = fingerprint(self.context.syncer, account)?;
        let accepted = match answer {
            // It never left: once it has, its answer is waited for.
            Err(_) => return Ok(store.password_stayed(&account.cpf, &fingerprint).await?),
            Ok(Err(error)) if error.was_not_judged() => {
                return Ok(store.password_stayed(&account.cpf, &fingerprint).await?);
            }
            // Counted until that is written down, which ends the count: should this process die before, it has counted.
            Ok(Err(error)) if refusal::condemns(error) => return Ok(()),
            Ok(answer) => matches!(answer, Ok(LoginAnswer::In)),
        };
        let write = || {
            let written = store.password_answered(&account.cpf, &fingerprint, accepted);
            written.boxed()
        };
        Ok(persist::retry_always(write).await?)
    }
}
