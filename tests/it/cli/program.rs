//! Running the program, and a place to run it in.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::path::Path;
use std::process::Stdio;

use agendad::simulator::Simulator;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::support::{ANY_PORT, TestDatabase, program_in, simulated};

/// A portal, a database and a state directory.
pub(crate) struct Place {
    pub(crate) simulator: Simulator,
    pub(crate) database: TestDatabase,
    pub(crate) state: TempDir,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) async fn new(examiners: usize) -> Self {
        let mut settings = simulated();
        settings.examiners = examiners;
        Self {
            simulator: Simulator::start(settings, ANY_PORT, ANY_PORT)
                .await
                .unwrap(),
            database: TestDatabase::new().await,
            state: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let state = self.state.path();
        program_in(state)
            .env("AGENDAD_STATE_DIR", state.display())
            .env("AGENDAD_DATABASE__URL", &self.database.url)
            .env("AGENDAD_PORTAL__BASE_URL", self.simulator.portal_url())
            .env("AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS", "0s")
            .env("AGENDAD_PORTAL__MAX_REQUESTS_PER_SECOND", "0")
            .env("AGENDAD_HTTP__LISTEN", "")
            .command(args)
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Said {
        say(self.command(args), "").await
    }

    pub(crate) async fn type_in(&self, args: &[&str], input: &str) -> Said {
        say(self.command(args), input).await
    }

    /// Runs a command that must succeed, and reads what it says.
    pub(crate) async fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        let said = self.run(&args).await;
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{args:?}: {e}: {said:?}"))
    }

    /// Adds the simulator's examiners; their ids.
    pub(crate) async fn add_examiners(&self) -> Vec<i32> {
        let mut users = Vec::new();
        for examiner in self.simulator.examiners() {
            let args = [
                "users",
                "add",
                "--name",
                &examiner.nome,
                "--cpf",
                &examiner.cpf,
                "--json",
            ];
            let said = self.type_in(&args, &examiner.senha).await;
            assert_eq!(said.code, 0, "{said:?}");
            let added: Value = serde_json::from_str(&said.out).unwrap();
            users.push(added["usuario_id"].as_i64().unwrap().try_into().unwrap());
        }
        users
    }

    pub(crate) async fn sql(&self, sql: &'static str) {
        sqlx::raw_sql(sql)
            .execute(&self.database.pool)
            .await
            .unwrap();
    }

    pub(crate) fn key_file(&self) -> std::path::PathBuf {
        agendad::vault::key_file(Path::new(self.state.path()))
    }

    pub(crate) async fn close(self) {
        self.simulator.stop().await;
        self.database.close().await;
    }
}

pub(crate) async fn say(mut command: Command, input: &str) -> Said {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that asks for nothing may have gone already.
    stdin.write_all(input.as_bytes()).await.ok();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
