//! A binary of its own, because its allocator counts: what a session holds in memory.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::collections::BTreeSet;

use agendad::clock::Clock;
use agendad::config::{Config, layers};
use agendad::domain::{Cpf, Unit};
use agendad::portal::{Credentials, LoginAnswer, LoginWith, Portal, PortalSession, offline};
use agendad::simulator::{Simulator, SimulatorConfig};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a session may hold.
const MOST: usize = 1_000_000;

/// What reading a day of a page as large as the portal's may need for a moment.
const MOST_FOR_A_DAY: usize = 2_000_000;

/// Examiners whose sessions are open at once.
const SESSIONS: usize = 50;

fn config() -> Config {
    Config::from_layers(vec![layers::built_in().unwrap()]).unwrap()
}

/// One session after another is opened and reads a day; they stay open.
async fn open(portal: &Portal, simulator: &Simulator) -> Vec<PortalSession> {
    let today = Clock::system(chrono_tz::America::Sao_Paulo).today();
    let mut sessions = Vec::with_capacity(SESSIONS);
    for examiner in simulator.examiners() {
        let credentials = Credentials {
            cpf: Cpf::parse(&examiner.cpf).unwrap(),
            password: examiner.senha.into(),
            proven: true,
        };
        let mut session = portal.session(credentials, None, true).unwrap();
        session.begin_login().await.unwrap();
        let answer = session.post_password(LoginWith::default()).await;
        assert_eq!(answer.unwrap(), LoginAnswer::In);
        let unit = session.units()[0].clone();
        let days: Vec<_> = today.iter_days().take(4).collect();
        let listed = session.offered_dates(&unit, &days, &BTreeSet::new()).await;
        for day in listed.unwrap().to_read {
            session.read_day(&unit, day).await.unwrap();
        }
        sessions.push(session);
    }
    sessions
}

/// One test and no other in this binary: what runs beside it would be counted too.
#[tokio::test]
async fn a_session_costs_less_than_a_megabyte() {
    let clock = Clock::system(chrono_tz::America::Sao_Paulo);
    let simulator = SimulatorConfig {
        examiners: SESSIONS,
        slots_per_day: (40, 40),
        ..SimulatorConfig::new(clock.clone())
    };
    let any = "127.0.0.1:0".parse().unwrap();
    let simulator = Simulator::start(simulator, any, any).await.unwrap();
    let mut config = config();
    config.portal.base_url = simulator.portal_url();
    config.portal.pause_between_requests = std::time::Duration::ZERO;
    config.portal.max_requests_per_second = 0;
    let state_dir = tempfile::tempdir().unwrap();
    let portal = Portal::new(
        &config.portal,
        None,
        &config.retry,
        state_dir.path(),
        &clock,
    )
    .unwrap();
    let sessions = open(&portal, &simulator).await;
    assert_eq!(sessions.len(), SESSIONS);

    // What is freed with them is what they held: nothing else runs meanwhile.
    let before = MEMORY.current_usage();
    drop(sessions);
    let each = (before - MEMORY.current_usage()) / SESSIONS;
    println!("an open session holds {each} bytes");
    assert!((1..MOST).contains(&each), "{each}");
    simulator.stop().await;

    let needed = needed_for_a_day(&config);
    println!("reading a day of 40 rows takes {needed} bytes for a moment");
    assert!((1..MOST_FOR_A_DAY).contains(&needed), "{needed}");
}

/// A day of forty rows, as large as the portal's pages are.
fn needed_for_a_day(config: &Config) -> usize {
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/portal_page");
    let page = std::fs::read(format!("{seeds}/whole-result-40.html")).unwrap();
    let unit = Unit {
        code: "18".to_owned(),
        name: String::new(),
    };
    let day = "2026-11-24".parse().unwrap();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let read = offline::read_day(&page, None, &config.portal.profile, &unit, day);
    let needed = MEMORY.peak_usage() - before;
    assert_eq!(read.unwrap().rows.len(), 40);
    needed
}
