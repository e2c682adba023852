//! The pipeline without the daemon, for Rust programs that bring their own schedule: one window for one
//! examiner, now. Everything that protects a scheduled run protects this one: the user's lock against
//! daemons and the earlier system, the record, the guard, the portal's pace and breaker.
//!
//! ```no_run
//! use agendad::config::Config;
//! use agendad::domain::{Cpf, WorkingDays};
//! use agendad::pipeline::{Pipeline, WindowRun};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let pipeline = Pipeline::open(Config::load(None)?).await?;
//! let today = pipeline.today();
//! let run = WindowRun {
//!     usuario_id: 7,
//!     from: today,
//!     to: today + chrono::Days::new(14),
//!     cpf: Cpf::parse("529.982.247-25")?,
//!     password: std::env::var("PORTAL_PASSWORD")?.into(),
//!     working_days: WorkingDays::parse(Some(r#"["terca","quinta"]"#))?,
//! };
//! let report = pipeline.run_window(&run).await?;
//! println!("run {}: {:?}, {} new", report.run_id, report.status, report.totals.inserted);
//! pipeline.close().await?;
//! # Ok(())
//! # }
//! ```
//!
//! `examples/run_window.rs` does the same against the simulated portal.

use chrono::NaiveDate;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Config;
use crate::domain::{Cpf, Origin, WorkingDays};
use crate::store::{Store, StoreError};
use crate::sync::{OwnCredentials, Refusal, RunReport, SyncOutcome, SyncRequest, Watcher};

/// The parts of the program that a run needs, ready for use.
#[derive(Debug)]
pub struct Pipeline {
    app: App,
}

/// One window for one examiner.
#[derive(Debug, Clone)]
pub struct WindowRun {
    /// The examiner, `usuarios.id`; the user must exist, an account in `configuracoes_detran` need not.
    pub usuario_id: i32,
    /// First day; days in the past are left out.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// CPF for the portal.
    pub cpf: Cpf,
    /// Password for the portal; cannot print itself.
    pub password: SecretString,
    /// On which weekdays days are read.
    pub working_days: WorkingDays,
}

/// The pipeline cannot be opened or closed.
#[derive(Debug, thiserror::Error)]
#[error("{doing} the pipeline")]
pub struct PipelineError {
    doing: &'static str,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// No run took place. A run that failed is no error but a report.
#[derive(Debug, thiserror::Error)]
pub enum RunWindowError {
    /// Another sync of this user is running, in whatever process.
    #[error("another sync of this user is running")]
    Busy,
    /// No run may take place now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed before the run was recorded.
    #[error("start the run")]
    Database(#[from] StoreError),
}

impl Pipeline {
    /// Opens the database (the configured one, or a private one under `state_dir`), brings its schema up
    /// to date, and makes everything else ready. Install a `rustls` provider first if the process uses
    /// TLS of its own.
    ///
    /// # Errors
    /// [`PipelineError`], whose sources say what to do.
    pub async fn open(config: Config) -> Result<Self, PipelineError> {
        let app = App::start(config).await.map_err(failed("open"))?;
        Ok(Self { app })
    }

    /// Today, in the configured zone.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.app.syncer.clock.today()
    }

    /// The database, to ask what the runs have left there.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.app.database.store
    }

    /// Runs a window now, and waits until it is recorded.
    pub async fn run_window(&self, run: &WindowRun) -> Result<RunReport, RunWindowError> {
        self.run_window_until(run, &CancellationToken::new(), &|_| {})
            .await
    }

    /// The same; `stop` ends the run between two requests (it is recorded all the same), `watch` is told of
    /// progress.
    pub async fn run_window_until(
        &self,
        run: &WindowRun,
        stop: &CancellationToken,
        watch: Watcher<'_>,
    ) -> Result<RunReport, RunWindowError> {
        let request = SyncRequest {
            usuario_id: run.usuario_id,
            window: None,
            from: run.from,
            to: run.to,
            tick: None,
            origin: Origin::Api,
        };
        let given = OwnCredentials {
            cpf: run.cpf.clone(),
            password: run.password.clone(),
            working_days: run.working_days,
        };
        let syncer = &self.app.syncer;
        match Box::pin(syncer.sync_as(&request, Some(&given), stop, watch)).await? {
            SyncOutcome::Ran(report) => Ok(*report),
            // A run without a tick has no tick that could be done.
            SyncOutcome::Busy | SyncOutcome::TickDone => Err(RunWindowError::Busy),
            SyncOutcome::Refused(refusal) => Err(refusal.into()),
        }
    }

    /// Closes everything in order; the last user of a private database stops it.
    pub async fn close(self) -> Result<(), PipelineError> {
        self.app.close().await.map_err(failed("close"))
    }
}

fn failed(doing: &'static str) -> impl Fn(anyhow::Error) -> PipelineError {
    move |source| PipelineError {
        doing,
        source: source.into(),
    }
}
