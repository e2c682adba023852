//! Figures of the whole installation for the page of metrics: how many accounts are in which state, how old
//! the last success is, how the queue stands. Asked often, so each is one pass over a small table, and
//! nothing of runs or slots is touched.

use chrono::{DateTime, Utc};

use super::{Store, StoreError};

/// A configured window, and when a success of it is too old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowLimit {
    pub name: String,
    /// A last success before this moment is too old.
    pub late_before: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountFigures {
    /// Those that the schedule runs.
    pub scheduled: i64,
    /// Those that it would run, were they not paused.
    pub paused: i64,
    /// Of these: because CPF or password were refused.
    pub refused: i64,
    /// Because the portal blocks them.
    pub blocked: i64,
    /// Because the portal wants a new password.
    pub change_password: i64,
    /// Because nobody understands what the portal answered to the password.
    pub unexplained: i64,
    /// Because of a CAPTCHA.
    pub captcha: i64,
    /// Because another account has the same CPF.
    pub duplicate_cpf: i64,
    /// Because an operator wants it so.
    pub manual: i64,
    /// Those that are switched off or not synchronised automatically.
    pub off: i64,
}

/// How a window stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowFigures {
    pub name: String,
    /// When a run last read all its days, of whichever examiner.
    pub last_success: Option<DateTime<Utc>>,
    /// Scheduled examiners whose last success is too old, if they ever had one. Credentials that are newer
    /// have their time yet.
    pub overdue: i64,
}

/// How the queue stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, sqlx::FromRow)]
pub struct QueueFigures {
    /// Jobs that are due.
    pub available: i64,
    /// Jobs that are not yet due, or were put off.
    pub scheduled: i64,
    /// Jobs that are worked on.
    pub running: i64,
    /// Jobs whose process died, and that will be tried again.
    pub retryable: i64,
    /// Jobs whose process died too often.
    pub discarded: i64,
    /// For how many seconds the oldest job that is due has waited.
    pub oldest_due: Option<f64>,
}

/// The connections of this process's pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Those at work.
    pub in_use: u32,
    /// Those that wait for work.
    pub idle: u32,
    /// How many there may be.
    pub max: u32,
}

impl Store {
    /// The pool, as it is now.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let open = self.pool.size();
        // The two numbers are not of one moment.
        let idle = u32::try_from(self.pool.num_idle())
            .unwrap_or(open)
            .min(open);
        Connections {
            in_use: open - idle,
            idle,
            max: self.pool.options().get_max_connections(),
        }
    }

    /// Accounts by their state.
    pub async fn account_figures(&self) -> Result<AccountFigures, StoreError> {
        let row = sqlx::query_as!(
            AccountFigures,
            r#"SELECT count(*) FILTER (WHERE runs AND pause IS NULL) AS "scheduled!",
                      count(*) FILTER (WHERE runs AND pause IS NOT NULL) AS "paused!",
                      count(*) FILTER (WHERE runs AND pause = 'refused') AS "refused!",
                      count(*) FILTER (WHERE runs AND pause = 'blocked') AS "blocked!",
                      count(*) FILTER (WHERE runs AND pause = 'change_password') AS "change_password!",
                      count(*) FILTER (WHERE runs AND pause = 'unexplained') AS "unexplained!",
                      count(*) FILTER (WHERE runs AND pause = 'captcha') AS "captcha!",
                      count(*) FILTER (WHERE runs AND pause = 'duplicate_cpf') AS "duplicate_cpf!",
                      count(*) FILTER (WHERE runs AND pause = 'manual') AS "manual!",
                      count(*) FILTER (WHERE NOT runs) AS "off!"
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               CROSS JOIN LATERAL (
                   SELECT coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
                              AND coalesce(c.sincronizacao_automatica, FALSE) AS runs,
                          CASE WHEN coalesce(c.pausa_ate > now(), TRUE) THEN c.pausa_motivo END AS pause) s"#,
        );
        Ok(row.fetch_one(&self.pool).await?)
    }

    /// Each of these windows, in their order.
    pub async fn window_figures(
        &self,
        windows: &[WindowLimit],
    ) -> Result<Vec<WindowFigures>, StoreError> {
        let (names, limits): (Vec<String>, Vec<DateTime<Utc>>) = windows
            .iter()
            .map(|window| (window.name.clone(), window.late_before))
            .unzip();
        let rows = sqlx::query_as!(
            WindowFigures,
            r#"SELECT w.name AS "name!", max(s.last_success) AS last_success,
                      count(*) FILTER (
                          WHERE c.sincronizacao_automatica AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
                            AND (c.pausa_motivo IS NULL OR coalesce(c.pausa_ate <= now(), FALSE))
                            AND (c.janelas IS NULL OR w.name = ANY (c.janelas))
                            AND coalesce(s.enabled, TRUE)
                            AND (c.credencial_mudada_em < w.late_before
                                 OR c.credencial_mudada_em > now() + interval '1 minute')
                            AND coalesce(s.last_success < w.late_before, TRUE)) AS "overdue!"
               FROM unnest($1::text[], $2::timestamptz[]) WITH ORDINALITY AS w (name, late_before, place)
               LEFT JOIN (configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id) ON TRUE
               LEFT JOIN sync_schedules s ON s.usuario_id = c.usuario_id AND s.window_name = w.name
               GROUP BY w.place, w.name ORDER BY w.place"#,
            &names,
            &limits,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    pub async fn queue_figures(&self) -> Result<QueueFigures, StoreError> {
        // River's table is not ours, so the statement is not checked against our schema at build time. Its
        // own index on state and queue answers it.
        let row = sqlx::query_as(
            "SELECT count(*) FILTER (WHERE state = 'available' AND scheduled_at <= now()) AS available,
                    count(*) FILTER (WHERE state IN ('scheduled', 'pending')
                        OR state = 'available' AND scheduled_at > now()) AS scheduled,
                    count(*) FILTER (WHERE state = 'running') AS running,
                    count(*) FILTER (WHERE state = 'retryable') AS retryable,
                    count(*) FILTER (WHERE state = 'discarded') AS discarded,
                    extract(epoch FROM now() - min(scheduled_at)
                        FILTER (WHERE state = 'available' AND scheduled_at <= now()))::float8
                        AS oldest_due
             FROM river.river_job
             WHERE queue = 'sync'
               AND state IN ('available', 'discarded', 'pending', 'retryable', 'running', 'scheduled')",
        );
        Ok(row.fetch_one(&self.pool).await?)
    }
}
