//! All examiners at a glance: how old the last success of each window is, and what keeps an account from
//! going on. One statement, however many examiners there are.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use strum::IntoStaticStr;

use super::figures::WindowLimit;
use super::{Store, StoreError};
use agendad_domain::{FailureKind, PauseReason, RunStatus};

/// How examiners are doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum StatusFilter {
    /// However they are doing.
    All,
    /// In trouble, for whatever reason.
    Problem,
    /// Expected to be read, and not read for too long.
    Late,
    Paused,
    /// Switched off, or not read automatically.
    Off,
}

/// By what examiners are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Order {
    /// The worst first.
    Age,
    Name,
    Id,
}

/// Which examiners.
#[derive(Debug, Clone)]
pub struct OverviewFilter {
    /// Part of the name, in small letters without accents; or the id.
    pub search: Option<String>,
    pub status: StatusFilter,
    pub order: Order,
    /// At most so many ...
    pub limit: i64,
    /// ... after so many.
    pub offset: i64,
    /// This one only.
    pub usuario_id: Option<i32>,
}

/// Examiners, and how many there are in all.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Those whom the search finds.
    pub everybody: i64,
    /// Of these: in trouble, for whatever reason, as their page says it.
    pub problem: i64,
    /// Of these: expected to be read, and not read for too long, or without a password.
    pub late: i64,
    pub paused: i64,
    /// Of these: switched off, or not read automatically.
    pub off: i64,
    /// One page of them.
    pub examiners: Vec<ExaminerSummary>,
}

/// An examiner at a glance.
#[derive(Debug, Clone)]
pub struct ExaminerSummary {
    pub usuario_id: i32,
    pub nome: String,
    /// Whether account and user are switched on.
    pub active: bool,
    /// Whether the schedule reads them.
    pub automatic: bool,
    /// Whether a password is stored.
    pub has_password: bool,
    /// Why no login is attempted.
    pub pause_reason: Option<PauseReason>,
    pub pause_since: Option<DateTime<Utc>>,
    /// Until when; none while there is a reason: until somebody acts.
    pub pause_until: Option<DateTime<Utc>>,
    /// The windows that apply to them; `None`: all.
    pub windows: Option<Vec<String>>,
    /// Whether none of these windows is configured: nothing reads them.
    pub windowless: bool,
    /// Whether they are expected to be read, and has not been for too long.
    pub late: bool,
    /// The last success of each window, in the order in which they were named.
    pub last_success: Vec<Option<DateTime<Utc>>>,
    /// How their windows stand: of their last runs that have ended, the worst.
    pub worst_run: Option<WorstRun>,
    /// The examiner's own session at the portal, while it is met.
    pub other_session: Option<OtherSessionSeen>,
    /// The run that goes on now.
    pub running: Option<i64>,
    /// Current slots from today on.
    pub slots: i64,
    /// An earlier password was refused, and with the present one nothing has been read yet.
    pub new_password: bool,
}

/// How a run ended that tells how its examiner stands. No [`RunView`](super::listing::RunView): the page of all
/// examiners looks at several runs of each and needs no more of them.
#[derive(Debug, Clone)]
pub struct WorstRun {
    /// `agenda_sync_runs.id`.
    pub id: i64,
    /// Never `Running`.
    pub status: RunStatus,
    pub kind: Option<FailureKind>,
}

/// The examiner's own session at the portal, which is left alone.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct OtherSessionSeen {
    /// Since when it has been met.
    pub since: DateTime<Utc>,
    /// Until when it is left alone; `None`: for ever.
    pub until: Option<DateTime<Utc>>,
}

impl ExaminerSummary {
    /// Whether a window applies to the examiner.
    #[must_use]
    pub fn has_window(&self, name: &str) -> bool {
        let names = self.windows.as_ref();
        names.is_none_or(|names| names.iter().any(|known| known == name))
    }
}

impl Store {
    /// The examiner's own session at the portal, while it is met.
    pub async fn other_session(
        &self,
        usuario_id: i32,
    ) -> Result<Option<OtherSessionSeen>, StoreError> {
        Ok(self
            .other_sessions(Some(usuario_id))
            .await?
            .remove(&usuario_id))
    }

    /// Those of all examiners, or of one, by user.
    pub(super) async fn other_sessions(
        &self,
        usuario_id: Option<i32>,
    ) -> Result<HashMap<i32, OtherSessionSeen>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.usuario_id, s.other_since AS "since!", s.other_wait_until
               FROM configuracoes_detran c
               JOIN portal_sessions s ON s.cpf = lpad(regexp_replace(c.cpf, '\D', '', 'g'), 11, '0')
               WHERE ($1::int IS NULL OR c.usuario_id = $1)
                 AND s.other_since <= now() AND s.other_last_met BETWEEN now() - interval '3 hours' AND now()"#,
            usuario_id,
        )
        .fetch_all(&self.pool)
        .await?;
        let seen = rows.into_iter().map(|row| {
            let seen = OtherSessionSeen {
                since: row.since,
                until: row.other_wait_until,
            };
            (row.usuario_id, seen)
        });
        Ok(seen.collect())
    }

    /// A page of examiners, with the ages of their last successes.
    pub async fn overview(
        &self,
        filter: &OverviewFilter,
        windows: &[WindowLimit],
        today: NaiveDate,
    ) -> Result<Overview, StoreError> {
        let names: Vec<String> = windows.iter().map(|w| w.name.clone()).collect();
        let limits: Vec<DateTime<Utc>> = windows.iter().map(|w| w.late_before).collect();
        let search = self.sought(filter.search.as_deref()).await?;
        let mut tx = self.begin_planning().await?;
        let rows = sqlx::query_file!(
            "src/sql/overview.sql",
            &names,
            &limits,
            search,
            <&str>::from(filter.status),
            <&str>::from(filter.order),
            filter.limit,
            filter.offset,
            today,
            filter.usuario_id,
        )
        .fetch_all(&mut *tx)
        .await?;
        let sums = rows.first();
        Ok(Overview {
            everybody: sums.map_or(0, |row| row.everybody),
            problem: sums.map_or(0, |row| row.problem),
            late: sums.map_or(0, |row| row.late),
            paused: sums.map_or(0, |row| row.paused),
            off: sums.map_or(0, |row| row.off),
            // Beyond the last page there is a row of sums and nobody in it.
            examiners: rows
                .into_iter()
                .filter_map(|row| {
                    Some(ExaminerSummary {
                        usuario_id: row.usuario_id?,
                        nome: row.nome?,
                        active: row.active?,
                        automatic: row.automatic?,
                        has_password: row.has_password?,
                        windowless: row.windowless?,
                        late: row.sort? == <&str>::from(StatusFilter::Late),
                        pause_reason: row.pausa_motivo,
                        pause_since: row.pausa_desde,
                        pause_until: row.pausa_ate,
                        windows: row.janelas,
                        last_success: row.last_success.unwrap_or_default(),
                        worst_run: row.run_id.zip(row.run_status).map(|(id, status)| WorstRun {
                            id,
                            status,
                            kind: row.run_kind,
                        }),
                        other_session: row.other_since.map(|since| OtherSessionSeen {
                            since,
                            until: row.other_wait_until,
                        }),
                        running: row.running,
                        slots: row.slots,
                        new_password: row.new_password,
                    })
                })
                .collect(),
        })
    }
}
