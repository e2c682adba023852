//! A login: written down before a password is posted; whose session may be ended for it is asked of the record, not
//! guessed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt;

use super::context::Context;
use super::conversation::{Answer as Posted, Choice, Conversation};
use crate::config::portal::DurationOrNever;
use crate::domain::causes::in_a_line;
use crate::domain::ticks::next_tick;
use crate::domain::window::parse_cron;
use crate::portal::{LoginAnswer as Answer, LoginWith, PortalError, PortalErrorKind};
use crate::store::StoreError;
use crate::store::ownership::{LoginAnswer, LoginBegun, OtherSession, OtherSessionRule, Ownership};
use crate::sync::run::failure::RunFailure;
use crate::sync::run::persist;

/// What the posts of a login have come to so far.
#[derive(Clone, Copy)]
enum CameTo {
    /// None has changed anything: whoever had a session has it still.
    Nothing,
    /// The portal has answered, and there is no doubt about it.
    Answer(LoginAnswer),
    /// There may be a session, and it would be ours.
    Unknown,
}

impl CameTo {
    /// After another post, which the portal may have acted upon.
    fn after(self, answer: &Posted<Answer>) -> Self {
        match answer {
            // Nobody is in who has yet to choose a unit.
            Ok(Ok(Answer::Choice)) => Self::Answer(LoginAnswer::NotIn),
            Ok(Ok(Answer::Elsewhere)) => Self::Nothing,
            Ok(Err(error)) if error.serves_nobody() => self,
            Ok(Ok(Answer::In) | Err(_)) | Err(_) => Self::Unknown,
        }
    }
}

impl Conversation<'_> {
    pub(super) async fn log_in(&mut self, choice: Choice) -> Result<(), RunFailure> {
        let Context {
            syncer,
            account,
            interrupts,
            ..
        } = self.context;
        let store = &syncer.store;
        self.logins += 1;
        interrupts.or(self.session.begin_login()).await??;
        interrupts.check_lock()?;
        let idle = syncer.sessions.portal_idle();
        // Before the password is posted, so that whoever comes after a crash knows of it.
        let login = store.login_begins(account, idle).await?;
        let login = login.ok_or(RunFailure::AccountChanged)?;
        self.generation = Some(login.generation);
        self.unexplained_before = login.unexplained_before;
        let mut came_to = CameTo::Nothing;
        let answered = self.converse(&login, choice, &mut came_to).await;
        match &answered {
            Ok(forced) => came_to = CameTo::Answer(LoginAnswer::In { forced: *forced }),
            Err(RunFailure::Portal(error)) if *error.kind() == PortalErrorKind::InUse => {
                came_to = CameTo::Answer(LoginAnswer::InUse);
            }
            // An answer that nobody can explain lets nobody in either: whoever is met later may be the examiner, who has
            // looked with a browser whether the password is good.
            Err(RunFailure::Portal(error)) if error.refuses_login() || error.answers_password() => {
                came_to = CameTo::Answer(LoginAnswer::NotIn);
            }
            Err(_) => {}
        }
        // What the portal says counts, written down or not: a refusal that ended as the database's failure would let
        // the password be posted again.
        if let Err(error) = self.write_login(&login, came_to).await {
            let error = in_a_line(&error);
            tracing::error!(error, "the portal's answer to a login was not written down");
        }
        answered?;
        self.opened = true;
        let shown = self.session.units();
        self.units.seen(shown);
        if !account.proven {
            // Known at once: a run that dies later has still proven the password.
            store.credentials_accepted(account).await?;
        }
        Ok(())
    }

    async fn write_login(&self, login: &LoginBegun, came_to: CameTo) -> Result<(), StoreError> {
        let (store, cpf) = (self.context.store(), &self.context.account.cpf);
        let write = || {
            let written = async {
                match came_to {
                    CameTo::Nothing => store.login_undone(cpf, login).await,
                    CameTo::Answer(answer) => {
                        let written = store.login_answered(cpf, login.generation, answer);
                        written.await.map(drop)
                    }
                    CameTo::Unknown => Ok(()),
                }
            };
            written.boxed()
        };
        persist::retry_always(write).await
    }

    /// Posts the password, and again for whatever the portal asks in between. Says whether another session was ended,
    /// and of a login that fails what its posts came to.
    async fn converse(
        &mut self,
        login: &LoginBegun,
        choice: Choice,
        came_to: &mut CameTo,
    ) -> Result<bool, RunFailure> {
        let interrupts = self.context.interrupts;
        let mut unit: Option<String> = None;
        let mut force = false;
        let mut forced = false;
        loop {
            interrupts.check_lock()?;
            let with = LoginWith {
                force,
                unit: unit.as_deref(),
            };
            self.password_goes_out().await?;
            let sent = self.session.password_sent();
            let posted = self.session.passwords_posted();
            let posting = self.session.post_password(with);
            // An answer that is lost would be asked for again, with the same password.
            let answer = interrupts.or_once_known(posting, sent).await;
            let posts = self.session.passwords_posted() - posted;
            if posts > 0 {
                *came_to = came_to.after(&answer);
            }
            self.password_came_to(&answer).await;
            match answer?? {
                Answer::In => return Ok(forced),
                Answer::Elsewhere if force => {
                    self.session.abandon_login();
                    let what =
                        "the portal keeps the examiner's other session, though it was to be ended";
                    return Err(PortalError::in_use(what).into());
                }
                Answer::Elsewhere => {
                    // A post whose answer was lost may have opened what the next one meets.
                    let is_ours =
                        login.before == Ownership::Ours || posts > 1 && login.lost_is_ours;
                    if !is_ours && !forced {
                        self.ask_for_the_other_session().await?;
                    } else {
                        tracing::info!(
                            "a session of ours is still open at the portal; it is ended"
                        );
                    }
                    (force, forced) = (true, true);
                }
                Answer::Choice if unit.is_some() => {
                    let what = "the portal asks for a unit again, though one was chosen";
                    return Err(PortalError::layout(what).into());
                }
                Answer::Choice => {
                    unit = Some(self.choose_unit(&choice).await?);
                    force = false;
                }
            }
        }
    }

    /// What to choose of the units that the portal offers.
    async fn choose_unit(&mut self, choice: &Choice) -> Result<String, RunFailure> {
        let choices = self.context.interrupts.or(self.session.choices()).await??;
        let is_offered = |code: &&String| choices.iter().any(|unit| unit.code == **code);
        let wanted = match choice {
            Choice::MostUrgent | Choice::Of(None) => None,
            Choice::Of(Some(code)) => Some(code),
        };
        let chosen = match wanted.filter(is_offered) {
            Some(code) => Some(code.clone()),
            None => {
                if let Some(code) = wanted {
                    tracing::warn!(unit = code, "the portal does not offer this unit any more");
                }
                self.units.most_urgent(&choices)
            }
        };
        let Some(chosen) = chosen else {
            let offered: Vec<&str> = choices.iter().map(|u| u.name.as_str()).collect();
            let what = format!(
                "none of the units in configuracoes_detran.unidades is offered; the portal offers: {}",
                offered.join(", ")
            );
            return Err(PortalError::layout(what).into());
        };
        self.units.offered_to_choose(choices);
        Ok(chosen)
    }

    /// Whether the session that the examiner has elsewhere may be ended now.
    ///
    /// # Errors
    /// `in_use`, which says until when it is left alone. The login is left.
    async fn ask_for_the_other_session(&mut self) -> Result<(), RunFailure> {
        let Context {
            syncer, account, ..
        } = self.context;
        let zone = syncer.clock.zone();
        let rule = OtherSessionRule {
            wait: match self.context.settings().rules.other_session_patience {
                DurationOrNever::For(time) => Some(time),
                DurationOrNever::Forever => None,
            },
            gap: syncer
                .sessions
                .portal_idle()
                .max(2 * tick_interval(self.context)),
            timezone: zone.name(),
        };
        let write = || syncer.store.other_session_met(&account.cpf, &rule).boxed();
        let met = persist::retry_always(write).await.unwrap_or_else(|error| {
            let error = in_a_line(&error);
            tracing::error!(
                error,
                "the examiner's own session was not written down; it is left alone"
            );
            OtherSession::Never
        });
        let until = |until: DateTime<Utc>| until.with_timezone(&zone).format("%Y-%m-%d %H:%M");
        let what = match met {
            OtherSession::Force => {
                tracing::warn!("the examiner's own session at the portal is ended: portal.other_session_patience is over");
                return Ok(());
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
        self.session.abandon_login();
        Err(PortalError::in_use(what).into())
    }
}

/// The shortest time between two ticks of the account's windows.
fn tick_interval(context: Context<'_>) -> Duration {
    let clock = &context.syncer.clock;
    let (now, zone) = (clock.now(), clock.zone());
    let settings = context.settings();
    let wanted = context.account.windows.as_ref();
    let windows = settings.rules.windows.iter();
    let windows = windows.filter(|w| wanted.is_none_or(|wanted| wanted.contains(&w.name)));
    let intervals = windows.filter_map(|window| {
        let cron = parse_cron(&window.cron).ok()?;
        let first = next_tick(&cron, now, zone)?;
        let second = next_tick(&cron, first, zone)?;
        (second - first).to_std().ok()
    });
    intervals.min().unwrap_or_default()
}
