//! The conversation of one run with the portal: goes on with the session that was kept while the portal honours it,
//! and logs in anew where it must.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use futures::FutureExt;
use secrecy::ExposeSecret;

use super::close::LOGOUT;
use super::context::Context;
use super::units::Units;
use crate::domain::{DayReading, SessionOpening, Unit};
use crate::portal::probe::Notes;
use crate::portal::{
    Listed, PortalError, PortalErrorKind, PortalSession, SavedSession, SessionStats,
};
use crate::session::{CachedSession, KeepError, SessionMark};
use crate::store::runs::SessionUsed;
use crate::store::units::UnitRecord;
use crate::sync::run::failure::RunFailure;
use crate::sync::run::persist;

/// Logins of one run; one more for each further unit that is chosen.
const MOST_LOGINS: u32 = 3;

/// What the portal answers, unless the run is over.
pub(super) type Answer<T> = Result<Result<T, PortalError>, RunFailure>;

/// What follows a logout.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Another login.
    Login,
    /// Nothing, in this run.
    Rest,
}

/// Which of several units to choose, where the portal asks. One that it does not offer any more gives way to the one
/// that waits most urgently.
pub(super) enum Choice {
    /// The one that waits most urgently.
    MostUrgent,
    /// This one, as the choice page names it; none, if there was none to choose before.
    Of(Option<String>),
}

pub(in crate::sync) struct Conversation<'a> {
    pub(super) context: Context<'a>,
    pub(super) session: PortalSession,
    /// What is known of the examiner's units, and which are wanted.
    pub(super) units: Units,
    /// Names the login that the session comes from.
    pub(super) generation: Option<i64>,
    /// Answers to this account's password that nobody understood, in a row, before the last login.
    pub(super) unexplained_before: i32,
    /// The session that was taken up, as it is kept.
    kept_as: Option<SessionMark>,
    /// The session is over, and the database has not taken that: what is kept of it stays, so that the next run meets the
    /// same answer and can write it. Without its cookies it would be ours, and the examiner's own would be ended for it.
    end_unwritten: bool,
    /// Logins that were begun.
    pub(super) logins: u32,
    /// Those of them that choosing a further unit has cost.
    switches: u32,
    /// Whether one of them succeeded.
    pub(super) opened: bool,
}

impl<'a> Conversation<'a> {
    /// Takes up the session that was kept, or logs in. What there is of the conversation, however far it came, is put
    /// into `place`. Every page is shown to `notes`.
    pub(in crate::sync) async fn begin<'c>(
        place: &'c mut Option<Self>,
        context: Context<'a>,
        known: Vec<UnitRecord>,
        kept: Option<CachedSession>,
        notes: Option<&Notes>,
    ) -> Result<&'c mut Self, RunFailure> {
        let conversation = place.insert(Self::take_up(context, known, kept).await?);
        if let Some(notes) = notes {
            notes.attach(&mut conversation.session);
        }
        conversation.open().await?;
        Ok(conversation)
    }

    /// Takes up the session that was kept, without a request; what is too old is logged out, as well as that goes.
    async fn take_up(
        context: Context<'a>,
        known: Vec<UnitRecord>,
        kept: Option<CachedSession>,
    ) -> Result<Self, RunFailure> {
        let units = Units::of(context, known).await?;
        let (old, kept) = match kept {
            Some(kept) if kept.expired => (Some(kept), None),
            kept => (None, kept),
        };
        let mut conversation = Self {
            session: session(context, old.as_ref().or(kept.as_ref()))?,
            generation: old.as_ref().or(kept.as_ref()).map(|kept| kept.generation),
            unexplained_before: 0,
            kept_as: kept.as_ref().and_then(|kept| kept.mark),
            end_unwritten: false,
            context,
            units,
            logins: 0,
            switches: 0,
            opened: false,
        };
        if old.is_some() {
            conversation.log_out(Next::Login).await?;
            conversation.generation = None;
            // One whose logout was not answered, too. What it has cost stays counted, and so does its pace.
            conversation.session.abandon_login();
        }
        let shown = conversation.session.units();
        conversation.units.seen(shown);
        Ok(conversation)
    }

    /// What it has cost.
    pub(in crate::sync) fn stats(&self) -> SessionStats {
        self.session.stats()
    }

    /// How it opened, as metrics name it. Known at the end: a kept session is proved by whatever is asked first.
    pub(in crate::sync) fn opening(&self) -> SessionOpening {
        match (self.session.stats().session_reused, self.opened) {
            (true, _) => SessionOpening::Reused,
            (false, true) => SessionOpening::Login,
            (false, false) => SessionOpening::Failed,
        }
    }

    /// Sees to it that there is a session: a kept one, which the next request proves, or a new login. Looks at what
    /// it offers.
    async fn open(&mut self) -> Result<(), RunFailure> {
        if !self.session.is_open() {
            self.log_in(Choice::MostUrgent).await?;
        }
        self.units.check_selection(&self.session)?;
        self.note_units().await
    }

    /// What the session offers, and whether there are units beside it.
    async fn note_units(&mut self) -> Result<(), RunFailure> {
        let several = self.units.are_several(&self.session);
        self.session.set_several_units(several);
        self.write_units().await
    }

    /// Leaves the session for one of another unit, or of what the portal offers in its place.
    pub(in crate::sync) async fn choose(&mut self, choice: &Unit) -> Result<(), RunFailure> {
        self.units.ask(choice);
        self.log_out(Next::Login).await?;
        self.switches += 1;
        self.log_in(Choice::Of(Some(choice.code.clone()))).await?;
        self.session.set_several_units(true);
        self.write_units().await
    }

    /// Writes down what the portal offers, where that is news.
    async fn write_units(&self) -> Result<(), RunFailure> {
        let session = &self.session;
        if session.stats().logins == 0 {
            return Ok(());
        }
        let (store, user) = (self.context.store(), self.context.account.usuario_id);
        if let (Some(choice), [only]) = (session.choice(), session.units().as_slice()) {
            store.unit_code_learned(user, choice, &only.code).await?;
        }
        if let Some(offered) = self.units.offers(session) {
            store.units_offered(user, &offered).await?;
        }
        Ok(())
    }

    /// Whether the run has not come upon the units of the present session before, which it has from now on.
    pub(in crate::sync) fn begins_unit(&mut self) -> bool {
        self.units
            .begin(self.session.choice(), &self.session.units())
    }

    pub(in crate::sync) fn was_read(&mut self, unit: &Unit) {
        self.units.was_read(unit);
    }

    /// The units that the present session shows and that are wanted, but for those that were read.
    pub(in crate::sync) fn shown_units(&self) -> Vec<Unit> {
        let (form, chosen) = (self.session.units(), self.session.choice());
        self.units.wanted(form, chosen)
    }

    /// The most urgent of the further choices that are due.
    pub(in crate::sync) fn further_unit(&self) -> Option<Unit> {
        self.units.due(&self.session.units()).into_iter().next()
    }

    /// The codes of all units that the portal offers; `None` if it was not asked in this run.
    pub(in crate::sync) fn offered_units(&self) -> Option<Vec<String>> {
        self.units.offered(&self.session)
    }

    /// The units that it offers and that are not among those that were `read`.
    pub(in crate::sync) fn unread_units(&self, read: &[Unit]) -> Vec<Unit> {
        self.units.unread(read)
    }

    /// Whether the examiner has to choose one of several units.
    pub(in crate::sync) fn has_chosen(&self) -> bool {
        self.session.choice().is_some()
    }

    /// What is known of dates of a unit; nothing, if it is gone.
    pub(in crate::sync) async fn offered_dates(
        &mut self,
        unit: &Unit,
        wanted: &[NaiveDate],
        stored: &BTreeSet<NaiveDate>,
    ) -> Answer<Listed> {
        loop {
            if self.is_gone(unit) {
                return Ok(Ok(Listed::default()));
            }
            let listing = self.session.offered_dates(unit, wanted, stored);
            match self.context.interrupts.or(listing).await? {
                Err(error) if is_over(&error) => self.log_in_again(error).await?,
                other => return Ok(other),
            }
        }
    }

    /// Reads a day of a unit.
    pub(in crate::sync) async fn read_day(
        &mut self,
        unit: &Unit,
        date: NaiveDate,
    ) -> Answer<DayReading> {
        loop {
            if self.is_gone(unit) {
                let what = "the portal does not offer this unit any more";
                return Ok(Err(PortalError::layout(what)));
            }
            let reading = self.session.read_day(unit, date);
            match self.context.interrupts.or(reading).await? {
                Err(error) if is_over(&error) => self.log_in_again(error).await?,
                other => return Ok(other),
            }
        }
    }

    /// Whether a unit cannot be read any more: a login since has led to another, because the portal does not offer it.
    pub(in crate::sync) fn is_gone(&self, unit: &Unit) -> bool {
        let shown = self.session.units();
        !shown.is_empty() && shown.iter().all(|shown| shown.code != unit.code)
    }

    /// Logs out, as well as that goes: a session that is not there any more is no failure. One whose logout the portal did
    /// not answer stays ours; what its cookies meet next says whether it was there.
    pub(super) async fn log_out(&mut self, next: Next) -> Result<(), RunFailure> {
        if !self.session.is_open() {
            return Ok(());
        }
        let Context {
            syncer,
            account,
            interrupts,
            ..
        } = self.context;
        if let Err(error) = interrupts.or(self.session.logout()).await? {
            tracing::info!(%error, "logging out failed; the session ends by itself");
        }
        if self.session.is_open() {
            return Ok(());
        }
        if let Some(generation) = self.generation.take() {
            self.end_unwritten = true;
            let idle = (next == Next::Login).then(|| syncer.sessions.portal_idle());
            // Else it would be ours for the next login, which ends what it finds: the examiner's own, by then.
            let write = || {
                let closed = syncer.store.session_closed(&account.cpf, generation, idle);
                closed.boxed()
            };
            persist::retry_always(write).await?;
            self.end_unwritten = false;
        }
        syncer.sessions.forget(account.usuario_id).await;
        Ok(())
    }

    /// Ends the session if it is to be, else keeps it for the next run. Returns what of it is still to be written, with
    /// the run's record if there is one. Failures here do not change the run's result; they are logged.
    pub(in crate::sync) async fn close_or_keep(&mut self) -> Option<SessionUsed> {
        if self.context.settings().rules.logout_after_run {
            // A run whose time is up is to leave, too.
            self.context.interrupts.grant(LOGOUT);
            if let Err(error) = self.log_out(Next::Rest).await {
                tracing::warn!(%error, "not logged out after the run");
            }
        }
        self.keep().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "session not kept");
            None
        })
    }

    async fn keep(&self) -> Result<Option<SessionUsed>, KeepError> {
        if self.session.is_unused() {
            // It stays as it is kept: it was not used, and may be dead by now.
            return Ok(None);
        }
        let (account, sessions) = (self.context.account, &self.context.syncer.sessions);
        if let (Some(generation), Some(saved)) = (self.generation, self.session.save()) {
            let cookies = saved.expose_json();
            let (usuario_id, cpf) = (account.usuario_id, &account.cpf);
            let is_as_kept = self.kept_as == Some(SessionMark::of(generation, cookies));
            if is_as_kept && sessions.is_in_database() {
                return Ok(Some(SessionUsed {
                    cpf: cpf.clone(),
                    generation,
                    sealed: None,
                }));
            }
            let put = sessions.put_with_record(usuario_id, cpf, generation, cookies);
            return put.await;
        }
        if !self.session.is_open() && !self.end_unwritten {
            sessions.forget(account.usuario_id).await;
        }
        Ok(None)
    }

    /// The portal no longer honours the session: a new login, for the same unit.
    async fn log_in_again(&mut self, lost: PortalError) -> Result<(), RunFailure> {
        let Context {
            syncer, account, ..
        } = self.context;
        if let Some(generation) = self.generation.take() {
            self.end_unwritten = true;
            let (store, idle) = (&syncer.store, syncer.sessions.portal_idle());
            let dead = || {
                store
                    .session_found_dead(&account.cpf, generation, idle)
                    .boxed()
            };
            let dead = persist::retry_always(dead).await?;
            self.end_unwritten = false;
            tracing::info!(?dead, error = %lost, "the portal no longer honours the session; logging in");
        }
        if self.logins >= MOST_LOGINS + self.switches {
            let logins = self.logins;
            let what = format!("the session was lost again after {logins} logins in this run");
            return Err(lost.after(what).into());
        }
        let choice = self.session.choice().map(ToOwned::to_owned);
        if !self.session.stats().session_reused && !self.opened {
            // The session that was kept has shown nothing: what its form offered may be gone.
            self.units.forget_seen();
        }
        self.log_in(Choice::Of(choice)).await?;
        self.note_units().await
    }
}

fn session(
    context: Context<'_>,
    kept: Option<&CachedSession>,
) -> Result<PortalSession, RunFailure> {
    let saved = kept.and_then(|kept| SavedSession::from_json(kept.cookies.expose_secret()).ok());
    let portal = &context.settings().portal;
    let credentials = context.credentials()?;
    Ok(portal.session(credentials, saved.as_ref(), context.by_hand)?)
}

fn is_over(error: &PortalError) -> bool {
    *error.kind() == PortalErrorKind::SessionExpired
}
