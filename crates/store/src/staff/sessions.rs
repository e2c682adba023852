//! `agendad_people_sessions`: a session ends when it has rested for too long, when it is too old, and when somebody ends
//! it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::guesses;
use crate::audit::{self, Action};
use crate::{Store, StoreError};
use agendad_domain::{ActionKind, Detail, LoginName, Role};

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
pub struct SessionTimeouts {
    /// Without anything being done.
    pub idle: Duration,
    /// From the login on.
    pub longest: Duration,
}

/// What somebody's password is compared with.
#[derive(Debug)]
pub struct Credentials {
    /// The person.
    pub id: i32,
    pub password_hash: String,
}

/// From where somebody logs in.
#[derive(Debug, Clone, Copy)]
pub struct OpenedBy<'a> {
    /// Network address.
    pub address: &'a str,
    /// The browser, as it calls itself.
    pub agent: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionFound {
    pub session_id: i64,
    pub person_id: i32,
    /// Their login name.
    pub login: String,
    pub nome: String,
    /// What they may do.
    pub role: Role,
    pub usuario_id: Option<i32>,
}

/// A session, for lists.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct PersonSession {
    pub id: i64,
    /// Whose it is.
    pub login: String,
    /// When they logged in.
    pub created_at: DateTime<Utc>,
    /// When they last did something, to within a minute.
    pub last_seen_at: DateTime<Utc>,
    pub address: String,
    pub agent: String,
}

impl Store {
    /// With what a typed password is compared. Of nobody who may not log in.
    pub async fn login_credentials(
        &self,
        login: &LoginName,
    ) -> Result<Option<Credentials>, StoreError> {
        let row = sqlx::query_as!(
            Credentials,
            "SELECT p.id, p.password_hash FROM agendad_people p LEFT JOIN usuarios u ON u.id = p.usuario_id
             WHERE p.login = $1 AND NOT p.disabled AND u.ativo IS NOT FALSE",
            login.as_str()
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// Opens a session of somebody whose password was right, if it still is; failed tries before are forgotten, sessions
    /// that are over are too. Written down in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn open_session(
        &self,
        person: &Credentials,
        token_hash: &[u8; 32],
        by: OpenedBy<'_>,
        lasting: SessionTimeouts,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let found = sqlx::query!(
            "UPDATE agendad_people SET last_login_at = now() WHERE id = $1 AND NOT disabled AND password_hash = $2
             RETURNING login, usuario_id",
            person.id,
            person.password_hash,
        );
        let Some(found) = found.fetch_optional(&mut *tx).await? else {
            return Ok(false);
        };
        sqlx::query!(
            "WITH over AS (
                 DELETE FROM agendad_people_sessions
                 WHERE last_seen_at < now() - make_interval(secs => $5) OR created_at < now() - make_interval(secs => $6)
             )
             INSERT INTO agendad_people_sessions (token_hash, person_id, address, agent) VALUES ($1, $2, $3, $4)",
            token_hash.as_slice(),
            person.id,
            by.address,
            by.agent,
            lasting.idle.as_secs_f64(),
            lasting.longest.as_secs_f64(),
        )
        .execute(&mut *tx)
        .await?;
        guesses::forget(&mut tx, &found.login).await?;
        let action = Action {
            actor: &format!("dashboard:{}", found.login),
            action: ActionKind::DashboardLogin,
            usuario_id: found.usuario_id,
            details: [Detail::Address.with(by.address)].into(),
        };
        audit::commit_if(true, tx, &action).await
    }

    /// Whose session has a token of this hash, if it is not over. `active`: they are doing something, so that it rests no
    /// more.
    pub async fn session_of(
        &self,
        token_hash: &[u8; 32],
        active: bool,
        lasting: SessionTimeouts,
    ) -> Result<Option<SessionFound>, StoreError> {
        let row = sqlx::query_as!(
            SessionFound,
            r#"WITH found AS (
                 SELECT s.id AS session_id, s.last_seen_at, p.id AS person_id, p.login, p.nome, p.role, p.usuario_id
                 FROM agendad_people_sessions s JOIN agendad_people p ON p.id = s.person_id
                 LEFT JOIN usuarios u ON u.id = p.usuario_id
                 WHERE s.token_hash = $1 AND NOT p.disabled AND u.ativo IS NOT FALSE
                   AND s.last_seen_at >= now() - make_interval(secs => $3)
                   AND s.created_at >= now() - make_interval(secs => $4)
             ), noted AS (
                 UPDATE agendad_people_sessions s SET last_seen_at = now() FROM found f
                 WHERE s.id = f.session_id AND $2 AND f.last_seen_at < now() - interval '1 minute'
             )
             SELECT session_id AS "session_id!", person_id AS "person_id!", login AS "login!", nome AS "nome!",
                    role AS "role!: Role", usuario_id
             FROM found"#,
            token_hash.as_slice(),
            active,
            lasting.idle.as_secs_f64(),
            lasting.longest.as_secs_f64(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The sessions that are not over: of one person, or all; last used first.
    pub async fn people_sessions(
        &self,
        person_id: Option<i32>,
        lasting: SessionTimeouts,
    ) -> Result<Vec<PersonSession>, StoreError> {
        let rows = sqlx::query_as!(
            PersonSession,
            "SELECT s.id, p.login, s.created_at, s.last_seen_at, s.address, s.agent
             FROM agendad_people_sessions s JOIN agendad_people p ON p.id = s.person_id
             WHERE ($1::int IS NULL OR s.person_id = $1) AND NOT p.disabled
               AND s.last_seen_at >= now() - make_interval(secs => $2)
               AND s.created_at >= now() - make_interval(secs => $3)
             ORDER BY s.last_seen_at DESC, s.id DESC LIMIT 200",
            person_id,
            lasting.idle.as_secs_f64(),
            lasting.longest.as_secs_f64(),
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Ends sessions of a person: one, or all. How many there were; written down if there were any.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn end_sessions(
        &self,
        person_id: i32,
        session_id: Option<i64>,
        actor: &str,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let ended = sqlx::query!(
            "DELETE FROM agendad_people_sessions WHERE person_id = $1 AND ($2::bigint IS NULL OR id = $2)",
            person_id,
            session_id,
        );
        let ended = ended.execute(&mut *tx).await?.rows_affected();
        if ended > 0 {
            let person = sqlx::query!(
                "SELECT login, usuario_id FROM agendad_people WHERE id = $1",
                person_id
            );
            let person = person.fetch_one(&mut *tx).await?;
            let action = Action {
                actor,
                action: ActionKind::PeopleLogOut,
                usuario_id: person.usuario_id,
                details: [
                    Detail::Login.with(&person.login),
                    Detail::Sessions.with(ended),
                ]
                .into(),
            };
            audit::commit_if(true, tx, &action).await?;
        }
        Ok(ended)
    }
}
