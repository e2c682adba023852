//! `portal_sessions`: whose the session is that the portal has of a person. The portal allows one session a
//! person, and it is the examiner's before it is ours. One row a CPF, whoever the user is. A login is written
//! down before its password is posted and resolved by its answer, so that a process that dies in between leaves
//! behind what the next one must know.
//!
//! All times are the database's. A stamp that lies in the future is not believed: it makes a session *not ours*,
//! and a wait begin anew. Whoever holds the lock of the person ([`control`](super::control)) writes here.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::accounts::Account;
use super::{Store, StoreError};
use agendad_domain::Cpf;

/// Whose session the portal has, as far as we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// A session of ours, of whatever process: it may be ended at once.
    Ours,
    /// None of ours: whoever is met there is the examiner.
    NotOurs,
}

/// A login that is written down, so that its password may be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginBegun {
    /// Names this login and its session from now on.
    pub generation: i64,
    /// Whose session the portal had before it.
    pub before: Ownership,
    /// Whether a session that this login may have opened, the answer to its post being lost, counts as ours.
    pub lost_is_ours: bool,
    /// When that was last used.
    pub used_before: Option<DateTime<Utc>>,
    /// Answers to a password of this CPF that nobody understood, in a row, before it.
    pub unexplained_before: i32,
}

/// What the portal answered to a login. A post whose answer was lost has none, and stays unresolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginAnswer {
    /// Logged in.
    In {
        /// Whether a session elsewhere was ended for it.
        forced: bool,
    },
    /// A session elsewhere, which was left alone. Where it is ended at once, the login is still going on: only the
    /// answer to that post is written.
    InUse,
    /// Whatever else was answered: our session is not there.
    NotIn,
}

impl LoginAnswer {
    /// As `portal_sessions.answer` says it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::In { .. } => "in",
            Self::InUse => "in_use",
            Self::NotIn => "not_in",
        }
    }
}

/// What the end of a session before its time means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dead {
    /// It was used a short while ago: if a session elsewhere is met now, the examiner took over.
    Early,
    /// It had rested for so long that the portal may have ended it.
    Rested,
    /// Another login of ours has taken its place, or it was closed: nobody took over.
    Superseded,
}

/// How long the examiner's own session is left alone.
#[derive(Debug, Clone, Copy)]
pub struct OtherSessionRule<'a> {
    /// For so long after it was first met; `None`: for ever.
    pub wait: Option<Duration>,
    /// The longest pause between two meetings that are one wait.
    pub gap: Duration,
    /// Where the day begins after which a session that was taken back may be forced again.
    pub timezone: &'a str,
}

/// What to do about the examiner's own session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherSession {
    /// Leave it alone.
    Wait {
        /// Until then, if it is met at every tick.
        until: DateTime<Utc>,
    },
    /// The wait is over: end it and log in.
    Force,
    /// Leave it alone for today: the examiner took a forced session back.
    NotToday {
        /// The beginning of the next day.
        until: DateTime<Utc>,
    },
    /// Leave it alone for ever.
    Never,
}

impl Store {
    /// Begins a login, before its password is posted. Says whose session the portal had until now: ours, if it is
    /// not closed, was used within `portal_idle`, was not found dead, and its login was answered *in* or not at all;
    /// not if the answer before a lost one was *in use*.
    ///
    /// `None`, and nothing is written, if the account has been paused or switched off since it was read, is gone, or has
    /// other credentials: then no password may be posted.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then no password may be posted.
    pub async fn login_begins(
        &self,
        account: &Account,
        portal_idle: Duration,
    ) -> Result<Option<LoginBegun>, StoreError> {
        // In one statement, judged after the row's lock is had: of two that race, the second sees the first.
        let row = sqlx::query!(
            "INSERT INTO portal_sessions AS s
                 (cpf, usuario_id, generation, resolved, opened_at, last_used_at)
             SELECT $1::text, $2::int, 1, FALSE, clock_timestamp(), clock_timestamp()
             WHERE $4::bool OR EXISTS (
                 SELECT FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
                 WHERE c.usuario_id = $2 AND c.credencial_mudada_em = $5
                   -- Whoever logs in although it is paused or off does so on purpose.
                   AND ($6::bool OR c.pausa_motivo IS NULL OR coalesce(c.pausa_ate <= now(), FALSE))
                   AND ($7::bool OR coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)))
             ON CONFLICT (cpf) DO UPDATE SET
                 was_ours = coalesce(
                     s.closed_at IS NULL AND s.found_dead_at IS NULL
                     AND s.opened_at <= clock_timestamp() AND s.last_used_at <= clock_timestamp()
                     AND s.last_used_at >= clock_timestamp() - make_interval(secs => $3::float8)
                     AND CASE WHEN s.resolved THEN s.answer = 'in' ELSE s.answer IS DISTINCT FROM 'in_use' END,
                     FALSE),
                 usuario_id = $2, generation = s.generation + 1, resolved = FALSE, opened_at = clock_timestamp(),
                 last_used_at = clock_timestamp(), closed_at = NULL, sealed = NULL
             RETURNING s.generation, s.was_ours, s.unexplained_in_a_row,
                 -- As the next login would judge it.
                 s.answer IS DISTINCT FROM 'in_use' AND s.found_dead_at IS NULL AS \"lost_is_ours!\",
                 -- As it was when the statement began.
                 (SELECT b.last_used_at FROM portal_sessions b WHERE b.cpf = $1) AS used_before",
            account.cpf.digits(),
            account.usuario_id,
            portal_idle.as_secs_f64(),
            account.is_brought(),
            account.credentials_since,
            account.pause.is_some(),
            !account.active,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| LoginBegun {
            generation: row.generation,
            before: if row.was_ours {
                Ownership::Ours
            } else {
                Ownership::NotOurs
            },
            lost_is_ours: row.lost_is_ours,
            used_before: row.used_before,
            unexplained_before: row.unexplained_in_a_row,
        }))
    }

    /// No password of this login came to anything: whoever had a session has it still. One of ours was not used by it,
    /// and without its cookies stays unresolved.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then the login stays unresolved.
    pub async fn login_undone(&self, cpf: &Cpf, login: &LoginBegun) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE portal_sessions
             SET resolved = NOT $3,
                 last_used_at = CASE WHEN $3 THEN coalesce($4, last_used_at) ELSE last_used_at END,
                 closed_at = CASE WHEN $3 THEN closed_at ELSE clock_timestamp() END,
                 clear_asked_at = CASE WHEN $3 THEN clear_asked_at END,
                 -- How the post before was answered, if one was.
                 answer = CASE WHEN $3 THEN answer ELSE coalesce(answer, 'not_in') END
             WHERE cpf = $1 AND generation = $2 AND NOT resolved",
            cpf.digits(),
            login.generation,
            login.before == Ownership::Ours,
            login.used_before,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Writes the portal's answer to a login. Returns whether it was still the last one.
    ///
    /// *In* opens the session, ends the wait for the examiner's own, and forgets unexplained answers. Forced
    /// over the examiner means: while one of theirs was being met.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then the login stays unresolved.
    pub async fn login_answered(
        &self,
        cpf: &Cpf,
        generation: i64,
        answer: LoginAnswer,
    ) -> Result<bool, StoreError> {
        let done = if let LoginAnswer::In { forced } = answer {
            sqlx::query!(
                "UPDATE portal_sessions
                 SET resolved = TRUE, answer = 'in', opened_at = clock_timestamp(), last_used_at = clock_timestamp(),
                     closed_at = NULL, found_dead_at = NULL, clear_asked_at = NULL, unexplained_in_a_row = 0,
                     -- Written twice, if the first answer of the database was lost, it says the same.
                     forced = $3 AND (other_since IS NOT NULL OR resolved AND forced),
                     taken_back_at = CASE WHEN $3 THEN taken_back_at END,
                     other_since = NULL, other_last_met = NULL, other_wait_until = NULL
                 WHERE cpf = $1 AND generation = $2",
                cpf.digits(),
                generation,
                forced,
            )
            .execute(&self.pool)
            .await?
        } else {
            sqlx::query!(
                "UPDATE portal_sessions
                 SET resolved = TRUE, answer = $3, closed_at = clock_timestamp(), clear_asked_at = NULL
                 WHERE cpf = $1 AND generation = $2",
                cpf.digits(),
                generation,
                answer.as_str(),
            )
            .execute(&self.pool)
            .await?
        };
        Ok(done.rows_affected() == 1)
    }

    /// Writes that the portal served us in a session, at the end of a run, and with it what is kept of the session
    /// (`sealed`; `None` leaves that as it is). Returns when the session was opened; `None` if another login has
    /// taken its place or it was closed: then nothing was written.
    pub async fn session_used(
        &self,
        cpf: &Cpf,
        generation: i64,
        sealed: Option<&str>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let opened_at = sqlx::query_scalar!(
            "UPDATE portal_sessions SET last_used_at = clock_timestamp(), sealed = coalesce($3, sealed)
             WHERE cpf = $1 AND generation = $2 AND closed_at IS NULL AND resolved
             RETURNING opened_at",
            cpf.digits(),
            generation,
            sealed,
        );
        Ok(opened_at.fetch_optional(&self.pool).await?.flatten())
    }

    /// The portal no longer honours a session of ours. Written before a new login begins.
    pub async fn session_found_dead(
        &self,
        cpf: &Cpf,
        generation: i64,
        portal_idle: Duration,
    ) -> Result<Dead, StoreError> {
        let early = sqlx::query_scalar!(
            r#"UPDATE portal_sessions
               SET found_dead_at = CASE
                       WHEN last_used_at <= clock_timestamp()
                            AND last_used_at >= clock_timestamp() - make_interval(secs => $3::float8)
                       THEN clock_timestamp() ELSE found_dead_at END,
                   -- What has rested is over; what died early is judged by the answer to the next login.
                   closed_at = CASE
                       WHEN last_used_at <= clock_timestamp()
                            AND last_used_at >= clock_timestamp() - make_interval(secs => $3::float8)
                       THEN closed_at ELSE clock_timestamp() END,
                   sealed = NULL
               WHERE cpf = $1 AND generation = $2 AND closed_at IS NULL
               RETURNING found_dead_at IS NOT NULL AND closed_at IS NULL AS "early!""#,
            cpf.digits(),
            generation,
            portal_idle.as_secs_f64(),
        );
        Ok(match early.fetch_optional(&self.pool).await? {
            Some(true) => Dead::Early,
            Some(false) => Dead::Rested,
            None => Dead::Superseded,
        })
    }

    /// We have logged out. The portal answers that alike whether or not the session was there, so that a forced one may
    /// have been taken back before: with `portal_idle`, whoever is met at a login of the same day is taken for the examiner
    /// who did. A login that meets nobody forgets that.
    pub async fn session_closed(
        &self,
        cpf: &Cpf,
        generation: i64,
        portal_idle: Option<Duration>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE portal_sessions
             SET found_dead_at = CASE
                     WHEN forced AND last_used_at <= clock_timestamp()
                          AND last_used_at >= clock_timestamp() - make_interval(secs => $3::float8)
                     THEN clock_timestamp() ELSE found_dead_at END,
                 closed_at = clock_timestamp(), clear_asked_at = NULL, sealed = NULL
             WHERE cpf = $1 AND generation = $2 AND closed_at IS NULL",
            cpf.digits(),
            generation,
            portal_idle.map(|idle| idle.as_secs_f64()),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A session elsewhere was met that is not ours: writes it down, and says what to do about it.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then it must be left alone.
    pub async fn other_session_met(
        &self,
        cpf: &Cpf,
        rule: &OtherSessionRule<'_>,
    ) -> Result<OtherSession, StoreError> {
        let row = sqlx::query!(
            r#"WITH instant AS MATERIALIZED (SELECT clock_timestamp() AS at),
               before AS MATERIALIZED (
                   SELECT s.cpf, i.at,
                          CASE WHEN s.other_since <= s.other_last_met AND s.other_last_met <= i.at
                                    AND s.other_last_met >= i.at - make_interval(secs => $3::float8)
                               THEN s.other_since ELSE i.at END AS since,
                          CASE WHEN s.forced AND s.found_dead_at <= i.at THEN s.found_dead_at
                               WHEN s.taken_back_at <= i.at THEN s.taken_back_at END AS taken_back
                   FROM portal_sessions s, instant i WHERE s.cpf = $1 FOR UPDATE OF s
               ),
               judged AS MATERIALIZED (
                   SELECT b.*, b.since + make_interval(secs => $2::float8) AS wait_until,
                          (date_trunc('day', b.taken_back AT TIME ZONE $4) + interval '1 day') AT TIME ZONE $4
                              AS next_day
                   FROM before b
               )
               UPDATE portal_sessions s
               SET other_since = j.since, other_last_met = j.at, forced = FALSE, taken_back_at = j.taken_back,
                   other_wait_until = CASE WHEN $2::float8 IS NULL THEN NULL
                                           ELSE greatest(j.wait_until, j.next_day) END
               FROM judged j WHERE s.cpf = j.cpf
               RETURNING j.at AS "at!", j.wait_until, j.next_day"#,
            cpf.digits(),
            rule.wait.map(|wait| wait.as_secs_f64()),
            rule.gap.as_secs_f64(),
            rule.timezone,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            // Nobody has begun a login: there is nothing to wait by.
            return Ok(OtherSession::Never);
        };
        Ok(match (row.wait_until, row.next_day) {
            (None, _) => OtherSession::Never,
            (Some(_), Some(until)) if row.at < until => OtherSession::NotToday { until },
            (Some(until), _) if row.at < until => OtherSession::Wait { until },
            (Some(_), _) => OtherSession::Force,
        })
    }
}
