//! `agenda_sync_runs`: the record of every run, and the fence before the store.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;

use super::control::USER_LOCK_BASE;
use super::kept_sessions::KeptHere;
use super::seen::{DayBeyond, StoredDay, UnchangedDay};
use super::units::{UnitReading, UnitRecord};
use super::{Store, StoreError};
use agendad_domain::{Cpf, ErrorDetails, Origin, RunStatus, Totals};

/// A run about to start.
#[derive(Debug)]
pub struct NewRun<'a> {
    pub usuario_id: i32,
    /// First day.
    pub window_start: NaiveDate,
    /// Last day.
    pub window_end: NaiveDate,
    /// Name of the window, if one was meant.
    pub window_name: Option<&'a str>,
    /// The tick it serves, if the schedule asked.
    pub tick: Option<DateTime<Utc>>,
    /// Who asked.
    pub origin: Origin,
    /// This process.
    pub instance: &'a str,
    /// Whose kept session is wanted, and how long one lives.
    pub session: Option<(&'a Cpf, Duration)>,
}

#[derive(Debug)]
pub struct FinishedRun {
    /// Never `Running`.
    pub status: RunStatus,
    /// The counts.
    pub totals: Totals,
    /// One sentence.
    pub error: Option<String>,
    /// Why, in full.
    pub error_details: Option<ErrorDetails>,
    /// Requests sent to the portal.
    pub requests: i32,
    /// Repeated requests.
    pub retries: i32,
    /// Logins attempted.
    pub logins: i32,
    /// Whether the cached session was still honoured.
    pub session_reused: bool,
    /// The windows of which all days were asked for.
    pub windows: Vec<String>,
    /// All that was asked for was read and stored but for rows that nobody could read: as good as a success for how old
    /// the agenda is.
    pub but_for_rows: bool,
    /// Whether the account's row, which is the application's too, is told when its agenda was read last. What refuses that
    /// refuses the whole record.
    pub tells_account: bool,
    /// What is written down with the record.
    pub noted: Noted,
}

/// What is written once a run, with its record. A crash before that loses it, and with it when slots, units and session
/// were last seen, but no news.
#[derive(Debug, Clone, Default)]
pub struct Noted {
    /// Days that were found as they are stored.
    pub seen: Vec<UnchangedDay>,
    /// Days that were read in all units that the run visited, those of which the portal said that they are empty
    /// included.
    pub days_read: Vec<NaiveDate>,
    pub units: Vec<UnitReading>,
    /// The window of which they were read; empty for a range of dates.
    pub window: String,
    /// The session in which the portal served us.
    pub session: Option<SessionUsed>,
}

/// A session at its run's end.
#[derive(Debug, Clone)]
pub struct SessionUsed {
    /// Whose.
    pub cpf: Cpf,
    /// Names its login.
    pub generation: i64,
    /// Its cookies and form, sealed; `None`: they are as they are kept.
    pub sealed: Option<String>,
}

/// What recording a run's end did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Slots of [`Noted::seen`] that were noted as seen again.
    pub unchanged: i64,
    /// Days of [`Noted::seen`] of which something else is stored by now; of them nothing was noted.
    pub differing: Vec<NaiveDate>,
}

/// What starting a run found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// The run is recorded as `running`.
    Run {
        id: i64,
        /// The days of units of which current slots are stored in the run's window.
        days: Vec<StoredDay>,
        /// The same of the week after it.
        beyond: Vec<DayBeyond>,
        /// The units of the examiner, as [`Store::units`] tells of them for the run's window; but what was read with other
        /// credentials counts for nothing.
        units: Vec<UnitRecord>,
        /// The session that is kept here, if it was asked for.
        session: Option<KeptHere>,
        /// The windows of the dead runs that were closed; empty for a range of dates.
        orphans: Vec<String>,
        /// Slots are removed whose appointments, ours, may not be cancelled yet: see [`Store::cancel_left_over`].
        left_over: bool,
        /// The earlier system is still in service, or was when `agendad migrate` ran: [`Store::adopt_locked`] comes first.
        to_adopt: bool,
    },
    /// This tick has already had its run; nothing was recorded.
    TickDone,
}

impl Store {
    /// Records that a run starts. The caller holds the user's lock, so any older `running` row of that
    /// user is dead and closed as `orphaned`.
    pub async fn start_run(&self, run: &NewRun<'_>) -> Result<Started, StoreError> {
        let (cpf, ttl) = run.session.unzip();
        let row = sqlx::query_file!(
            "src/sql/start_run.sql",
            run.usuario_id,
            run.window_start,
            run.window_end,
            run.window_name,
            run.tick,
            run.origin as _,
            run.instance,
            cpf.map(Cpf::digits),
            ttl.unwrap_or_default().as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(Started::TickDone);
        };
        let mut days = row.days.map(|days| days.0).unwrap_or_default();
        if row.to_adopt {
            days.iter_mut().for_each(|day| day.digest = None);
        }
        Ok(Started::Run {
            id: row.id,
            days,
            beyond: row.beyond.map(|days| days.0).unwrap_or_default(),
            units: row.units.map(|units| units.0).unwrap_or_default(),
            session: row.session.map(|session| session.0),
            orphans: row.orphans.unwrap_or_default(),
            left_over: row.left_over,
            to_adopt: row.to_adopt,
        })
    }

    /// Records how a run ended, and what is noted with it. `None`, and nothing but the session is written, if another
    /// process has closed it.
    pub async fn finish_run(
        &self,
        run_id: i64,
        run: &FinishedRun,
    ) -> Result<Option<Finished>, StoreError> {
        let letters = self.encoding().await?;
        let error = run.error.as_deref().map(|error| letters.nearest(error));
        let details = run.error_details.as_ref();
        let details = details.map(|details| letters.nearest_json(serde_json::json!(details)));
        let Noted {
            seen,
            days_read,
            units,
            window,
            session,
        } = &run.noted;
        let session = session.as_ref();
        let done = sqlx::query_file!(
            "src/sql/finish_run.sql",
            run_id,
            run.status as _,
            run.totals as _,
            error.as_deref(),
            details,
            run.requests,
            run.retries,
            run.logins,
            run.session_reused,
            &run.windows,
            self.zone.name(),
            &seen.iter().map(|day| day.date).collect::<Vec<_>>(),
            &column(seen, |day| &day.unit) as _,
            &column(seen, |day| &day.digest) as _,
            &column(units, |unit| &unit.code) as _,
            &units.iter().map(|unit| unit.complete).collect::<Vec<_>>(),
            &units.iter().map(|unit| unit.had_slots).collect::<Vec<_>>(),
            window,
            session.map(|session| session.cpf.digits()),
            session.map(|session| session.generation),
            session.and_then(|session| session.sealed.as_deref()),
            days_read,
            run.but_for_rows,
            run.tells_account,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((done.count == 1).then_some(Finished {
            unchanged: done.touched,
            differing: done.differing,
        }))
    }

    /// The counts of a run that has ended with this status by itself, and not because its process was taken for dead.
    pub async fn totals_of(
        &self,
        run_id: i64,
        status: RunStatus,
    ) -> Result<Option<Totals>, StoreError> {
        let totals = sqlx::query_scalar!(
            r#"SELECT totals AS "totals!: Totals" FROM agenda_sync_runs
               WHERE id = $1 AND status = $2 AND totals IS NOT NULL
                 AND coalesce(error_details ->> 'kind', '') <> 'orphaned'"#,
            run_id,
            status as _,
        );
        Ok(totals.fetch_optional(&self.pool).await?)
    }

    /// Closes runs as `orphaned` that began longer ago than `longest`, longer than any takes, and whose examiner is
    /// locked by nobody: their process died, and no further run of theirs has come. Returns their windows; empty for a
    /// range of dates.
    pub async fn close_dead_runs(&self, longest: Duration) -> Result<Vec<String>, StoreError> {
        // A run that ends meanwhile is not `running` any more when its row is looked at again.
        let windows = sqlx::query_scalar!(
            r#"UPDATE agenda_sync_runs r
               SET status = 'failed', finished_at = now(), error = 'the process that ran it died',
                   error_details = jsonb_build_object('kind', 'orphaned')
               FROM (SELECT DISTINCT usuario_id FROM agenda_sync_runs
                     WHERE status = 'running' AND usuario_id IS NOT NULL
                       AND started_at < now() - make_interval(secs => $2) OFFSET 0) u
               WHERE r.status = 'running' AND r.usuario_id = u.usuario_id
                 AND r.started_at < now() - make_interval(secs => $2)
                 AND pg_try_advisory_xact_lock($1::bigint + u.usuario_id)
               RETURNING coalesce(r.window_name, '') AS "window!""#,
            USER_LOCK_BASE,
            longest.as_secs_f64(),
        );
        Ok(windows.fetch_all(&self.pool).await?)
    }

    /// Deletes at most `limit` finished runs that ended before `age` ago; returns how many. Small
    /// batches keep row locks short, so that the store is never held up.
    pub async fn prune_runs(&self, age: Duration, limit: i64) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "DELETE FROM agenda_sync_runs WHERE id IN (
                 SELECT id FROM agenda_sync_runs
                 WHERE started_at < now() - make_interval(secs => $1) AND status <> 'running'
                 ORDER BY started_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
            age.as_secs_f64(),
            limit,
        )
        .execute(&self.pool)
        .await?;
        if done.rows_affected() > 0 {
            // Of examiners who have had no run since: the trigger leaves these alone, so that nobody waits for a batch.
            sqlx::query!(
                "DELETE FROM agendad_last_runs l
                 WHERE l.started_at < now() - make_interval(secs => $1)
                   AND NOT EXISTS (SELECT FROM agenda_sync_runs r WHERE r.id = l.run_id)",
                age.as_secs_f64(),
            )
            .execute(&self.pool)
            .await?;
            // Parts of a quarter may cancel each other out, so a row goes only when no run of its time is left.
            sqlx::query!(
                "DELETE FROM agendad_run_sums
                 WHERE quarter < agendad_quarter(least(now() - make_interval(secs => $1),
                                                       (SELECT min(started_at) FROM agenda_sync_runs)))",
                age.as_secs_f64(),
            )
            .execute(&self.pool)
            .await?;
        }
        Ok(done.rows_affected())
    }
}

fn column<'a, T>(rows: &'a [T], text: impl Fn(&'a T) -> &'a String) -> Vec<&'a str> {
    rows.iter().map(|row| text(row).as_str()).collect()
}
