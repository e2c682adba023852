//! What a person sees when something is wrong: the whole of it, as snapshots.

use crate::support::{World, program_in};

/// Exit code and both streams, with what changes from run to run blanked.
fn snapshot(name: &str, said: &crate::support::Said) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT");
    settings.add_filter(r"/(?:tmp|dev/shm)/[^\s,:;)]*", "/TMP");
    settings.add_filter(r"\d{4}-\d{2}-\d{2}", "DATE");
    settings.add_filter(r"DATE \d{2}:\d{2} UTC", "TIME");
    settings.add_filter(r"run \d+", "run N");
    settings.add_filter(r"Sao_Paulo by the .*", "Sao_Paulo by A TABLE");
    settings.add_filter(r"DATET\S+Z", "TIME");
    settings.add_filter(r"[tu]_\d+_\d+", "DATABASE");
    settings.add_filter(r"--user \d+", "--user N");
    settings.add_filter(r"of user \d+", "of user N");
    let text = format!(
        "exit code {}\n--- stdout\n{}--- stderr\n{}",
        said.code.map_or("none".to_owned(), |code| code.to_string()),
        said.out,
        said.err
    );
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[tokio::test]
async fn a_wrong_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let program = program_in(dir.path());
    let wrong = program.clone().file(
        "[scheduler]\nworkers = 0\nrun_timeout = \"10s\"\n[portal]\nbase_url = \"http://portal.example.com/\"\n",
    );
    snapshot("config_impossible_values", &wrong.run(&["check"]).await);
    let wrong = program.clone().file("[sheduler]\nworkers = 3\n");
    snapshot("config_unknown_key", &wrong.run(&["check"]).await);
    let wrong = program.clone().file("[scheduler\nworkers = 3\n");
    snapshot("config_no_toml", &wrong.run(&["check"]).await);
    let wrong = program
        .clone()
        .file("")
        .env("AGENDAD_RETRY__MIN_DELAY", "soon");
    snapshot("config_wrong_environment", &wrong.run(&["check"]).await);
    let missing = ["check", "--config", "/tmp/there/is/no.toml"];
    snapshot("config_missing_file", &program.run(&missing).await);
    let wrong = program.env("AGENDAD_VAULT__KEY", "c2hvcnQ=");
    snapshot("config_bad_key", &wrong.run(&["check", "--offline"]).await);
}

#[tokio::test]
async fn a_missing_database() {
    let world = World::new(1).await;
    let program = world.program();
    let run = ["run"];
    let sync = ["sync", "--user", "1"];
    let refused = program.clone().env(
        "AGENDAD_DATABASE__URL",
        "postgres://agenda:s3gredo@127.0.0.1:1/agenda",
    );
    let no_socket = program.clone().env(
        "AGENDAD_DATABASE__URL",
        "postgres:///agenda?host=/tmp/nowhere",
    );
    let other = world.database.url.replace("/t%5F", "/u%5F");
    let unknown = program.clone().env("AGENDAD_DATABASE__URL", other);
    let nonsense = program.env("AGENDAD_DATABASE__URL", "mysql://s3gredo@localhost/x");
    let (a, b, c, d) = tokio::join!(
        refused.run(&sync),
        no_socket.run(&run),
        unknown.run(&sync),
        nonsense.run(&sync),
    );
    snapshot("database_refused", &a);
    snapshot("database_no_socket", &b);
    snapshot("database_unknown", &c);
    snapshot("database_no_address", &d);
    world.close().await;
}

#[tokio::test]
async fn a_portal_that_is_down() {
    let world = World::new(1).await;
    let user = world.users[0].to_string();
    world.simulator.stop().await;
    let said = world
        .program()
        .run(&["sync", "--user", &user, "--window", "near"])
        .await;
    snapshot("portal_down", &said);
    world.close().await;
}

#[tokio::test]
async fn a_wrong_password_and_the_pause_after_it() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0].to_string();
    world.simulator.set_password(0, "Outra-1234").unwrap();
    let sync = ["sync", "--user", &user, "--window", "near"];
    snapshot("password_wrong", &program.run(&sync).await);
    snapshot("password_paused", &program.run(&sync).await);
    world.close().await;
}

#[tokio::test]
async fn an_examiner_who_is_not_there() {
    let world = World::new(1).await;
    let program = world.program();
    snapshot(
        "user_unknown",
        &program
            .run(&["sync", "--user", "99999", "--window", "near"])
            .await,
    );
    snapshot(
        "user_window_unknown",
        &program
            .run(&["sync", "--user", "1", "--window", "middle"])
            .await,
    );
    world
        .execute("UPDATE configuracoes_detran SET cpf = '123'")
        .await;
    let user = world.users[0].to_string();
    snapshot(
        "user_unreadable",
        &program
            .run(&["sync", "--user", &user, "--window", "near"])
            .await,
    );
    let add = ["users", "add", "--name", "Ana", "--cpf", "529.982.247-26"];
    snapshot(
        "user_wrong_cpf",
        &program.run_with_input(&add, "senha").await,
    );
    let add = [
        "users",
        "add",
        "--name",
        "Ana",
        "--cpf",
        "529.982.247-25",
        "--days",
        "monday",
    ];
    snapshot(
        "user_wrong_days",
        &program.run_with_input(&add, "senha").await,
    );
    world.close().await;
}
