//! What is set up, and what is left, for whoever begins: told by the dashboard's page of first steps and by
//! `agendad setup`.

use chrono::{DateTime, NaiveTime, Utc};

use crate::alerts::{Arrival, Arrivals, Channels, Target};
use crate::backup::nightly::Plan;
use crate::backup::patience::look_into;
use crate::config::Config;
use crate::config::backup::BackupOf;
use crate::domain::{Channel, Undelivered};
use crate::store::pauses::RefusedPassword;
use crate::store::{Store, StoreError};
use crate::vault::Vault;
use crate::words::pages::first_steps::{self as words, Stand, Step};
use crate::words::{Sentence, finding};

/// How everything stands.
pub(crate) struct FirstSteps {
    operator: bool,
    pub(crate) examiners: usize,
    /// Of whom the portal refused the password.
    pub(crate) refused: Vec<RefusedPassword>,
    contact: bool,
    /// Where messages go.
    pub(crate) places: Vec<Place>,
    pub(crate) backup: Backup,
    /// Whether other machines have an address for this one.
    address: bool,
}

/// A channel of messages to operators.
pub(crate) struct Place {
    pub(crate) channel: Channel,
    /// Where it leads.
    pub(crate) said: Sentence<String>,
    /// Why it is not known that messages arrive there; nothing: the last ones did.
    pub(crate) left: Vec<Sentence<String>>,
}

/// How the backups stand.
pub(crate) enum Backup {
    /// Another server keeps the database, and has its own.
    Elsewhere,
    /// Nobody wants any.
    Off,
    /// None yet; from the first on they are made at this time of day.
    None(NaiveTime),
    /// Their directory is not there, or does not answer.
    Away(Sentence<String>),
    /// When the newest was made.
    Made(DateTime<Utc>),
}

impl FirstSteps {
    /// Looks at everything.
    pub(crate) async fn look(
        store: &Store,
        vault: &Vault,
        config: &Config,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let (staffed, names, refused) =
            tokio::try_join!(store.staffed(), store.names(), store.refused_passwords())?;
        let channels = Channels::of(config).ok().filter(|_| config.alerts.enabled);
        let places = match channels {
            Some(channels) => {
                let arrivals = Arrivals::new(store.clone(), vault.clone());
                let arrivals = arrivals.all(&channels).await?;
                places(&channels, &arrivals, config)
            }
            None => Vec::new(),
        };
        Ok(Self {
            operator: staffed.operator,
            examiners: names.len(),
            refused,
            contact: config.portal.names_a_contact(),
            places,
            backup: backup(config, now).await,
            address: config.http.public_url.starts_with("https:"),
        })
    }

    /// How many steps are left.
    pub(crate) fn left(&self) -> usize {
        let is_left = |step: &&Step| self.stand(**step) == Stand::ToDo;
        Step::ALL.iter().filter(is_left).count()
    }

    pub(crate) fn stand(&self, step: Step) -> Stand {
        let done = match step {
            Step::Operator => self.operator,
            Step::Contact => self.contact,
            Step::Examiners => self.examiners > 0 && self.refused.is_empty(),
            // The windows and the key are there from the beginning.
            Step::Reading | Step::Key => true,
            Step::Alerts => {
                let mut places = self.places.iter();
                !self.places.is_empty() && places.all(|place| place.left.is_empty())
            }
            Step::Backup => match self.backup {
                Backup::Elsewhere | Backup::Made(_) => true,
                Backup::None(_) | Backup::Away(_) => false,
                Backup::Off => return Stand::Optional,
            },
            Step::Address if self.address => true,
            Step::Address => return Stand::Optional,
        };
        if done { Stand::Done } else { Stand::ToDo }
    }
}

fn places(channels: &Channels, arrivals: &[(Target, Arrival)], config: &Config) -> Vec<Place> {
    let all = Channel::ALL.iter();
    let all = all.filter_map(|channel| Some((*channel, channels.place(*channel)?)));
    let place = |(channel, said): (Channel, Sentence<String>)| {
        let mine = || arrivals.iter().filter(move |(to, _)| to.channel == channel);
        let failed = mine().filter_map(|(to, arrival)| match arrival {
            Arrival::Failed(why) => Some(words::undelivered(
                &to.said(),
                &Undelivered {
                    why: why.why,
                    said: config.secrets.blank(&why.said),
                },
            )),
            Arrival::Untried | Arrival::Arrived => None,
        });
        let mut left: Vec<_> = failed.collect();
        if mine().any(|(_, arrival)| *arrival == Arrival::Untried) {
            left.push(words::untried(&said));
        }
        Place {
            channel,
            said,
            left,
        }
    };
    all.map(place).collect()
}

/// How the backups of a process with these settings stand.
pub(crate) async fn backup(config: &Config, now: DateTime<Utc>) -> Backup {
    let Some(plan) = Plan::of(config) else {
        return match config.backup.of {
            BackupOf::None => Backup::Off,
            BackupOf::Private | BackupOf::Any => Backup::Elsewhere,
        };
    };
    let dir = plan.backup_dir.dir().to_owned();
    let found = look_into(&dir, move || found(&plan, now)).await;
    found.unwrap_or_else(|| Backup::Away(finding::silent_backup_directory(&dir)))
}

fn found(plan: &Plan, now: DateTime<Utc>) -> Backup {
    if plan.backup_dir.is_missing() {
        return Backup::Away(finding::no_backup_directory(plan.backup_dir.dir()));
    }
    let kept = plan.backup_dir.list().unwrap_or_default();
    let newest = kept.iter().find(|kept| kept.is_dated(now));
    newest.map_or(Backup::None(plan.at), |newest| Backup::Made(newest.made_at))
}
