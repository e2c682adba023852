//! A database with examiners, a daemon's alerts on it, and both sinks. Time passes by moving all that is
//! stored into the past.

use std::time::Duration;

use agendad::alerts::{Channels, Courier, Delivered, Evaluated, Evaluator};
use agendad::config::{Config, Place, layers};
use agendad::vault::Vault;
use tokio_util::sync::CancellationToken;

use crate::alerts::mail::MailServer;
use crate::alerts::webhook::Webhook;
use crate::support::TestDatabase;

pub(crate) const OPERATOR: &str = "operador@example.com";

pub(crate) struct Scene {
    pub(crate) database: TestDatabase,
    pub(crate) mail: MailServer,
    pub(crate) webhook: Webhook,
    pub(crate) config: Config,
    pub(crate) vault: Vault,
    courier: Courier,
}

/// Every rule but these is off.
pub(crate) fn only(config: &mut Config, rules: &[&str]) {
    let alerts = &mut config.alerts;
    let is_on = |rule| rules.contains(&rule);
    alerts.failure_rate.enabled = is_on("failure_rate");
    alerts.many_removed.enabled = is_on("many_removed");
    alerts.held_removals.enabled = is_on("held_removals");
    alerts.credentials.enabled = is_on("credentials");
    alerts.captcha.enabled = is_on("captcha");
    alerts.layout.enabled = is_on("layout");
    alerts.unread_rows.enabled = is_on("unread_rows");
    alerts.portal_down.enabled = is_on("portal_down");
    alerts.firewall.enabled = is_on("firewall");
    alerts.duplicate_cpf.enabled = is_on("duplicate_cpf");
    alerts.stale.enabled = is_on("stale");
    alerts.database.enabled = is_on("database");
    alerts.clock.enabled = is_on("clock");
}

/// The shipped defaults with both sinks as channels.
pub(crate) fn config(mail: &MailServer, webhook: &Webhook) -> Config {
    let text = format!(
        r#"
        [alerts.slack]
        webhook = "{}"
        [alerts.email]
        host = "127.0.0.1"
        port = {}
        security = "none"
        from = "agendad <agendad@example.com>"
        to = ["{OPERATOR}"]
        "#,
        webhook.url(),
        mail.address.port()
    );
    let layer = layers::Layer {
        place: Place::File("test".into()),
        table: text.parse().unwrap(),
    };
    let mut config = Config::from_layers(vec![layers::built_in().unwrap(), layer]).unwrap();
    config.alerts.retry.jitter = false;
    config
}

/// A key for nothing but this.
pub(crate) fn vault() -> Vault {
    let dir = tempfile::tempdir().unwrap();
    Vault::open(None, dir.path()).unwrap()
}

impl Scene {
    pub(crate) async fn new(examiners: i32) -> Self {
        let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
        let config = config(&mail, &webhook);
        let database = TestDatabase::new().await;
        let vault = vault();
        let courier = Courier::new(database.store.clone(), vault.clone());
        let scene = Self {
            database,
            mail,
            webhook,
            config,
            vault,
            courier,
        };
        scene
            .execute(&format!(
                "WITH people AS (
                     INSERT INTO usuarios (nome) SELECT 'Perito ' || n FROM generate_series(1, {examiners}) n RETURNING id
                 )
                 INSERT INTO configuracoes_detran (usuario_id, cpf, senha, credencial_mudada_em)
                 SELECT id, lpad(id::text, 11, '7'), 'x', now() - interval '30 days' FROM people"
            ))
            .await;
        scene
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.database.execute(sql).await;
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.database.count(sql).await
    }

    /// An evaluation as another daemon, or the same one after a restart, would do it.
    pub(crate) async fn evaluate(&self) -> Evaluated {
        self.evaluate_for(&Channels::of(&self.config).unwrap())
            .await
    }

    async fn evaluate_for(&self, channels: &Channels) -> Evaluated {
        let evaluator = Evaluator::new(self.database.store.clone(), "maquina/1234");
        evaluator.evaluate(&self.config, channels).await.unwrap()
    }

    pub(crate) async fn deliver(&self) -> Delivered {
        self.deliver_by(&Channels::of(&self.config).unwrap()).await
    }

    async fn deliver_by(&self, channels: &Channels) -> Delivered {
        let stop = CancellationToken::new();
        let round = self
            .courier
            .round(channels, &self.config.alerts, &stop, || {});
        round.await.unwrap()
    }

    /// What the janitor does now and then.
    pub(crate) async fn tidy(&self) {
        let (age, keep) = (Duration::from_secs(24 * 3600), self.config.retention.runs);
        self.database.store.tidy_alerts(age, keep).await.unwrap();
    }

    /// A minute later: evaluates and delivers. The titles of the messages that came, the same by both ways.
    pub(crate) async fn look(&self) -> Vec<String> {
        self.pass("1 minute").await;
        let before = (self.webhook.texts().len(), self.mail.mails().len());
        // The system's certificates are read for each.
        let channels = Channels::of(&self.config).unwrap();
        assert_ne!(self.evaluate_for(&channels).await, Evaluated::NotOurTurn);
        self.deliver_by(&channels).await;
        let slack: Vec<String> = self.webhook.texts()[before.0..]
            .iter()
            .map(|text| text.lines().next().unwrap().trim_matches('*').to_owned())
            .collect();
        let mails = &self.mail.mails()[before.1..];
        let mail: Vec<String> = mails.iter().map(|mail| mail.header("Subject")).collect();
        assert_eq!(slack, mail);
        slack
    }

    /// Time passes: everything that is stored becomes so much older.
    pub(crate) async fn pass(&self, interval: &str) {
        const TIMES: [(&str, &[&str]); 8] = [
            ("agendad_alert_evaluation", &["evaluated_at"]),
            (
                "agendad_alerts",
                &[
                    "since",
                    "opened_at",
                    "last_sent_at",
                    "cleared_at",
                    "clear_sent_at",
                ],
            ),
            (
                "agendad_alert_outbox",
                &[
                    "created_at",
                    "next_attempt_at",
                    "sent_at",
                    "given_up_at",
                    "recipient_rests_until",
                ],
            ),
            (
                "agendad_alert_reports",
                &["portal_resting_since", "reported_at", "firewall_until"],
            ),
            ("agenda_sync_runs", &["started_at", "finished_at"]),
            (
                "agendad_alert_silences",
                &["from_at", "until_at", "created_at"],
            ),
            ("sync_schedules", &["last_success"]),
            ("configuracoes_detran", &["pausa_desde", "pausa_ate"]),
        ];
        self.database.age(&TIMES, interval).await;
    }

    /// The last message, as both ways brought it.
    pub(crate) fn last(&self) -> String {
        let mails = self.mail.mails();
        let mail = mails.last().unwrap();
        let slack = self.webhook.texts().last().unwrap().clone();
        let body = mail.body();
        let in_slack = format!("*{}*\n{}", mail.header("Subject"), body.trim_end());
        assert_eq!(slack.trim_end(), in_slack);
        in_slack
    }

    /// Long enough for a run of a tick that has just been to end.
    pub(crate) async fn hold(&self) {
        let scheduler = &self.config.scheduler;
        let hold: Duration = scheduler.splay + scheduler.run_timeout;
        self.pass(&format!("{} seconds", hold.as_secs())).await;
    }

    pub(crate) async fn close(self) {
        self.database.close().await;
    }
}

/// SQL that records a run of an examiner that has just ended.
pub(crate) fn run(usuario_id: i32, status: &str, details: &str, totals: &str) -> String {
    format!(
        "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, window_name, status, error_details,
             totals, started_at, finished_at)
         VALUES ({usuario_id}, CURRENT_DATE, CURRENT_DATE + 3, 'near', '{status}', '{details}', '{totals}',
             clock_timestamp() - interval '2 seconds', clock_timestamp());"
    )
}
