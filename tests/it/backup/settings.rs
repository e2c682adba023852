//! What was set in the browser, in a backup and out of it again.

use std::fs;

use super::clinic::Clinic;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_come_back_on_a_bare_machine_and_never_over_those_that_are_there() {
    const SECRET: &str = "https://hooks.example.com/canary-of-a-channel";
    let clinic = Clinic::open().await;
    let kept = clinic.state().join("settings.toml");
    let file = clinic.file("agenda.backup");
    clinic.good(&["backup", "--output", &file]).await;
    assert!(!lossy(&file).contains("\"settings\""));
    let set = async |key: &str, value: &str| clinic.good(&["config", "set", key, value]).await;
    set("tomorrow.hour", "18:30").await;
    set("portal.user_agent", "agendad (recepcao@example.com)").await;
    let said = clinic
        .program
        .run_with_input(&["config", "set", "alerts.slack.webhook"], SECRET)
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let text = fs::read(&kept).unwrap();
    clinic.good(&["backup", "--clear", "--output", &file]).await;
    assert!(
        !lossy(&file).contains("\"settings\""),
        "secrets are in no file that nobody sealed"
    );
    clinic.good(&["backup", "--output", &file]).await;
    let bytes = lossy(&file);
    assert!(bytes.contains("\"settings\"") && !bytes.contains("canary-of-a-channel"));
    assert!(!bytes.contains("18:30"));

    // Another machine, on which the environment says one of them otherwise.
    let other = clinic.dir.path().join("other");
    fs::create_dir_all(other.join("state")).unwrap();
    let key = other.join("state/vault.key");
    fs::copy(clinic.state().join("vault.key"), key).unwrap();
    let bare = || Clinic::program(&clinic.simulator, &other, &other.join("state"));
    let put_back = other.join("state/settings.toml");
    let restored = bare().run(&["restore", &file]).await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.out.contains("is back too"), "{restored:?}");
    assert_eq!(fs::read(&put_back).unwrap(), text, "byte by byte");
    let shown = bare().run(&["config", "show"]).await;
    assert!(shown.out.contains("18:30"), "{shown:?}");

    let set = bare()
        .run(&["config", "set", "tomorrow.hour", "17:00"])
        .await;
    assert_eq!(set.code, Some(0), "{set:?}");
    let own = fs::read(&put_back).unwrap();
    let again = bare().run(&["restore", &file, "--replace"]).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.err.contains("stays as it is"), "{again:?}");
    assert_eq!(fs::read(&put_back).unwrap(), own);

    fs::remove_file(&put_back).unwrap();
    let fixed = bare().env("AGENDAD_TOMORROW__HOUR", "16:00");
    let restored = fixed.run(&["restore", &file, "--replace", "--json"]).await;
    let told = restored.json();
    assert_eq!(told["settings"]["restored"][0], "tomorrow.hour", "{told}");
    assert!(put_back.exists());

    // A file that somebody edited is refused, and the database is there all the same.
    fs::remove_file(&put_back).unwrap();
    let edited = [text.as_slice(), b"\n# by hand\n"].concat();
    let mended = fs::read(&kept).unwrap();
    fs::write(&kept, &edited).unwrap();
    let refused = clinic.program.run(&["backup", "--output", &file]).await;
    assert_ne!(
        refused.code,
        Some(0),
        "the program itself does not start with it"
    );
    fs::write(&kept, mended).unwrap();
    clinic.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_an_empty_or_damaged_file_of_settings_still_restores_the_database() {
    use agendad::backup::make::{self, Source};
    use agendad::backup::room::Room;
    use agendad::vault::Vault;

    let clinic = Clinic::open().await;
    let before = clinic.slots().await;
    let state = clinic.state();
    let vault = Vault::find(None, &state).unwrap().unwrap();
    let now = crate::support::clock().now();
    for damage in [
        &b""[..],
        b"\xff\xfe not text",
        b"# sha256 of what follows: 0\n[tomorrow]\n",
    ] {
        let damaged = clinic.dir.path().join("damaged.toml");
        fs::write(&damaged, damage).unwrap();
        let hold = agendad::private_postgres::Hold::take(&state.join("postgres"))
            .await
            .unwrap();
        let url = hold.serve().await.unwrap();
        let source = Source {
            url: &url,
            private: true,
            vault: Some(&vault),
            settings: Some(&damaged),
        };
        let file = clinic.file("damaged.backup");
        let made = make::to_file(
            &source,
            now,
            file.as_ref(),
            &Room::beside(&state, clinic.dir.path(), 0),
        )
        .await
        .unwrap();
        assert!(made.settings.is_some());
        hold.stop().await.unwrap();
        drop(hold);
        let restored = clinic.program.run(&["restore", &file, "--replace"]).await;
        assert_eq!(restored.code, Some(3), "{restored:?}");
        assert!(
            restored.err.contains("could not be put back"),
            "{restored:?}"
        );
        assert!(!state.join("settings.toml").exists());
        assert_eq!(clinic.slots().await, before);
    }
    clinic.close().await;
}

fn lossy(file: &str) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()
}
