//! Sending: each mail once. That it is sent is written down before; a process that dies in between leaves it unsent rather
//! than sent twice, and what the mail server refused is tried again until midnight.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::mail::{self, About, Written};
use crate::alerts::{Channels, DeliveryError, MailOut};
use crate::clinic::day_windows;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{DayState, Trouble, Undelivered};
use crate::store::days::DaysQuery;
use crate::store::listing::SlotFilter;
use crate::store::tomorrow::MailDue;
use crate::store::{Store, StoreError};

/// A day that was read so lately needs no reading before its mail.
const FRESH: TimeDelta = TimeDelta::minutes(30);
/// No examiner has more in a day.
const MOST: i64 = 500;
/// A mail that was not taken is tried again after 1, 2, 4 … minutes.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// The evening's mails of one database.
#[derive(Debug)]
pub struct TomorrowMailer<'a> {
    /// The database.
    pub store: &'a Store,
    /// The way out.
    pub channels: &'a Channels,
    /// Settings.
    pub config: &'a Config,
    /// The time.
    pub clock: &'a Clock,
}

/// What became of the next mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// None is due.
    Nothing,
    /// The mail server took it.
    Mailed,
    /// It is no working day, and has nothing: nothing was sent.
    Skipped,
    /// It was not taken.
    Failed,
    /// Somebody else sends it.
    Elsewhere,
}

/// A mail that was not taken. Until that is written down nobody tries it again.
#[derive(Debug)]
pub struct NotMailed {
    usuario_id: i32,
    day: NaiveDate,
    error: Undelivered,
    again: Duration,
}

/// What became of a mail that was handed over.
#[derive(Debug)]
pub(crate) enum HandedOver {
    Taken,
    /// The mail server has it, and did not say whether it takes it.
    Unanswered(Undelivered),
    NotTaken(Undelivered),
}

impl TomorrowMailer<'_> {
    /// Sends the next mail about `day` that is due. What cannot be written down stays in `unwritten`, and is the first thing
    /// to be written down the next time.
    pub async fn send_next(
        &self,
        day: NaiveDate,
        is_late: bool,
        unwritten: &mut Option<NotMailed>,
    ) -> Result<Sent, StoreError> {
        // Of another day nobody asks any more.
        if unwritten.as_ref().is_some_and(|kept| kept.day == day) {
            self.write_down(unwritten).await?;
        }
        let Some(due) = self.store.tomorrow_due(day, is_late).await? else {
            return Ok(Sent::Nothing);
        };
        let written = self.write(&due, day).await?;
        if !self.store.claim_tomorrow_mail(&due, day).await? {
            return Ok(Sent::Elsewhere);
        }
        let Some(written) = written else {
            return Ok(Sent::Skipped);
        };
        let id = format!("amanha-{}-{day}", due.usuario_id);
        let to = due.email.as_deref();
        let sent = written.send(self.channels, to, &id, "tomorrow").await;
        let user = due.usuario_id;
        match sent {
            HandedOver::Taken => {
                self.store.tomorrow_mailed(user, None).await?;
                Ok(Sent::Mailed)
            }
            // Rather not at all than twice.
            HandedOver::Unanswered(error) => {
                self.store.tomorrow_mailed(user, Some(&error)).await?;
                tracing::warn!(user, error = error.said, "mailed tomorrow's agenda");
                Ok(Sent::Mailed)
            }
            HandedOver::NotTaken(error) => {
                tracing::warn!(
                    user,
                    error = error.said,
                    "tomorrow's agenda could not be mailed, trying again"
                );
                *unwritten = Some(NotMailed {
                    usuario_id: user,
                    day,
                    error,
                    again: pause(due.attempts),
                });
                self.write_down(unwritten).await?;
                Ok(Sent::Failed)
            }
        }
    }

    async fn write_down(&self, unwritten: &mut Option<NotMailed>) -> Result<(), StoreError> {
        if let Some(kept) = unwritten.as_ref() {
            let written = self
                .store
                .tomorrow_not_mailed(kept.usuario_id, &kept.error, kept.again);
            written.await?;
        }
        *unwritten = None;
        Ok(())
    }

    async fn write(&self, due: &MailDue, day: NaiveDate) -> Result<Option<Written>, StoreError> {
        let (now, zone) = (self.clock.now(), self.clock.zone());
        let state = day_state(self.store, self.config, self.clock, due.usuario_id, day).await?;
        if state == DayState::DayOff {
            return Ok(None);
        }
        let filter = SlotFilter {
            usuario_id: Some(due.usuario_id),
            from: Some(day),
            to: Some(day),
            removed: false,
        };
        let slots = self.store.list_slots(&filter, MOST).await?;
        let about = About {
            nome: &due.nome,
            day,
            state,
            slots: &slots,
        };
        Ok(Some(mail::write(&about, now, zone)))
    }
}

impl Written {
    /// Sends it under an `id`. `mails`: the command by which an address is given.
    pub(crate) async fn send(
        &self,
        channels: &Channels,
        to: Option<&str>,
        id: &str,
        mails: &str,
    ) -> HandedOver {
        let Some(to) = to else {
            return HandedOver::NotTaken(Undelivered {
                why: Some(Trouble::NoRecipient),
                said: format!("no e-mail address: agendad users {mails} --user … --to …"),
            });
        };
        let mail = MailOut {
            to,
            id,
            subject: &self.subject,
            text: &self.text,
            html: &self.html,
        };
        match channels.mail(&mail).await {
            Ok(_) => HandedOver::Taken,
            Err(error @ DeliveryError::Unanswered) => HandedOver::Unanswered(error.recorded()),
            Err(error) => HandedOver::NotTaken(error.recorded()),
        }
    }
}

/// Until a mail is tried again that was not taken so often before.
pub(crate) fn pause(attempts: i32) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.clamp(0, 8).unsigned_abs());
    LONGEST_WAIT.min(Duration::from_secs(60) * doubled)
}

/// Whether a day was read so lately that it need not be read before its mail; nor need one that is none of the examiner's.
pub async fn is_fresh(
    store: &Store,
    config: &Config,
    clock: &Clock,
    usuario_id: i32,
    day: NaiveDate,
) -> Result<bool, StoreError> {
    let since: DateTime<Utc> = clock.now() - FRESH;
    Ok(
        match day_state(store, config, clock, usuario_id, day).await? {
            DayState::Listed { read_at, .. } | DayState::Empty { read_at } => read_at >= since,
            DayState::Unread { .. } | DayState::OutsideWindows => false,
            DayState::DayOff => true,
        },
    )
}

/// What is known of a day of an examiner.
pub(crate) async fn day_state(
    store: &Store,
    config: &Config,
    clock: &Clock,
    usuario_id: i32,
    day: NaiveDate,
) -> Result<DayState, StoreError> {
    let windows = day_windows(config, clock.now());
    let query = DaysQuery {
        usuario_ids: &[usuario_id],
        from: day,
        to: day,
        today: clock.today(),
        windows: &windows,
    };
    let known = store.day_states(&query).await?.pop();
    Ok(known.map_or(
        DayState::Unread {
            slots: 0,
            read_at: None,
            reason: None,
        },
        |known| known.state,
    ))
}
