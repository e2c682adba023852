//! What the portal said against a password, and where it is kept while the database does not take it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::domain::{Cpf, PauseReason};
use crate::store::accounts::Account;
use crate::store::pauses::Unexplained;
use crate::store::{Store, StoreError};

/// What the portal said against a password, to be written down.
#[derive(Clone)]
pub(super) struct Verdict {
    /// Without its password.
    pub(super) account: Account,
    /// What recognises the password.
    pub(super) fingerprint: String,
    pub(super) finding: Finding,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Finding {
    /// The password is not posted again.
    Condemned(PauseReason),
    /// Nobody is logged in for so long.
    Captcha(Duration),
    /// Nobody understands it, for so many times in a row; perhaps it is a CAPTCHA, for which the account rests so long.
    Unexplained {
        in_a_row: i32,
        captcha: Option<Duration>,
    },
}

impl Verdict {
    /// Writes it down; twice is as good as once.
    pub(super) async fn write(&self, store: &Store) -> Result<(), StoreError> {
        match self.finding {
            Finding::Condemned(reason) => self.pause(store, reason, None).await,
            Finding::Captcha(rest) => self.pause(store, PauseReason::Captcha, Some(rest)).await,
            Finding::Unexplained { in_a_row, captcha } => {
                let unexplained =
                    store.login_unexplained(&self.account, &self.fingerprint, in_a_row);
                match (unexplained.await?, captcha) {
                    (Unexplained::Condemned, _) => tracing::warn!(
                        reason = PauseReason::Unexplained.as_str(),
                        "account paused: the portal let nobody in and did not say why"
                    ),
                    (Unexplained::Tolerated, captcha) => {
                        tracing::warn!(
                            "the portal let nobody in and did not say why; the password was accepted before, so the next tick tries once more"
                        );
                        if captcha.is_some() {
                            self.pause(store, PauseReason::Captcha, captcha).await?;
                        }
                    }
                }
                Ok(())
            }
        }
    }

    async fn pause(
        &self,
        store: &Store,
        reason: PauseReason,
        for_how_long: Option<Duration>,
    ) -> Result<(), StoreError> {
        let Self {
            account,
            fingerprint,
            ..
        } = self;
        let pausing = store.pause_after_refusal(account, reason, for_how_long, fingerprint);
        if pausing.await? {
            tracing::warn!(reason = reason.as_str(), "account paused");
        } else {
            tracing::info!(
                "account not paused: its credentials have changed meanwhile, or a pause has no end"
            );
        }
        Ok(())
    }

    fn reason(&self) -> PauseReason {
        match self.finding {
            Finding::Condemned(reason) => reason,
            Finding::Captcha(_) => PauseReason::Captcha,
            Finding::Unexplained { .. } => PauseReason::Unexplained,
        }
    }

    fn is_of(&self, cpf: &Cpf, fingerprints: &[String]) -> bool {
        self.account.cpf == *cpf && fingerprints.contains(&self.fingerprint)
    }
}

/// What the database has not taken. Until it does, this process does not try these passwords again.
#[derive(Default)]
pub struct Unwritten(Mutex<Vec<Verdict>>);

impl Unwritten {
    pub(super) fn keep(&self, verdict: Verdict) {
        self.lock().push(verdict);
    }

    /// What the portal said against a password with one of these fingerprints, if that is not written down.
    pub(in crate::sync) fn reason(
        &self,
        cpf: &Cpf,
        fingerprints: &[String],
    ) -> Option<PauseReason> {
        let verdicts = self.lock();
        let mut of_it = verdicts.iter().filter(|r| r.is_of(cpf, fingerprints));
        of_it.next().map(Verdict::reason)
    }

    /// Writes down what it can, and forgets that.
    pub(in crate::sync) async fn write(
        &self,
        store: &Store,
        after_each: &(dyn Fn() + Sync),
    ) -> Result<(), StoreError> {
        // Apart: a lock is held across no wait.
        let verdicts = self.lock().clone();
        let mut done = Ok(());
        for verdict in verdicts {
            let written = verdict.write(store).await;
            after_each();
            match written {
                Ok(()) => {
                    let (cpf, fingerprint) = (&verdict.account.cpf, [verdict.fingerprint]);
                    self.lock().retain(|kept| !kept.is_of(cpf, &fingerprint));
                }
                // One that is never taken holds up no other.
                Err(error) => done = Err(error),
            }
        }
        done
    }

    /// Never held across an `await`.
    fn lock(&self) -> MutexGuard<'_, Vec<Verdict>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Unwritten")
            .field(&self.lock().len())
            .finish()
    }
}
