//! One window of one examiner from Rust code, without the daemon: against the simulated portal and a
//! private database that goes away again.
//!
//!     cargo run --example run_window
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::net::{Ipv4Addr, SocketAddr};

use agendad::clock::Clock;
use agendad::config::{Config, layers};
use agendad::domain::{Cpf, WorkingDays};
use agendad::pipeline::{Pipeline, WindowRun};
use agendad::simulator::{Simulator, SimulatorConfig};
use agendad::store::listing::SlotFilter;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let clock = Clock::system(chrono_tz::America::Sao_Paulo);
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let portal = Simulator::start(SimulatorConfig::new(clock), any_port, any_port).await?;
    let home = home()?;

    let pipeline = Pipeline::open(settings(&portal, &home)?).await?;
    let outcome = run(&pipeline, &portal).await;
    pipeline.close().await?;
    portal.stop().await;
    std::fs::remove_dir_all(&home)?;
    outcome
}

async fn run(pipeline: &Pipeline, portal: &Simulator) -> Result<(), Failure> {
    let examiner = portal.examiners()[0].clone();
    let cpf = Cpf::parse(&examiner.cpf)?;
    // The examiner must be a user; window, working days, CPF and password come from the caller.
    let usuario_id = pipeline
        .store()
        .add_user(None, &examiner.nome, None, &cpf, WorkingDays::ALL)
        .await?;
    let window = WindowRun {
        usuario_id,
        from: pipeline.today(),
        to: pipeline.today() + chrono::Days::new(14),
        cpf,
        password: examiner.senha.into(),
        working_days: WorkingDays::parse(Some(r#"["segunda","terca","quarta","quinta","sexta"]"#))?,
    };
    for _ in 0..2 {
        let report = pipeline.run_window(&window).await?;
        let totals = report.totals;
        println!(
            "run {}: {}, {} new, {} unchanged, {} requests, {} logins",
            report.run_id,
            report.status.as_str(),
            totals.inserted,
            totals.unchanged,
            report.requests,
            report.logins,
        );
    }
    let all = SlotFilter::default();
    for slot in pipeline.store().list_slots(&all, 3).await? {
        println!(
            "{} {}  {}  {}",
            slot.data,
            slot.hora,
            slot.cpf.unwrap_or_default(),
            slot.nome.unwrap_or_default()
        );
    }
    Ok(())
}

/// The shipped defaults, this portal, no pauses, a private database.
fn settings(portal: &Simulator, home: &std::path::Path) -> Result<Config, Failure> {
    let mut config = Config::from_layers(vec![layers::built_in()?])?;
    config.state_dir = home.to_owned();
    config.portal.base_url = portal.portal_url();
    config.portal.pause_between_requests = std::time::Duration::ZERO;
    config.portal.max_requests_per_second = 0;
    Ok(config)
}

/// PostgreSQL may run as another user and must be able to enter it.
fn home() -> Result<std::path::PathBuf, Failure> {
    use std::os::unix::fs::PermissionsExt;
    let home = std::env::temp_dir().join(format!("agendad-example-{}", std::process::id()));
    std::fs::create_dir_all(&home)?;
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o711))?;
    Ok(home)
}

#[test]
fn the_example_runs() -> Result<(), Failure> {
    main()
}
