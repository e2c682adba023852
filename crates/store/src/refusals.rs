//! `portal_refusals`: passwords that the portal did not accept, by CPF and keyed hash. None of them is posted again,
//! whoever stored it and for whichever user, until somebody has asked for just that.

use sqlx::PgConnection;

use super::accounts::Account;
use super::pause::Pause;
use super::repeatable::repeatable;
use super::{Store, StoreError, Transaction};
use agendad_domain::{Cpf, PauseReason};

/// What the database says against posting a password with a CPF, beside the pause of the account itself.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// An older scheduled account has the same CPF.
    pub older: Option<i32>,
    /// This password was not accepted with this CPF, and not released since.
    pub refused: Option<PauseReason>,
    /// Posts of this password in a row whose answers were lost, see [`unanswered`](super::unanswered).
    pub unanswered: i32,
    /// Another account of this CPF is paused, and not for its password.
    pub paused_elsewhere: Option<PausedElsewhere>,
}

/// The pause of another account with the same CPF.
#[derive(Debug, Clone)]
pub struct PausedElsewhere {
    pub usuario_id: i32,
    pub pause: Pause,
}

impl Store {
    /// What there is to say against posting the password with these `fingerprints` with a CPF for a user.
    pub async fn standing(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        fingerprints: &[String],
    ) -> Result<Standing, StoreError> {
        let standing = || {
            sqlx::query!(
                r#"SELECT
                   (SELECT min(c.usuario_id) FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
                    WHERE ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0') = ltrim($2, '0') AND c.usuario_id < $1
                      AND coalesce(c.sincronizacao_automatica, FALSE) AND coalesce(c.ativo, TRUE)
                      AND coalesce(u.ativo, TRUE)) AS older,
                   (SELECT reason FROM portal_refusals
                    WHERE cpf = $2 AND fingerprint = ANY ($3) AND released_at IS NULL
                    ORDER BY refused_at DESC LIMIT 1) AS "refused: PauseReason",
                   (SELECT unanswered_in_a_row FROM portal_sessions
                    WHERE cpf = $2 AND unanswered_password = ANY ($3)) AS unanswered,
                   p.usuario_id AS "other?", p.pausa_motivo AS "reason?: PauseReason", p.pausa_desde AS "since?", p.pausa_ate AS "until?"
               FROM (SELECT) one LEFT JOIN LATERAL (
                   SELECT c.usuario_id, c.pausa_motivo, c.pausa_desde, c.pausa_ate FROM configuracoes_detran c
                   WHERE ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0') = ltrim($2, '0') AND c.usuario_id <> $1
                     AND coalesce(c.ativo, TRUE) AND c.pausa_motivo IN ('manual', 'captcha')
                     AND coalesce(c.pausa_ate > now(), TRUE)
                   ORDER BY c.usuario_id LIMIT 1) p ON TRUE"#,
                usuario_id,
                cpf.digits(),
                fingerprints,
            )
            .fetch_one(&self.pool)
        };
        let row = repeatable(standing).await?;
        Ok(Standing {
            older: row.older,
            refused: row.refused,
            unanswered: row.unanswered.unwrap_or_default(),
            paused_elsewhere: row.other.zip(row.reason).map(|(usuario_id, reason)| {
                let (since, until) = (row.since, row.until);
                let pause = Pause {
                    reason,
                    since,
                    until,
                };
                PausedElsewhere { usuario_id, pause }
            }),
        })
    }

    /// Remembers a password that was not accepted, unless that is remembered already.
    pub async fn remember_refusal(
        &self,
        cpf: &Cpf,
        fingerprint: &str,
        reason: PauseReason,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO portal_refusals (cpf, fingerprint, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            cpf.digits(),
            fingerprint,
            reason as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Remembers a password that is to be posted no more although nobody has heard what the portal makes of it.
    pub async fn give_up_password(
        &self,
        cpf: &Cpf,
        fingerprint: &str,
        reason: PauseReason,
    ) -> Result<(), StoreError> {
        let mut conn = self.pool.acquire().await?;
        remember(&mut conn, cpf, fingerprint, reason).await
    }

    /// The accounts that are paused because their password was not accepted, and of whose CPF no refusal is
    /// remembered: those that an earlier release has paused.
    pub async fn forgotten_refusals(&self) -> Result<Vec<(i32, PauseReason)>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.usuario_id, c.pausa_motivo AS "reason!: PauseReason" FROM configuracoes_detran c
               WHERE c.pausa_motivo = ANY ($1::text[])
                 AND NOT EXISTS (SELECT FROM portal_refusals r
                                 WHERE r.cpf = lpad(regexp_replace(c.cpf, '\D', '', 'g'), 11, '0'))
               ORDER BY c.usuario_id"#,
            PauseReason::condemning() as _,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(|row| (row.usuario_id, row.reason)).collect())
    }

    /// Remembers that the portal accepted the credentials of `account`, unless they have changed since.
    pub async fn credentials_accepted(&self, account: &Account) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH accepted AS (
                 UPDATE configuracoes_detran SET credencial_aceita_em = now()
                 WHERE usuario_id = $1 AND credencial_aceita_em IS NULL AND credencial_mudada_em = $2
             )
             UPDATE portal_sessions SET unexplained_in_a_row = 0 WHERE cpf = $3 AND unexplained_in_a_row > 0",
            account.usuario_id,
            account.credentials_since,
            account.cpf.digits(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Remembers a password that was not accepted; a release of it is over, and so is the count of its lost answers: whoever
/// releases it begins anew.
pub(super) async fn remember(
    conn: &mut PgConnection,
    cpf: &Cpf,
    fingerprint: &str,
    reason: PauseReason,
) -> Result<(), StoreError> {
    sqlx::query!(
        "WITH counted AS (
             UPDATE portal_sessions
             SET unanswered_in_a_row = CASE WHEN unanswered_password = $2 THEN 0 ELSE unanswered_in_a_row END,
                 unanswered_password = nullif(unanswered_password, $2),
                 accepted_password = nullif(accepted_password, $2)
             WHERE cpf = $1 AND $2 IN (unanswered_password, accepted_password)
         )
         INSERT INTO portal_refusals (cpf, fingerprint, reason) VALUES ($1, $2, $3)
         ON CONFLICT (cpf, fingerprint) DO UPDATE
         SET reason = excluded.reason, refused_at = now(), released_at = NULL, released_by = NULL",
        cpf.digits(),
        fingerprint,
        reason as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets a password be posted once more.
pub(super) async fn release(
    conn: &mut PgConnection,
    cpf: &Cpf,
    fingerprints: &[String],
    actor: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE portal_refusals SET released_at = now(), released_by = $3
         WHERE cpf = $1 AND fingerprint = ANY ($2) AND released_at IS NULL",
        cpf.digits(),
        fingerprints,
        actor,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A stored password, by the key that seals now and by one that is still at hand.
#[derive(Debug)]
pub struct Rekeyed {
    /// CPF of its account.
    pub cpf: Cpf,
    /// Its fingerprint by the key that seals.
    pub new: String,
    /// Its fingerprint by another key.
    pub old: String,
}

/// Lets passwords be recognised by the key that seals, the refused ones and those that were accepted last or went without
/// an answer: the other keys will not be at hand for ever.
pub async fn rekey(tx: &mut Transaction, stored: &[Rekeyed]) -> Result<(), StoreError> {
    let cpfs: Vec<String> = stored.iter().map(|s| s.cpf.digits().to_owned()).collect();
    let new: Vec<String> = stored.iter().map(|s| s.new.clone()).collect();
    let old: Vec<String> = stored.iter().map(|s| s.old.clone()).collect();
    sqlx::query!(
        "WITH k AS (
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS k (cpf, new, old)
         ),
         renamed AS (
             UPDATE portal_sessions s
             SET accepted_password = coalesce(
                     (SELECT k.new FROM k WHERE k.cpf = s.cpf AND k.old = s.accepted_password LIMIT 1), s.accepted_password),
                 unanswered_password = coalesce(
                     (SELECT k.new FROM k WHERE k.cpf = s.cpf AND k.old = s.unanswered_password LIMIT 1), s.unanswered_password)
             WHERE EXISTS (SELECT FROM k WHERE k.cpf = s.cpf AND k.old IN (s.accepted_password, s.unanswered_password))
         )
         INSERT INTO portal_refusals (cpf, fingerprint, reason, refused_at, released_at, released_by)
         SELECT DISTINCT ON (r.cpf, k.new) r.cpf, k.new, r.reason, r.refused_at, r.released_at, r.released_by
         FROM k JOIN portal_refusals r ON r.cpf = k.cpf AND r.fingerprint = k.old
         ORDER BY r.cpf, k.new, r.refused_at DESC
         ON CONFLICT (cpf, fingerprint) DO NOTHING",
        &cpfs,
        &new,
        &old,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
