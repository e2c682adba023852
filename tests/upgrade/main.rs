//! From PostgreSQL 15 to 17, with the programs of both, which `deploy/dev/postgres-17.sh` fetches: run by `make upgrade`, not by
//! `cargo test` alone.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use agendad_test_support::{Program, Said, eventually};

/// As many as a clinic stores in some years.
const SLOTS: u32 = 100_000;

/// The directory with the newer programs.
fn newer() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/dev/postgres-17.sh");
    let said = Command::new(script).output().unwrap();
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

/// The older ones, as Debian 12 has them.
const OLDER: &str = "/usr/lib/postgresql/15/bin";

/// What takes as long as the disk does; what it says.
async fn long(program: &Program, arguments: &[&str]) -> String {
    assert_eq!(
        ended(program, arguments).await,
        Some(0),
        "{}",
        program.log()
    );
    program.log()
}

/// With which code it ends.
async fn ended(program: &Program, arguments: &[&str]) -> Option<i32> {
    program.forget_log();
    let mut running = program.start(arguments);
    let patience = Duration::from_secs(600);
    eventually("its end", patience, async || {
        running.has_ended().then_some(())
    })
    .await;
    running.ended().await
}

struct Clinic {
    /// On a machine that has only the older programs.
    before: Program,
    /// On one that has both, the newer first on the path.
    after: Program,
    dir: tempfile::TempDir,
}

impl Clinic {
    async fn with_slots() -> Self {
        assert!(
            Path::new(OLDER).join("postgres").exists(),
            "needs PostgreSQL 15 in {OLDER}"
        );
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
        let path = std::env::var("PATH").unwrap();
        // What is tried beside the database looks for the tables where the daemon does.
        let before = Program::new(env!("CARGO_BIN_EXE_agendad"), dir.path())
            .env("AGENDAD_DATABASE__SCHEMA", "horarios");
        let after = before.clone().env("PATH", format!("{}:{path}", newer()));
        let clinic = Self { before, after, dir };
        clinic.good(&clinic.before, &["migrate"]).await;
        let fill = format!(
            "INSERT INTO usuarios (nome, email, senha_hash, ativo) VALUES ('Ana', 'ana@example.com', 'x', TRUE);
             INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, content_hash, first_seen_at, last_seen_at)
             SELECT 1, DATE '2024-01-01' + (i / 100)::int, TIME '08:00' + (i % 100) * INTERVAL '5 min', md5(i::text),
                    jsonb_build_object('nome', 'Pessoa ' || i, 'telefone', '(11) 9' || i), md5('c' || i), now(), now()
             FROM generate_series(1, {SLOTS}) i"
        );
        clinic.write(&fill).await;
        // It gives slots their identity; whatever changes after this is the upgrade's doing.
        long(&clinic.before, &["migrate"]).await;
        clinic
    }

    async fn upgrade(&self, arguments: &[&str]) -> String {
        long(&self.after, &[&["database", "upgrade"], arguments].concat()).await
    }

    async fn good(&self, program: &Program, arguments: &[&str]) -> Said {
        let said = program.run(arguments).await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
        said
    }

    async fn write(&self, sql: &str) {
        let psql = ["database", "psql", "--write", "--"];
        let quiet = ["-q", "-v", "ON_ERROR_STOP=1", "-c", sql];
        let arguments = [psql.as_slice(), quiet.as_slice()].concat();
        self.good(&self.before, &arguments).await;
    }

    async fn ask(&self, program: &Program, sql: &str) -> String {
        let said = self
            .good(
                program,
                &["database", "psql", "--", "-X", "-A", "-t", "-c", sql],
            )
            .await;
        said.out.trim().to_owned()
    }

    /// The version, how many slots there are, and what is in them.
    async fn state(&self) -> (String, String) {
        let version = "SELECT current_setting('server_version_num')::int / 10000";
        let slots = "SELECT count(*) || ' ' || md5(string_agg(external_uid || content_hash || payload::text, '' ORDER BY id))
                     FROM agenda_slots";
        (
            self.ask(&self.after, version).await,
            self.ask(&self.after, slots).await,
        )
    }

    fn kept(&self) -> usize {
        let entries = fs::read_dir(self.dir.path().join("state/postgres"))
            .unwrap()
            .flatten();
        entries
            .filter(|e| e.file_name().to_string_lossy().starts_with("data.kept-"))
            .count()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_an_upgrade_is_killed_one_database_starts_and_the_next_one_succeeds() {
    let clinic = Clinic::with_slots().await;
    let (version, slots) = clinic.state().await;
    assert_eq!(
        version, "15",
        "a newer program on the path does not touch it"
    );
    assert!(slots.starts_with(&format!("{SLOTS} ")));

    let began = Instant::now();
    let rehearsed = clinic.upgrade(&["--dry-run"]).await;
    let whole = began.elapsed();
    assert!(rehearsed.contains("nothing was changed"), "{rehearsed:?}");
    assert!(!rehearsed.contains("are to come"), "{rehearsed:?}");
    assert_eq!(clinic.state().await, ("15".to_owned(), slots.clone()));
    println!("the rehearsal took {whole:?}");

    // What the newer version cannot take leaves nothing behind, and is named.
    clinic
        .write("CREATE TABLE public.antiga (direito aclitem)")
        .await;
    for arguments in [
        &["database", "upgrade", "--dry-run"][..],
        &["database", "upgrade"],
    ] {
        assert_eq!(ended(&clinic.after, arguments).await, Some(1));
        let told = clinic.after.log();
        assert!(told.contains("public.antiga.direito"), "{told}");
        let next = clinic.dir.path().join("state/postgres/next");
        assert!(!next.exists(), "{told}");
    }
    clinic.write("DROP TABLE public.antiga").await;
    assert_eq!(clinic.state().await, ("15".to_owned(), slots.clone()));

    // Ten moments, over all of it.
    let mut upgraded = 0;
    for moment in 1..=10 {
        let until = whole * moment / 10 - Duration::from_millis(u64::from(moment) * 7);
        let mut upgrade = clinic.after.start(&["database", "upgrade"]);
        // The moment is what is tried here.
        tokio::time::sleep(until).await;
        let killed = !upgrade.has_ended();
        if killed {
            upgrade.signal(nix::sys::signal::Signal::SIGKILL);
        }
        upgrade.ended().await;
        let began = Instant::now();
        let (version, found) = clinic.state().await;
        println!(
            "killed after {until:?} ({killed}): PostgreSQL {version}, started and read in {:?}",
            began.elapsed()
        );
        assert_eq!(found, slots, "after {until:?}");
        if version == "17" {
            upgraded += 1;
            clinic.upgrade(&["--undo"]).await;
            assert_eq!(clinic.state().await, ("15".to_owned(), slots.clone()));
        }
    }
    println!("{upgraded} of 10 were over before they were killed");

    let began = Instant::now();
    clinic.upgrade(&[]).await;
    println!("the upgrade took {:?}", began.elapsed());
    assert_eq!(clinic.state().await, ("17".to_owned(), slots.clone()));
    assert_eq!(clinic.ask(&clinic.after, "SHOW data_checksums").await, "on");
    let statistics = "SELECT count(*) > 0 FROM pg_stats WHERE tablename = 'agenda_slots'";
    assert_eq!(clinic.ask(&clinic.after, statistics).await, "t");
    long(&clinic.after, &["migrate"]).await;

    // And from a backup, as where the older programs are gone.
    clinic.upgrade(&["--undo"]).await;
    let file = clinic.dir.path().join("agenda.backup");
    let file = file.display().to_string();
    long(&clinic.after, &["backup", "--output", &file]).await;
    let began = Instant::now();
    let told = clinic.upgrade(&["--from-backup", &file]).await;
    println!("from a backup it took {:?}", began.elapsed());
    assert!(told.contains("next: agendad check"), "{told}");
    assert_eq!(clinic.state().await, ("17".to_owned(), slots.clone()));

    // The machine goes back to the older Debian.
    let refused = clinic.before.run(&["runs"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    for said in ["made by PostgreSQL 17", "only 15", "install PostgreSQL 17"] {
        assert!(refused.err.contains(said), "{said}: {refused:?}");
    }
    let refused = clinic.before.run(&["database", "upgrade"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.err.contains("agendad database upgrade --undo"),
        "{refused:?}"
    );
    assert!(clinic.kept() > 0);
    clinic.upgrade(&["--finish"]).await;
    assert_eq!(clinic.kept(), 0);
    assert_eq!(clinic.state().await, ("17".to_owned(), slots));
    let nothing = clinic.upgrade(&[]).await;
    assert!(nothing.contains("nothing to do"), "{nothing:?}");
}
