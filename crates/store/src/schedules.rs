//! `sync_schedules`: which tick each user and window has had. Comparisons are the database's.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{Store, StoreError};

impl Store {
    /// The time by the database's clock, which is the same for all processes.
    pub async fn now(&self) -> Result<DateTime<Utc>, StoreError> {
        let now = sqlx::query_scalar!(r#"SELECT now() AS "now!""#);
        Ok(now.fetch_one(&self.pool).await?)
    }

    /// Which of these ticks, each of the window at the same place, have not been had by all accounts that are to have
    /// them; and the time by the database's clock. A look beforehand: [`advance_ticks`] decides.
    pub async fn windows_due(
        &self,
        windows: &[String],
        ticks: &[DateTime<Utc>],
    ) -> Result<(Vec<String>, DateTime<Utc>), StoreError> {
        let due = sqlx::query!(
            r#"SELECT now() AS "now!", ARRAY(
               SELECT w.name FROM unnest($1::text[], $2::timestamptz[]) AS w (name, tick)
               WHERE EXISTS (
                   -- The rest is asked of those who have not had it, and that is nobody as a rule.
                   SELECT FROM (
                       SELECT c.usuario_id, c.cpf FROM configuracoes_detran c
                       WHERE coalesce(c.sincronizacao_automatica, FALSE) AND coalesce(c.ativo, TRUE)
                         AND (c.pausa_motivo IS NULL OR coalesce(c.pausa_ate <= now(), FALSE) OR c.pausa_motivo = 'duplicate_cpf')
                         AND (c.janelas IS NULL OR w.name = ANY (c.janelas))
                         AND NOT EXISTS (
                             SELECT FROM sync_schedules o
                             WHERE o.usuario_id = c.usuario_id AND o.window_name = w.name
                               AND (NOT o.enabled OR o.last_tick >= w.tick))
                       OFFSET 0) late
                   WHERE CASE WHEN EXISTS (SELECT FROM usuarios u WHERE u.id = late.usuario_id AND coalesce(u.ativo, TRUE))
                              THEN NOT EXISTS (
                                  SELECT FROM configuracoes_detran o JOIN usuarios ou ON ou.id = o.usuario_id
                                  WHERE ltrim(regexp_replace(o.cpf, '\D', '', 'g'), '0')
                                            = ltrim(regexp_replace(late.cpf, '\D', '', 'g'), '0')
                                    AND o.usuario_id < late.usuario_id AND late.cpf ~ '[1-9]'
                                    AND coalesce(o.sincronizacao_automatica, FALSE) AND coalesce(o.ativo, TRUE)
                                    AND coalesce(ou.ativo, TRUE))
                              ELSE FALSE END)) AS "due!""#,
            windows,
            ticks,
        );
        let row = due.fetch_one(&self.pool).await?;
        Ok((row.due, row.now))
    }
}

/// Accounts due for one tick, at most one batch of them.
#[derive(Debug, Default)]
pub struct DueBatch {
    /// Those whose `last_tick` was just advanced: each needs one job, in the same transaction.
    pub due: Vec<i32>,
    /// Where the next batch starts; `None` when all accounts have been looked at.
    pub next_after: Option<i32>,
}

/// Advances `last_tick` of one batch of scheduled accounts whose id is greater than `after`, within
/// the caller's transaction. A loser of a race between processes finds nothing due.
pub async fn advance_ticks(
    tx: &mut PgConnection,
    window: &str,
    tick: DateTime<Utc>,
    after: i32,
    batch: i64,
) -> Result<DueBatch, StoreError> {
    let row = sqlx::query!(
        r#"WITH accounts AS (
               SELECT c.usuario_id,
                      coalesce(c.sincronizacao_automatica, FALSE) AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
                          AND (c.pausa_motivo IS NULL OR coalesce(c.pausa_ate <= now(), FALSE)
                               -- Stored a moment later than it is true: see below.
                               OR c.pausa_motivo = 'duplicate_cpf')
                          -- Of several accounts of one person the oldest only.
                          AND NOT EXISTS (
                              SELECT FROM configuracoes_detran o JOIN usuarios ou ON ou.id = o.usuario_id
                              WHERE ltrim(regexp_replace(o.cpf, '\D', '', 'g'), '0')
                                        = ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0')
                                AND o.usuario_id < c.usuario_id AND c.cpf ~ '[1-9]'
                                AND coalesce(o.sincronizacao_automatica, FALSE) AND coalesce(o.ativo, TRUE)
                                AND coalesce(ou.ativo, TRUE))
                          AND (c.janelas IS NULL OR $1 = ANY (c.janelas)) AS eligible
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               WHERE c.usuario_id > $3
               ORDER BY c.usuario_id LIMIT $4
           ), advanced AS (
               INSERT INTO sync_schedules AS s (usuario_id, window_name, last_tick)
               SELECT a.usuario_id, $1, $2 FROM accounts a
               WHERE a.eligible AND NOT EXISTS (
                   SELECT FROM sync_schedules o
                   WHERE o.usuario_id = a.usuario_id AND o.window_name = $1
                     AND (NOT o.enabled OR o.last_tick >= $2))
               ON CONFLICT (usuario_id, window_name) DO UPDATE SET last_tick = excluded.last_tick
               WHERE s.enabled AND (s.last_tick IS NULL OR s.last_tick < excluded.last_tick)
               RETURNING s.usuario_id
           )
           SELECT coalesce((SELECT array_agg(usuario_id) FROM advanced), '{}') AS "due!",
                  (SELECT max(usuario_id) FROM accounts HAVING count(*) = $4) AS next_after"#,
        window,
        tick,
        after,
        batch,
    )
    .fetch_one(tx)
    .await?;
    Ok(DueBatch {
        due: row.due,
        next_after: row.next_after,
    })
}

/// Counts ticks that found the previous one still waiting or running.
pub async fn count_merged(
    tx: &mut PgConnection,
    window: &str,
    usuario_ids: &[i32],
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE sync_schedules SET merged_ticks = merged_ticks + 1 WHERE window_name = $1 AND usuario_id = ANY ($2)",
        window,
        usuario_ids,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes a tick back that was not handed out after all: the next look finds it due.
pub async fn take_ticks_back(
    tx: &mut PgConnection,
    window: &str,
    usuario_ids: &[i32],
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE sync_schedules SET last_tick = NULL WHERE window_name = $1 AND usuario_id = ANY ($2)",
        window,
        usuario_ids,
    )
    .execute(tx)
    .await?;
    Ok(())
}
