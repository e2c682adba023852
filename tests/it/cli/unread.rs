//! Commands of somebody who may not read what the service keeps.

use std::fs::{Permissions, set_permissions, write};
use std::os::unix::fs::PermissionsExt;

use agendad::config::saved_settings;

use crate::cli::program::{Place, Said, say};

/// Runs a command as a user who may not read two of the files in the state directory.
async fn as_another(place: &Place, args: &[&str]) -> Said {
    let mut command = place.command(args);
    // Whoever is root may read everything.
    if nix::unistd::geteuid().is_root() {
        command.uid(65_534);
    }
    command.env("LANG", "pt_BR.UTF-8");
    say(command, "").await
}

#[tokio::test]
async fn whoever_may_not_read_what_is_kept_is_told_so_and_not_that_nothing_is_set() {
    let place = Place::new(1).await;
    place.add_examiners().await;
    let state = place.state.path();
    set_permissions(state, Permissions::from_mode(0o755)).unwrap();
    for file in [saved_settings::path_in(state), state.join("portal")] {
        write(&file, "").unwrap();
        set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    }
    let test = as_another(&place, &["alerts", "test"]).await;
    assert_eq!(test.code, 2, "{test:?}");
    let told = test.err.contains("não pode ser lido") && test.err.contains("sudo");
    assert!(
        told && !test.err.contains("não está configurado"),
        "{test:?}"
    );

    let sessions = as_another(&place, &["sessions", "clear"]).await;
    assert_ne!(sessions.code, 0, "{sessions:?}");
    for words in ["não foi possível usar", "sudo"] {
        assert!(sessions.err.contains(words), "{words}: {sessions:?}");
    }
    assert!(!sessions.err.contains("cannot be"), "{sessions:?}");

    let check = as_another(&place, &["check", "--offline", "--wide"]).await;
    let mut alerts = check.out.lines().filter(|line| line.contains("alertas"));
    assert!(
        alerts.any(|line| line.contains("não dá para saber")),
        "{check:?}"
    );
    place.close().await;
}

#[tokio::test]
async fn a_configuration_that_only_root_reads_is_said_with_what_the_service_needs() {
    let place = Place::new(1).await;
    let state = place.state.path();
    set_permissions(state, Permissions::from_mode(0o755)).unwrap();
    let file = state.join("settings of root.toml");
    write(&file, "").unwrap();
    set_permissions(&file, Permissions::from_mode(0o000)).unwrap();
    let file = file.display().to_string();
    let said = as_another(&place, &["--config", &file, "users", "list"]).await;
    assert_eq!(said.code, 2, "{said:?}");
    for words in [
        &*format!("chmod 644 {file}"),
        "/etc/agendad/credentials",
        "com sudo",
    ] {
        assert!(said.err.contains(words), "{words}: {said:?}");
    }
    place.close().await;
}
