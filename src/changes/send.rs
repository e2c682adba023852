//! Sends what is due: at least once. A change is settled when the mail server has taken it; whoever dies between the two
//! leaves it to be sent again, under the same message id.

use super::mail::{self, About};
use super::{changes_query, news};
use crate::alerts::Channels;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Trouble;
use crate::store::change_mails::{ChangeMailDue, ChangesQuery, TodaysChange};
use crate::store::{Store, StoreError};
use crate::tomorrow::{HandedOver, Written, day_state, pause};

/// The day's mails of one database.
#[derive(Debug)]
pub struct ChangesMailer<'a> {
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
    /// Nobody is due.
    Nothing,
    /// The mail server took it.
    Mailed,
    /// What has changed is no news: nothing was sent.
    NoNews,
    /// It was not taken.
    Failed,
}

impl ChangesMailer<'_> {
    /// Sends the next mail that is due.
    pub async fn send_next(&self) -> Result<Sent, StoreError> {
        let (now, zone) = (self.clock.now(), self.clock.zone());
        let (changes, tomorrow) = (&self.config.changes, &self.config.tomorrow);
        let Some(query) = changes_query(changes, tomorrow, now, zone) else {
            return Ok(Sent::Nothing);
        };
        let Some(due) = self.store.claim_change_mail(&query).await? else {
            return Ok(Sent::Nothing);
        };
        let changes = self.store.changes_to_tell(&due, &query).await?;
        let Some(last) = changes.last().map(|change| change.id) else {
            return Ok(Sent::NoNews);
        };
        let Some(written) = self.write(&due, &query, &changes).await? else {
            let settled = self.store.changes_settled(&due, &query, last, false);
            settled.await?;
            return Ok(Sent::NoNews);
        };
        let id = format!("mudancas-{}-{}-{last}", due.usuario_id, query.today);
        let to = due.email.as_deref();
        let sent = written.send(self.channels, to, &id, "changes").await;
        match sent {
            HandedOver::Taken => {
                let settled = self.store.changes_settled(&due, &query, last, true);
                settled.await?;
                Ok(Sent::Mailed)
            }
            // Once more, and not all day: it may have arrived each time.
            HandedOver::Unanswered(error) if due.last_error_kind == Some(Trouble::Unanswered) => {
                let settled = self.store.changes_settled(&due, &query, last, true);
                settled.await?;
                let user = due.usuario_id;
                tracing::warn!(user, error = error.said, "mailed the day's changes");
                Ok(Sent::Mailed)
            }
            HandedOver::Unanswered(error) | HandedOver::NotTaken(error) => {
                let again = pause(due.attempts - 1);
                self.store.changes_not_mailed(&due, &error, again).await?;
                let user = due.usuario_id;
                tracing::warn!(
                    user,
                    error = error.said,
                    "the day's changes could not be mailed, trying again"
                );
                Ok(Sent::Failed)
            }
        }
    }

    async fn write(
        &self,
        due: &ChangeMailDue,
        query: &ChangesQuery,
        changes: &[TodaysChange],
    ) -> Result<Option<Written>, StoreError> {
        let news = news::of(changes, self.clock.local_now().time());
        if news.is_empty() {
            return Ok(None);
        }
        let (store, config, day) = (self.store, self.config, query.today);
        let state = day_state(store, config, self.clock, due.usuario_id, day).await?;
        let about = About {
            nome: &due.nome,
            day,
            state,
            news: &news,
        };
        let (now, zone) = (self.clock.now(), self.clock.zone());
        Ok(Some(mail::write(&about, now, zone)))
    }
}
