//! Each machine has its own backups: its daemon alone says how they are, whoever has the turn.

use std::fs;

use agendad::alerts::{Channels, Evaluated, Evaluator};
use agendad::backup::backup_dir::BackupDir;
use agendad::config::Config;
use agendad::config::backup::BackupOf;
use chrono::TimeDelta;
use tempfile::TempDir;

use crate::alerts::scene::{Scene, only};
use crate::support::clock;

/// A daemon of a machine of its own.
struct Machine {
    instance: String,
    config: Config,
    _state: TempDir,
}

impl Machine {
    /// Its last backup was made so many days ago.
    async fn new(scene: &Scene, name: &str, days: i64) -> Self {
        let state = tempfile::tempdir().unwrap();
        let backup_dir = BackupDir::new(state.path().join("backups"));
        backup_dir.prepare().unwrap();
        let made_at = clock().now() - TimeDelta::days(days);
        fs::write(backup_dir.path(made_at), "one").unwrap();
        let mut config = scene.config.clone();
        config.state_dir = state.path().to_owned();
        config.backup.of = BackupOf::Any;
        let instance = format!("{name}/1");
        scene
            .execute(&format!(
                "INSERT INTO agendad_processes (instance, server_started_at) VALUES ('{instance}', now())"
            ))
            .await;
        Self {
            instance,
            config,
            _state: state,
        }
    }

    async fn evaluate(&self, scene: &Scene) -> Evaluated {
        let evaluator = Evaluator::new(scene.database.store.clone(), &self.instance);
        let channels = Channels::of(&self.config).unwrap();
        evaluator.evaluate(&self.config, &channels).await.unwrap()
    }
}

/// A machine whose backups are good, which has always the turn, and one whose last is too old.
async fn two_machines() -> (Scene, Machine, Machine) {
    let mut scene = Scene::new(1).await;
    only(&mut scene.config, &[]);
    let good = Machine::new(&scene, "boa", 0).await;
    let old = Machine::new(&scene, "velha", 3).await;
    let done = good.evaluate(&scene).await;
    assert_ne!(done, Evaluated::NotOurTurn);
    assert_eq!(open(&scene).await, 0);
    assert_eq!(old.evaluate(&scene).await, Evaluated::NotOurTurn);
    assert_eq!(open(&scene).await, 1);
    (scene, good, old)
}

async fn open(scene: &Scene) -> i64 {
    let open =
        "SELECT count(*) FROM agendad_alerts WHERE rule = 'backup_old' AND cleared_at IS NULL";
    scene.count(open).await
}

#[tokio::test]
async fn one_machines_old_backup_is_told_under_its_name_and_not_cleared_by_another() {
    let (scene, good, mut old) = two_machines().await;
    scene.pass("1 minute").await;
    assert_ne!(good.evaluate(&scene).await, Evaluated::NotOurTurn);
    scene.deliver().await;
    let told = scene.last();
    assert!(told.contains("Sem backup recente: velha"), "{told}");
    assert_eq!(open(&scene).await, 1);

    // It makes none any more: then there is none to be missed.
    old.config.backup.of = BackupOf::None;
    assert_eq!(old.evaluate(&scene).await, Evaluated::NotOurTurn);
    assert_eq!(open(&scene).await, 0);
    scene.close().await;
}

#[tokio::test]
async fn what_a_machine_said_that_is_gone_or_an_earlier_release_is_over() {
    let (scene, good, old) = two_machines().await;
    scene
        .execute(
            "INSERT INTO agendad_alerts (rule, subject, label, note, since)
             VALUES ('backup_old', 'general', '', 'x', now())",
        )
        .await;
    scene.pass("1 minute").await;
    assert_ne!(good.evaluate(&scene).await, Evaluated::NotOurTurn);
    assert_eq!(open(&scene).await, 1, "that of the other machine");

    let forget = format!(
        "DELETE FROM agendad_processes WHERE instance = '{}'",
        old.instance
    );
    scene.execute(&forget).await;
    scene.pass("1 minute").await;
    assert_ne!(good.evaluate(&scene).await, Evaluated::NotOurTurn);
    assert_eq!(open(&scene).await, 0);
    scene.close().await;
}

#[tokio::test]
async fn a_process_without_backups_leaves_the_alert_to_one_beside_it_that_makes_them() {
    let (scene, _, old) = two_machines().await;
    // However long this test takes.
    let lives = "UPDATE agendad_processes SET beat_at = now() + interval '1 hour'";
    scene.execute(lives).await;
    let mut config = old.config.clone();
    config.backup.of = BackupOf::None;
    let beside = Machine {
        instance: "velha/2".to_owned(),
        config,
        _state: tempfile::tempdir().unwrap(),
    };
    assert_eq!(beside.evaluate(&scene).await, Evaluated::NotOurTurn);
    assert_eq!(open(&scene).await, 1);
    scene.close().await;
}
