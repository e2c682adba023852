//! A portal, a client and a place for evidence, as every test needs them.

use std::time::Duration;

use agendad::clock::Clock;
use agendad::config::portal::{PortalConfig, Profile};
use agendad::config::retry::RetryConfig;
use agendad::domain::{Cpf, Unit};
use agendad::portal::{Credentials, Portal, PortalSession, SavedCookies};
use chrono::NaiveDate;
use figment::Figment;
use figment::providers::{Format, Toml};
use tempfile::TempDir;
use url::Url;

use crate::server::{CPF, Fixture, SENHA};

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
        change(&mut config);
        let state_dir = tempfile::tempdir().unwrap();
        let clock = Clock::system(chrono_tz::America::Sao_Paulo);
        let portal = Portal::new(&config, &retry, state_dir.path(), &clock).unwrap();
        Self {
            fixture,
            portal,
            state_dir,
        }
    }

    pub(crate) fn session(
        &self,
        senha: &str,
        proven: bool,
        saved: Option<SavedCookies>,
    ) -> PortalSession {
        let credentials = Credentials {
            cpf: Cpf::parse(CPF).unwrap(),
            senha: senha.into(),
            proven,
        };
        self.portal.session(credentials, saved)
    }

    pub(crate) async fn open(&self) -> PortalSession {
        let mut session = self.session(SENHA, true, None);
        session.open().await.unwrap();
        session
    }
}

/// The shipped settings, for a portal at `url`, without pauses.
pub(crate) fn settings(url: &Url) -> (PortalConfig, RetryConfig) {
    let shipped = Figment::from(Toml::string(include_str!("../../config.toml")));
    let mut config: PortalConfig = shipped.extract_inner("portal").unwrap();
    let mut retry: RetryConfig = shipped.extract_inner("retry").unwrap();
    config.base_url = url.clone();
    config.pause_between_requests = Duration::ZERO;
    config.max_requests_per_second = 0;
    retry.min_delay = Duration::from_millis(1);
    retry.max_delay = Duration::from_millis(2);
    (config, retry)
}

/// The shipped profile.
pub(crate) fn profile() -> Profile {
    let shipped = Figment::from(Toml::string(include_str!("../../config.toml")));
    let portal: PortalConfig = shipped.extract_inner("portal").unwrap();
    portal.profile
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
