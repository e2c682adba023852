//! The private PostgreSQL from outside: real servers in temporary directories, as root and as a
//! normal user, and with processes that are killed at the wrong moment.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use agendad_private_postgres::{Durability, PrivatePostgres, PrivatePostgresError};
use agendad_test_support::place;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, Uid, User};
use signal_hook::consts::SIGINT;
use sqlx::{Connection, PgConnection};

/// Where [`a_process_that_holds_a_cluster`] is told its directory.
const HOLD: &str = "AGENDAD_TEST_HOLD_CLUSTER";

async fn start(dir: &Path) -> PrivatePostgres {
    let started = PrivatePostgres::start_with(dir, Durability::Throwaway).await;
    started.unwrap_or_else(|error| panic!("{error}"))
}

async fn ask(url: &str, sql: &'static str) -> Result<String, sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    let answer = sqlx::query_scalar(sql).fetch_one(&mut connection).await;
    connection.close().await?;
    answer
}

/// The number in `postmaster.pid`; `None` when no server runs.
fn server(dir: &Path) -> Option<Pid> {
    let text = fs::read_to_string(dir.join("data/postmaster.pid")).ok()?;
    let pid = Pid::from_raw(text.lines().next()?.parse().ok()?);
    kill(pid, None).is_ok().then_some(pid)
}

/// This test binary again, running one test of it, as the user that `command` says.
fn holder(dir: &Path) -> Child {
    // As a shell starts it in the background, wherever these tests were started: with signals of the terminal ignored.
    let mut child = Command::new("sh")
        .args(["-c", "trap '' INT QUIT HUP; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "a_process_that_holds_a_cluster", "--nocapture"])
        .env(HOLD, dir)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    assert!(
        lines
            .map_while(Result::ok)
            .any(|line| line.contains("holding"))
    );
    child
}

/// No test by itself: the process that others start and kill.
#[tokio::test]
async fn a_process_that_holds_a_cluster() {
    let Some(dir) = std::env::var_os(HOLD) else {
        return;
    };
    // It is ended by SIGINT even if it has inherited it as ignored; so is the daemon.
    let always = Arc::new(AtomicBool::new(true));
    signal_hook::flag::register_conditional_default(SIGINT, always).unwrap();
    let postgres = start(Path::new(&dir)).await;
    println!("\nholding");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_new_cluster_has_our_database_and_only_its_user_can_reach_it() {
    let (_guard, dir) = place();
    let postgres = PrivatePostgres::start(&dir).await.unwrap();
    let setting = async |sql| ask(postgres.url(), sql).await.unwrap();
    assert_eq!(setting("SELECT current_database()::text").await, "agendad");
    assert_eq!(setting("SHOW server_encoding").await, "UTF8");
    assert_eq!(setting("SHOW data_checksums").await, "on");
    assert_eq!(setting("SHOW fsync").await, "on");
    assert_eq!(setting("SHOW listen_addresses").await, "");
    // Where the server was built with it.
    let compressed = "SELECT (setting = 'lz4' OR ('lz4' = ANY (enumvals)) IS NOT TRUE)::text
                      FROM pg_settings WHERE name = 'wal_compression'";
    assert_eq!(setting(compressed).await, "true");
    let private = |name: &str| fs::metadata(dir.join(name)).unwrap();
    for name in ["socket", "data", "log"] {
        assert_eq!(private(name).mode() & 0o777, 0o700, "{name}");
    }
    let is_roots = private("data").uid() == 0;
    assert!(!is_roots, "the server's files belong to a normal user");
    postgres.stop().await.unwrap();
    assert_eq!(server(&dir), None);
}

#[tokio::test]
async fn the_data_survive_a_restart() {
    let (_guard, dir) = place();
    let postgres = start(&dir).await;
    let made = "CREATE TABLE note AS SELECT 'kept' AS text";
    let mut connection = PgConnection::connect(postgres.url()).await.unwrap();
    sqlx::raw_sql(made).execute(&mut connection).await.unwrap();
    postgres.stop().await.unwrap();

    let postgres = start(&dir).await;
    assert_eq!(
        ask(postgres.url(), "SELECT text FROM note").await.unwrap(),
        "kept"
    );
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn the_last_one_out_stops_the_server() {
    let (_guard, dir) = place();
    let (first, second) = tokio::join!(start(&dir), start(&dir));
    assert_eq!(first.url(), second.url());
    let running = server(&dir);
    first.stop().await.unwrap();
    assert_eq!(server(&dir), running, "the second one still uses it");
    ask(second.url(), "SELECT 'here'").await.unwrap();
    second.stop().await.unwrap();
    assert_eq!(server(&dir), None);
}

#[tokio::test]
async fn a_dropped_handle_lets_the_server_go() {
    let (_guard, dir) = place();
    let running = {
        let _postgres = start(&dir).await;
        server(&dir).unwrap()
    };
    // The next start waits for the end of the old server.
    let postgres = start(&dir).await;
    assert_ne!(server(&dir), Some(running));
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_start_given_up_half_way_leaves_no_server_and_no_half_cluster() {
    let (_guard, dir) = place();
    for millis in [1, 30, 100, 250, 500, 700] {
        let timeout = Duration::from_millis(millis);
        let started = tokio::time::timeout(timeout, start(&dir)).await;
        drop(started);
    }
    let postgres = start(&dir).await;
    ask(postgres.url(), "SELECT 'whole'").await.unwrap();
    postgres.stop().await.unwrap();
    assert_eq!(server(&dir), None);
}

#[tokio::test]
async fn a_server_outlives_its_killed_owner_and_the_next_one_stops_it() {
    let (_guard, dir) = place();
    // Ctrl-C reaches every process of the terminal's group; the server must not be one of them.
    for signal in [Signal::SIGKILL, Signal::SIGINT] {
        let mut owner = holder(&dir);
        let running = server(&dir).unwrap();
        // Nothing but the signal ends it: `wait` alone would close its input, at which it leaves in good order.
        let input = owner.stdin.take();
        killpg(Pid::from_raw(owner.id().try_into().unwrap()), signal).unwrap();
        owner.wait().unwrap();
        drop(input);
        let postgres = start(&dir).await;
        assert_eq!(server(&dir), Some(running), "joined after {signal}");
        ask(postgres.url(), "SELECT 'alive'").await.unwrap();
        postgres.stop().await.unwrap();
        assert_eq!(server(&dir), None);
    }
}

#[tokio::test]
async fn two_processes_share_one_server() {
    let (_guard, dir) = place();
    let mut other = holder(&dir);
    let running = server(&dir).unwrap();
    let postgres = start(&dir).await;
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
    assert_eq!(server(&dir), Some(running), "it left, we are still here");
    postgres.stop().await.unwrap();
    assert_eq!(server(&dir), None);
}

#[tokio::test]
async fn a_killed_server_recovers_what_was_committed() {
    let (_guard, dir) = place();
    let postgres = start(&dir).await;
    let mut connection = PgConnection::connect(postgres.url()).await.unwrap();
    let made = "CREATE TABLE note AS SELECT 'committed' AS text";
    sqlx::raw_sql(made).execute(&mut connection).await.unwrap();
    kill(server(&dir).unwrap(), Signal::SIGKILL).unwrap();

    let again = start(&dir).await;
    assert_eq!(
        ask(again.url(), "SELECT text FROM note").await.unwrap(),
        "committed"
    );
    postgres.stop().await.unwrap();
    again.stop().await.unwrap();
    assert_eq!(server(&dir), None);
}

#[tokio::test]
async fn a_pid_file_that_names_a_process_of_somebody_else_is_no_obstacle() {
    let (_guard, dir) = place();
    start(&dir).await.stop().await.unwrap();
    // After a crash of the machine the number is anybody's, here a process of the server's user.
    let owner = fs::metadata(dir.join("data")).unwrap();
    let mut command = Command::new("sleep");
    command.arg("60").current_dir("/");
    if Uid::effective().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let mut stranger = command.spawn().unwrap();
    let text = format!(
        "{}\n{}\n1\n5432\n\n\n",
        stranger.id(),
        dir.join("data").display()
    );
    fs::write(dir.join("data/postmaster.pid"), text).unwrap();

    start(&dir).await.stop().await.unwrap();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

/// Two servers on the same files would destroy them.
#[tokio::test]
async fn beside_the_living_server_of_another_container_none_is_started() {
    let (_guard, dir) = place();
    start(&dir).await.stop().await.unwrap();
    // Its number is nobody's here; its socket is reached by the volume.
    let mut gone = Command::new("true").spawn().unwrap();
    gone.wait().unwrap();
    let pid_file = dir.join("data/postmaster.pid");
    let text = format!("{}\n/data\n1\n5432\n\n\n 1 2\nready\n", gone.id());
    fs::write(&pid_file, &text).unwrap();
    let socket = dir.join("data/.s.PGSQL.5432");
    let living = std::os::unix::net::UnixListener::bind(socket).unwrap();

    let second = PrivatePostgres::start_with(&dir, Durability::Throwaway).await;
    let refused = second.unwrap_err();
    assert!(
        matches!(refused, PrivatePostgresError::Elsewhere { .. }),
        "{refused}"
    );
    assert_eq!(fs::read_to_string(&pid_file).unwrap(), text);

    drop(living);
    start(&dir).await.stop().await.unwrap();
}

#[tokio::test]
async fn a_long_or_odd_path_is_no_obstacle() {
    let (_guard, dir) = place();
    let dir = dir.join("joão's $HOME \"et\" al.").join("x".repeat(90));
    let postgres = start(&dir).await;
    ask(postgres.url(), "SELECT 'reached'").await.unwrap();
    let second = start(&dir).await;
    assert_eq!(postgres.url(), second.url());
    postgres.stop().await.unwrap();
    second.stop().await.unwrap();
}

#[tokio::test]
async fn a_socket_that_vanishes_is_put_back_while_its_connections_go_on() {
    let (_guard, short) = place();
    let long = short.with_file_name("x".repeat(90)).join("postgres");
    for dir in [short, long] {
        let postgres = start(&dir).await;
        let running = server(&dir).unwrap();
        let mut connection = PgConnection::connect(postgres.url()).await.unwrap();
        for lost in ["socket", "socket/.s.PGSQL.5432"] {
            let lost = dir.join(lost);
            if lost.is_dir() {
                fs::remove_dir_all(lost).unwrap();
            } else {
                fs::remove_file(lost).unwrap();
            }
            // As the daemon does it every few seconds.
            let again = start(&dir).await;
            assert_eq!(again.url(), postgres.url());
            assert_eq!(ask(postgres.url(), "SELECT 'new'").await.unwrap(), "new");
            again.stop().await.unwrap();
            if fs::symlink_metadata(dir.join("socket"))
                .unwrap()
                .is_symlink()
            {
                // The spare one was used, nobody was cut off.
                assert_eq!(server(&dir), Some(running));
                let alive: String = sqlx::query_scalar("SELECT 'old'")
                    .fetch_one(&mut connection)
                    .await
                    .unwrap();
                assert_eq!(alive, "old");
            }
        }
        assert_ne!(server(&dir), Some(running), "both were lost: started again");
        postgres.stop().await.unwrap();
        assert_eq!(server(&dir), None);
        // And the next start is as ever.
        start(&dir).await.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_may_have_any_name_but_a_taken_one() {
    let (_guard, dir) = place();
    let postgres = start(&dir).await;
    postgres.create_database("a \"b\"").await.unwrap();
    let url = postgres.url_for("a \"b\"");
    let name = ask(&url, "SELECT current_database()::text").await.unwrap();
    assert_eq!(name, "a \"b\"");
    let again = postgres.create_database("agendad").await.unwrap_err();
    assert_eq!(
        again.to_string(),
        "create database agendad in the private database"
    );
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn psql_understands_the_url() {
    let (_guard, dir) = place();
    let postgres = start(&dir).await;
    let output = Command::new("psql")
        .args([postgres.url(), "-XAtc", "SELECT 'by hand'"])
        .env("PGPORT", "1")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "by hand\n");
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_cluster_of_another_version_is_refused_by_name() {
    let (_guard, dir) = place();
    start(&dir).await.stop().await.unwrap();
    fs::write(dir.join("data/PG_VERSION"), "13\n").unwrap();
    let error = PrivatePostgres::start(&dir).await.unwrap_err().to_string();
    assert!(error.contains("made by PostgreSQL 13"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_start_says_why() {
    let (_guard, dir) = place();
    start(&dir).await.stop().await.unwrap();
    fs::write(dir.join("data/pg_hba.conf"), "nonsense\n").unwrap();
    let error = PrivatePostgres::start(&dir).await.unwrap_err().to_string();
    assert!(error.contains("pg_hba.conf"), "{error}");
    assert!(error.contains("postgres.log"), "{error}");
}

/// What only root meets: a directory that the server's user cannot pass. And, because this suite
/// mostly runs as root in CI: everything else once more as a normal user.
#[tokio::test]
async fn everything_holds_for_root_and_for_a_normal_user() {
    if !Uid::effective().is_root() {
        return; // then the other tests have just run as a normal user
    }
    let closed = tempfile::tempdir().unwrap();
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let error = PrivatePostgres::start(&closed.path().join("postgres"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, PrivatePostgresError::Closed { at, .. } if at == closed.path()),
        "{error}"
    );
    assert!(error.to_string().contains("chmod o+x"), "{error}");

    let (_guard, dir) = place();
    start(&dir).await.stop().await.unwrap();
    let room = tempfile::tempdir().unwrap();
    fs::set_permissions(room.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let program = room.path().join("server");
    copy_this_binary_to(&program);
    let nobody = User::from_name("nobody").unwrap().unwrap();
    let as_nobody = || {
        let mut command = Command::new(&program);
        command
            .current_dir("/")
            .uid(nobody.uid.as_raw())
            .gid(nobody.gid.as_raw());
        command
    };
    let all_others = ["--skip", "everything_holds", "--test-threads=2"];
    let output = as_nobody().args(all_others).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );

    let one = ["--exact", "a_process_that_holds_a_cluster", "--nocapture"];
    let refused = as_nobody().args(one).env(HOLD, &dir).output().unwrap();
    let words = String::from_utf8_lossy(&refused.stderr);
    assert!(words.contains("run agendad as that user"), "{words}");
    drop(room);
}

#[test]
fn the_server_passes_whatever_the_mask_of_root_is() {
    if !Uid::effective().is_root() {
        return; // who is not root is the server's user
    }
    let (_guard, dir) = place();
    let output = Command::new("sh")
        .args(["-c", "umask 077; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "a_process_that_holds_a_cluster", "--nocapture"])
        .env(HOLD, &dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("holding"),
        "{said}"
    );
}

/// A normal user need not reach the place where root has built this test. Copied by a program of its
/// own, because a file that this process has open while another test forks cannot be run.
fn copy_this_binary_to(place: &Path) {
    let mut copy = Command::new("cp");
    copy.arg(std::env::current_exe().unwrap()).arg(place);
    assert!(copy.status().unwrap().success());
}
