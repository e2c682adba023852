//! A database with examiners and their changes, and an address that is told of them. Time passes by moving all that is
//! stored into the past.

use std::time::Duration;

use agendad::config::webhooks::WebhooksConfig;
use agendad::domain::ChangeKind;
use agendad::store::webhooks::{Endpoint, NewWebhook, Webhook};
use agendad::vault::{Purpose, Vault};
use agendad::webhooks::{Deliverer, Done, Post, Secret};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::support::{TestDatabase, clock};

pub(crate) struct Scene {
    pub(crate) database: TestDatabase,
    pub(crate) vault: Vault,
    pub(crate) config: WebhooksConfig,
    deliverer: Deliverer,
    _state: TempDir,
}

impl Scene {
    /// With so many examiners, each with one slot.
    pub(crate) async fn new(examiners: i32) -> Self {
        Self::on(TestDatabase::new().await, examiners).await
    }

    /// The same on this database.
    pub(crate) async fn on(database: TestDatabase, examiners: i32) -> Self {
        let state = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, state.path()).unwrap();
        let config = WebhooksConfig {
            enabled: true,
            timeout: Duration::from_secs(5),
            at_once: 4,
            give_up_after: Duration::from_secs(24 * 3600),
        };
        let post = Post::new(config.timeout).unwrap();
        let deliverer = Deliverer::new(database.store.clone(), vault.clone(), clock(), post);
        let scene = Self {
            database,
            vault,
            config,
            deliverer,
            _state: state,
        };
        scene
            .execute(&format!(
                r#"INSERT INTO usuarios (id, nome) SELECT n, 'Perito ' || n FROM generate_series(1, {examiners}) n;
                   INSERT INTO agenda_slots (id, usuario_id, data, hora, external_uid, payload, uid_version)
                   SELECT n, n, '2199-11-24', '14:00', 'uid' || n,
                          '{{"nome": "MARIA SILVA", "cpf": "529.982.247-25", "telefone": "(11) 98765-4321",
                             "tipo_processo": "RENOVAÇÃO"}}', 1
                   FROM generate_series(1, {examiners}) n"#
            ))
            .await;
        scene
    }

    /// Tells an address of the local network of all that changes from now on.
    pub(crate) async fn add(&self, url: &str) -> (i32, Secret) {
        self.add_for(url, None, None, true).await
    }

    pub(crate) async fn add_for(
        &self,
        url: &str,
        users: Option<&[i32]>,
        kinds: Option<&[ChangeKind]>,
        allow_private: bool,
    ) -> (i32, Secret) {
        let store = &self.database.store;
        let id = store.next_webhook_id().await.unwrap();
        let secret = Secret::random().unwrap();
        let sealed = self.vault.seal(Purpose::Webhook, id, secret.shown());
        let webhook = NewWebhook {
            id,
            url,
            label: "sistema",
            usuario_ids: users,
            kinds,
            allow_private,
            secret: &sealed.unwrap(),
        };
        store.add_webhook(&webhook, "test").await.unwrap();
        (id, secret)
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.database.execute(sql).await;
    }

    /// Each of these examiners' slots has changed, in this order.
    pub(crate) async fn change(&self, users: &[i32]) {
        for user in users {
            self.execute(&format!(
                r#"INSERT INTO agenda_slot_changes (slot_id, kind, fields)
                   VALUES ({user}, 'changed', '{{"categoria": {{"old": "B", "new": "AB"}},
                           "telefone": {{"old": "(11) 98765-4321", "new": ""}}}}')"#
            ))
            .await;
        }
    }

    /// What the loop does in one look: everything that is due, by one process.
    pub(crate) async fn round(&self) -> Vec<Done> {
        let stop = CancellationToken::new();
        let mut done = Vec::new();
        for endpoint in self.database.store.endpoints(None).await.unwrap() {
            self.note(&endpoint).await;
            while let Some(claim) = self.deliverer.claim(&endpoint, &self.config).await.unwrap() {
                let delivered = self
                    .deliverer
                    .deliver(&endpoint, claim, &self.config, &stop);
                done.push(delivered.await.unwrap());
            }
        }
        done
    }

    pub(crate) async fn note(&self, endpoint: &Endpoint) {
        self.database.store.note_changes(endpoint.id).await.unwrap();
    }

    pub(crate) fn deliverer(&self) -> &Deliverer {
        &self.deliverer
    }

    pub(crate) async fn webhook(&self, id: i32) -> Webhook {
        let all = self.database.store.webhooks().await.unwrap();
        all.into_iter().find(|webhook| webhook.id == id).unwrap()
    }

    /// Everything that is stored becomes so much older.
    pub(crate) async fn pass(&self, interval: &str) {
        let tables: [(&str, &[&str]); 4] = [
            ("agenda_slot_changes", &["at"]),
            (
                "agendad_webhook_positions",
                &[
                    "waiting_since",
                    "resumed_at",
                    "attempted_at",
                    "next_attempt_at",
                    "lease_until",
                ],
            ),
            (
                "agendad_webhooks",
                &[
                    "rests_until",
                    "old_secret_until",
                    "rotated_at",
                    "last_success_at",
                ],
            ),
            ("agendad_webhook_losses", &["given_up_at"]),
        ];
        self.database.age(&tables, interval).await;
    }

    pub(crate) async fn close(self) {
        self.database.close().await;
    }
}
