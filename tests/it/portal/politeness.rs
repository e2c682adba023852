//! How gently twenty examiners at once ask, counted by the portal's double. Only what cannot be too little
//! is asserted of time: a slow machine makes nobody less polite.

use std::time::Duration;

use agendad::clock::Clock;
use agendad::config::portal::PortalConfig;
use agendad::domain::Cpf;
use agendad::portal::{Credentials, Portal};
use agendad::simulator::{Simulator, SimulatorConfig};
use chrono::NaiveDate;
use futures::future::join_all;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::portal::bench::{Bench, day, enter, settings, to_read, unit};
use crate::portal::server::{Ask, Fault};

const SESSIONS: usize = 20;
const PER_SECOND: u32 = 60;
const CONNECTIONS: usize = 4;
const PAUSE: Duration = Duration::from_millis(200);

struct Crowd {
    simulator: Simulator,
    portal: Portal,
    _state_dir: TempDir,
}

/// What one examiner's visit took.
struct Visit {
    requests: u32,
    took: Duration,
}

impl Crowd {
    async fn new(change: impl FnOnce(&mut PortalConfig)) -> Self {
        let clock = Clock::system(chrono_tz::America::Sao_Paulo);
        let simulator = SimulatorConfig {
            examiners: SESSIONS,
            empty_day_ratio: 0.0,
            // Long enough that the requests would overlap if they were let.
            latency: Duration::from_millis(20),
            ..SimulatorConfig::new(clock.clone())
        };
        let any = "127.0.0.1:0".parse().unwrap();
        let simulator = Simulator::start(simulator, any, any).await.unwrap();
        let (mut config, retry) = settings(&simulator.portal_url());
        change(&mut config);
        let state_dir = tempfile::tempdir().unwrap();
        let portal = Portal::new(&config, None, &retry, state_dir.path(), &clock).unwrap();
        Self {
            simulator,
            portal,
            _state_dir: state_dir,
        }
    }

    /// Every examiner reads the next four days, all at once.
    async fn visit(&self) -> Vec<Visit> {
        let today = Clock::system(chrono_tz::America::Sao_Paulo).today();
        let days: Vec<NaiveDate> = today.iter_days().take(4).collect();
        let examiners = self.simulator.examiners();
        join_all(examiners.into_iter().map(|examiner| {
            let credentials = Credentials {
                cpf: Cpf::parse(&examiner.cpf).unwrap(),
                password: examiner.senha.into(),
                proven: true,
            };
            one(self.portal.session(credentials, None, true).unwrap(), &days)
        }))
        .await
    }
}

async fn one(mut session: agendad::portal::PortalSession, days: &[NaiveDate]) -> Visit {
    let start = Instant::now();
    enter(&mut session).await.unwrap();
    for unit in session.units() {
        for day in to_read(&mut session, &unit, days).await.unwrap() {
            session.read_day(&unit, day).await.unwrap();
        }
    }
    Visit {
        requests: session.stats().requests,
        took: start.elapsed(),
    }
}

#[tokio::test]
async fn rate_and_connections_are_kept_by_twenty_sessions_at_once() {
    let crowd = Crowd::new(|config| {
        config.max_requests_per_second = PER_SECOND;
        config.max_connections = CONNECTIONS;
    })
    .await;
    let start = Instant::now();
    let visits = crowd.visit().await;
    let took = start.elapsed();
    let stats = crowd.simulator.stats();
    let asked: u32 = visits.iter().map(|visit| visit.requests).sum();
    assert_eq!(u64::from(asked), stats.requests, "every request is counted");
    assert_eq!(stats.logins, SESSIONS as u64);
    // The first request is free, each further one has its place in the second.
    let least = Duration::from_secs(1) * (asked - 1) / PER_SECOND;
    assert!(took >= least, "{asked} requests in {took:?}");
    assert!(stats.requests_max <= CONNECTIONS as u64, "{stats:?}");
    // Each session has one connection of its own, which it keeps.
    assert_eq!(stats.connections, SESSIONS as u64, "{stats:?}");
    assert_eq!(stats.connections_shared, 0, "{stats:?}");
}

#[tokio::test]
async fn every_session_pauses_between_its_own_requests() {
    let crowd = Crowd::new(|config| config.pause_between_requests = PAUSE).await;
    for Visit { requests, took } in crowd.visit().await {
        assert!(requests > 4);
        // A quarter less at most.
        let least = (requests - 1) * PAUSE.mul_f64(0.75);
        assert!(took >= least, "{requests} requests in {took:?}");
    }
    let most = crowd.simulator.stats().requests_max;
    assert!(most > 1, "the pause of one is not that of all: {most}");
}

#[tokio::test]
async fn a_long_rest_that_one_session_is_asked_for_is_kept_by_all() {
    let bench = Bench::with(|config| {
        config.max_retry_after = Duration::from_secs(30);
        config.breaker.cool_down = Duration::from_secs(60);
    })
    .await;
    let mut session = bench.open().await;
    let mut other = bench.open().await;
    let busy = Fault::Status(503, Some("600.5"));
    bench.fixture.fault(Ask::Day, busy, 1);
    let date = day("2026-11-24");
    let error = session.read_day(&unit(), date).await.unwrap_err();
    assert_eq!(error.breaker_open(), None, "{error}");
    let error = other.read_day(&unit(), date).await.unwrap_err();
    let rest = error.breaker_open().unwrap();
    assert!(rest > Duration::from_secs(60), "{rest:?}");
    assert_eq!(bench.fixture.count(Ask::Day), 1);
}
