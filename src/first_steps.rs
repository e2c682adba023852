//! What is set up, and what is left, for whoever begins: told by the dashboard's page of first steps and by
//! `agendad setup`.

use chrono::{DateTime, Utc};

use crate::alerts::Channels;
use crate::backup::nightly::Plan;
use crate::config::Config;
use crate::domain::Channel;
use crate::store::{Store, StoreError};
use crate::words::Sentence;
use crate::words::pages::first_steps::{Stand, Step};

/// How everything stands.
pub(crate) struct FirstSteps {
    operator: bool,
    /// How many examiners there are.
    pub(crate) examiners: usize,
    /// Of how many the portal refused the password.
    pub(crate) refused: usize,
    contact: bool,
    /// Where messages go.
    pub(crate) places: Vec<Sentence<String>>,
    /// A test message did not arrive; known only to whoever sent it.
    pub(crate) undelivered: bool,
    pub(crate) backup: Backup,
    /// Whether other machines have an address for this one.
    address: bool,
}

/// How the backups stand.
pub(crate) enum Backup {
    /// Another server keeps the database, and has its own.
    Elsewhere,
    /// None yet.
    None,
    /// When the newest was made.
    Made(DateTime<Utc>),
}

impl FirstSteps {
    /// Looks at everything.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(crate) async fn look(
        store: &Store,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let (staffed, names, refused) =
            tokio::try_join!(store.staffed(), store.names(), store.refused_passwords())?;
        let channels = Channels::of(config).ok().filter(|_| config.alerts.enabled);
        let places = channels
            .iter()
            .flat_map(|channels| Channel::ALL.iter().filter_map(|one| channels.place(*one)));
        Ok(Self {
            operator: staffed.operator,
            examiners: names.len(),
            refused,
            contact: config.portal.names_a_contact(),
            places: places.collect(),
            undelivered: false,
            backup: backup(config, now),
            address: config.http.public_url.starts_with("https:"),
        })
    }

    /// How many steps are left.
    pub(crate) fn left(&self) -> usize {
        let is_left = |step: &&Step| self.stand(**step) == Stand::ToDo;
        Step::ALL.iter().filter(is_left).count()
    }

    /// How a step stands.
    pub(crate) fn stand(&self, step: Step) -> Stand {
        let done = match step {
            Step::Operator => self.operator,
            Step::Contact => self.contact,
            Step::Examiners => self.examiners > 0 && self.refused == 0,
            // The windows and the key are there from the beginning.
            Step::Reading | Step::Key => true,
            Step::Alerts => !self.places.is_empty() && !self.undelivered,
            Step::Backup => !matches!(self.backup, Backup::None),
            Step::Address if self.address => true,
            Step::Address => return Stand::Optional,
        };
        if done { Stand::Done } else { Stand::ToDo }
    }
}

fn backup(config: &Config, now: DateTime<Utc>) -> Backup {
    let Some(plan) = Plan::of(config) else {
        return Backup::Elsewhere;
    };
    let kept = plan.shelf.list().unwrap_or_default();
    let newest = kept.iter().find(|kept| kept.is_dated(now));
    newest.map_or(Backup::None, |newest| Backup::Made(newest.made_at))
}
