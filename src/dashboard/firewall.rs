//! Which processes leave the portal alone because its firewall turned them away, and until when.

use std::time::Duration;

use chrono::{DateTime, Utc};
use maud::{Markup, html};
use tokio::time::Instant;

use super::time::Times;
use crate::alerts::host;
use crate::portal::FirewallState;
use crate::store::StoreError;
use crate::web::state::Api;
use crate::words::pages::firewall as words;

/// Who was turned away.
pub(super) struct Firewall {
    /// This process: when it tries again.
    own: Option<DateTime<Utc>>,
    /// Other processes: the machine, and when it tries again.
    others: Vec<(String, DateTime<Utc>)>,
}

impl Firewall {
    /// This process knows for itself; what the others have said lately is in the database.
    pub(super) async fn look(api: &Api, times: Times) -> Result<Self, StoreError> {
        let own = match api.syncer.settings.get().portal.firewall().state() {
            FirewallState::Open => None,
            FirewallState::Resting { until, .. } => Some(times.now + (until - Instant::now())),
            FirewallState::Trying => Some(times.now),
        };
        let age = api.config().alerts.interval * 3 + Duration::from_secs(60);
        let reports = api.store.turned_away(age).await?;
        let me = api.syncer.control.instance();
        let others = reports.into_iter().filter(|daemon| daemon.instance != me);
        Ok(Self {
            own,
            others: others
                .map(|daemon| (host(&daemon.instance).to_owned(), daemon.until))
                .collect(),
        })
    }

    /// When the first of them tries again; `None` if nobody was turned away.
    pub(super) fn until(&self) -> Option<DateTime<Utc>> {
        let others = self.others.iter().map(|(_, until)| *until);
        self.own.into_iter().chain(others).min()
    }

    /// Whether this process was turned away.
    pub(super) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// What it means and what can be done; nothing if nobody was turned away.
    pub(super) fn show(&self, times: Times) -> Markup {
        let sentence = |until| words::turned_away(&times.hour(until), until > times.now);
        let say = |sentence| times.language.say(sentence);
        html! {
            @if let Some(until) = self.own { (say(words::with_advice(sentence(until)))) }
            @for (machine, until) in &self.others {
                " " (machine) ": "
                @if self.own.is_none() { (say(words::with_advice(sentence(*until)))) }
                @else { (say(sentence(*until))) }
            }
        }
    }
}
