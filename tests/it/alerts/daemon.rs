//! The daemon itself: a refused password becomes a message, a reload changes channels, the heartbeat goes on while
//! all is well.

use std::fs;
use std::time::Duration;

use agendad::app::Roles;
use agendad::config::Config;
use agendad::private_postgres::{Durability, PrivatePostgres};
use agendad::simulator::{Fault, FaultKind};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio_util::sync::CancellationToken;

use crate::alerts::mail::MailServer;
use crate::alerts::scene::{config, only};
use crate::alerts::webhook::Webhook;
use crate::support::{Daemon, TestDatabase, World, eventually, place, simulated};

const LONG: Duration = Duration::from_secs(60);

/// The alerts of `config` with fast rounds.
fn alerts_of(config: &Config, into: &mut Config) {
    into.alerts = config.alerts.clone();
    into.alerts.interval = Duration::from_secs(1);
    into.secrets.alerts_slack_webhook = config.secrets.alerts_slack_webhook.clone();
}

async fn texts(webhook: &Webhook, count: usize) -> Vec<String> {
    let look = async || (webhook.texts().len() >= count).then(|| webhook.texts());
    eventually("messages", LONG, look).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_password_is_told_once_by_two_daemons_and_not_again_after_a_restart() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let alerts = config(&mail, &webhook);
    let world = World::new(3).await;
    world.set_password(1, "errada").await;
    let mut config = world.daemon_config();
    alerts_of(&alerts, &mut config);
    only(&mut config, &["credentials"]);
    let (first, second) = (
        Daemon::start(config.clone(), Roles::ALL).await,
        Daemon::start(config.clone(), Roles::ALL).await,
    );
    let told = texts(&webhook, 1).await;
    assert!(told[0].contains("Acesso recusado pelo portal"), "{told:?}");
    first.stop().await;
    second.stop().await;

    let again = Daemon::start(config, Roles::ALL).await;
    world
        .set_password(1, &world.simulator.examiners()[1].senha)
        .await;
    let told = texts(&webhook, 2).await;
    assert!(
        told[1].contains("Resolvido: Acesso recusado pelo portal"),
        "{told:?}"
    );
    let copies = async || (mail.mails().len() == 2).then_some(());
    eventually("the copies by e-mail", LONG, copies).await;
    again.stop().await;
    assert_eq!(webhook.texts().len(), 2);
    for text in webhook.texts() {
        for examiner in world.simulator.examiners() {
            assert!(
                !text.contains(&examiner.cpf) && !text.contains(&examiner.senha),
                "{text}"
            );
        }
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_firewall_is_told_once_as_such_and_its_end_too() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let alerts = config(&mail, &webhook);
    let world = World::new(2).await;
    world
        .simulator
        .inject(Fault::always(FaultKind::Firewall(200)));
    let mut config = world.daemon_config();
    alerts_of(&alerts, &mut config);
    only(&mut config, &["firewall", "portal_down", "credentials"]);
    config.portal.firewall_pause = Duration::from_secs(1);
    let daemon = Daemon::start(config, Roles::ALL).await;
    let told = texts(&webhook, 1).await;
    assert!(
        told[0].starts_with("*[agendad] O firewall do portal recusa esta máquina*"),
        "{told:?}"
    );
    world.simulator.clear_faults();
    let told = texts(&webhook, 2).await;
    assert!(
        told[1].starts_with("*[agendad] Resolvido: O firewall do portal recusa esta máquina*"),
        "{told:?}"
    );
    daemon.stop().await;
    assert_eq!(webhook.texts().len(), 2);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_puts_rules_and_channels_in_force() {
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let alerts = config(&mail, &webhook);
    let world = World::new(1).await;
    world
        .execute("UPDATE configuracoes_detran SET pausa_motivo = 'blocked', pausa_desde = now()")
        .await;
    let stop = CancellationToken::new();
    let script = async {
        let mut config = (*world.app.config()).clone();
        alerts_of(&alerts, &mut config);
        only(&mut config, &["credentials"]);
        assert_eq!(
            world.app.apply(config).unwrap(),
            [""; 0],
            "no restart is needed"
        );
        texts(&webhook, 1).await;
        let mut config = (*world.app.config()).clone();
        config.alerts.email.trusted_ca = "/nonexistent".into();
        config.alerts.email.security = agendad::config::alerts::MailSecurity::Starttls;
        let refused = world.app.apply(config).unwrap_err();
        assert!(
            format!("{refused:#}").contains("alerts.email.trusted_ca: /nonexistent"),
            "{refused:#}"
        );
        stop.cancel();
    };
    let (ran, ()) = tokio::join!(Box::pin(world.app.run(Roles::ALL, &stop)), script);
    ran.unwrap();
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heartbeats_are_sent_while_all_is_well_and_a_missing_database_is_alerted() {
    let (_dir, cluster) = place();
    let (mail, webhook) = (MailServer::start().await, Webhook::start().await);
    let alerts = config(&mail, &webhook);
    let database = TestDatabase::alone(&cluster).await;
    let world = World::on(database, simulated(), |_| {}).await;
    let mut config = (*world.app.config()).clone();
    alerts_of(&alerts, &mut config);
    only(&mut config, &["database"]);
    config.alerts.database.after = Duration::ZERO;
    config.secrets.alerts_heartbeat_url = Some(webhook.heartbeat().into());
    let mut daemon = Daemon::start(config, Roles::ALL).await;
    let calls = |least| {
        let webhook = &webhook;
        eventually("the heartbeat is called", LONG, move || async move {
            (webhook.calls() >= least).then_some(())
        })
    };
    calls(2).await;

    let pid = fs::read_to_string(cluster.join("data/postmaster.pid")).unwrap();
    let pid = Pid::from_raw(pid.lines().next().unwrap().parse().unwrap());
    kill(pid, Signal::SIGQUIT).unwrap();
    let told = texts(&webhook, 1).await;
    assert!(
        told[0].starts_with("*[agendad] Banco de dados inacessível*"),
        "{told:?}"
    );
    let silent = webhook.calls();

    let server = PrivatePostgres::start_with(&cluster, Durability::Throwaway)
        .await
        .unwrap();
    let told = texts(&webhook, 2).await;
    assert!(
        told[1].starts_with("*[agendad] Resolvido: Banco de dados inacessível*"),
        "{told:?}"
    );
    calls(silent + 1).await;
    let (_, ended) = daemon.tell_to_stop().await;
    ended.unwrap();
    world.close().await;
    server.stop().await.unwrap();
}
