//! All logins tried one after another, without reading anything: one try each, by the rules of a run. One such round at a
//! time, whoever asks; it ends early where the portal cannot be reached, and with the process.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::causes::in_a_line;
use crate::domain::verification::{End, Login};
use crate::domain::{ActionKind, Detail, FailureKind};
use crate::portal::{AuthReason, PortalErrorKind};
use crate::store::StoreError;
use crate::store::audit::Action;
use crate::store::names::Named;
use crate::sync::{Refusal, RunFailure, Syncer, Verified};

/// So often somebody who is being read has another turn, and so much later: a reading takes seconds.
const LOOKS: u8 = 20;
const BUSY_FOR: Duration = Duration::from_secs(3);
/// Locks are of users; the round's is of none.
const NOBODY: i32 = 0;
const UNEXPLAINED: PortalErrorKind = PortalErrorKind::Auth(AuthReason::Unexplained);

/// One of the round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tried {
    pub(crate) usuario_id: i32,
    pub(crate) nome: String,
    pub(crate) login: Login,
}

/// What became of the wish for a round.
#[derive(Debug)]
pub(crate) enum Begun {
    /// It can begin.
    Round(Round),
    /// Another one is under way, here or elsewhere.
    UnderWay,
}

/// A round that has not begun yet; nobody else can have one.
#[derive(Debug)]
pub(crate) struct Round {
    lock: crate::store::control::UserLock,
    tried: Vec<Tried>,
    actor: String,
}

/// Takes the turn of the only round there may be.
pub(crate) async fn begin(syncer: &Syncer, actor: &str) -> Result<Begun, StoreError> {
    let Some(lock) = syncer.control.try_lock(NOBODY).await? else {
        return Ok(Begun::UnderWay);
    };
    let names = syncer.store.names().await?;
    let tried = names.into_iter().map(|Named { usuario_id, nome }| Tried {
        usuario_id,
        nome,
        login: Login::Waiting,
    });
    Ok(Begun::Round(Round {
        lock,
        tried: tried.collect(),
        actor: actor.to_owned(),
    }))
}

impl Round {
    /// Who will be tried.
    pub(crate) fn tried(&self) -> &[Tried] {
        &self.tried
    }

    /// Tries one after another; `tell` is told of each step. Whoever is being read just then has another turn a little
    /// later. `closing`: begin no other; `stop`: end the one under way.
    pub(crate) async fn run(
        mut self,
        syncer: &Syncer,
        closing: &CancellationToken,
        stop: &CancellationToken,
        tell: impl Fn(&[Tried]),
    ) -> End {
        let mut end = self.pass(syncer, closing, stop, &tell).await;
        for _ in 0..LOOKS {
            let is_busy = |tried: &Tried| tried.login == Login::Busy;
            if end != End::Done || !self.tried.iter().any(is_busy) {
                break;
            }
            tokio::select! {
                () = closing.cancelled() => {}
                () = tokio::time::sleep(BUSY_FOR) => {}
            }
            for tried in self.tried.iter_mut().filter(|tried| is_busy(tried)) {
                tried.login = Login::Waiting;
            }
            end = self.pass(syncer, closing, stop, &tell).await;
        }
        for tried in &mut self.tried {
            if matches!(tried.login, Login::Waiting | Login::Trying) {
                tried.login = Login::NotTried;
            }
        }
        tell(&self.tried);
        self.write_down(syncer).await;
        self.lock.release().await;
        end
    }

    /// Tries those who wait for their turn.
    async fn pass(
        &mut self,
        syncer: &Syncer,
        closing: &CancellationToken,
        stop: &CancellationToken,
        tell: &impl Fn(&[Tried]),
    ) -> End {
        for place in 0..self.tried.len() {
            if self.tried[place].login != Login::Waiting {
                continue;
            }
            if closing.is_cancelled() || self.lock.lost().is_cancelled() {
                return End::Stopped;
            }
            self.tried[place].login = Login::Trying;
            tell(&self.tried);
            let login = try_one(syncer, self.tried[place].usuario_id, stop).await;
            let login = login.unwrap_or_else(|error| {
                tracing::warn!(error = in_a_line(&error), "a login could not be tried");
                Login::Trouble(FailureKind::Database)
            });
            self.tried[place].login = login;
            tell(&self.tried);
            if let Some(early) = ends_with(login) {
                return early;
            }
        }
        End::Done
    }

    async fn write_down(&self, syncer: &Syncer) {
        let count = |login: Login| {
            self.tried
                .iter()
                .filter(|tried| tried.login == login)
                .count()
        };
        let action = Action {
            actor: &self.actor,
            action: ActionKind::UsersVerify,
            usuario_id: None,
            details: [
                Detail::Examiners.with(self.tried.len()),
                Detail::Accepted.with(count(Login::Accepted)),
                Detail::Refused.with(count(Login::Refused)),
            ]
            .into(),
        };
        if let Err(error) = syncer.store.record_action(&action).await {
            tracing::warn!(
                error = in_a_line(&error),
                "a round of logins is not in the audit"
            );
        }
    }
}

/// One login, once.
pub(crate) async fn try_one(
    syncer: &Syncer,
    id: i32,
    stop: &CancellationToken,
) -> Result<Login, StoreError> {
    let settings = syncer.store.settings(id).await?;
    if settings.is_some_and(|settings| !settings.has_password) {
        return Ok(Login::NoPassword);
    }
    Ok(match syncer.verify(id, stop).await? {
        Verified::Accepted => Login::Accepted,
        Verified::Busy => Login::Busy,
        Verified::Refused(Refusal::Paused { reason, .. }) => Login::Paused(reason),
        Verified::Refused(
            Refusal::Inactive(_) | Refusal::NoAccount(_) | Refusal::NotScheduled(_),
        ) => Login::Off,
        Verified::Refused(Refusal::Unreadable(_)) => Login::Unreadable,
        Verified::Failed(RunFailure::NoPassword) => Login::NoPassword,
        // It says nothing of the others.
        Verified::Failed(RunFailure::AccountChanged) => Login::NotTried,
        Verified::Failed(RunFailure::Portal(error)) if *error.kind() == UNEXPLAINED => {
            Login::Unexplained
        }
        Verified::Failed(failure) => {
            let kind = failure.kind();
            if kind == FailureKind::Auth {
                Login::Refused
            } else if kind == FailureKind::InUse {
                Login::InUse
            } else {
                Login::Trouble(kind)
            }
        }
    })
}

/// Where going on would only do the same again, or do harm.
const fn ends_with(login: Login) -> Option<End> {
    let kind = match login {
        Login::Unexplained => return Some(End::Unexplained),
        Login::Trouble(kind) => kind,
        Login::Waiting
        | Login::Trying
        | Login::Accepted
        | Login::Refused
        | Login::Paused(_)
        | Login::Off
        | Login::NoPassword
        | Login::Busy
        | Login::InUse
        | Login::Unreadable
        | Login::NotTried => return None,
    };
    match kind {
        FailureKind::Network
        | FailureKind::Timeout
        | FailureKind::Unavailable
        | FailureKind::Firewall
        | FailureKind::Captcha
        | FailureKind::Layout
        | FailureKind::Database => Some(End::Failed(kind)),
        FailureKind::Cancelled | FailureKind::LockLost | FailureKind::Orphaned => {
            Some(End::Stopped)
        }
        FailureKind::SessionExpired
        | FailureKind::Auth
        | FailureKind::InUse
        | FailureKind::Vault
        | FailureKind::Panic
        | FailureKind::Unknown => None,
    }
}
