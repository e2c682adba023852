//! A clinic: a private database, the portal's double, one examiner, and the program as a person starts it.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use agendad::simulator::{Examiner, Simulator};
use tempfile::TempDir;

use crate::support::{ANY_PORT, Program, Said, place, program_in, simulated};

const WINDOWS: &str =
    "[[windows]]\nname = \"near\"\nfrom_day = 0\nto_day = 6\ncron = \"*/2 * * * * *\"\n";

pub(crate) struct Clinic {
    pub(crate) simulator: Arc<Simulator>,
    pub(crate) program: Program,
    pub(crate) dir: TempDir,
}

impl Clinic {
    /// With everything stored that the portal lists.
    pub(crate) async fn open() -> Self {
        let simulator = Simulator::start(simulated(), ANY_PORT, ANY_PORT).await;
        let simulator = Arc::new(simulator.unwrap());
        let (dir, _) = place();
        let program = Self::program(&simulator, dir.path(), &dir.path().join("state"));
        let clinic = Self {
            simulator,
            program: program.file(WINDOWS),
            dir,
        };
        let examiner = clinic.examiner();
        let add = ["users", "add", "--name", "Ana", "--cpf", &examiner.cpf];
        clinic.good(&["migrate"]).await;
        let said = clinic.program.run_with_input(&add, &examiner.senha).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        clinic.sync().await;
        clinic
    }

    /// The program with a state directory of its own, and nothing in it.
    pub(crate) fn program(simulator: &Simulator, dir: &Path, state: &Path) -> Program {
        program_in(dir)
            .env("AGENDAD_STATE_DIR", state.display())
            .env("AGENDAD_PORTAL__BASE_URL", simulator.portal_url())
            .env("AGENDAD_PORTAL__PAUSE_BETWEEN_REQUESTS", "0s")
            .env("AGENDAD_PORTAL__MAX_REQUESTS_PER_SECOND", "0")
            .env("AGENDAD_SCHEDULER__SPLAY", "0s")
            .env("AGENDAD_HTTP__LISTEN", "")
    }

    pub(crate) fn examiner(&self) -> Examiner {
        self.simulator.examiners()[0].clone()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    pub(crate) async fn good(&self, arguments: &[&str]) -> Said {
        let said = self.program.run(arguments).await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
        said
    }

    pub(crate) async fn sync(&self) {
        self.good(&["sync", "--user", "1", "--window", "near"])
            .await;
    }

    /// Asks the database, with the shell that people use.
    pub(crate) async fn ask(&self, sql: &str) -> String {
        ask(&self.program, sql).await
    }

    /// Current slots, as lines to compare.
    pub(crate) async fn slots(&self) -> String {
        slots(&self.program).await
    }

    pub(crate) async fn close(self) {
        self.simulator.stop().await;
    }
}

pub(crate) async fn ask(program: &Program, sql: &str) -> String {
    let said = program
        .run(&["database", "psql", "--", "-X", "-A", "-t", "-c", sql])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    said.out.trim().to_owned()
}

pub(crate) async fn slots(program: &Program) -> String {
    let sql = "SELECT data, hora, payload->>'cpf', payload->>'nome', agendamento_id IS NOT NULL
               FROM agenda_slots WHERE is_current ORDER BY 1, 2, 3";
    ask(program, sql).await
}
