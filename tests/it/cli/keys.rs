//! `agendad vault`: as an operator replaces a key.

use crate::cli::program::{Place, say};
use crate::support::program_in;

#[tokio::test]
async fn a_key_file_is_rotated_by_one_command() {
    let place = Place::new(2).await;
    let users = place.add_examiners().await;
    let before = std::fs::read_to_string(place.key_file()).unwrap();
    let said = place.run(&["vault", "rotate"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("2 passwords are now sealed"), "{said:?}");
    let after = std::fs::read_to_string(place.key_file()).unwrap();
    assert_eq!(
        after.lines().nth(1),
        Some(before.trim()),
        "the last key stays as the second"
    );
    let synced = place
        .run(&["sync", "--user", &users[0].to_string(), "--window", "near"])
        .await;
    assert_eq!(synced.code, 0, "{synced:?}");

    // The second rotation drops the first key.
    place.run(&["vault", "rotate"]).await;
    let now = std::fs::read_to_string(place.key_file()).unwrap();
    assert!(!now.contains(before.trim()) && now.lines().count() == 2);
    place.close().await;
}

/// `agendad vault init --print > vault.key`, in the directory of the credentials: the shell empties the file first.
#[tokio::test]
async fn an_empty_credential_is_refused_but_by_what_prints_the_key_that_goes_there() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("vault.key"), "").unwrap();
    let program = program_in(dir.path())
        .env("AGENDAD_STATE_DIR", dir.path().join("state").display())
        .env("CREDENTIALS_DIRECTORY", dir.path().display());
    let said = program.run(&["vault", "init"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    let is_told = said.err.contains("vault.key is empty; write the secret");
    assert!(is_told && !dir.path().join("state").exists(), "{said:?}");
    let said = program.run(&["vault", "init", "--print"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.out.trim().len(), 44, "{said:?}");
}

#[tokio::test]
async fn an_interrupted_rotation_is_finished_before_another_begins() {
    let place = Place::new(1).await;
    place.add_examiners().await;
    let old = std::fs::read_to_string(place.key_file()).unwrap();
    let new = place.run(&["vault", "init", "--print"]).await.out;
    // As a crash leaves it: the new key in front, everything still sealed with the old one.
    let interrupted = format!("{}\n{}\n", new.trim(), old.trim());
    std::fs::write(place.key_file(), &interrupted).unwrap();
    let said = place.json(&["vault", "rotate"]).await;
    assert_eq!(said["resealed"], 1);
    assert_eq!(
        std::fs::read_to_string(place.key_file()).unwrap(),
        interrupted
    );
    place.close().await;
}

#[tokio::test]
async fn a_password_that_nothing_opens_any_more_keeps_no_later_rotation_from_a_new_key() {
    let place = Place::new(2).await;
    place.add_examiners().await;
    let first = std::fs::read_to_string(place.key_file()).unwrap();
    // Sealed with the key at hand, and damaged since.
    place
        .sql(
            "UPDATE configuracoes_detran
             SET senha_cifrada = concat_ws('.', split_part(senha_cifrada, '.', 1), split_part(senha_cifrada, '.', 2), 'AAAA')
             WHERE usuario_id = (SELECT min(usuario_id) FROM configuracoes_detran)",
        )
        .await;
    let mut before = first.clone();
    // By the second one it is what a rotation that was interrupted would have left over.
    for _ in 0..3 {
        let said = place.run(&["vault", "rotate"]).await;
        assert_eq!(said.code, 3, "{said:?}");
        let after = std::fs::read_to_string(place.key_file()).unwrap();
        assert_ne!(after.lines().next(), before.lines().next(), "{said:?}");
        assert!(
            after.contains(first.trim()),
            "the key of what was left as it is"
        );
        before = after;
    }
    place.close().await;
}

#[tokio::test]
async fn of_two_rotations_at_once_the_second_changes_nothing() {
    let place = Place::new(1).await;
    place.add_examiners().await;
    let before = std::fs::read_to_string(place.key_file()).unwrap();
    let vault = agendad::vault::Vault::open(None, place.state.path()).unwrap();
    let lock = vault.lock().unwrap();
    assert!(lock.is_some());
    let said = place.run(&["vault", "rotate"]).await;
    assert!(
        said.code == 1 && said.err.contains("another rotation is under way"),
        "{said:?}"
    );
    assert_eq!(std::fs::read_to_string(place.key_file()).unwrap(), before);
    drop(lock);
    assert_eq!(place.run(&["vault", "rotate"]).await.code, 0);
    place.close().await;
}

#[tokio::test]
async fn what_only_signs_webhooks_is_sealed_by_a_rotation_that_is_run_again_too() {
    let place = Place::new(1).await;
    let add = [
        "webhooks",
        "add",
        "--url",
        "http://127.0.0.1:9/",
        "--allow-private",
    ];
    assert_eq!(place.run(&add).await.code, 0);
    let key_of_secret = async || -> String {
        sqlx::query_scalar("SELECT split_part(secret, '.', 2) FROM agendad_webhooks")
            .fetch_one(&place.database.pool)
            .await
            .unwrap()
    };
    let old = std::fs::read_to_string(place.key_file()).unwrap();
    let new = place.run(&["vault", "init", "--print"]).await.out;
    let interrupted = format!("{}\n{}\n", new.trim(), old.trim());
    std::fs::write(place.key_file(), &interrupted).unwrap();
    let by_old = key_of_secret().await;
    let said = place.json(&["vault", "rotate"]).await;
    assert_eq!(
        std::fs::read_to_string(place.key_file()).unwrap(),
        interrupted,
        "no further key is made, and none is dropped"
    );
    assert_eq!(said["key"], key_of_secret().await);
    assert_ne!(by_old, key_of_secret().await);

    place
        .sql("UPDATE agendad_webhooks SET secret = 'v1.deadbeef.AAAA'")
        .await;
    let said = place.run(&["vault", "rotate"]).await;
    assert_eq!(said.code, 3, "{said:?}");
    assert!(
        said.err
            .contains("the secrets of webhooks [1] cannot be opened"),
        "{said:?}"
    );
    assert_eq!(key_of_secret().await, "deadbeef", "left as it is");
    place.close().await;
}

#[tokio::test]
async fn the_key_of_a_backup_that_is_kept_outlives_every_rotation() {
    let place = Place::new(1).await;
    place.add_examiners().await;
    let first = std::fs::read_to_string(place.key_file()).unwrap();
    let made = place.json(&["backup"]).await;
    for _ in 0..3 {
        assert_eq!(place.run(&["vault", "rotate"]).await.code, 0);
    }
    let keys = std::fs::read_to_string(place.key_file()).unwrap();
    assert!(
        keys.contains(first.trim()) && keys.lines().count() == 3,
        "newest, last, the backup's"
    );
    std::fs::remove_file(made["file"].as_str().unwrap()).unwrap();
    assert_eq!(place.run(&["vault", "rotate"]).await.code, 0);
    let keys = std::fs::read_to_string(place.key_file()).unwrap();
    assert!(!keys.contains(first.trim()) && keys.lines().count() == 2);
    place.close().await;
}

#[tokio::test]
async fn where_no_backups_are_made_and_their_directory_is_away_every_key_stays() {
    let place = Place::new(1).await;
    place.add_examiners().await;
    let away = async |of: &str| {
        let mut command = place.command(&["vault", "rotate"]);
        command
            .env("AGENDAD_BACKUP__DIRECTORY", "/nowhere/backups")
            .env("AGENDAD_BACKUP__OF", of);
        say(command, "").await
    };
    let first = std::fs::read_to_string(place.key_file()).unwrap();
    let refused = away("any").await;
    assert!(
        refused.code == 1 && refused.err.contains("is its disk mounted?"),
        "{refused:?}"
    );
    assert_eq!(std::fs::read_to_string(place.key_file()).unwrap(), first);
    for _ in 0..2 {
        let said = away("none").await;
        assert_eq!(said.code, 0, "{said:?}");
    }
    let keys = std::fs::read_to_string(place.key_file()).unwrap();
    assert!(keys.contains(first.trim()) && keys.lines().count() == 3);
    place.close().await;
}

#[tokio::test]
async fn a_configured_key_is_replaced_by_putting_another_in_front() {
    let place = Place::new(1).await;
    let key = |said: crate::cli::program::Said| said.out.trim().to_owned();
    let old = key(place.run(&["vault", "init", "--print"]).await);
    let new = key(place.run(&["vault", "init", "--print"]).await);
    assert_ne!(old, new);
    let with = async |keys: &str, args: &[&str], input: &str| {
        let mut command = place.command(args);
        command.env("AGENDAD_VAULT__KEY", keys);
        say(command, input).await
    };
    let examiner = place.simulator.examiners()[0].clone();
    let add = ["users", "add", "--name", "Ana", "--cpf", &examiner.cpf];
    assert_eq!(with(&old, &add, &examiner.senha).await.code, 0);
    let said = with(&old, &["vault", "rotate"], "").await;
    assert!(
        said.code == 2 && said.err.contains("put a new one in front"),
        "{said:?}"
    );

    let both = format!("{new} {old}");
    assert_eq!(
        with(&both, &["sync", "--user", "1", "--window", "near"], "")
            .await
            .code,
        0
    );
    let said = with(&both, &["vault", "rotate"], "").await;
    assert!(
        said.code == 0 && said.out.contains("1 passwords"),
        "{said:?}"
    );
    assert_eq!(
        with(&new, &["sync", "--user", "1", "--window", "near"], "")
            .await
            .code,
        0
    );

    let requests = place.simulator.stats().requests;
    for (keys, sentence) in [
        (old.as_str(), "but the key at hand is"),
        ("", "this machine has no key"),
    ] {
        let said = with(keys, &["sync", "--user", "1"], "").await;
        assert!(said.code == 1 && said.err.contains(sentence), "{said:?}");
        assert_eq!(said.err.lines().count(), 1, "one sentence: {said:?}");
        let said = with(keys, &["check", "--wide"], "").await;
        assert!(said.code == 1 && said.out.contains(sentence), "{said:?}");
    }
    assert_eq!(
        place.simulator.stats().requests,
        requests + 2,
        "only check's own question"
    );
    place.close().await;
}

#[tokio::test]
async fn a_key_that_is_none_is_a_matter_of_configuration() {
    let place = Place::new(1).await;
    for command in [
        &["sync", "--user", "1"][..],
        &["run"],
        &["check"],
        &["vault", "init"],
    ] {
        let mut command = place.command(command);
        command.env("AGENDAD_VAULT__KEY", "c2hvcnQ=");
        let said = say(command, "").await;
        assert_eq!(said.code, 2, "{said:?}");
        for part in ["environment", "vault.key", "not base64 of 32 bytes"] {
            assert!(said.err.contains(part), "{part}: {said:?}");
        }
        assert!(!said.err.contains("c2hvcnQ="), "{said:?}");
    }
    // So is what stands in the key file.
    std::fs::write(place.key_file(), "c2hvcnQ=\n").unwrap();
    for command in [&["sync", "--user", "1"][..], &["run"], &["vault", "init"]] {
        let said = place.run(command).await;
        assert_eq!(said.code, 2, "{said:?}");
        assert!(said.err.contains("not base64 of 32 bytes"), "{said:?}");
    }
    place.close().await;
}

#[tokio::test]
async fn clear_text_is_sealed_when_the_operator_says_so() {
    let place = Place::new(1).await;
    let examiner = place.simulator.examiners()[0].clone();
    sqlx::query("INSERT INTO usuarios (nome) VALUES ('Ana')")
        .execute(&place.database.pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO configuracoes_detran (usuario_id, cpf, senha) VALUES (1, $1, $2)")
        .bind(&examiner.cpf)
        .bind(&examiner.senha)
        .execute(&place.database.pool)
        .await
        .unwrap();
    assert_eq!(
        place
            .run(&["sync", "--user", "1", "--window", "near"])
            .await
            .code,
        0
    );
    let said = place.run(&["vault", "seal"]).await;
    assert!(
        said.out.contains("1 clear-text passwords are now sealed"),
        "{said:?}"
    );
    let clear: i64 = sqlx::query_scalar("SELECT count(*) FROM configuracoes_detran WHERE senha IS NOT NULL OR senha_cifrada NOT LIKE 'v1.%'")
        .fetch_one(&place.database.pool)
        .await
        .unwrap();
    assert_eq!(clear, 0);
    assert_eq!(
        place
            .run(&["sync", "--user", "1", "--window", "near"])
            .await
            .code,
        0
    );
    place.close().await;
}
