//! `agendad_webhook_positions` and `agendad_webhook_losses`: how far each address has got with each examiner. The change
//! log is the outbox. Nothing here is in the way of a run: the log is read after its transactions.

use std::time::Duration;

use agendad_domain::{ActionKind, Detail, Trouble, Undelivered};
use chrono::{DateTime, Utc};

use super::as_logged;
use crate::audit::{self, Action};
use crate::listing::{ChangeView, SlotView};
use crate::{Store, StoreError};

/// The changes of one examiner, to be delivered to one address by whoever holds this.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The address.
    pub webhook_id: i32,
    pub usuario_id: i32,
    /// The last change that is settled.
    pub change_id: i64,
    /// The last one that is known.
    pub upto_change: i64,
    /// Deliveries that have failed in a row, this one included.
    pub attempts: i32,
    pub lease: i32,
}

/// A change on its way, and the slot as it was right after it.
#[derive(Debug, Clone)]
pub struct Due {
    pub change: ChangeView,
    pub slot: SlotView,
}

/// A place in the outbox that is not as it should be.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Waiting {
    /// The address.
    pub webhook_id: i32,
    pub usuario_id: i32,
    /// The last change that is settled.
    pub change_id: i64,
    /// The last one that is known.
    pub upto_change: i64,
    /// When the first of those that wait happened.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Deliveries that have failed in a row.
    pub attempts: i32,
    /// When it is tried next.
    pub next_attempt_at: DateTime<Utc>,
    /// Why the last one failed.
    pub last_error: Option<String>,
    pub last_error_kind: Option<Trouble>,
}

/// Changes that were given up.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Loss {
    /// The address.
    pub webhook_id: i32,
    pub usuario_id: i32,
    pub first_change: i64,
    pub last_change: i64,
    /// How many.
    pub changes: i64,
    pub given_up_at: DateTime<Utc>,
    /// Why the last delivery failed.
    pub error: String,
    pub error_kind: Option<Trouble>,
    /// When they were put back.
    pub replayed_at: Option<DateTime<Utc>>,
}

/// From where changes are sent again.
#[derive(Debug, Clone, Copy)]
pub enum ReplayFrom {
    /// What happened from then on.
    Time(DateTime<Utc>),
    /// This change and those after it.
    Change(i64),
}

impl Store {
    /// Notes which examiners have changes that an address wants and has not seen.
    ///
    /// Changes become visible in the order of their numbers for one examiner (one run at a time), but not over all of
    /// them. So everything beyond `seen_change` is looked at each time, and `seen_change` grows only to a number below
    /// which no transaction can still write: one that was the last when all transactions of that moment were going on,
    /// and these have ended. A transaction has its number before its first change has one, since it locks its run first.
    pub async fn note_changes(&self, webhook_id: i32) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH hook AS MATERIALIZED (
                 SELECT id, usuario_ids, kinds, seen_change, next_seen_change,
                        next_seen_xid <= pg_snapshot_xmin(pg_current_snapshot()) AS settled,
                        -- Nothing yet; or of another server, whose transactions were further.
                        coalesce(next_seen_xid > pg_snapshot_xmax(pg_current_snapshot()), TRUE) AS unknown
                 FROM agendad_webhooks WHERE id = $1 AND disabled_at IS NULL FOR UPDATE SKIP LOCKED
             ), found AS MATERIALIZED (
                 SELECT s.usuario_id, min(c.id) AS first, max(c.id) AS last, min(c.at) AS at
                 FROM hook h
                 JOIN agenda_slot_changes c ON c.id > h.seen_change AND (h.kinds IS NULL OR c.kind = ANY (h.kinds))
                 JOIN agenda_slots s ON s.id = c.slot_id
                 WHERE s.usuario_id IS NOT NULL AND (h.usuario_ids IS NULL OR s.usuario_id = ANY (h.usuario_ids))
                 GROUP BY s.usuario_id
             ), noted AS (
                 INSERT INTO agendad_webhook_positions AS p (webhook_id, usuario_id, change_id, upto_change, waiting_since)
                 SELECT $1, usuario_id, first - 1, last, at FROM found
                 ON CONFLICT (webhook_id, usuario_id) DO UPDATE
                 SET upto_change = excluded.upto_change,
                     waiting_since = coalesce(p.waiting_since, excluded.waiting_since)
                 WHERE p.upto_change < excluded.upto_change
             )
             UPDATE agendad_webhooks w
             SET seen_change = CASE WHEN h.settled THEN h.next_seen_change ELSE w.seen_change END,
                 next_seen_change = (SELECT coalesce(max(id), 0) FROM agenda_slot_changes),
                 next_seen_xid = pg_snapshot_xmax(pg_current_snapshot())
             FROM hook h
             WHERE w.id = h.id AND (h.settled OR h.unknown)
               AND (SELECT coalesce(max(id), 0) FROM agenda_slot_changes) <> w.seen_change",
            webhook_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Claims the examiner whose changes have waited longest for an address; nobody else delivers these within `lease`.
    pub async fn claim_changes(
        &self,
        webhook_id: i32,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        let row = sqlx::query_as!(
            Claim,
            "WITH due AS (
                 SELECT p.webhook_id, p.usuario_id
                 FROM agendad_webhook_positions p JOIN agendad_webhooks w ON w.id = p.webhook_id
                 WHERE p.webhook_id = $1 AND p.change_id < p.upto_change AND w.disabled_at IS NULL
                   -- A rest is an hour at most: one that ends later was written by a clock that was ahead.
                   AND NOT coalesce(w.rests_until > now() AND w.rests_until <= now() + interval '1 hour', FALSE)
                   AND (p.next_attempt_at <= now() AND coalesce(p.lease_until <= now(), TRUE)
                        OR p.attempted_at > now() + interval '1 minute')
                 ORDER BY p.next_attempt_at, p.usuario_id LIMIT 1 FOR UPDATE OF p SKIP LOCKED
             )
             UPDATE agendad_webhook_positions p
             SET lease = p.lease + 1, lease_until = now() + make_interval(secs => $2), attempts = p.attempts + 1,
                 attempted_at = now()
             FROM due WHERE p.webhook_id = due.webhook_id AND p.usuario_id = due.usuario_id
             RETURNING p.webhook_id, p.usuario_id, p.change_id, p.upto_change, p.attempts, p.lease",
            webhook_id,
            lease.as_secs_f64(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The next changes of a claim in their order, at most `limit`.
    pub async fn due_changes(&self, claim: &Claim, limit: i64) -> Result<Vec<Due>, StoreError> {
        let changes = self
            .changes_of_claim(claim.webhook_id, claim.usuario_id, claim.change_id, limit)
            .await?;
        let ids: Vec<i64> = changes.iter().map(|change| change.slot_id).collect();
        let slots = self.slots_by_id(&ids).await?;
        let first = changes.first().map_or(i64::MAX, |change| change.id);
        let later = self.changes_of_slots(&ids, first).await?;
        let due = changes.into_iter().filter_map(|change| {
            let slot = slots.iter().find(|slot| slot.id == change.slot_id)?.clone();
            let later = later
                .iter()
                .filter(|other| other.slot_id == change.slot_id && other.id > change.id);
            let slot = as_logged::slot(slot, &change, later);
            Some(Due { change, slot })
        });
        Ok(due.collect())
    }

    /// An address took a change. Returns whether the claim still holds.
    pub async fn change_taken(
        &self,
        claim: &Claim,
        change: i64,
        next_at: Option<DateTime<Utc>>,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "WITH moved AS (
                 UPDATE agendad_webhook_positions
                 SET change_id = $4, attempts = 1, last_error = NULL, next_attempt_at = now(), attempted_at = now(),
                     waiting_since = $5, lease_until = now() + make_interval(secs => $6)
                 WHERE webhook_id = $1 AND usuario_id = $2 AND lease = $3 AND change_id < $4
                 RETURNING 1
             ), noted AS (
                 UPDATE agendad_webhooks SET last_success_at = now()
                 WHERE id = $1 AND coalesce(last_success_at < now() - interval '10 seconds', TRUE)
             )
             SELECT FROM moved",
            claim.webhook_id,
            claim.usuario_id,
            claim.lease,
            change,
            next_at,
            lease.as_secs_f64(),
        );
        Ok(done.fetch_optional(&self.pool).await?.is_some())
    }

    /// Ends a claim. Nothing waits any more up to the change that was known: it is settled, even if nothing of it was
    /// wanted; otherwise the rest is due at once.
    pub async fn release_claim(&self, claim: &Claim, is_done: bool) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE agendad_webhook_positions
             SET lease_until = NULL, attempts = 0, next_attempt_at = now(),
                 change_id = CASE WHEN $5 THEN greatest(change_id, $4) ELSE change_id END,
                 waiting_since = CASE WHEN $5 AND upto_change <= greatest(change_id, $4) THEN NULL ELSE coalesce(waiting_since, now()) END
             WHERE webhook_id = $1 AND usuario_id = $2 AND lease = $3",
            claim.webhook_id,
            claim.usuario_id,
            claim.lease,
            claim.upto_change,
            is_done,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// An address did not take a change: it is tried again after `again`, and whatever comes to the address rests for
    /// `rest`. What has waited for `give_up_after` is given up instead; returns how many changes that were.
    pub async fn change_failed(
        &self,
        claim: &Claim,
        problem: &Problem<'_>,
    ) -> Result<i64, StoreError> {
        let said = self
            .encoding()
            .await?
            .nearest(&problem.error.said)
            .into_owned();
        let given_up = sqlx::query_file_scalar!(
            "src/sql/webhook_failed.sql",
            claim.webhook_id,
            claim.usuario_id,
            claim.lease,
            said,
            problem.again.as_secs_f64(),
            problem.rest.map(|rest| rest.as_secs_f64()),
            problem.give_up_after.map(|after| after.as_secs_f64()),
            problem.error.why as _,
        );
        Ok(given_up.fetch_one(&self.pool).await?)
    }

    /// An address answered that it is gone for good: nothing is sent any more, what changes waits.
    pub async fn webhook_gone(&self, claim: &Claim, said: &str) -> Result<(), StoreError> {
        let said = self.encoding().await?.nearest(said).into_owned();
        sqlx::query!(
            "WITH released AS (
                 UPDATE agendad_webhook_positions SET lease_until = NULL, last_error = $4, last_error_kind = $5
                 WHERE webhook_id = $1 AND usuario_id = $2 AND lease = $3
             )
             UPDATE agendad_webhooks SET disabled_at = now(), disabled_because = 'gone', last_problem = $4, last_problem_kind = $5,
                 last_problem_at = now() WHERE id = $1 AND disabled_at IS NULL",
            claim.webhook_id,
            claim.usuario_id,
            claim.lease,
            said,
            Trouble::Address as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Sends changes again, of one examiner or of all, from a moment or a change on; what an address has not been told
    /// stays as it is. Returns for how many examiners.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn replay_changes(
        &self,
        webhook_id: i32,
        usuario_id: Option<i32>,
        from: ReplayFrom,
        actor: &str,
    ) -> Result<i64, StoreError> {
        let (since, change) = match from {
            ReplayFrom::Time(since) => (Some(since), None),
            ReplayFrom::Change(change) => (None, Some(change)),
        };
        let mut tx = self.begin().await?;
        let examiners = sqlx::query_file_scalar!(
            "src/sql/webhook_replay.sql",
            webhook_id,
            usuario_id,
            since,
            change,
        )
        .fetch_one(&mut *tx)
        .await?;
        let details = [
            Detail::Id.with(webhook_id),
            Detail::Examiner.with(usuario_id),
            Detail::Since.with(since),
            Detail::Change.with(change),
        ];
        audit::commit_if(
            true,
            tx,
            &Action::of_none(actor, ActionKind::WebhookReplay, details),
        )
        .await?;
        Ok(examiners)
    }

    /// What waits and why, and what was given up within `given_up`; of one address, or of all.
    pub async fn webhook_deliveries(
        &self,
        webhook_id: Option<i32>,
        given_up: Duration,
    ) -> Result<(Vec<Waiting>, Vec<Loss>), StoreError> {
        let waiting = sqlx::query_as!(
            Waiting,
            r#"SELECT webhook_id, usuario_id, change_id, upto_change, waiting_since, attempts, next_attempt_at, last_error,
                      last_error_kind AS "last_error_kind: Trouble"
               FROM agendad_webhook_positions WHERE change_id < upto_change AND ($1::int IS NULL OR webhook_id = $1)
               ORDER BY waiting_since NULLS LAST, webhook_id, usuario_id LIMIT 200"#,
            webhook_id,
        );
        let losses = sqlx::query_as!(
            Loss,
            r#"SELECT webhook_id, usuario_id, first_change, last_change, changes, given_up_at, error,
                      error_kind AS "error_kind: Trouble", replayed_at
               FROM agendad_webhook_losses
               WHERE given_up_at > now() - make_interval(secs => $2) AND ($1::int IS NULL OR webhook_id = $1)
               ORDER BY id DESC LIMIT 200"#,
            webhook_id,
            given_up.as_secs_f64(),
        );
        Ok((
            waiting.fetch_all(&self.pool).await?,
            losses.fetch_all(&self.pool).await?,
        ))
    }

    /// For how many seconds the oldest change that waits for an address in use has waited; zero: none waits.
    pub async fn webhook_backlog(&self) -> Result<f64, StoreError> {
        let age = sqlx::query_scalar!(
            r#"SELECT coalesce(greatest(extract(epoch FROM now() - min(p.waiting_since)), 0), 0)::float8 AS "age!"
               FROM agendad_webhook_positions p JOIN agendad_webhooks w ON w.id = p.webhook_id
               WHERE p.change_id < p.upto_change AND w.disabled_at IS NULL"#,
        );
        Ok(age.fetch_one(&self.pool).await?)
    }

    /// Forgets losses that are older than `keep`.
    pub async fn forget_losses(&self, keep: Duration) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM agendad_webhook_losses WHERE given_up_at < now() - make_interval(secs => $1)",
            keep.as_secs_f64(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Why a change was not taken, and what follows.
#[derive(Debug, Clone, Copy)]
pub struct Problem<'a> {
    /// Why.
    pub error: &'a Undelivered,
    /// It is tried again after this.
    pub again: Duration,
    /// The address asked for a rest, an hour at most.
    pub rest: Option<Duration>,
    /// What has waited so long is given up; `None`: nothing is.
    pub give_up_after: Option<Duration>,
}
