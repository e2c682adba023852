//! Our own statements on River's table, which is not in our schema, so they are not checked at build time.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, Postgres, Transaction};

use super::state::{ARRIVAL, NotTaken, OrphanedJobs, QUEUE, QueueState};
use crate::scheduler::jobs::SyncJob;
use crate::store::control::LOCK_SPACE;

/// A sign of life counts for so long where the process had its mark on this very server; it gives one every five
/// seconds.
const SIGN_COUNTS: Duration = Duration::from_secs(6);

/// Who looks for jobs that nobody works on.
pub(super) struct Asker<'a> {
    /// This process.
    pub(super) instance: &'a str,
    /// The jobs that it works on.
    pub(super) at_work: Vec<i64>,
    /// So long after its fetch a job of this process must have begun, and after its end its end must be written down;
    /// zero: it has let go of all.
    pub(super) lost_after: Duration,
    /// The server on which everybody has had the time to arrive.
    pub(super) settled_on: Option<DateTime<Utc>>,
}

/// The server that was asked, and what became of the jobs: those of dead processes, and those that the table says are
/// this one's, which knows better. Where such a job had its run all the same, the tick's record says so.
///
/// What River has put off itself (a job that it rescued, a panic) is made available when its time has come: River does
/// that once a day, and each further tick would be merged into such a job meanwhile; into one that somebody has set to
/// `pending`, for ever.
pub(super) async fn free_orphaned_jobs(
    conn: &mut PgConnection,
    asker: Asker<'_>,
) -> Result<(DateTime<Utc>, QueueState), sqlx::Error> {
    // They keep their start time, and with it their place at the head of the queue.
    // A sign of life that lies in the future is none: it was given before a clock was put right.
    let (server, suspected, freed, is_busy, has_peers) = sqlx::query_as(
        "WITH unmarked AS (
             SELECT j.id, p.instance IS NULL OR (
                        greatest(p.beat_at, p.locks_at) NOT BETWEEN
                            now() - make_interval(secs => CASE WHEN p.server_started_at = pg_postmaster_start_time()
                                                               THEN $2 ELSE $3 END)
                            AND now() + interval '1 minute'
                        AND (p.server_started_at = pg_postmaster_start_time()
                             OR coalesce(pg_postmaster_start_time() = $4, FALSE))) AS is_dead
             FROM river.river_job j
             LEFT JOIN agendad_processes p ON p.instance = j.attempted_by[array_upper(j.attempted_by, 1)]
             WHERE j.state = 'running' AND j.kind = 'sync' AND j.attempt < j.max_attempts
               AND NOT EXISTS (
                   SELECT FROM pg_locks l
                   WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted
                     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                     AND l.classid::bigint = $1
                     AND l.objid::bigint
                         = hashtext(j.attempted_by[array_upper(j.attempted_by, 1)])::bigint & 4294967295)
         ), lost AS (
             SELECT id FROM river.river_job
             WHERE state = 'running' AND kind = 'sync' AND attempt < max_attempts
               AND attempted_by[array_upper(attempted_by, 1)] = $5
               AND ($7 = 0 OR attempted_at < now() - make_interval(secs => $7)) AND id <> ALL ($6)
         ), freed AS (
             UPDATE river.river_job SET state = 'available'
             WHERE id IN (SELECT id FROM river.river_job
                          WHERE (id IN (SELECT id FROM unmarked WHERE is_dead) OR id IN (SELECT id FROM lost))
                            AND state = 'running' FOR UPDATE SKIP LOCKED)
             RETURNING id
         ), woken AS (
             UPDATE river.river_job SET state = 'available'
             WHERE id IN (SELECT id FROM river.river_job
                          WHERE state IN ('retryable', 'scheduled', 'pending') AND queue = $8 AND kind = 'sync'
                            AND scheduled_at <= now() FOR UPDATE SKIP LOCKED)
         )
         SELECT pg_postmaster_start_time(), (SELECT count(*) FROM unmarked WHERE NOT is_dead), (SELECT count(*) FROM freed),
                EXISTS (SELECT FROM river.river_job
                        WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') AND kind = 'sync'),
                EXISTS (SELECT FROM agendad_processes
                        WHERE instance <> $5 AND greatest(beat_at, locks_at) > now() - interval '2 minutes')",
    )
    .bind(i64::from(LOCK_SPACE))
    .bind(SIGN_COUNTS.as_secs_f64())
    .bind(ARRIVAL.as_secs_f64())
    .bind(asker.settled_on)
    .bind(asker.instance)
    .bind(asker.at_work)
    .bind(asker.lost_after.as_secs_f64())
    .bind(QUEUE)
    .fetch_one(conn)
    .await
    .map(|row: (DateTime<Utc>, i64, i64, bool, bool)| row)?;
    let dead = OrphanedJobs {
        freed: freed.unsigned_abs(),
        suspected: suspected.unsigned_abs(),
    };
    let state = QueueState {
        dead,
        is_busy,
        has_peers,
    };
    Ok((server, state))
}

/// The users of these jobs who have one of the same window waiting or running; and of them those whose job began with
/// other credentials than they have by now.
///
/// River's uniqueness would find them too, but it locks each job that it finds, in an order that can
/// cross with River's own batches: under heavy merging that deadlocked several times a minute. It stays
/// as the second line, for jobs that come between this look and the insertion.
pub(super) async fn waiting(
    tx: &mut Transaction<'_, Postgres>,
    jobs: &[(SyncJob, DateTime<Utc>)],
) -> Result<NotTaken, sqlx::Error> {
    let (users, windows): (Vec<i32>, Vec<&str>) = jobs
        .iter()
        .map(|(job, _)| (job.usuario_id, job.window.as_str()))
        .unzip();
    // As texts: a job that somebody has put in by hand may have a number that is none.
    // Credentials that a clock stored which was ahead: nobody knows whether the job has them.
    let found: Vec<(i32, bool)> = sqlx::query_as(
        "SELECT w.usuario_id,
                coalesce(bool_and(j.state = 'running' AND j.attempted_at < c.credencial_mudada_em
                                  AND c.credencial_mudada_em <= now()), FALSE)
         FROM unnest($1::int[], $2::text[]) AS w (usuario_id, window_name)
         JOIN river.river_job j
           ON j.args ->> 'window' = w.window_name AND j.args ->> 'usuario_id' = w.usuario_id::text
         LEFT JOIN configuracoes_detran c ON c.usuario_id = w.usuario_id
         WHERE j.queue = $3 AND j.kind = 'sync'
           AND j.state IN ('available', 'pending', 'retryable', 'running', 'scheduled')
         GROUP BY w.usuario_id",
    )
    .bind(users)
    .bind(windows)
    .bind(QUEUE)
    .fetch_all(&mut **tx)
    .await?;
    let (early, merged): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, is_early)| *is_early);
    let users = |found: Vec<(i32, bool)>| -> HashSet<i32> {
        found.into_iter().map(|(user, _)| user).collect()
    };
    Ok(NotTaken {
        merged: users(merged),
        too_early: users(early),
    })
}

/// Gives new jobs their start times, if those are still to come.
///
/// River itself would put such jobs into the state `scheduled` first, and make them available by a statement
/// whose time grows with the square of the jobs due at once (3,000: 23 s). It does not fetch an available
/// job before its time either, so they need not go that way.
pub(super) async fn put_off(
    tx: &mut Transaction<'_, Postgres>,
    jobs: &[(i64, DateTime<Utc>)],
) -> Result<(), sqlx::Error> {
    let (ids, starts): (Vec<i64>, Vec<DateTime<Utc>>) = jobs.iter().copied().unzip();
    sqlx::query(
        "UPDATE river.river_job j SET scheduled_at = s.start
         FROM unnest($1::bigint[], $2::timestamptz[]) AS s (id, start)
         WHERE j.id = s.id AND s.start > now()",
    )
    .bind(ids)
    .bind(starts)
    .execute(&mut **tx)
    .await
    .map(drop)
}
