//! Without `database.url`: the daemon's own PostgreSQL.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use agendad::simulator::Simulator;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{ANY_PORT, eventually, place, program_in, simulated};

const WINDOWS: &str =
    "[[windows]]\nname = \"near\"\nfrom_day = 0\nto_day = 1\ncron = \"* * * * * *\"\n";

fn server(state: &Path) -> Option<Pid> {
    let text = fs::read_to_string(state.join("postgres/data/postmaster.pid")).ok()?;
    let pid = Pid::from_raw(text.lines().next()?.parse().ok()?);
    kill(pid, None).is_ok().then_some(pid)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_database_that_dies_is_started_again_and_stops_with_the_daemon() {
    let simulator = Simulator::start(simulated(), ANY_PORT, ANY_PORT).await;
    let simulator = Arc::new(simulator.unwrap());
    let (dir, _) = place();
    let state = dir.path().join("state");
    let program = program_in(dir.path())
        .file(WINDOWS)
        .env("AGENDAD_PORTAL__BASE_URL", simulator.portal_url())
        .env("AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS", "0s")
        .env("AGENDAD_PORTAL__MAX_REQUESTS_PER_SECOND", "0")
        .env("AGENDAD_SCHEDULER__SPLAY", "0s")
        .env("AGENDAD_HTTP__LISTEN", "");
    let examiner = &simulator.examiners()[0];
    let add = ["users", "add", "--name", "Ana", "--cpf", &examiner.cpf];
    assert_eq!(program.run(&["migrate"]).await.code, Some(0));
    let said = program.run_with_input(&add, &examiner.senha).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(server(&state), None, "the last one out stopped it");

    let mut daemon = program.start(&["run"]);
    let newest = async || {
        let runs = program
            .run(&["runs", "--status", "success", "--limit", "1", "--json"])
            .await;
        runs.json()[0]["id"].as_i64()
    };
    let soon = Duration::from_secs(90);
    let first = eventually("a good run", soon, newest).await;
    let pid = server(&state).unwrap();
    kill(pid, Signal::SIGQUIT).unwrap();
    eventually("another server", soon, async || {
        server(&state).filter(|new| *new != pid)
    })
    .await;
    eventually("a good run after the crash", soon, async || {
        newest().await.filter(|id| *id > first + 1)
    })
    .await;

    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
    assert_eq!(server(&state), None, "the server stopped with the daemon");
    let log = program.log();
    for secret in [&examiner.cpf, &examiner.senha] {
        assert!(!log.contains(secret), "{log}");
    }
    simulator.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_vanishes_is_back_within_ten_seconds_while_runs_go_on() {
    let simulator = Simulator::start(simulated(), ANY_PORT, ANY_PORT).await;
    let simulator = Arc::new(simulator.unwrap());
    let (dir, _) = place();
    let runtime = dir.path().join("run");
    fs::create_dir(&runtime).unwrap();
    // One path that a socket's address can hold, and one that is too long.
    let states = [dir.path().join("state"), dir.path().join("x".repeat(90))];
    // Each with an examiner of its own: the portal has one session for each.
    for (state, examiner) in states.into_iter().zip(simulator.examiners()) {
        let program = program_in(dir.path())
            .file(WINDOWS)
            .env("AGENDAD_STATE_DIR", state.display())
            .env("XDG_RUNTIME_DIR", runtime.display())
            .env("AGENDAD_PORTAL__BASE_URL", simulator.portal_url())
            .env("AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS", "0s")
            .env("AGENDAD_PORTAL__MAX_REQUESTS_PER_SECOND", "0")
            .env("AGENDAD_SCHEDULER__SPLAY", "0s")
            .env("AGENDAD_HTTP__LISTEN", "");
        let add = ["users", "add", "--name", "Ana", "--cpf", &examiner.cpf];
        assert_eq!(program.run(&["migrate"]).await.code, Some(0));
        let said = program.run_with_input(&add, &examiner.senha).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        let mut daemon = program.start(&["run"]);
        let soon = Duration::from_secs(90);
        let newest = async || {
            let runs = ["runs", "--status", "success", "--limit", "1", "--json"];
            let runs = program.run(&runs).await;
            // While the socket is away a command cannot know of any.
            let runs: serde_json::Value = serde_json::from_str(&runs.out).ok()?;
            runs[0]["id"].as_i64()
        };
        eventually("a good run", soon, newest).await;
        let pid = server(&state).unwrap();
        assert!(
            fs::read_dir(&runtime).unwrap().next().is_none(),
            "nothing lies where a log-out deletes it"
        );

        fs::remove_dir_all(state.join("postgres/socket")).unwrap();
        eventually("the socket is back", Duration::from_secs(10), async || {
            state
                .join("postgres/socket/.s.PGSQL.5432")
                .exists()
                .then_some(())
        })
        .await;
        let last = eventually("it can be used", soon, newest).await;
        eventually("a further good run", soon, async || {
            newest().await.filter(|id| *id > last)
        })
        .await;
        assert_eq!(server(&state), Some(pid), "the server was not restarted");
        let failed = program.run(&["runs", "--status", "failed", "--json"]).await;
        assert_eq!(failed.json(), serde_json::json!([]), "{}", program.log());
        daemon.signal(Signal::SIGTERM);
        assert_eq!(daemon.ended().await, Some(0), "{}", program.log());
        assert_eq!(server(&state), None);
    }
    simulator.stop().await;
}
