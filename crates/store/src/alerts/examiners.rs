//! What the alert rules look at examiner by examiner: accounts, schedules, last runs. One question a rule,
//! asked within the evaluation's transaction. Accounts and users that are switched off are nobody's trouble.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::evaluation::{Evaluation, PausedAccount};
use crate::StoreError;
use agendad_domain::{PauseReason, RowFault};

/// Something found of one examiner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub usuario_id: i32,
    pub nome: String,
    pub since: DateTime<Utc>,
    /// How many slots, or windows.
    pub count: i64,
    /// In which windows, if that is known.
    pub windows: Option<String>,
}

/// Rows of one examiner that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRows {
    pub usuario_id: i32,
    pub nome: String,
    pub since: DateTime<Utc>,
    pub rows: i64,
    /// The first of their days.
    pub date: NaiveDate,
    /// What is wrong with the first of them.
    pub fault: RowFault,
}

/// Which runs are looked at where the last one decides.
#[derive(Debug, Clone)]
pub struct LastRun {
    /// The names of the configured windows.
    pub windows: Vec<String>,
    /// Of whom: those that [`Evaluation::suspects`] names, and those whose alert is open.
    pub users: Vec<i32>,
    /// How far back, or to `earliest`.
    pub age: Duration,
    /// Since when the first of the alerts that are open has lasted.
    pub earliest: DateTime<Utc>,
}

/// A window of an examiner without a success for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleWindow {
    pub usuario_id: i32,
    pub nome: String,
    pub window: String,
    pub last_success: Option<DateTime<Utc>>,
    /// The last success, or when these credentials were stored.
    pub since: DateTime<Utc>,
}

impl Evaluation {
    /// Accounts that are paused for a reason that is told of, or were until lately: what shows that a pause is over
    /// depends on its reason. Asked once in an evaluation.
    pub async fn paused_accounts(&mut self) -> Result<Vec<PausedAccount>, StoreError> {
        if let Some(paused) = &self.paused {
            return Ok(paused.clone());
        }
        let rows = sqlx::query_as!(
            PausedAccount,
            r#"SELECT c.usuario_id, coalesce(u.nome, '') AS "nome!", c.pausa_motivo AS "reason!: PauseReason",
                      coalesce(c.pausa_desde, now()) AS "since!", c.pausa_ate AS until,
                      EXISTS (SELECT FROM sync_schedules s
                              WHERE s.usuario_id = c.usuario_id AND s.last_success > c.pausa_desde) AS "has_succeeded!",
                      CASE WHEN c.pausa_motivo = 'duplicate_cpf' THEN
                          (SELECT min(o.usuario_id) FROM configuracoes_detran o JOIN usuarios ou ON ou.id = o.usuario_id
                           WHERE o.usuario_id < c.usuario_id AND coalesce(o.sincronizacao_automatica, FALSE)
                             AND coalesce(o.ativo, TRUE) AND coalesce(ou.ativo, TRUE) AND o.cpf ~ '[1-9]'
                             AND ltrim(regexp_replace(o.cpf, '\D', '', 'g'), '0')
                                 = ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0')) END AS older
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               WHERE c.pausa_motivo <> 'manual'
                 AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
               ORDER BY c.pausa_desde, c.usuario_id"#,
        );
        let paused = rows.fetch_all(&mut *self.tx).await?;
        self.paused = Some(paused.clone());
        Ok(paused)
    }

    /// Examiners of whom the last run of one of `windows` met pages that were not understood. A range of days that
    /// somebody asked for tells of the windows of which it covers what their own last tick read, from today on: a look
    /// at one day neither opens nor clears what is said of a window. Nothing is said of windows
    /// that the schedule does not read for the account any more: no run would ever clear it.
    pub async fn layout_failures(&mut self, last: &LastRun) -> Result<Vec<Found>, StoreError> {
        if last.users.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query_as!(
            Found,
            r#"SELECT u.id AS usuario_id, coalesce(u.nome, '') AS "nome!", coalesce(min(r.finished_at), now()) AS "since!",
                      count(*) AS "count!",
                      string_agg(w.name, ', ' ORDER BY w.name) AS windows
               FROM unnest($2::int[]) AS k (usuario_id) JOIN usuarios u ON u.id = k.usuario_id
                    JOIN configuracoes_detran c ON c.usuario_id = u.id
                    JOIN unnest($4::text[]) AS w (name)
                        ON c.sincronizacao_automatica AND (c.janelas IS NULL OR w.name = ANY (c.janelas))
                           AND NOT EXISTS (SELECT FROM sync_schedules s
                                           WHERE s.usuario_id = u.id AND s.window_name = w.name AND NOT s.enabled)
                    LEFT JOIN agendad_last_runs own ON own.usuario_id = u.id AND own.window_name = w.name
                    CROSS JOIN LATERAL (
                        SELECT x.finished_at, x.bad FROM (
                            SELECT finished_at, started_at, status,
                                   coalesce(error_details @> '{"kind": "layout"}' AND NOT error_details @? '$.dates[*].row'
                                            OR error_details @? '$.dates[*] ? (@.kind == "layout" && !exists(@.row))', FALSE) AS bad
                            FROM agenda_sync_runs
                            WHERE usuario_id = u.id
                              AND (window_name = w.name OR window_name IS NULL
                                   AND coalesce(window_start <= greatest(own.window_start, $5) AND window_end >= own.window_end, TRUE))
                              AND started_at >= least($3, now() - make_interval(secs => $1))) x
                        WHERE x.status IN ('success', 'partial') OR (x.status = 'failed' AND x.bad)
                        ORDER BY x.started_at DESC LIMIT 1) r
               WHERE r.bad AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
               GROUP BY u.id, u.nome ORDER BY 3, 1"#,
            last.age.as_secs_f64(),
            &last.users,
            last.earliest,
            &last.windows,
            self.today(),
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// Examiners of whom the last run of one of `windows` met rows that it could not read, in days that it
    /// read. Which runs are looked at: as for [`Evaluation::layout_failures`].
    pub async fn unread_rows(&mut self, last: &LastRun) -> Result<Vec<FoundRows>, StoreError> {
        if last.users.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query_as!(
            FoundRows,
            r#"WITH met AS (
                   SELECT u.id, u.nome, r.finished_at, d.day ->> 'date' AS date, d.day ->> 'unidade' AS unidade,
                          d.day -> 'row' AS fault
                   FROM unnest($2::int[]) AS k (usuario_id) JOIN usuarios u ON u.id = k.usuario_id
                        JOIN configuracoes_detran c ON c.usuario_id = u.id
                        JOIN unnest($4::text[]) AS w (name)
                            ON c.sincronizacao_automatica AND (c.janelas IS NULL OR w.name = ANY (c.janelas))
                               AND NOT EXISTS (SELECT FROM sync_schedules s
                                               WHERE s.usuario_id = u.id AND s.window_name = w.name AND NOT s.enabled)
                        LEFT JOIN agendad_last_runs own ON own.usuario_id = u.id AND own.window_name = w.name
                        CROSS JOIN LATERAL (
                            SELECT finished_at, error_details FROM agenda_sync_runs
                            WHERE usuario_id = u.id
                              AND (window_name = w.name OR window_name IS NULL
                                   AND coalesce(window_start <= greatest(own.window_start, $5) AND window_end >= own.window_end, TRUE))
                              AND started_at >= least($3, now() - make_interval(secs => $1))
                              AND status IN ('success', 'partial')
                            ORDER BY started_at DESC LIMIT 1) r
                        CROSS JOIN LATERAL jsonb_path_query(r.error_details, '$.dates[*] ? (exists(@.row) && exists(@.date.datetime()))') AS d (day)
                   WHERE coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
               )
               SELECT id AS "usuario_id!", coalesce(nome, '') AS "nome!", coalesce(min(finished_at), now()) AS "since!",
                      count(DISTINCT (date, unidade, fault)) AS "rows!",
                      min(date)::date AS "date!",
                      (array_agg(fault ORDER BY date, unidade, agendad_count(fault, 'number')))[1] AS "fault!: RowFault"
               FROM met GROUP BY id, nome ORDER BY 3, 1"#,
            last.age.as_secs_f64(),
            &last.users,
            last.earliest,
            &last.windows,
            self.today(),
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// Examiners of whom the last run of one of `windows` had appointments refused by the application's table;
    /// `count` is how many. Which runs are looked at: as for [`Evaluation::layout_failures`].
    pub async fn appointments_refused(&mut self, last: &LastRun) -> Result<Vec<Found>, StoreError> {
        if last.users.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query_as!(
            Found,
            r#"SELECT u.id AS usuario_id, coalesce(u.nome, '') AS "nome!", coalesce(min(r.finished_at), now()) AS "since!",
                      max(r.refused) AS "count!", string_agg(w.name, ', ' ORDER BY w.name) AS windows
               FROM unnest($2::int[]) AS k (usuario_id) JOIN usuarios u ON u.id = k.usuario_id
                    JOIN configuracoes_detran c ON c.usuario_id = u.id
                    JOIN unnest($4::text[]) AS w (name)
                        ON c.sincronizacao_automatica AND (c.janelas IS NULL OR w.name = ANY (c.janelas))
                           AND NOT EXISTS (SELECT FROM sync_schedules s
                                           WHERE s.usuario_id = u.id AND s.window_name = w.name AND NOT s.enabled)
                    LEFT JOIN agendad_last_runs own ON own.usuario_id = u.id AND own.window_name = w.name
                    CROSS JOIN LATERAL (
                        SELECT finished_at,
                               coalesce(agendad_count(error_details, 'appointments_refused'), 0) AS refused
                        FROM agenda_sync_runs
                        WHERE usuario_id = u.id
                          AND (window_name = w.name OR window_name IS NULL
                               AND coalesce(window_start <= greatest(own.window_start, $5) AND window_end >= own.window_end, TRUE))
                          AND started_at >= least($3, now() - make_interval(secs => $1))
                          AND status IN ('success', 'partial')
                        ORDER BY started_at DESC LIMIT 1) r
               WHERE r.refused > 0 AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
               GROUP BY u.id, u.nome ORDER BY 3, 1"#,
            last.age.as_secs_f64(),
            &last.users,
            last.earliest,
            &last.windows,
            self.today(),
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// Examiners of whom a run held at least `least` removals back, of a day that no later run has read yet; `count` is
    /// how many. Any run tells of its own days, also one that somebody asked for of an account that the schedule does not
    /// read, and any run that reads them again has the last word; what is held back of a day that has passed is over.
    /// Which runs are looked at: as for [`Evaluation::layout_failures`], and as there nothing is said of what the schedule
    /// has read by a window that it does not read for the account any more.
    pub async fn held_removals(
        &mut self,
        last: &LastRun,
        least: i64,
    ) -> Result<Vec<Found>, StoreError> {
        if last.users.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query_as!(
            Found,
            r#"SELECT u.id AS usuario_id, coalesce(u.nome, '') AS "nome!", coalesce(min(r.finished_at), now()) AS "since!",
                      max(agendad_count(r.totals, 'held')) AS "count!", NULL::text AS windows
               FROM unnest($2::int[]) AS k (usuario_id) JOIN usuarios u ON u.id = k.usuario_id
                    JOIN configuracoes_detran c ON c.usuario_id = u.id
                    JOIN agenda_sync_runs r ON r.usuario_id = u.id
                        AND r.started_at >= least($3, now() - make_interval(secs => $1))
                        AND r.status IN ('success', 'partial') AND agendad_count(r.totals, 'held') >= $5
               WHERE coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
                 AND (r.window_name IS NULL OR r.tick IS NULL AND NOT coalesce(c.sincronizacao_automatica, FALSE)
                      OR r.window_name = ANY ($4::text[]) AND (c.janelas IS NULL OR r.window_name = ANY (c.janelas))
                         AND NOT EXISTS (SELECT FROM sync_schedules s
                                         WHERE s.usuario_id = u.id AND s.window_name = r.window_name AND NOT s.enabled))
                 AND EXISTS (
                     SELECT FROM generate_series(0, r.window_end - greatest(r.window_start, $6)) AS d (days)
                     -- The run names the days; records of earlier releases do not.
                     WHERE (NOT coalesce(r.error_details -> 'noted' @> '[{"note": "removals_held"}]', FALSE)
                            OR r.error_details -> 'noted' @> jsonb_build_array(jsonb_build_object('note', 'removals_held',
                                   'date', to_char(greatest(r.window_start, $6) + d.days, 'YYYY-MM-DD'))))
                       AND NOT EXISTS (
                         SELECT FROM agenda_sync_runs n
                         WHERE n.usuario_id = r.usuario_id AND n.started_at > r.started_at
                           AND n.status IN ('success', 'partial')
                           AND greatest(r.window_start, $6) + d.days BETWEEN n.window_start AND n.window_end))
               GROUP BY u.id, u.nome ORDER BY 3, 1"#,
            last.age.as_secs_f64(),
            &last.users,
            last.earliest,
            &last.windows,
            least,
            self.today(),
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// Examiners of whom the runs that started within `window` marked at least `least` slots removed.
    pub async fn many_removed(
        &mut self,
        window: Duration,
        least: i64,
    ) -> Result<Vec<Found>, StoreError> {
        let rows = sqlx::query_as!(
            Found,
            r#"SELECT r.usuario_id AS "usuario_id!", coalesce(u.nome, '') AS "nome!", coalesce(min(r.finished_at), now()) AS "since!",
                      sum(agendad_count(r.totals, 'removed'))::bigint AS "count!", NULL::text AS windows
               FROM agenda_sync_runs r JOIN usuarios u ON u.id = r.usuario_id
                    JOIN configuracoes_detran c ON c.usuario_id = r.usuario_id
               WHERE r.started_at >= now() - make_interval(secs => $1) AND r.status <> 'running'
                 AND agendad_count(r.totals, 'removed') > 0
                 AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
               GROUP BY r.usuario_id, u.nome HAVING sum(agendad_count(r.totals, 'removed')) >= $2::bigint
               ORDER BY 3, 1"#,
            window.as_secs_f64(),
            least,
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }

    /// Scheduled examiners that have had no success in a window since its deadline. Whoever is paused, or
    /// has had these credentials for a shorter time, cannot have had one.
    pub async fn stale_windows(
        &mut self,
        deadlines: &[(String, DateTime<Utc>)],
    ) -> Result<Vec<StaleWindow>, StoreError> {
        let names: Vec<String> = deadlines.iter().map(|(name, _)| name.clone()).collect();
        let times: Vec<DateTime<Utc>> = deadlines.iter().map(|(_, time)| *time).collect();
        let rows = sqlx::query_as!(
            StaleWindow,
            r#"SELECT c.usuario_id, coalesce(u.nome, '') AS "nome!", w.name AS "window!", s.last_success AS "last_success?",
                      least(coalesce(s.last_success, c.credencial_mudada_em), now()) AS "since!"
               FROM unnest($1::text[], $2::timestamptz[]) AS w (name, deadline)
                    CROSS JOIN configuracoes_detran c
                    JOIN usuarios u ON u.id = c.usuario_id
                    LEFT JOIN sync_schedules s ON s.usuario_id = c.usuario_id AND s.window_name = w.name
               WHERE c.sincronizacao_automatica AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
                 AND (c.pausa_motivo IS NULL OR coalesce(c.pausa_ate <= now(), FALSE))
                 AND (c.janelas IS NULL OR w.name = ANY (c.janelas)) AND coalesce(s.enabled, TRUE)
                 AND (c.credencial_mudada_em < w.deadline OR c.credencial_mudada_em > now() + interval '1 minute')
                 AND coalesce(s.last_success < w.deadline, TRUE)
               ORDER BY c.usuario_id, w.name"#,
            &names,
            &times,
        );
        Ok(rows.fetch_all(&mut *self.tx).await?)
    }
}
