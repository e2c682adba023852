//! Step *session*: the conversation of one run with the portal. It goes on with the session that was kept while the
//! portal honours it, and logs in where it must: that is written down before a password is posted, and whose session
//! may be ended for it is asked of the record, not guessed.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use secrecy::ExposeSecret;

use super::interrupt::Interrupts;
use super::{RunFailure, SyncRules, Syncer, session};
use crate::config::portal::Patience as Configured;
use crate::domain::ticks::next_tick;
use crate::domain::{DayReading, Unit};
use crate::portal::probe::Notes;
use crate::portal::{
    Credentials, Listed, LoginAnswer as Answer, LoginWith, PortalError, PortalErrorKind,
    PortalSession, SavedSession, State,
};
use crate::session::KeptSession;
use crate::store::accounts::Account;
use crate::store::ownership::{LoginAnswer, OtherSession, Ownership, Patience};

/// Logins of one run; one more for each further unit that is chosen.
const MOST_LOGINS: u32 = 3;

/// Whose conversation it is, and what may interrupt it.
#[derive(Clone, Copy)]
pub(super) struct Parties<'a> {
    pub(super) syncer: &'a Syncer,
    pub(super) account: &'a Account,
    pub(super) interrupts: &'a Interrupts<'a>,
    /// Whether a person asked for it.
    pub(super) by_hand: bool,
}

/// Which of the offered units to choose, as the choice page names it.
pub(super) type Wanted<'a> = &'a (dyn Fn(&[Unit]) -> Option<String> + Send + Sync);

/// The conversation.
pub(super) struct Conversation {
    session: PortalSession,
    /// Names the login that the session comes from.
    generation: Option<i64>,
    /// Logins that were begun.
    logins: u32,
    /// Those of them that choosing a further unit has cost.
    switches: u32,
    /// Whether one of them succeeded.
    opened: bool,
    /// The units that the portal has offered to choose from in this run.
    choices: Option<Vec<Unit>>,
    /// The units of all search forms that were seen in this run.
    seen: Vec<Unit>,
}

impl Conversation {
    /// Takes up the session that was kept, without a request; what is too old is logged out, as well as that goes.
    pub(super) async fn take_up(
        parties: Parties<'_>,
        kept: Option<KeptSession>,
    ) -> Result<Self, RunFailure> {
        if let Some(old) = kept.as_ref().filter(|kept| kept.expired) {
            let mut conversation = Self::with(parties, Some(old))?;
            conversation.log_out(parties).await?;
        }
        Self::with(parties, kept.filter(|kept| !kept.expired).as_ref())
    }

    fn with(parties: Parties<'_>, kept: Option<&KeptSession>) -> Result<Self, RunFailure> {
        let Parties {
            syncer,
            account,
            by_hand,
            ..
        } = parties;
        let credentials = Credentials {
            cpf: account.cpf.clone(),
            senha: session::password(syncer, account)?,
            proven: account.proven,
        };
        let saved =
            kept.and_then(|kept| SavedSession::from_json(kept.cookies.expose_secret()).ok());
        let portal = &syncer.live.get().portal;
        let session = portal
            .session(credentials, saved.as_ref(), by_hand)
            .map_err(RunFailure::Portal)?;
        Ok(Self {
            seen: session.units(),
            session,
            generation: kept.map(|kept| kept.generation),
            logins: 0,
            switches: 0,
            opened: false,
            choices: None,
        })
    }

    /// Shows every further page to `notes`.
    pub(super) fn observe(&mut self, notes: &Notes) {
        notes.attach(&mut self.session);
    }

    pub(super) fn session(&self) -> &PortalSession {
        &self.session
    }

    /// Whether the session is gone, and not only out of reach.
    pub(super) fn is_dropped(&self) -> bool {
        self.session.state() == State::Out
    }

    pub(super) fn generation(&self) -> Option<i64> {
        self.generation
    }

    /// The units that the portal has offered to choose from in this run; `None` if it was not asked.
    pub(super) fn choices(&self) -> Option<&[Unit]> {
        self.choices.as_deref()
    }

    /// The units of all search forms that were seen in this run.
    pub(super) fn seen_units(&self) -> &[Unit] {
        &self.seen
    }

    pub(super) fn set_several_units(&mut self, several: bool) {
        self.session.set_several_units(several);
    }

    /// Sees to it that there is a session: a kept one, which the next request proves, or a new login.
    pub(super) async fn open(
        &mut self,
        parties: Parties<'_>,
        wanted: Wanted<'_>,
    ) -> Result<(), RunFailure> {
        match self.session.state() {
            State::In | State::Unverified => Ok(()),
            State::Out => self.log_in(parties, wanted).await,
        }
    }

    /// How it opened, as metrics name it. Known at the end: a kept session is proved by whatever is asked first.
    pub(super) fn opening(&self) -> &'static str {
        match (self.session.stats().session_reused, self.opened) {
            (true, _) => "reused",
            (false, true) => "login",
            (false, false) => "failed",
        }
    }

    /// Leaves the session for one of another unit.
    pub(super) async fn switch(
        &mut self,
        parties: Parties<'_>,
        choice: &str,
    ) -> Result<(), RunFailure> {
        self.log_out(parties).await?;
        self.switches += 1;
        self.log_in(parties, &|_| Some(choice.to_owned())).await
    }

    /// What is known of dates of a unit.
    pub(super) async fn offered_dates(
        &mut self,
        parties: Parties<'_>,
        unit: &Unit,
        wanted: &[NaiveDate],
        stored: &BTreeSet<NaiveDate>,
    ) -> Result<Result<Listed, PortalError>, RunFailure> {
        loop {
            let listing = self.session.offered_dates(unit, wanted, stored);
            match parties.interrupts.or(listing).await? {
                Err(error) if is_over(&error) => self.again(parties, error).await?,
                other => return Ok(other),
            }
        }
    }

    /// Reads a day of a unit.
    pub(super) async fn read_day(
        &mut self,
        parties: Parties<'_>,
        unit: &Unit,
        date: NaiveDate,
    ) -> Result<Result<DayReading, PortalError>, RunFailure> {
        loop {
            let reading = self.session.read_day(unit, date);
            match parties.interrupts.or(reading).await? {
                Err(error) if is_over(&error) => self.again(parties, error).await?,
                other => return Ok(other),
            }
        }
    }

    /// Logs out, as well as that goes: a session that is not there any more is no failure.
    pub(super) async fn log_out(&mut self, parties: Parties<'_>) -> Result<(), RunFailure> {
        if self.session.state() == State::Out {
            return Ok(());
        }
        let Parties {
            syncer, account, ..
        } = parties;
        if let Err(error) = parties.interrupts.or(self.session.logout()).await? {
            tracing::info!(%error, "logging out failed; the session ends by itself");
        }
        if let Some(generation) = self.generation.take() {
            let closed = syncer.store.session_closed(&account.cpf, generation).await;
            closed.map_err(RunFailure::Store)?;
        }
        syncer.sessions.forget(account.usuario_id).await;
        Ok(())
    }

    /// The portal no longer honours the session: a new login, for the same unit.
    async fn again(&mut self, parties: Parties<'_>, lost: PortalError) -> Result<(), RunFailure> {
        let Parties {
            syncer, account, ..
        } = parties;
        if let Some(generation) = self.generation.take() {
            let idle = syncer.sessions.portal_idle();
            let dead = syncer
                .store
                .session_found_dead(&account.cpf, generation, idle)
                .await
                .map_err(RunFailure::Store)?;
            tracing::info!(?dead, error = %lost, "the portal no longer honours the session; logging in");
        }
        if self.logins >= MOST_LOGINS + self.switches {
            let what = format!(
                "the session was lost again after {} logins in this run",
                self.logins
            );
            return Err(RunFailure::Portal(lost.after(what)));
        }
        let choice = self.session.choice().map(ToOwned::to_owned);
        self.log_in(parties, &move |_| choice.clone()).await
    }

    async fn log_in(&mut self, parties: Parties<'_>, wanted: Wanted<'_>) -> Result<(), RunFailure> {
        let Parties {
            syncer,
            account,
            interrupts,
            ..
        } = parties;
        self.logins += 1;
        let begun = interrupts.or(self.session.begin_login()).await?;
        begun.map_err(RunFailure::Portal)?;
        interrupts.check_lock()?;
        let idle = syncer.sessions.portal_idle();
        // Before the password is posted, so that whoever comes after a crash knows of it.
        let login = syncer
            .store
            .login_begins(&account.cpf, account.usuario_id, idle)
            .await
            .map_err(RunFailure::Store)?;
        self.generation = Some(login.generation);
        let answered = self.converse(parties, login.before, wanted).await;
        let answer = match &answered {
            Ok(forced) => Some(LoginAnswer::In { forced: *forced }),
            Err(RunFailure::Portal(error)) if *error.kind() == PortalErrorKind::InUse => {
                Some(LoginAnswer::InUse)
            }
            Err(RunFailure::Portal(error)) if error.lets_nobody_in() => Some(LoginAnswer::NotIn),
            // Nobody knows what became of the password: there may be a session, and it would be ours.
            Err(_) => None,
        };
        if let Some(answer) = answer {
            let written = syncer
                .store
                .login_answered(&account.cpf, login.generation, answer);
            written.await.map_err(RunFailure::Store)?;
        }
        answered?;
        self.opened = true;
        self.seen.extend(self.session.units());
        if !account.proven {
            // Known at once: a run that dies later has still proven the password.
            let accepted = syncer.store.credentials_accepted(account).await;
            accepted.map_err(RunFailure::Store)?;
        }
        Ok(())
    }

    /// Posts the password, and again for whatever the portal asks in between. Says whether another session was ended.
    async fn converse(
        &mut self,
        parties: Parties<'_>,
        before: Ownership,
        wanted: Wanted<'_>,
    ) -> Result<bool, RunFailure> {
        let interrupts = parties.interrupts;
        let mut unit: Option<String> = None;
        let mut force = false;
        let mut forced = false;
        loop {
            interrupts.check_lock()?;
            let with = LoginWith {
                force,
                unit: unit.as_deref(),
            };
            let answer = interrupts.or(self.session.post_password(with)).await?;
            match answer.map_err(RunFailure::Portal)? {
                Answer::In => return Ok(forced),
                Answer::Elsewhere if force => {
                    self.session.abandon_login();
                    let what =
                        "the portal keeps the examiner's other session, though it was to be ended";
                    return Err(RunFailure::Portal(PortalError::in_use(what)));
                }
                Answer::Elsewhere => {
                    if let Err(error) = self.may_force(parties, before, forced).await? {
                        self.session.abandon_login();
                        return Err(RunFailure::Portal(error));
                    }
                    (force, forced) = (true, true);
                }
                Answer::Choice if unit.is_some() => {
                    let what = "the portal asks for a unit again, though one was chosen";
                    return Err(RunFailure::Portal(PortalError::layout(what)));
                }
                Answer::Choice => {
                    let choices = interrupts.or(self.session.choices()).await?;
                    let choices = choices.map_err(RunFailure::Portal)?;
                    let Some(choice) = wanted(&choices) else {
                        let offered: Vec<&str> = choices.iter().map(|u| u.name.as_str()).collect();
                        let what = format!(
                            "none of the units in configuracoes_detran.unidades is offered; the portal offers: {}",
                            offered.join(", ")
                        );
                        return Err(RunFailure::Portal(PortalError::layout(what)));
                    };
                    unit = Some(choice);
                    force = false;
                    self.choices = Some(choices);
                }
            }
        }
    }

    /// Whether the session that the examiner has elsewhere may be ended now; `Err` says until when it is left alone.
    async fn may_force(
        &self,
        parties: Parties<'_>,
        before: Ownership,
        forced: bool,
    ) -> Result<Result<(), PortalError>, RunFailure> {
        let Parties {
            syncer, account, ..
        } = parties;
        if before == Ownership::Ours || forced {
            tracing::info!("a session of ours is still open at the portal; it is ended");
            return Ok(Ok(()));
        }
        let rules = &syncer.live.get().rules;
        let zone = syncer.clock.zone();
        let patience = Patience {
            wait: match rules.other_session_patience {
                Configured::For(time) => Some(time),
                Configured::Forever => None,
            },
            gap: syncer
                .sessions
                .portal_idle()
                .max(2 * tick_interval(syncer, account, rules)),
            timezone: zone.name(),
        };
        let met = syncer
            .store
            .other_session_met(&account.cpf, &patience)
            .await;
        let until = |until: DateTime<Utc>| until.with_timezone(&zone).format("%Y-%m-%d %H:%M");
        let what = match met.map_err(RunFailure::Store)? {
            OtherSession::Force => {
                tracing::warn!("the examiner's own session at the portal is ended: portal.other_session_patience is over");
                return Ok(Ok(()));
            }
            OtherSession::Wait { until: at } => format!(
                "the examiner is using the portal; their session is left alone until {}",
                until(at)
            ),
            OtherSession::NotToday { until: at } => format!(
                "the examiner took the session back and is using the portal; it is left alone until {}",
                until(at)
            ),
            OtherSession::Never => {
                "the examiner is using the portal; their session is left alone (portal.other_session_patience)"
                    .to_owned()
            }
        };
        Ok(Err(PortalError::in_use(what)))
    }
}

fn is_over(error: &PortalError) -> bool {
    *error.kind() == PortalErrorKind::SessionExpired
}

/// The shortest time between two ticks of the account's windows.
fn tick_interval(syncer: &Syncer, account: &Account, rules: &SyncRules) -> Duration {
    let (now, zone) = (syncer.clock.now(), syncer.clock.zone());
    let applies = |name: &String| {
        let windows = account.windows.as_ref();
        windows.is_none_or(|windows| windows.contains(name))
    };
    let windows = rules.windows.iter().filter(|window| applies(&window.name));
    let intervals = windows.filter_map(|window| {
        let cron = crate::domain::window::parse_cron(&window.cron).ok()?;
        let first = next_tick(&cron, now, zone)?;
        let second = next_tick(&cron, first, zone)?;
        (second - first).to_std().ok()
    });
    intervals.min().unwrap_or_default()
}
