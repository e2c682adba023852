//! How gently twenty examiners at once ask, counted by the portal's double. Only what cannot be too little
//! is asserted of time: a slow machine makes nobody less polite.

use std::time::Duration;

use agendad::clock::Clock;
use agendad::config::portal::PortalConfig;
use agendad::domain::{Cpf, FailureKind};
use agendad::portal::{BreakerState, Credentials, Portal};
use agendad::simulator::{Simulator, SimulatorConfig};
use chrono::NaiveDate;
use futures::future::join_all;
use tempfile::TempDir;
use tokio::time::Instant;

use crate::portal::bench::{Bench, day, enter, settings, to_read, unit, week};
use crate::portal::server::{Ask, Fault, SENHA};

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

#[tokio::test]
async fn the_pages_of_a_run_are_bounded() {
    let bench = Bench::with(|config| config.max_pages_per_run = 5).await;
    let mut session = bench.open().await;
    to_read(&mut session, &unit(), &week()).await.unwrap();
    session.read_day(&unit(), day("2026-11-24")).await.unwrap();
    let error = session
        .read_day(&unit(), day("2026-11-25"))
        .await
        .unwrap_err();
    assert_eq!(error.failure_kind(), FailureKind::Timeout);
    assert!(error.to_string().contains("max_pages_per_run"), "{error}");
    assert_eq!(bench.fixture.asked().len(), 5);
}

#[tokio::test]
async fn a_session_pauses_between_its_requests() {
    let bench =
        Bench::with(|config| config.pause_between_requests = Duration::from_millis(200)).await;
    let start = Instant::now();
    bench.open().await;
    // A quarter less at most. No more is said: a slow machine makes nobody less polite.
    assert!(start.elapsed() >= 2 * Duration::from_millis(150));
}

#[tokio::test]
async fn the_rate_is_that_of_the_process() {
    let bench = Bench::with(|config| config.max_requests_per_second = 20).await;
    let start = Instant::now();
    let mut sessions = [0; 3].map(|_| bench.session(SENHA, true, None));
    join_all(sessions.iter_mut().map(enter)).await;
    assert!(
        start.elapsed() >= Duration::from_millis(8 * 50 - 50),
        "nine requests, twenty a second"
    );
}

#[tokio::test]
async fn the_connections_are_those_of_the_process() {
    let bench = Bench::with(|config| config.max_connections = 2).await;
    let saved = bench.open().await.save();
    bench
        .fixture
        .fault(Ask::Day, Fault::Delay(Duration::from_millis(30)), 8);
    let mut sessions = [0; 8].map(|_| bench.session(SENHA, true, saved.as_ref()));
    let unit = unit();
    let date = day("2026-11-24");
    join_all(sessions.iter_mut().map(|s| s.read_day(&unit, date))).await;
    assert_eq!(bench.fixture.lock().most_at_once, 2);
}

#[tokio::test]
async fn the_breaker_spares_a_portal_that_is_down_and_probes_it_once() {
    let bench = Bench::with(|config| {
        config.breaker.failures = 5;
        config.breaker.cool_down = Duration::from_secs(1);
    })
    .await;
    let mut session = bench.open().await;
    let mut other = bench.open().await;
    bench.fixture.fault(Ask::Day, Fault::Status(500, None), 6);
    let error = session
        .read_day(&unit(), day("2026-11-24"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.breaker_open(), bench.fixture.count(Ask::Day)),
        (None, 4)
    );
    let error = other
        .read_day(&unit(), day("2026-11-24"))
        .await
        .unwrap_err();
    assert!(
        error.breaker_open().is_some(),
        "the fifth failure, of another user, opened it"
    );
    assert_eq!(
        (error.failure_kind(), bench.fixture.count(Ask::Day)),
        (FailureKind::Unavailable, 5)
    );
    assert!(other.save().is_some(), "the session is kept");
    let BreakerState::Open { until } = bench.portal.breaker().state() else {
        panic!("the breaker is not open");
    };
    tokio::time::sleep_until(until).await;
    session
        .read_day(&unit(), day("2026-11-24"))
        .await
        .unwrap_err();
    assert_eq!(
        bench.fixture.count(Ask::Day),
        6,
        "one probe, and open again"
    );
    let BreakerState::Open { until } = bench.portal.breaker().state() else {
        panic!("the breaker is not open");
    };
    tokio::time::sleep_until(until).await;
    session.read_day(&unit(), day("2026-11-24")).await.unwrap();
    assert_eq!(bench.portal.breaker().state(), BreakerState::Closed);
}
