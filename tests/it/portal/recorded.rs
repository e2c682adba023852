//! The recorded portal's double and a client with the shipped defaults.

use std::collections::BTreeSet;
use std::path::Path;

use agendad::clock::Clock;
use agendad::domain::{Cpf, DayReading, Unit};
use agendad::portal::{
    Credentials, LoginAnswer, LoginWith, Portal, PortalError, PortalSession, SavedSession,
};
use agendad::simulator::{Examiner, Simulator, SimulatorConfig};
use chrono::NaiveDate;
use tempfile::TempDir;
use url::Url;

use crate::portal::bench::settings;

/// A double, a client, a place for evidence.
pub(crate) struct Recorded {
    pub(crate) simulator: Simulator,
    pub(crate) portal: Portal,
    pub(crate) state_dir: TempDir,
    clock: Clock,
}

impl Recorded {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut SimulatorConfig)) -> Self {
        let simulator = start(change).await;
        let url = simulator.portal_url();
        Self::behind(simulator, &url)
    }

    /// With something at `url` between client and double.
    pub(crate) fn behind(simulator: Simulator, url: &Url) -> Self {
        let clock = Clock::system(chrono_tz::America::Sao_Paulo);
        let (config, retry) = settings(url);
        let state_dir = tempfile::tempdir().unwrap();
        let portal = Portal::new(&config, None, &retry, state_dir.path(), &clock).unwrap();
        Self {
            simulator,
            portal,
            state_dir,
            clock,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.state_dir.path()
    }

    pub(crate) fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    pub(crate) fn days(&self, count: usize) -> Vec<NaiveDate> {
        self.today().iter_days().take(count).collect()
    }

    pub(crate) fn examiner(&self, index: usize) -> Examiner {
        self.simulator.examiners()[index].clone()
    }

    pub(crate) fn credentials(&self, index: usize) -> Credentials {
        let examiner = self.examiner(index);
        Credentials {
            cpf: Cpf::parse(&examiner.cpf).unwrap(),
            password: examiner.senha.into(),
            proven: true,
        }
    }

    pub(crate) fn session(&self, index: usize) -> PortalSession {
        self.kept(index, None)
    }

    pub(crate) fn kept(&self, index: usize, saved: Option<&SavedSession>) -> PortalSession {
        let credentials = self.credentials(index);
        self.portal.session(credentials, saved, true).unwrap()
    }

    /// A session that is in.
    pub(crate) async fn open(&self, index: usize) -> PortalSession {
        let mut session = self.session(index);
        session.begin_login().await.unwrap();
        let answer = session.post_password(LoginWith::default()).await;
        assert_eq!(answer.unwrap(), LoginAnswer::In);
        session
    }

    /// How often something was asked for.
    pub(crate) fn asked(&self, kind: &str) -> u64 {
        let stats = self.simulator.stats();
        stats.by_kind.get(kind).copied().unwrap_or_default()
    }

    /// Whether these readings are the examiner's agenda, row by row.
    pub(crate) fn assert_whole(&self, index: usize, unit: &Unit, readings: &[DayReading]) {
        for reading in readings {
            let day = reading.date;
            let truth = self.simulator.agenda_between(index, day, day);
            let truth: BTreeSet<(String, String, String)> = truth
                .iter()
                .filter(|booking| booking.unit == unit.code)
                .map(|booking| {
                    let hour = booking.hour.format("%H:%M").to_string();
                    (hour, booking.cpf.clone(), booking.nome.clone())
                })
                .collect();
            let read: BTreeSet<(String, String, String)> = reading
                .rows
                .iter()
                .map(|row| {
                    let column = |key: &str| row.column(key).to_owned();
                    (column("hora"), row.cpf.digits().to_owned(), column("nome"))
                })
                .collect();
            let truth: BTreeSet<(String, String, String)> = truth
                .into_iter()
                .map(|(hour, cpf, nome)| {
                    (
                        hour,
                        cpf.chars().filter(char::is_ascii_digit).collect(),
                        nome,
                    )
                })
                .collect();
            assert!(reading.row_errors.is_empty(), "{:?}", reading.row_errors);
            assert_eq!(read, truth, "{day}");
        }
    }
}

pub(crate) async fn start(change: impl FnOnce(&mut SimulatorConfig)) -> Simulator {
    let clock = Clock::system(chrono_tz::America::Sao_Paulo);
    let mut config = SimulatorConfig::new(clock);
    config.examiners = 4;
    config.empty_day_ratio = 0.0;
    change(&mut config);
    let any = "127.0.0.1:0".parse().unwrap();
    Simulator::start(config, any, any).await.unwrap()
}

/// All days that the portal lists, read.
pub(crate) async fn read_all(
    session: &mut PortalSession,
    unit: &Unit,
    wanted: &[NaiveDate],
) -> Result<Vec<DayReading>, PortalError> {
    let listed = session
        .offered_dates(unit, wanted, &BTreeSet::new())
        .await?;
    let mut readings = Vec::new();
    for date in listed.to_read {
        readings.push(session.read_day(unit, date).await?);
    }
    Ok(readings)
}
