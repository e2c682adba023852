//! `agendad alerts`: what is wrong, who was told, and whether messages arrive.

use std::time::Duration;

use super::choice::one_of;
use super::language::{language, say};
use super::table::{self, Cell, Column};
use super::{Exit, open, output, problem, silences};
use crate::alerts::{Arrivals, Channels, DeliveryError, Target, trial};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::credentials;
use crate::domain::{Channel, RecordedRule};
use crate::store::StoreError;
use crate::store::alerts::AlertListed;
use crate::store::alerts::outbox::MessageListed;
use crate::words::cli::{alerts as test_words, check, list as words};
use crate::words::{Language, alert as alert_words, rule};

/// Messages given up longer ago are not shown.
const SHOWN_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// What is open, and messages that have not been delivered
    List(ListArgs),
    /// Send a message that only says that it is a test, and show what the other side answers
    Test(TestArgs),
    /// Hold messages of a rule, or all, back for a while
    Mute(silences::MuteArgs),
    /// Announce a maintenance: all messages wait, and are summed up afterwards
    Maintenance(silences::MaintenanceArgs),
    /// What is held back now, or will be
    Silences,
    /// End one of these before its time
    Unmute {
        /// Its number, as `agendad alerts silences` shows it
        id: i32,
    },
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "docs/alerts.md says what each rule means and what to do.\n\nExamples:\n  agendad alerts list\n  \
    agendad alerts list --all --limit 50\n  agendad alerts list --json | jq '.undelivered'"
)]
pub(super) struct ListArgs {
    /// Also what is over
    #[arg(long)]
    all: bool,
    /// At most so many
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit code 0 if all of them took it, 3 if some did, 1 if none did.\n\nExample: agendad alerts test --channel email"
)]
pub(super) struct TestArgs {
    /// By this way only
    #[arg(long, value_parser = one_of::<Channel>())]
    channel: Option<Channel>,
}

const COLUMNS: [Column; 7] = [
    Column::text(words::RULE),
    Column::text(words::OF),
    Column::new(words::SINCE),
    Column::new(words::TOLD).rank(1),
    Column::new(words::TIMES).rank(0),
    Column::new(words::OVER).rank(2),
    Column::text(words::WHAT),
];

const MESSAGE_COLUMNS: [Column; 7] = [
    Column::text(words::TO),
    Column::text(words::ABOUT),
    Column::new(words::KIND).rank(0),
    Column::new(words::WRITTEN).rank(1),
    Column::new(words::TRIES).rank(3),
    Column::new(words::NEXT).rank(2),
    Column::text(words::BECAUSE),
];

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    match command {
        Command::List(args) => list(args, config, json).await,
        Command::Test(args) => test(args, config, json).await,
        Command::Mute(args) => silences::mute(args, &config, json).await,
        Command::Maintenance(args) => silences::maintenance(args, &config, json).await,
        Command::Silences => silences::list(&config, json).await,
        Command::Unmute { id } => silences::unmute(id, &config, json).await,
    }
}

async fn list(args: ListArgs, config: Config, json: bool) -> anyhow::Result<Exit> {
    let found = open::store(&config, async |store| {
        let alerts = store.list_alerts(args.all, args.limit, 0).await?;
        let count = store.count_alerts(args.all);
        let all = output::all_if_cut(alerts.len(), args.limit, count).await?;
        Ok((alerts, all, store.undelivered_messages(SHOWN_FOR).await?))
    });
    let (alerts, all, undelivered) = found.await?;
    if json {
        output::json(&serde_json::json!({ "alerts": alerts, "undelivered": undelivered }))?;
        output::remark_if_cut(alerts.len(), all);
        return Ok(Exit::Done);
    }
    let rows = alerts.iter().map(|alert| row(alert, &config)).collect();
    table::show(&COLUMNS, rows, words::NOTHING_WRONG);
    output::remark_if_cut(alerts.len(), all);
    if !undelivered.is_empty() {
        output::remark(say(words::NOT_DELIVERED));
        let rows = undelivered
            .iter()
            .map(|m| message_row(m, &config))
            .collect();
        table::show(&MESSAGE_COLUMNS, rows, words::NOTHING_WRONG);
    }
    Ok(Exit::Done)
}

fn row(alert: &AlertListed, config: &Config) -> Vec<Cell> {
    let time = |time| output::local(time, config.timezone).into();
    let of = match alert.usuario_id {
        Some(id) => format!("{} ({id})", alert.label),
        None => say(words::EVERYBODY).to_owned(),
    };
    vec![
        rule_name(&alert.rule).into(),
        of.into(),
        time(Some(alert.since)),
        time(alert.last_sent_at),
        alert.count.into(),
        time(alert.cleared_at),
        say(alert_words::note(alert)).into(),
    ]
}

/// What the matter is: in English the rule's name, which is that of its section of the configuration.
fn rule_name(recorded: &RecordedRule) -> String {
    match (language(), recorded) {
        (Language::Portuguese, RecordedRule::Known(known)) => rule::title(*known).pt.to_owned(),
        (Language::Portuguese | Language::English, _) => recorded.to_string(),
    }
}

fn message_row(message: &MessageListed, config: &Config) -> Vec<Cell> {
    let time = |time| output::local(time, config.timezone);
    let to = format!("{} {}", message.channel, message.target);
    let next = match message.given_up_at {
        Some(_) => say(words::GIVEN_UP).to_owned(),
        None => time(Some(message.next_attempt_at)),
    };
    vec![
        to.trim_end().into(),
        rule_name(&message.rule).into(),
        message.kind.into(),
        time(Some(message.created_at)).into(),
        message.attempts.into(),
        next.into(),
        output::why_not(message.last_error_kind, message.last_error.as_deref()).into(),
    ]
}

/// The same as `agendad alerts test`; whether all of them took it.
pub(super) async fn send_test(app: &App) -> anyhow::Result<bool> {
    let config = app.config();
    let channels = Channels::of(&config)?;
    let answers = send(&channels, channels.targets(), &config, true).await;
    let arrivals = Arrivals::new(app.database.store.clone(), app.syncer.vault.clone());
    note(&arrivals, &channels, &answers).await?;
    Ok(answers.iter().all(|(_, answer)| answer.is_ok()))
}

async fn test(args: TestArgs, config: Config, json: bool) -> anyhow::Result<Exit> {
    let channels = Channels::of(&config)?;
    let wanted = |channel| args.channel.is_none_or(|only| only == channel);
    let targets: Vec<Target> = channels
        .targets()
        .into_iter()
        .filter(|target| wanted(target.channel))
        .collect();
    if targets.is_empty() {
        if config.saved.unread().is_some() {
            // Whether there is one is not known here, and why has been said.
            return Ok(Exit::Configuration);
        }
        return Err(output::Usage(say(test_words::NO_CHANNEL).to_owned()).into());
    }
    let answers = send(&channels, targets, &config, !json).await;
    if json {
        let answers = answers
            .iter()
            .map(|(target, answer)| in_json(target, answer));
        output::json(&answers.collect::<Vec<_>>())?;
    }
    if let Err(error) = remember(&channels, &answers, &config).await {
        let why = problem::in_a_line(error.as_ref());
        output::remark(say(test_words::not_remembered(&why)));
    }
    let took = answers.iter().filter(|(_, answer)| answer.is_ok()).count();
    Ok(match took {
        0 => Exit::Failed,
        n if n < answers.len() => Exit::Partial,
        _ => Exit::Done,
    })
}

/// What became of a message to whom.
type Answer = (Target, Result<String, DeliveryError>);

async fn send(
    channels: &Channels,
    targets: Vec<Target>,
    config: &Config,
    told: bool,
) -> Vec<Answer> {
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    let now = Clock::system(config.timezone).now();
    let letter = trial(&host, now, config.timezone);
    let mut answers = Vec::new();
    for target in targets {
        let answer = channels.deliver(&target, &letter).await;
        if told {
            tell(&target, &answer);
        }
        answers.push((target, answer));
    }
    answers
}

/// For the first steps, on the dashboard and on a terminal.
async fn remember(channels: &Channels, answers: &[Answer], config: &Config) -> anyhow::Result<()> {
    open::store(config, async |store| {
        let key = config.secrets.vault_key.as_ref();
        let vault = credentials::open_vault(key, &config.state_dir, store).await?;
        let arrivals = Arrivals::new(store.clone(), vault);
        Ok(note(&arrivals, channels, answers).await?)
    })
    .await
}

async fn note(
    arrivals: &Arrivals,
    channels: &Channels,
    answers: &[Answer],
) -> Result<(), StoreError> {
    for (target, answer) in answers {
        arrivals.note(channels, target, answer).await?;
    }
    Ok(())
}

fn tell(target: &Target, answer: &Result<String, DeliveryError>) {
    let target = target.said();
    let (mark, said) = match answer {
        Ok(said) => (
            output::green(say(check::OK)),
            test_words::taken(&target, said),
        ),
        Err(error) => (
            output::red(say(check::FAIL)),
            test_words::refused(&target, &error.sentence()),
        ),
    };
    output::line(format!("{mark}  {}", say(said)));
}

fn in_json(target: &Target, answer: &Result<String, DeliveryError>) -> serde_json::Value {
    serde_json::json!({
        "channel": target.channel.as_str(),
        "target": target.address,
        "ok": answer.is_ok(),
        "answer": answer.as_ref().ok(),
        "error": answer.as_ref().err().map(ToString::to_string),
    })
}
