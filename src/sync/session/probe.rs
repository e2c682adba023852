//! A probe of the portal with a user's login: under the same lock, by the same rules and with the same
//! session as a run, because it may post the same password. Nothing of the agenda is read into the database.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::conversation::Conversation;
use super::refusal;
use crate::domain::causes::in_a_line;
use crate::domain::{Origin, Unit};
use crate::portal::probe::{Notes, ProbeStep};
use crate::store::StoreError;
use crate::store::accounts::Account;
use crate::store::control::UserLock;
use crate::sync::lock::{self, Admitted};
use crate::sync::run::failure::RunFailure;
use crate::sync::run::interrupt::Interrupts;
use crate::sync::syncer::Syncer;
use crate::sync::syncer::request::{Refusal, SyncRequest};

/// What became of a probe.
#[derive(Debug)]
pub enum Probed {
    /// The portal was walked; `Err` says where the walk ended before its end.
    Walked(Result<(), RunFailure>),
    /// A sync of this user is running.
    Busy,
    /// No login may be attempted now.
    Refused(Refusal),
}

impl Syncer {
    /// Walks the portal with a user's login and shows each page to `tell`. A refused login pauses the
    /// account, as in a run. `although_paused`: a pause is no reason not to try.
    ///
    /// # Errors
    /// [`StoreError`] if the database fails before the walk begins.
    pub async fn probe(
        &self,
        usuario_id: i32,
        although_paused: bool,
        stop: &CancellationToken,
        tell: impl FnMut(ProbeStep),
    ) -> Result<Probed, StoreError> {
        let Some(lock) = lock::take(self, usuario_id).await? else {
            return Ok(Probed::Busy);
        };
        let account = self.account_to_probe(usuario_id, although_paused, &lock);
        let outcome = match account.await {
            Ok(Admitted::Account(admitted)) => {
                let walk = self.walk(&admitted.account, &lock, stop, tell);
                Ok(Probed::Walked(walk.await))
            }
            Ok(Admitted::Busy) => Ok(Probed::Busy),
            Ok(Admitted::Refused(refusal)) => Ok(Probed::Refused(refusal)),
            Err(error) => Err(error),
        };
        lock.release().await;
        outcome
    }

    async fn account_to_probe(
        &self,
        usuario_id: i32,
        although_paused: bool,
        lock: &UserLock,
    ) -> Result<Admitted, StoreError> {
        let today = self.clock.today();
        let request = SyncRequest {
            usuario_id,
            window: None,
            from: today,
            to: today,
            tick: None,
            origin: Origin::Cli,
        };
        let account = lock::admit(self, &request, None, lock).await?;
        if although_paused && matches!(account, Admitted::Refused(Refusal::Paused { .. })) {
            let Some(account) = self.store.account(usuario_id).await? else {
                return Ok(Admitted::Refused(Refusal::NoAccount(usuario_id)));
            };
            let work = self.at_work.begin(&account.cpf);
            return Ok(work.map_or(Admitted::Busy, |work| Admitted::account(account, work)));
        }
        Ok(account)
    }

    async fn walk(
        &self,
        account: &Account,
        lock: &UserLock,
        stop: &CancellationToken,
        tell: impl FnMut(ProbeStep),
    ) -> Result<(), RunFailure> {
        let interrupts = Interrupts::new(stop, lock.lost(), self.settings.get().rules.run_timeout);
        let context = Context {
            syncer: self,
            account,
            interrupts: &interrupts,
            by_hand: true,
        };
        let notes = Notes::new(&self.settings.get().portal, &context.credentials()?);
        let mut conversation = None;
        let walked = walk(context, &notes, &mut conversation, tell).await;
        if let Some(conversation) = &mut conversation
            && let Some(used) = conversation.close_or_keep().await
        {
            let (generation, sealed) = (used.generation, used.sealed.as_deref());
            let written = self.store.session_used(&used.cpf, generation, sealed);
            if let Err(error) = written.await {
                tracing::warn!(error = in_a_line(&error), "session not kept");
            }
        }
        if let Err(RunFailure::Portal(error)) = &walked {
            refusal::take_down(context, conversation.as_ref(), error).await;
        }
        walked
    }
}

/// From the session that a run would use to the agenda of one day.
async fn walk<'a>(
    context: Context<'a>,
    notes: &Notes,
    conversation: &mut Option<Conversation<'a>>,
    mut tell: impl FnMut(ProbeStep),
) -> Result<(), RunFailure> {
    let mut show = |notes: &Notes| notes.take().into_iter().for_each(&mut tell);
    notes.begin("the way in");
    let account = context.account;
    let known = context.store().units(account.usuario_id, "").await?;
    let sessions = &context.syncer.sessions;
    let since = account.credentials_since;
    let kept = sessions.get(account.usuario_id, &account.cpf, since).await;
    let opened = Conversation::begin(conversation, context, known, kept, Some(notes)).await;
    show(notes);
    let seen = walk_days(context, opened?, notes, &mut show).await;
    show(notes);
    seen
}

/// Days from today on for which appointments are looked for.
const DAYS: u64 = 8;

async fn walk_days(
    context: Context<'_>,
    portal: &mut Conversation<'_>,
    notes: &Notes,
    show: &mut impl FnMut(&Notes),
) -> Result<(), RunFailure> {
    let today = context.syncer.clock.today();
    let wanted: Vec<NaiveDate> = (0..DAYS).map(|n| today + Days::new(n)).collect();
    let mut chosen: Option<(Unit, NaiveDate)> = None;
    for unit in portal.session.units() {
        notes.begin(format!("the dates of unit {} from {today}", unit.code));
        let listed = portal
            .offered_dates(&unit, &wanted, &BTreeSet::new())
            .await?;
        show(notes);
        if let Some(date) = listed?.to_read.first() {
            chosen = Some((unit, *date));
            break;
        }
        chosen.get_or_insert((unit, today));
    }
    if let Some((unit, date)) = chosen {
        notes.begin(format!("the agenda of unit {} on {date}", unit.code));
        let reading = portal.read_day(&unit, date).await??;
        notes.statuses_unknown(context.settings().rules.statuses.unknown(&reading));
    }
    Ok(())
}
