//! The first edition's portal, a client with the profile that reads it, and a place for evidence.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use agendad::clock::Clock;
use agendad::config::portal::{PortalConfig, Profile};
use agendad::config::retry::RetryConfig;
use agendad::config::{Config, layers};
use agendad::domain::{Cpf, Unit};
use agendad::portal::{
    Credentials, LoginAnswer, LoginWith, Portal, PortalError, PortalSession, SavedSession,
};
use chrono::NaiveDate;
use figment::Figment;
use figment::providers::{Format, Toml};
use tempfile::TempDir;
use url::Url;

use crate::portal::server::{CPF, Fixture, SENHA};

/// The keys that make of the shipped profile that of the first edition's portal; `docs/portal.md` quotes them.
pub(crate) const FIRST_EDITION: &str = include_str!("first_edition.toml");

/// A portal, a client, a place for evidence.
pub(crate) struct Bench {
    pub(crate) fixture: Fixture,
    pub(crate) portal: Portal,
    pub(crate) state_dir: TempDir,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut PortalConfig)) -> Self {
        let fixture = Fixture::start().await;
        let (mut config, retry) = settings(&fixture.url);
        *config.profile = profile();
        change(&mut config);
        let state_dir = tempfile::tempdir().unwrap();
        let clock = Clock::system(chrono_tz::America::Sao_Paulo);
        let portal = Portal::new(&config, None, &retry, state_dir.path(), &clock).unwrap();
        Self {
            fixture,
            portal,
            state_dir,
        }
    }

    pub(crate) fn session(
        &self,
        password: &str,
        proven: bool,
        saved: Option<&SavedSession>,
    ) -> PortalSession {
        let credentials = Credentials {
            cpf: Cpf::parse(CPF).unwrap(),
            password: password.into(),
            proven,
        };
        self.portal.session(credentials, saved, true).unwrap()
    }

    pub(crate) async fn open(&self) -> PortalSession {
        let mut session = self.session(SENHA, true, None);
        assert_eq!(enter(&mut session).await.unwrap(), LoginAnswer::In);
        session
    }
}

/// A login of an examiner of one unit who is logged in nowhere else.
pub(crate) async fn enter(session: &mut PortalSession) -> Result<LoginAnswer, PortalError> {
    session.begin_login().await?;
    session.post_password(LoginWith::default()).await
}

/// The dates to be read, where none are stored yet.
pub(crate) async fn to_read(
    session: &mut PortalSession,
    unit: &Unit,
    wanted: &[NaiveDate],
) -> Result<Vec<NaiveDate>, PortalError> {
    let listed = session
        .offered_dates(unit, wanted, &BTreeSet::new())
        .await?;
    Ok(listed.to_read)
}

/// The shipped settings, for a portal at `url`, without pauses.
pub(crate) fn settings(url: &Url) -> (PortalConfig, RetryConfig) {
    static SHIPPED: LazyLock<Config> =
        LazyLock::new(|| Config::from_layers(vec![layers::built_in().unwrap()]).unwrap());
    let (mut config, mut retry) = (SHIPPED.portal.clone(), SHIPPED.retry.clone());
    config.base_url = url.clone();
    config.pause_between_requests = Duration::ZERO;
    config.max_requests_per_second = 0;
    retry.min_delay = Duration::from_millis(1);
    retry.max_delay = Duration::from_millis(2);
    (config, retry)
}

/// The profile of the first edition's portal.
pub(crate) fn profile() -> Profile {
    static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
        let shipped = Figment::from(Toml::string(include_str!("../../../config.toml")));
        let changed = shipped.merge(Toml::string(FIRST_EDITION));
        changed.extract_inner("portal.profile").unwrap()
    });
    PROFILE.clone()
}

pub(crate) fn shipped_profile() -> Profile {
    static PROFILE: LazyLock<Profile> = LazyLock::new(|| {
        let shipped = Figment::from(Toml::string(include_str!("../../../config.toml")));
        shipped.extract_inner("portal.profile").unwrap()
    });
    PROFILE.clone()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn unit() -> Unit {
    Unit {
        code: "7".into(),
        name: "CIR-SAO PAULO".into(),
    }
}

pub(crate) fn week() -> Vec<NaiveDate> {
    day("2026-11-24").iter_days().take(4).collect()
}

pub(crate) const MARIA: (&str, &str, &str) = ("14:00", "529.982.247-25", "MARIA D'ÁVILA DE SOUZA");
pub(crate) const JOAO: (&str, &str, &str) = ("9:30", "11144477735", "JOÃO");
