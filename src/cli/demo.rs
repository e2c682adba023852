//! `agendad demo`: everything at once on a bare machine, told in plain words: a booking appears in the
//! portal and then in the database, a cancellation is marked removed, a hiccup is retried.

mod story;

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use super::language::say;
use super::quoted::quoted;
use super::{Exit, output};
use crate::app::{App, Roles, portal_memory};
use crate::clock::Clock;
use crate::config::backup::BackupOf;
use crate::config::saved_settings::Sources;
use crate::config::sections::SessionStoreKind;
use crate::config::{Config, layers};
use crate::domain::{Cpf, WorkingDays};
use crate::simulator::{Simulator, SimulatorConfig};
use crate::store::StoreError;
use crate::vault::Purpose;
use crate::words::cli::demo as words;
use crate::words::{Sentence, joined, window};
use story::Story;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Nothing is needed but PostgreSQL's server programs; nothing is left behind.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Examiners
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=200))]
    examiners: u16,
    /// Stop by itself after so many seconds [default: until Ctrl-C]
    #[arg(long, value_name = "SECONDS")]
    seconds: Option<u64>,
    /// Keep the demo's database and files here instead of in a directory that goes away
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

pub(super) async fn run(
    args: Args,
    config: Config,
    stop: CancellationToken,
) -> anyhow::Result<Exit> {
    crate::words::command::as_they_are();
    let home = Home::make(args.keep.clone())?;
    let clock = Clock::system(config.timezone);
    output::tell(words::begins(args.examiners));

    let simulator = simulator(&args, clock).await?;
    let (portal, control) = (simulator.portal_url(), simulator.control_url());
    output::tell(words::portal_at(portal.as_str(), control.as_str()));
    let token = operator_token()?;
    let config = demo_config(config, &home, &simulator, &token)?;
    portal_memory::remember_demo(&home.path, &config.portal.base_url)?;
    let app = App::start(config).await?;
    output::tell(words::database_in(&home.path));
    let demo = Demo {
        app: &app,
        simulator: &simulator,
        home: &home,
        token: &token,
    };
    let outcome = demo.play(args.seconds, &stop).await;
    output::line(say(words::STOPPING));
    let closed = app.close().await;
    simulator.stop().await;
    home.leave()?;
    outcome.and(closed)?;
    output::line(say(words::ENDED));
    Ok(Exit::Done)
}

/// What is running.
struct Demo<'a> {
    app: &'a App,
    simulator: &'a Simulator,
    home: &'a Home,
    token: &'a str,
}

impl Demo<'_> {
    async fn play(&self, seconds: Option<u64>, stop: &CancellationToken) -> anyhow::Result<()> {
        examiners(self.app, self.simulator).await?;
        let storyteller = Story::new(self.app, self.simulator);
        let daemon_stop = CancellationToken::new();
        let daemon = self.app.run(Roles::ALL, &daemon_stop);
        let story = async {
            let end = tokio::select! {
                end = self.tell(&storyteller) => end,
                () = stop.cancelled() => Ok(()),
                () = time_is_up(seconds) => Ok(()),
            };
            daemon_stop.cancel();
            end
        };
        // A daemon that cannot start ends before anything is told.
        let daemon = async {
            let ended = Box::pin(daemon).await;
            stop.cancel();
            ended
        };
        let (ran, story) = tokio::join!(daemon, story);
        ran.and(story)
    }

    async fn tell(&self, story: &Story<'_>) -> anyhow::Result<()> {
        let address = self.app.http_address().await;
        output::tell(words::dashboard_at(address, self.token));
        hints(self.app, self.home);
        story.tell().await
    }
}

async fn time_is_up(seconds: Option<u64>) {
    match seconds {
        Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
}

async fn simulator(args: &Args, clock: Clock) -> anyhow::Result<Simulator> {
    let mut config = SimulatorConfig::new(clock);
    config.examiners = args.examiners.into();
    // The last one works in two units.
    config.units_of = [(config.examiners - 1, 2)].into();
    config.slots_per_day = (3, 6);
    config.churn = Some(Duration::from_secs(6));
    config.latency = Duration::from_millis(30);
    config.days_ahead = 5;
    Simulator::start(config, ANY_PORT, ANY_PORT)
        .await
        .context("the simulated portal cannot start")
}

/// Fast windows, no pauses: an hour's worth of a real day in a minute. Whatever could lead out of the demo (database,
/// portal, key, sessions, channels of alerts, tokens) is as shipped, whatever this machine's settings say.
fn demo_config(
    mut config: Config,
    home: &Home,
    simulator: &Simulator,
    token: &str,
) -> anyhow::Result<Config> {
    let shipped = Config::from_layers(vec![layers::built_in()?])?;
    config.secrets = shipped.secrets;
    config.database = shipped.database;
    config.session = shipped.session;
    config.portal = shipped.portal;
    config.alerts = shipped.alerts;
    config.backup.of = BackupOf::None;
    config.http.public_url = shipped.http.public_url;
    config.state_dir = home.path.clone();
    config.saved = shipped.saved;
    config.sources = demo_sources(home)?;
    config.portal.base_url = simulator.portal_url();
    config.portal.pause_between_requests = Duration::ZERO;
    config.portal.max_requests_per_second = 0;
    config.retry.min_delay = Duration::from_millis(300);
    config.scheduler.splay = Duration::from_secs(3);
    config.shutdown.grace = config.shutdown.grace.min(Duration::from_secs(10));
    config.http.listen = listen(&config.http.listen);
    config.secrets.http_operator_token = Some(token.to_owned().into());
    config.secrets.http_jwt_secret = None;
    for window in &mut config.windows {
        window.cron = "*/15 * * * * *".to_owned();
    }
    Ok(config)
}

/// What is set in the demo's browser is kept in the demo's directory.
fn demo_sources(home: &Home) -> anyhow::Result<Sources> {
    let mut built_in = layers::built_in()?;
    let dir = home.path.display().to_string();
    built_in.table.insert("state_dir".to_owned(), dir.into());
    Ok(Sources::Given(vec![built_in]))
}

/// The configured address if it is of this machine only and free; else any free one.
fn listen(configured: &str) -> String {
    let private = configured
        .parse()
        .is_ok_and(|address: SocketAddr| address.ip().is_loopback());
    if private && std::net::TcpListener::bind(configured).is_ok() {
        return configured.to_owned();
    }
    // A port by name, because calendar addresses hold it.
    let free = std::net::TcpListener::bind(ANY_PORT).and_then(|listener| listener.local_addr());
    free.unwrap_or(ANY_PORT).to_string()
}

/// Opens the demo's dashboard, for as long as the demo lasts.
fn operator_token() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system gives no random bytes: {error}"))?;
    Ok(hex::encode(bytes))
}

async fn examiners(app: &App, simulator: &Simulator) -> anyhow::Result<()> {
    let examiners = simulator.examiners();
    let last = examiners.len() - 1;
    for (index, examiner) in examiners.into_iter().enumerate() {
        let cpf = Cpf::parse(&examiner.cpf)?;
        let store = &app.database.store;
        let added = store.add_user(None, &examiner.nome, None, &cpf, WorkingDays::ALL);
        let user = match added.await {
            // Of the last demo that was kept here.
            Err(StoreError::CpfTaken { usuario_id }) => usuario_id,
            added => added?,
        };
        let sealed = app
            .syncer
            .vault
            .seal(Purpose::Password, user, &examiner.senha)?;
        store.set_sealed_password(user, &sealed).await?;
        let (name, cpf) = (output::name(&examiner.nome), cpf.to_string());
        output::tell(words::examiner(user, &name, &cpf, index == last));
    }
    Ok(())
}

fn hints(app: &App, home: &Home) {
    let config = app.config();
    let windows = config.windows.iter().map(|w| Sentence {
        pt: window::named(&config.windows, &w.name).pt,
        en: format!("{} (days {} to {})", w.name, w.from_day, w.to_day),
    });
    output::tell(words::windows(&joined(windows.collect(), ", ")));
    output::line(say(words::MEANWHILE));
    let url = app.database.url().expose_secret();
    // All that could lead out of the demo, so that neither a file nor a credential of this machine has a say.
    let home = home.path.display().to_string();
    for (name, value) in [
        ("AGENDAD_STATE_DIR", home.as_str()),
        ("AGENDAD_DATABASE__URL", url),
        ("AGENDAD_DATABASE__LOCK_URL", ""),
        ("AGENDAD_PORTAL__BASE_URL", config.portal.base_url.as_str()),
        ("AGENDAD_VAULT__KEY", ""),
        ("AGENDAD_SESSION__STORE", session_store(&config)),
        ("AGENDAD_ALERTS__ENABLED", "false"),
        ("AGENDAD_HTTP__LISTEN", config.http.listen.as_str()),
    ] {
        output::line(format!("  export {name}={}", quoted(value)));
    }
    for line in words::COMMANDS {
        output::line(say(line));
    }
    output::line(format!(
        "  psql '{url}' -c \"SELECT data, hora, payload->>'nome', status FROM agenda_slots ORDER BY 1, 2\""
    ));
    output::line(say(words::HOW_IT_ENDS));
}

fn session_store(config: &Config) -> &'static str {
    match config.session.store {
        SessionStoreKind::Postgres => "postgres",
        SessionStoreKind::Memory => "memory",
        SessionStoreKind::Redis => "redis",
    }
}

/// The demo's directory. PostgreSQL may run as another user and must be able to enter it.
struct Home {
    path: PathBuf,
    keep: bool,
}

impl Home {
    fn make(keep: Option<PathBuf>) -> anyhow::Result<Self> {
        let path = match &keep {
            Some(path) => path.clone(),
            None => std::env::temp_dir().join(format!("agendad-demo-{}", std::process::id())),
        };
        std::fs::create_dir_all(&path)
            .and_then(|()| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o711)))
            .with_context(|| say(words::not_made(&path)))?;
        Ok(Self {
            path: path.canonicalize()?,
            keep: keep.is_some(),
        })
    }

    fn leave(mut self) -> anyhow::Result<()> {
        // Once: what cannot be removed is told, not tried again.
        if !std::mem::replace(&mut self.keep, true) {
            std::fs::remove_dir_all(&self.path)
                .with_context(|| say(words::not_removed(&self.path)))?;
        }
        Ok(())
    }
}

/// A demo that could not begin leaves nothing either, whatever it says of that.
impl Drop for Home {
    fn drop(&mut self) {
        if !self.keep {
            std::fs::remove_dir_all(&self.path).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_that_does_not_begin_leaves_nothing_but_what_is_to_be_kept() {
        let home = Home::make(None).unwrap();
        let path = home.path.clone();
        std::fs::write(path.join("portal"), "x").unwrap();
        drop(home);
        assert!(!path.exists());

        let place = tempfile::tempdir().unwrap();
        let kept = place.path().join("demo");
        drop(Home::make(Some(kept.clone())).unwrap());
        assert!(kept.is_dir());
        Home::make(Some(kept.clone())).unwrap().leave().unwrap();
        assert!(kept.is_dir());
    }
}
