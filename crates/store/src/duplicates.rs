//! Several scheduled accounts with one CPF: one person, whose password would be posted by each of them. Only the oldest,
//! by `usuario_id`, is scheduled; the others are paused as `duplicate_cpf` until it goes or changes. CPFs are compared
//! by their digits, leading zeros aside, however they are written.

use std::time::Duration;

use sqlx::PgConnection;

use super::waiting::no_answer;
use super::{Store, StoreError};
use agendad_domain::Cpf;

/// First half of the two-part keys under which accounts of one CPF are added or switched on one after another.
const LOCK_SPACE: i32 = 873_248;

/// Longer than it takes with any number of accounts.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(10);

/// A scheduled account that is not scheduled in truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Duplicate {
    pub usuario_id: i32,
    /// The user of the account with the same CPF that is scheduled.
    pub older: i32,
}

impl Store {
    /// Writes `duplicate_cpf` as the reason where an account has become a second one, and takes it away where it no
    /// longer is. Returns how many accounts changed.
    pub async fn settle_duplicates(&self) -> Result<u64, StoreError> {
        let settling = async { settle(&mut *self.pool.acquire().await?).await };
        tokio::time::timeout(SETTLE_TIMEOUT, settling)
            .await
            .unwrap_or_else(|_| Err(no_answer(SETTLE_TIMEOUT).into()))
    }

    /// The accounts that are second ones, by user.
    pub async fn duplicates(&self) -> Result<Vec<Duplicate>, StoreError> {
        let rows = sqlx::query_as!(
            Duplicate,
            r#"SELECT usuario_id AS "usuario_id!", older AS "older!"
               FROM (SELECT c.usuario_id,
                            min(c.usuario_id) OVER (PARTITION BY ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0')) AS older
                     FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
                     WHERE coalesce(c.sincronizacao_automatica, FALSE) AND coalesce(c.ativo, TRUE)
                       AND coalesce(u.ativo, TRUE) AND c.cpf ~ '[1-9]') scheduled
               WHERE usuario_id > older ORDER BY usuario_id"#,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}

/// See [`Store::settle_duplicates`].
pub(super) async fn settle(conn: &mut PgConnection) -> Result<u64, StoreError> {
    // Asked first: an UPDATE of no row tells every process that accounts have changed, and each of them settles again.
    let changed = sqlx::query!(
        r#"WITH scheduled AS (
               SELECT c.usuario_id,
                      min(c.usuario_id) OVER (PARTITION BY ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0')) AS older
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               WHERE coalesce(c.sincronizacao_automatica, FALSE) AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
                 AND c.cpf ~ '[1-9]'
           )
           SELECT c.usuario_id, s.usuario_id IS NOT NULL AS "is_second!"
           FROM configuracoes_detran c LEFT JOIN scheduled s ON s.usuario_id = c.usuario_id AND s.usuario_id > s.older
           WHERE CASE WHEN s.usuario_id IS NULL THEN c.pausa_motivo = 'duplicate_cpf'
                      ELSE c.pausa_motivo IS NULL OR c.pausa_ate <= now() END"#,
    )
    .fetch_all(&mut *conn)
    .await?;
    if changed.is_empty() {
        return Ok(0);
    }
    let users: Vec<i32> = changed.iter().map(|row| row.usuario_id).collect();
    let seconds: Vec<bool> = changed.iter().map(|row| row.is_second).collect();
    let done = sqlx::query!(
        "UPDATE configuracoes_detran c
         SET pausa_motivo = CASE WHEN is_second THEN 'duplicate_cpf' END,
             pausa_desde = CASE WHEN is_second THEN now() END, pausa_ate = NULL
         FROM unnest($1::int[], $2::bool[]) AS changed (usuario_id, is_second)
         WHERE changed.usuario_id = c.usuario_id
           -- Unless a person has paused it meanwhile.
           AND CASE WHEN is_second THEN c.pausa_motivo IS NULL OR c.pausa_ate <= now()
                    ELSE c.pausa_motivo = 'duplicate_cpf' END",
        &users,
        &seconds,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The user of the older scheduled account with the CPF of this one.
pub(super) async fn older(
    conn: &mut PgConnection,
    usuario_id: i32,
) -> Result<Option<i32>, StoreError> {
    let older = sqlx::query_scalar!(
        r"SELECT min(c.usuario_id) FROM configuracoes_detran me
          JOIN configuracoes_detran c ON c.usuario_id < me.usuario_id
               AND ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0') = ltrim(regexp_replace(me.cpf, '\D', '', 'g'), '0')
          JOIN usuarios u ON u.id = c.usuario_id
          WHERE me.usuario_id = $1 AND me.cpf ~ '[1-9]'
            AND coalesce(c.sincronizacao_automatica, FALSE) AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)",
        usuario_id,
    );
    Ok(older.fetch_one(conn).await?)
}

/// Makes everybody else who wants to schedule an account of this CPF wait until this transaction ends.
pub(super) async fn one_at_a_time(conn: &mut PgConnection, cpf: &Cpf) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock($1, hashtext($2))",
        LOCK_SPACE,
        cpf.digits()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The same for the CPF that an account has.
pub(super) async fn one_at_a_time_as_stored(
    conn: &mut PgConnection,
    usuario_id: i32,
) -> Result<(), StoreError> {
    let cpf = sqlx::query_scalar!(
        r#"SELECT coalesce(cpf, '') AS "cpf!" FROM configuracoes_detran WHERE usuario_id = $1"#,
        usuario_id
    );
    let cpf = cpf.fetch_optional(&mut *conn).await?;
    match cpf.map(|cpf| Cpf::parse(&cpf)) {
        Some(Ok(cpf)) => one_at_a_time(conn, &cpf).await,
        Some(Err(_)) | None => Ok(()),
    }
}

/// Refuses a CPF that the scheduled account of another user has.
///
/// # Errors
/// [`StoreError::CpfTaken`]; [`StoreError::Database`].
pub(super) async fn refuse_taken(
    conn: &mut PgConnection,
    cpf: &str,
    except: Option<i32>,
) -> Result<(), StoreError> {
    let taken = sqlx::query_scalar!(
        r"SELECT min(c.usuario_id) FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
          WHERE ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0') = ltrim(regexp_replace($1, '\D', '', 'g'), '0')
            AND $1 ~ '[1-9]' AND c.usuario_id IS DISTINCT FROM $2
            AND coalesce(c.sincronizacao_automatica, FALSE) AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)",
        cpf,
        except,
    );
    match taken.fetch_one(conn).await? {
        Some(usuario_id) => Err(StoreError::CpfTaken { usuario_id }),
        None => Ok(()),
    }
}
