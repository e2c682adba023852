//! `portal_sessions`, as sessions that are kept between runs: their cookies where they are kept here, which of them
//! are to be ended, and what people see of them. Whose they are is in [`ownership`](super::ownership).

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::shown_cpf::masked;
use super::{Store, StoreError};
use agendad_domain::Cpf;

/// A session that is kept here.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct KeptHere {
    /// Names its login.
    pub generation: i64,
    /// Its cookies and form, sealed.
    pub sealed: String,
    /// Whether it is to be ended: older than its TTL by the database's clock or than the account's credentials, or somebody
    /// asked for it.
    pub expired: bool,
}

/// A session that is to be ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionToClose {
    /// Whose.
    pub cpf: Cpf,
    /// The user for whom it was last used.
    pub usuario_id: i32,
    /// Names its login.
    pub generation: i64,
    /// Whether it has rested for so long that the portal has ended it.
    pub rested: bool,
}

/// How a session at the portal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    Open,
    /// The portal may have ended it.
    Resting,
    /// Nobody knows whether the login succeeded.
    Unresolved,
    /// It has ended.
    Closed,
    /// The examiner's own session is there.
    InUse,
}

/// A session, as people see it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct SessionListed {
    /// The user for whom it was last used.
    pub usuario_id: i32,
    /// Whose, masked when it is written out; `None`: what is stored is none.
    #[serde(serialize_with = "masked")]
    pub cpf: Option<Cpf>,
    /// How it stands.
    pub state: SessionState,
    pub opened_at: Option<DateTime<Utc>>,
    /// When the portal last served us in it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it will no longer be trusted; none unless it is open.
    pub dies_at: Option<DateTime<Utc>>,
    /// Since when the examiner's own session has been met.
    pub other_since: Option<DateTime<Utc>>,
    /// Until when that is left alone; none while it is met: for ever.
    pub other_wait_until: Option<DateTime<Utc>>,
}

impl Store {
    /// The cookies of a user's session with a CPF, if they are kept here and the session is open.
    pub async fn kept_session(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        ttl: Duration,
    ) -> Result<Option<KeptHere>, StoreError> {
        let row = sqlx::query_as!(
            KeptHere,
            r#"SELECT generation, sealed AS "sealed!",
                      coalesce(clear_asked_at IS NOT NULL OR opened_at > now()
                               OR opened_at <= now() - make_interval(secs => $3::float8)
                               -- Opened with other credentials, which say nothing of those that are stored now.
                               OR EXISTS (SELECT FROM configuracoes_detran c
                                          WHERE c.usuario_id = $2 AND c.credencial_mudada_em > opened_at
                                            AND c.credencial_mudada_em <= now()), TRUE) AS "expired!"
               FROM portal_sessions
               WHERE cpf = $1 AND usuario_id = $2 AND sealed IS NOT NULL AND closed_at IS NULL AND resolved"#,
            cpf.digits(),
            usuario_id,
            ttl.as_secs_f64(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// Forgets what is kept here of a user's sessions.
    pub async fn forget_sessions(&self, usuario_id: i32) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE portal_sessions SET sealed = NULL WHERE usuario_id = $1 AND sealed IS NOT NULL",
            usuario_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The open sessions that are to be ended: of accounts that are switched off, deleted, without a password or of
    /// another CPF by now; those older than `ttl`; and those whose end somebody asked for.
    pub async fn sessions_to_close(
        &self,
        ttl: Duration,
        portal_idle: Duration,
    ) -> Result<Vec<SessionToClose>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT s.cpf, s.usuario_id, s.generation,
                      coalesce(s.last_used_at > now()
                               OR s.last_used_at < now() - make_interval(secs => $2::float8), TRUE) AS "rested!"
               FROM portal_sessions s
               WHERE s.closed_at IS NULL AND s.resolved AND s.answer = 'in'
                 AND (s.clear_asked_at IS NOT NULL
                      OR s.opened_at > now() OR s.opened_at <= now() - make_interval(secs => $1::float8)
                      OR NOT EXISTS (
                          SELECT FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
                          WHERE c.usuario_id = s.usuario_id
                            AND ltrim(regexp_replace(c.cpf, '\D', '', 'g'), '0') = ltrim(s.cpf, '0')
                            AND coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)
                            AND (coalesce(c.senha, '') <> '' OR c.senha_cifrada IS NOT NULL)))
               ORDER BY s.usuario_id LIMIT 200"#,
            ttl.as_secs_f64(),
            portal_idle.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        let sessions = rows.into_iter().filter_map(|row| {
            Some(SessionToClose {
                cpf: Cpf::parse(&row.cpf).ok()?,
                usuario_id: row.usuario_id,
                generation: row.generation,
                rested: row.rested,
            })
        });
        Ok(sessions.collect())
    }

    /// Asks for the end of all open sessions, or of one user's; whoever can, ends them. How many there are.
    pub async fn ask_to_close_sessions(&self, usuario_id: Option<i32>) -> Result<u64, StoreError> {
        let done = sqlx::query!(
            "UPDATE portal_sessions SET clear_asked_at = clock_timestamp()
             WHERE closed_at IS NULL AND resolved AND answer = 'in' AND ($1::int IS NULL OR usuario_id = $1)",
            usuario_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    /// What is known of the sessions of all persons, by user; closed ones only where the examiner's own is met.
    pub async fn list_sessions(
        &self,
        ttl: Duration,
        portal_idle: Duration,
    ) -> Result<Vec<SessionListed>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT cpf, usuario_id, opened_at, last_used_at, resolved, other_since, other_wait_until,
                      closed_at IS NULL AS "open!",
                      coalesce(last_used_at BETWEEN now() - make_interval(secs => $1::float8) AND now(), FALSE) AS "fresh!"
               FROM portal_sessions
               WHERE closed_at IS NULL AND generation > 0 OR other_since IS NOT NULL
               ORDER BY usuario_id, cpf"#,
            portal_idle.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        let ttl = chrono::TimeDelta::from_std(ttl).unwrap_or(chrono::TimeDelta::MAX);
        Ok(rows
            .into_iter()
            .map(|row| SessionListed {
                usuario_id: row.usuario_id,
                cpf: Cpf::parse(&row.cpf).ok(),
                state: match (row.open, row.resolved, row.fresh) {
                    (false, ..) if row.other_since.is_some() => SessionState::InUse,
                    (false, ..) => SessionState::Closed,
                    (true, _, false) => SessionState::Resting,
                    (true, false, true) => SessionState::Unresolved,
                    (true, true, true) => SessionState::Open,
                },
                dies_at: row
                    .opened_at
                    .filter(|_| row.open && row.resolved)
                    .and_then(|at| at.checked_add_signed(ttl)),
                opened_at: row.opened_at,
                last_used_at: row.last_used_at,
                other_since: row.other_since,
                other_wait_until: row.other_wait_until,
            })
            .collect())
    }
}
