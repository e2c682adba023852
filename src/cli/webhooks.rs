//! `agendad webhooks`: the addresses of other systems that are told of changes of slots.

use std::time::Duration;

use anyhow::bail;
use chrono::{DateTime, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::json;

use super::actor::actor;
use super::day::Day;
use super::language::say;
use super::output::Usage;
use super::table::{self, Cell, Column};
use super::who::Who;
use super::{Exit, open, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{ChangeKind, DisabledBecause};
use crate::store::Store;
use crate::store::webhooks::Webhook;
use crate::store::webhooks::deliveries::{Loss, ReplayFrom, Waiting};
use crate::webhooks::{self, Answer, Deliverer, EVENTS, NewAddress, Post, Secret, check_url};
use crate::words::cli::list::change;
use crate::words::cli::webhooks as words;
use crate::words::delivery;

/// What was given up longer ago is not shown.
const SHOWN_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "Signed as Standard Webhooks (https://www.standardwebhooks.com); docs/webhooks.md says what is sent and how to\n\
    verify it, examples/webhook_receiver.py does so. Every command here is written to the audit table."
)]
pub(super) enum Command {
    /// Make an address that is told of what changes from now on; its secret is shown once
    Add(AddArgs),
    /// The addresses, how far behind each is, and its last problem
    List,
    /// Give an address another secret; the one before signs too for a while
    Rotate(RotateArgs),
    /// Stop sending; what changes waits
    Disable(Which),
    /// Go on sending where it stopped
    Enable(Which),
    /// Remove an address
    Remove(Which),
    /// What waits and why, and what was given up
    Deliveries {
        /// Of this address only
        #[arg(value_name = "ID")]
        id: Option<i32>,
    },
    /// Send changes again, from a day or a change on
    Replay(ReplayArgs),
    /// Send an event that tells of nothing (agendad.test), and show what the address answers
    Test(Which),
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Events hold a candidate's name and process and a masked CPF: the receiver handles personal data (LGPD).\n\n\
    Examples:\n  agendad webhooks add --url https://sistema.example.com/agendad --label agenda\n  \
    agendad webhooks add --url http://127.0.0.1:9000/ --allow-private --label local --user 3 --event slot.created"
)]
pub(super) struct AddArgs {
    /// Where changes are posted
    #[arg(long)]
    url: String,
    /// What it is for
    #[arg(long, default_value = "")]
    label: String,
    /// Changes of these examiners only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Vec<Who>,
    /// These events only
    #[arg(long, value_name = "EVENT", value_parser = event())]
    event: Vec<ChangeKind>,
    /// Allow an address of the local network, and plain HTTP
    #[arg(long)]
    allow_private: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// Its number, as `agendad webhooks list` shows it
    id: i32,
}

#[derive(Debug, clap::Args)]
pub(super) struct RotateArgs {
    /// Its number, as `agendad webhooks list` shows it
    id: i32,
    /// For so long the secret before signs too
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = crate::config::duration::parse)]
    keep: Duration,
}

#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("from").required(true),
    after_help = "The webhook-id of a change is the same as the first time: a receiver that remembers these ignores what it has.\n\n\
    Examples:\n  agendad webhooks replay 1 --since ontem\n  agendad webhooks replay 1 --change 48210 --user 3"
)]
pub(super) struct ReplayArgs {
    /// Its number, as `agendad webhooks list` shows it
    id: i32,
    /// From the beginning of this day, or this moment: 28/11, ontem, 2026-11-28, 2026-11-28T14:00:00-03:00
    #[arg(long, value_name = "TIME", group = "from")]
    since: Option<String>,
    /// From this change on, as `agendad changes --json` numbers them
    #[arg(long, value_name = "ID", group = "from")]
    change: Option<i64>,
    /// Of this examiner only: number, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
}

fn event() -> impl TypedValueParser<Value = ChangeKind> {
    let names = EVENTS.map(|(name, _)| name);
    PossibleValuesParser::new(names).map(|chosen| {
        let found = EVENTS.into_iter().find(|(name, _)| *name == chosen);
        found.map_or(ChangeKind::Changed, |(_, kind)| kind)
    })
}

const COLUMNS: [Column; 10] = [
    Column::new(words::ADDRESS),
    Column::text(words::FOR),
    Column::text(words::URL),
    Column::text(words::EXAMINERS).rank(1),
    Column::text(words::EVENTS).rank(0),
    Column::new(words::STATE),
    Column::new(words::WAITING).rank(5),
    Column::new(words::GIVEN_UP).rank(4),
    Column::new(words::LAST_TAKEN).rank(3),
    Column::text(words::PROBLEM).rank(2),
];

const DELIVERY_COLUMNS: [Column; 7] = [
    Column::new(words::ADDRESS),
    Column::new(words::USER),
    Column::new(words::CHANGES),
    Column::new(words::SINCE).rank(2),
    Column::new(words::TRIES).rank(1),
    Column::new(words::NEXT),
    Column::text(words::BECAUSE),
];

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    open::store(&config, async |store| {
        let work = Work {
            store,
            config: &config,
            json,
        };
        match &command {
            Command::Add(args) => work.add(args).await,
            Command::List => work.list().await,
            Command::Rotate(args) => work.rotate(args).await,
            Command::Disable(Which { id }) => {
                let found = store.disable_webhook(*id, &actor()).await?;
                work.done(found, *id, words::disabled(*id))
            }
            Command::Enable(Which { id }) => {
                let found = store.enable_webhook(*id, &actor()).await?;
                work.done(found, *id, words::enabled(*id))
            }
            Command::Remove(Which { id }) => {
                let found = store.remove_webhook(*id, &actor()).await?;
                work.done(found, *id, words::removed(*id))
            }
            Command::Deliveries { id } => work.deliveries(*id).await,
            Command::Replay(args) => work.replay(args).await,
            Command::Test(Which { id }) => work.test(*id).await,
        }
    })
    .await
}

struct Work<'a> {
    store: &'a Store,
    config: &'a Config,
    json: bool,
}

impl Work<'_> {
    async fn add(&self, args: &AddArgs) -> anyhow::Result<Exit> {
        check_url(&args.url, args.allow_private)
            .map_err(|error| Usage(format!("--url {}", say(delivery::url(error)))))?;
        let mut users = Vec::new();
        for user in &args.user {
            users.push(user.find_somebody(self.store).await?);
        }
        let new = NewAddress {
            url: &args.url,
            label: &args.label,
            usuario_ids: &users,
            kinds: &args.event,
            allow_private: args.allow_private,
        };
        let (vault, actor) = (open::vault(self.store, self.config).await?, actor());
        let (id, secret) = webhooks::add(self.store, &vault, &new, &actor).await?;
        self.tell_secret(id, &secret, &words::added(id))
    }

    async fn rotate(&self, args: &RotateArgs) -> anyhow::Result<Exit> {
        let (vault, actor) = (open::vault(self.store, self.config).await?, actor());
        let rotated = webhooks::rotate(self.store, &vault, args.id, args.keep, &actor).await?;
        let Some(secret) = rotated else {
            bail!(say(words::no_such(args.id)));
        };
        let until = Clock::system(self.config.timezone).now() + args.keep;
        let until = output::moment(until, self.config.timezone);
        self.tell_secret(args.id, &secret, &words::rotated(args.id, &until))
    }

    fn tell_secret(
        &self,
        id: i32,
        secret: &Secret,
        what: &crate::words::Sentence<String>,
    ) -> anyhow::Result<Exit> {
        if self.json {
            output::json(&json!({ "id": id, "secret": secret.shown() }))?;
            return Ok(Exit::Done);
        }
        output::line(secret.shown());
        output::remark(say(what.clone()));
        output::remark(say(words::KEEP_SECRET));
        if !self.config.webhooks.enabled {
            output::remark(say(words::NOT_RUNNING));
        }
        Ok(Exit::Done)
    }

    fn done(
        &self,
        found: bool,
        id: i32,
        what: crate::words::Sentence<String>,
    ) -> anyhow::Result<Exit> {
        if !found {
            bail!(say(words::no_such(id)));
        }
        if self.json {
            output::json(&json!({ "id": id }))?;
        } else {
            output::tell(what);
        }
        Ok(Exit::Done)
    }

    async fn list(&self) -> anyhow::Result<Exit> {
        let webhooks = self.store.webhooks().await?;
        if self.json {
            output::json(&webhooks)?;
            return Ok(Exit::Done);
        }
        let rows = webhooks.iter().map(|webhook| self.row(webhook)).collect();
        table::show(&COLUMNS, rows, words::NO_ADDRESSES);
        Ok(Exit::Done)
    }

    fn row(&self, webhook: &Webhook) -> Vec<Cell> {
        let time = |time| output::local(time, self.config.timezone).into();
        let all = || say(words::ALL).to_owned();
        let examiners = webhook.usuario_ids.as_ref().map_or_else(all, |ids| {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            ids.join(", ")
        });
        let state = match (&webhook.disabled_at, webhook.disabled_because) {
            (None, _) => Cell::good(say(words::ON)),
            (Some(_), Some(DisabledBecause::Gone)) => Cell::bad(say(words::GONE)),
            (Some(_), Some(DisabledBecause::Operator) | None) => Cell::warn(say(words::OFF)),
        };
        vec![
            webhook.id.into(),
            webhook.label.clone().into(),
            webhook.url.clone().into(),
            examiners.into(),
            webhook
                .kinds
                .as_ref()
                .map_or_else(all, |kinds| {
                    let kinds: Vec<&str> = kinds.iter().map(|kind| say(change(*kind))).collect();
                    kinds.join(", ")
                })
                .into(),
            state,
            webhook.waiting.into(),
            webhook.given_up.into(),
            time(webhook.last_success_at),
            output::why_not(webhook.last_problem_kind, webhook.last_problem.as_deref()).into(),
        ]
    }

    async fn deliveries(&self, id: Option<i32>) -> anyhow::Result<Exit> {
        let (waiting, losses) = self.store.webhook_deliveries(id, SHOWN_FOR).await?;
        if self.json {
            output::json(&json!({ "waiting": waiting, "given_up": losses }))?;
            return Ok(Exit::Done);
        }
        let waiting = waiting.iter().map(|waiting| self.waiting_row(waiting));
        let losses = losses.iter().map(|loss| self.loss_row(loss));
        let rows = waiting.chain(losses).collect();
        table::show(&DELIVERY_COLUMNS, rows, words::NOTHING_WAITS);
        Ok(Exit::Done)
    }

    fn waiting_row(&self, waiting: &Waiting) -> Vec<Cell> {
        let time = |time| output::local(time, self.config.timezone).into();
        vec![
            waiting.webhook_id.into(),
            waiting.usuario_id.into(),
            format!("> {}", waiting.change_id).into(),
            time(waiting.waiting_since),
            waiting.attempts.into(),
            time(Some(waiting.next_attempt_at)),
            output::why_not(waiting.last_error_kind, waiting.last_error.as_deref()).into(),
        ]
    }

    fn loss_row(&self, loss: &Loss) -> Vec<Cell> {
        let time = |time| output::local(time, self.config.timezone).into();
        let state = match loss.replayed_at {
            None => Cell::bad(say(words::LOST)),
            Some(_) => Cell::good(say(words::REPLAYED)),
        };
        vec![
            loss.webhook_id.into(),
            loss.usuario_id.into(),
            format!(
                "{}–{} ({})",
                loss.first_change, loss.last_change, loss.changes
            )
            .into(),
            time(Some(loss.given_up_at)),
            Cell::from(String::new()),
            state,
            output::why_not(loss.error_kind, Some(&loss.error)).into(),
        ]
    }

    async fn replay(&self, args: &ReplayArgs) -> anyhow::Result<Exit> {
        let from = match (&args.since, args.change) {
            (Some(since), _) => ReplayFrom::Time(self.moment(since)?),
            (None, change) => ReplayFrom::Change(change.unwrap_or_default()),
        };
        let user = match &args.user {
            Some(who) => Some(who.find_somebody(self.store).await?),
            None => None,
        };
        if self.store.endpoints(Some(args.id)).await?.is_empty() {
            bail!(say(words::no_such(args.id)));
        }
        let actor = actor();
        let replayed = self.store.replay_changes(args.id, user, from, &actor);
        let examiners = replayed.await?;
        if self.json {
            output::json(&json!({ "id": args.id, "examiners": examiners }))?;
        } else {
            output::tell(words::replayed(args.id, examiners));
        }
        Ok(Exit::Done)
    }

    fn moment(&self, text: &str) -> anyhow::Result<DateTime<Utc>> {
        if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
            return Ok(moment.with_timezone(&Utc));
        }
        let day: Day = text
            .parse()
            .map_err(|error| Usage(format!("--since: {error}")))?;
        let today = Clock::system(self.config.timezone).today();
        super::changes::midnight(day.back(today), self.config)
    }

    async fn test(&self, id: i32) -> anyhow::Result<Exit> {
        let Some(endpoint) = self.store.endpoints(Some(id)).await?.pop() else {
            bail!(say(words::no_such(id)));
        };
        let post = Post::new(self.config.webhooks.timeout).map_err(anyhow::Error::from_boxed)?;
        let clock = Clock::system(self.config.timezone);
        let deliverer = Deliverer::new(
            self.store.clone(),
            open::vault(self.store, self.config).await?,
            clock,
            post,
        );
        let answer = deliverer.test(&endpoint).await;
        let (ok, said) = match &answer {
            Ok(Answer::Taken(said)) => (true, said.clone()),
            Ok(Answer::Gone(said)) => (false, said.clone()),
            Err(error) if self.json => (false, error.sentence().en),
            Err(error) => (false, say(error.sentence())),
        };
        if self.json {
            output::json(&json!({ "id": id, "ok": ok, "answer": said }))?;
        } else {
            let mark = if ok {
                output::green("ok  ")
            } else {
                output::red("FAIL")
            };
            output::line(format!("{mark}  webhook {id}: {said}"));
        }
        Ok(if ok { Exit::Done } else { Exit::Failed })
    }
}
