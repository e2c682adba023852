//! The search itself: plant, let everything happen, and look through all that was said and kept.

use agendad::domain::FailureKind;

use crate::cli::program::Place;
use crate::leaks::canaries::{Canaries, Hoard};
use crate::leaks::commands::{add, calendar_address, commands};
use crate::leaks::daemon::Daemon;
use crate::leaks::kept::kept;
use crate::leaks::questions::Client;
use crate::leaks::refusals::refusals_to_start;
use crate::leaks::secrets::{know, leaky};

/// Fast windows, short patience.
const CONFIG: &str = r#"
windows = [
    { name = "near", from_day = 0, to_day = 3, cron = "*/30 * * * * *" },
    { name = "far", from_day = 4, to_day = 8, cron = "*/30 * * * * *" },
]
[scheduler]
splay = "0s"
busy_delay = "200ms"
[retry]
max_retries = 1
min_delay = "10ms"
max_delay = "20ms"
[portal]
request_timeout = "1500ms"
max_body_bytes = 200_000
[portal.breaker]
failures = 0
[portal.evidence]
max_files = 1000
"#;

#[tokio::test]
async fn nothing_that_leaves_the_program_betrays_a_secret_or_a_person() {
    let place = Place::new(3).await;
    let mut canaries = Canaries::default();
    for index in 0..3 {
        // With signs that every encoding writes differently.
        let password = format!("canary senha/{index}&ç=%+\"'");
        place.simulator.set_password(index, &password).unwrap();
        canaries.secret("a portal password", &password);
    }
    know(&place, &mut canaries);
    std::fs::write(place.state.path().join("config.toml"), CONFIG).unwrap();

    let mut hoard = Hoard::default();
    let users = add(&place, &mut hoard).await;
    let calendar = calendar_address(&place, users[1], &mut canaries, &mut hoard).await;
    for format in ["json", "pretty"] {
        let mut command = leaky(&place, &["run"]);
        command.env("AGENDAD_LOG__FORMAT", format);
        let daemon = Daemon::start(command).await;
        let client = Client::new(&daemon.address, &mut canaries, users[0]);
        if format == "json" {
            client.everything(&place, &users, &mut hoard).await;
            client.calendar(&calendar, &mut hoard).await;
            commands(&place, &users, &mut hoard).await;
        } else {
            client.some(&users, &mut hoard).await;
        }
        hoard.trace(format!("the daemon's {format} log"), daemon.stop().await);
    }
    refusals_to_start(&place, &mut hoard).await;
    kept(&place, &mut hoard).await;

    there_was_something_to_find(&hoard);
    let found = canaries.found(&hoard);
    assert!(
        found.is_empty(),
        "{} leaks:\n{}",
        found.len(),
        found.join("\n")
    );
    place.close().await;
}

/// A search through nothing finds nothing.
fn there_was_something_to_find(hoard: &Hoard) {
    let log = hoard.text_of("the daemon's json log");
    assert!(
        log.contains("\"level\":\"DEBUG\""),
        "the log shows no details"
    );
    let runs = hoard.text_of("table agenda_sync_runs");
    let answers = hoard.text_of("answer to POST");
    let kinds = [
        FailureKind::Network,
        FailureKind::Timeout,
        FailureKind::Unavailable,
        FailureKind::Auth,
        FailureKind::Captcha,
        FailureKind::Layout,
    ];
    for kind in kinds {
        assert!(runs.contains(kind.as_str()), "no run failed for {kind}");
        assert!(
            answers.contains(&format!("\"code\":\"{kind}\"")),
            "no answer says {kind}"
        );
    }
    let metrics = hoard.text_of("answer to GET /metrics");
    for metric in [
        "agendad_runs_total{",
        "agendad_portal_requests_total{",
        "agendad_accounts_paused{",
    ] {
        assert!(metrics.contains(metric), "{metric} is not shown");
    }
    let tells_users_apart = ["usuario", "user=", "user_id", "perito"];
    for label in tells_users_apart {
        assert!(!metrics.contains(label), "metrics have {label}");
    }
    assert!(
        hoard.text_of("evidence").len() > 10_000,
        "no evidence was kept"
    );
    assert!(hoard.text_of("passwords at rest").contains("v1."));
    assert!(
        hoard
            .text_of("[\"run\"] with a wrong AGENDAD_VAULT__KEY")
            .contains("the key at hand is")
    );
}
