//! `agendad_webhooks`: the addresses of other systems that are told of changes. What they still have to be told is in
//! [`deliveries`].

mod as_logged;
pub mod deliveries;

use std::time::Duration;

use agendad_domain::{ActionKind, ChangeKind, Detail, DisabledBecause, Trouble};
use chrono::{DateTime, Utc};

use super::audit::{self, Action};
use super::{Store, StoreError, Transaction};

/// An address to be made.
#[derive(Debug)]
pub struct NewWebhook<'a> {
    /// Its number, from [`Store::next_webhook_id`].
    pub id: i32,
    /// Where changes are posted.
    pub url: &'a str,
    /// What it is for.
    pub label: &'a str,
    /// Of these examiners; `None`: all.
    pub usuario_ids: Option<&'a [i32]>,
    /// Of these kinds; `None`: all.
    pub kinds: Option<&'a [ChangeKind]>,
    /// Whether the local network and plain HTTP are allowed.
    pub allow_private: bool,
    /// What signs, sealed.
    pub secret: &'a str,
}

/// An address, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Webhook {
    pub id: i32,
    /// Where changes are posted.
    pub url: String,
    /// What it is for.
    pub label: String,
    /// Of these examiners; `None`: all.
    pub usuario_ids: Option<Vec<i32>>,
    /// Of these kinds; `None`: all.
    pub kinds: Option<Vec<ChangeKind>>,
    /// Whether the local network and plain HTTP are allowed.
    pub allow_private: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// Until when the secret before the last rotation signs too.
    pub old_secret_until: Option<DateTime<Utc>>,
    /// Since when nothing is sent.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Why.
    pub disabled_because: Option<DisabledBecause>,
    /// When it last took a change.
    pub last_success_at: Option<DateTime<Utc>>,
    /// Why a delivery last failed.
    pub last_problem: Option<String>,
    pub last_problem_kind: Option<Trouble>,
    pub last_problem_at: Option<DateTime<Utc>>,
    /// Examiners whose changes wait.
    pub waiting: i64,
    /// When the oldest of these happened.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Changes that were given up and not put back.
    pub given_up: i64,
}

/// Where an address leads and what signs, as a delivery needs it. The secrets are sealed.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub id: i32,
    /// Where changes are posted.
    pub url: String,
    /// Whether the local network and plain HTTP are allowed.
    pub allow_private: bool,
    /// What signs.
    pub secret: String,
    /// What signs too, for a while after a rotation.
    pub old_secret: Option<String>,
}

impl Store {
    /// The number of an address that is about to be made: what seals its secret names it.
    pub async fn next_webhook_id(&self) -> Result<i32, StoreError> {
        let id = sqlx::query_scalar!(
            r#"SELECT nextval(pg_get_serial_sequence('agendad_webhooks', 'id'))::int AS "id!""#
        );
        Ok(id.fetch_one(&self.pool).await?)
    }

    /// Makes an address, which is told of what changes from now on; written down in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn add_webhook(
        &self,
        webhook: &NewWebhook<'_>,
        actor: &str,
    ) -> Result<(), StoreError> {
        let label = self.encoding().await?.nearest(webhook.label).into_owned();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO agendad_webhooks (id, url, label, usuario_ids, kinds, allow_private, secret, created_by, seen_change)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, (SELECT coalesce(max(id), 0) FROM agenda_slot_changes))",
            webhook.id,
            webhook.url,
            label,
            webhook.usuario_ids,
            webhook.kinds as _,
            webhook.allow_private,
            webhook.secret,
            actor,
        )
        .execute(&mut *tx)
        .await?;
        let details = [
            Detail::Id.with(webhook.id),
            Detail::Examiners.with(webhook.usuario_ids),
            Detail::Kinds.with(webhook.kinds),
            Detail::AllowPrivate.with(webhook.allow_private),
        ];
        audit::commit_if(
            true,
            tx,
            &Action::of_none(actor, ActionKind::WebhookAdd, details),
        )
        .await?;
        Ok(())
    }

    /// All addresses, the oldest first.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let rows = sqlx::query_as!(
            Webhook,
            r#"SELECT w.id, w.url, w.label, w.usuario_ids,
                      w.kinds AS "kinds: Vec<ChangeKind>", w.allow_private, w.created_at, w.created_by,
                      CASE WHEN w.old_secret_until > now() THEN w.old_secret_until END AS old_secret_until,
                      w.disabled_at, w.disabled_because AS "disabled_because: DisabledBecause", w.last_success_at, w.last_problem,
                      w.last_problem_kind AS "last_problem_kind: Trouble", w.last_problem_at,
                      (SELECT count(*) FROM agendad_webhook_positions p
                       WHERE p.webhook_id = w.id AND p.change_id < p.upto_change) AS "waiting!",
                      (SELECT min(p.waiting_since) FROM agendad_webhook_positions p
                       WHERE p.webhook_id = w.id AND p.change_id < p.upto_change) AS waiting_since,
                      (SELECT coalesce(sum(l.changes), 0)::bigint FROM agendad_webhook_losses l
                       WHERE l.webhook_id = w.id AND l.replayed_at IS NULL) AS "given_up!"
               FROM agendad_webhooks w ORDER BY w.id"#
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Those that are in use, or the one of this number whether it is or not.
    pub async fn endpoints(&self, only: Option<i32>) -> Result<Vec<Endpoint>, StoreError> {
        let rows = sqlx::query_as!(
            Endpoint,
            "SELECT id, url, allow_private, secret, CASE WHEN old_secret_until > now() THEN old_secret END AS old_secret
             FROM agendad_webhooks WHERE CASE WHEN $1::int IS NULL THEN disabled_at IS NULL ELSE id = $1 END
             ORDER BY id",
            only,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Gives an address another secret; the present one signs too for so long. If it is new itself, nobody has told the
    /// receiver yet: then the one before goes on signing instead. Returns whether there is such an address.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn rotate_webhook(
        &self,
        id: i32,
        secret: &str,
        keep: Duration,
        actor: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!(
            "UPDATE agendad_webhooks
             SET old_secret = CASE WHEN rotated_at BETWEEN now() - interval '10 minutes' AND now() AND old_secret_until > now()
                     THEN old_secret ELSE secret END,
                 old_secret_until = now() + make_interval(secs => $3), secret = $2, rotated_at = now() WHERE id = $1",
            id,
            secret,
            keep.as_secs_f64(),
        )
        .execute(&mut *tx)
        .await?;
        let action = Action::of_none(actor, ActionKind::WebhookRotate, [Detail::Id.with(id)]);
        audit::commit_if(done.rows_affected() == 1, tx, &action).await
    }

    /// Stops sending to an address; what changes meanwhile waits. Returns whether there is such an address.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn disable_webhook(&self, id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!(
            "UPDATE agendad_webhooks SET disabled_at = coalesce(disabled_at, now()),
                 disabled_because = coalesce(disabled_because, 'operator') WHERE id = $1",
            id,
        )
        .execute(&mut *tx)
        .await?;
        let action = Action::of_none(actor, ActionKind::WebhookDisable, [Detail::Id.with(id)]);
        audit::commit_if(done.rows_affected() == 1, tx, &action).await
    }

    /// Goes on sending where it stopped, at once. Returns whether there is such an address.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn enable_webhook(&self, id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!(
            "WITH again AS (
                 UPDATE agendad_webhook_positions SET resumed_at = now(), next_attempt_at = now(), attempts = 0
                 WHERE webhook_id = $1
             )
             UPDATE agendad_webhooks SET disabled_at = NULL, disabled_because = NULL, rests_until = NULL WHERE id = $1",
            id,
        )
        .execute(&mut *tx)
        .await?;
        let action = Action::of_none(actor, ActionKind::WebhookEnable, [Detail::Id.with(id)]);
        audit::commit_if(done.rows_affected() == 1, tx, &action).await
    }

    /// Removes an address with all that is known of its deliveries. Returns whether there was such an address.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn remove_webhook(&self, id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!("DELETE FROM agendad_webhooks WHERE id = $1", id)
            .execute(&mut *tx)
            .await?;
        let action = Action::of_none(actor, ActionKind::WebhookRemove, [Detail::Id.with(id)]);
        audit::commit_if(done.rows_affected() == 1, tx, &action).await
    }
}

/// A sealed secret of an address, with its row locked.
#[derive(Debug)]
pub struct SealedSecrets {
    /// The address.
    pub id: i32,
    /// What signs.
    pub secret: String,
    /// What signed before, while it still does.
    pub old_secret: Option<String>,
}

/// The sealed secrets of all addresses, locked until the end of the transaction.
pub async fn lock_secrets(tx: &mut Transaction) -> Result<Vec<SealedSecrets>, StoreError> {
    let rows = sqlx::query_as!(
        SealedSecrets,
        "SELECT id, secret, CASE WHEN old_secret_until > now() THEN old_secret END AS old_secret
         FROM agendad_webhooks ORDER BY id FOR UPDATE"
    );
    Ok(rows.fetch_all(&mut **tx).await?)
}

/// Writes secrets that were sealed anew.
pub async fn write_secrets(tx: &mut Transaction, sealed: &SealedSecrets) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE agendad_webhooks SET secret = $2, old_secret = $3 WHERE id = $1",
        sealed.id,
        sealed.secret,
        sealed.old_secret,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
