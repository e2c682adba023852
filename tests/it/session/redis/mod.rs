//! Sessions in a real Redis: shared while it is there, done without while it is not.

mod commands;
mod outage;
mod sharing;
mod trouble;

use agendad::app::App;
use agendad::config::Config;
use agendad::config::sections::SessionStoreKind;
use agendad::sync::{RunReport, SyncOutcome};

use crate::support::{World, simulated};

/// What turns a configuration to a Redis.
fn at(url: String) -> impl FnOnce(&mut Config) {
    move |config| {
        config.session.store = SessionStoreKind::Redis;
        config.secrets.redis_url = Some(url.into());
    }
}

async fn world(examiners: usize, url: String) -> World {
    let mut settings = simulated();
    settings.examiners = examiners;
    World::with(settings, at(url)).await
}

fn key(user: i32) -> String {
    format!("agendad:session:{user}")
}

/// Whether the shared store was in order when it was last asked.
fn answers(world: &World) -> bool {
    world.app.syncer.sessions.shared().unwrap().answers
}

/// A run of the first examiner in some process.
async fn run_in(world: &World, app: &App) -> RunReport {
    let outcome = world.sync_in(app, 0).await;
    let SyncOutcome::Ran(report) = outcome else {
        panic!("no run: {outcome:?}")
    };
    *report
}
