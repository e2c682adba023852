//! `agendad users edit`: what the dashboard's form changes of an examiner, by the same function.

use anyhow::bail;

use super::input::{ask_password, cpf, days, email, name};
use super::told::tell_paused;
use super::tried::have_it_tried;
use crate::app::{Database, Schema};
use crate::cli::actor::actor;
use crate::cli::language::say;
use crate::cli::output::Usage;
use crate::cli::who::Who;
use crate::cli::{Exit, open};
use crate::config::Config;
use crate::examiners::{self, Edited, Wish};
use crate::store::Store;
use crate::words::cli::{users as words, who as who_words};

/// What means all windows, or all units.
const ALL: [&str; 4] = ["all", "todas", "todos", ""];

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
pub(in crate::cli) struct Args {
    /// The examiner: number, as `agendad users list` shows it, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Who,
    /// Another name
    #[arg(long, group = "what")]
    name: Option<String>,
    /// Another CPF for the portal; asks for its password
    #[arg(long, group = "what")]
    cpf: Option<String>,
    /// Another e-mail; '' takes it away
    #[arg(long, group = "what")]
    email: Option<String>,
    /// Working days: segunda, terca, quarta, quinta, sexta, sabado, domingo; '' for all
    #[arg(long, value_delimiter = ',', group = "what")]
    days: Option<Vec<String>>,
    /// Windows that are read, by name; all for all
    #[arg(long, value_delimiter = ',', value_name = "NAMES", group = "what")]
    windows: Option<Vec<String>>,
    /// Units that are read, by code or name; all for all
    #[arg(long, value_delimiter = ',', value_name = "UNITS", group = "what")]
    units: Option<Vec<String>>,
}

pub(super) async fn run(args: Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    // Everything that a person may have typed wrong is looked at before anything is opened.
    let (who, wish) = wish(args, config)?;
    let database = Database::open(config, Schema::Require).await?;
    let done = change(&who, &wish, &database.store, config, json).await;
    open::close(database, done).await
}

fn wish(args: Args, config: &Config) -> anyhow::Result<(Who, Wish)> {
    let nome = args.name.as_deref().map(name).transpose()?;
    let email = args.email.as_deref().map(email).transpose()?;
    let email = email.map(|email| Some(email).filter(|email| !email.is_empty()));
    let windows = args.windows.map(|names| listed(&names));
    let is_configured = |name: &String| config.windows.iter().any(|window| window.name == *name);
    if let Some(unknown) = windows
        .iter()
        .flatten()
        .flatten()
        .find(|name| !is_configured(name))
    {
        let known: Vec<&str> = config
            .windows
            .iter()
            .map(|window| window.name.as_str())
            .collect();
        return Err(Usage(say(words::no_such_window(unknown, &known.join(", ")))).into());
    }
    let days = args.days.map(|names| {
        let named: Vec<String> = names
            .into_iter()
            .filter(|name| !name.trim().is_empty())
            .collect();
        days(&named)
    });
    let cpf = args.cpf.as_deref().map(cpf).transpose()?;
    let wish = Wish {
        nome,
        // The same CPF changes nothing, and needs no password; whether it is, only the database knows.
        password: cpf.as_ref().map(|_| ask_password()).transpose()?,
        cpf,
        email,
        days: days.transpose()?,
        windows,
        units: args.units.map(|names| listed(&names)),
    };
    Ok((args.user, wish))
}

/// What is named; `None`: all.
fn listed(names: &[String]) -> Option<Vec<String>> {
    let is_all = names
        .iter()
        .any(|name| ALL.contains(&name.trim().to_lowercase().as_str()));
    (!is_all).then(|| names.iter().map(|name| name.trim().to_owned()).collect())
}

async fn change(
    who: &Who,
    wish: &Wish,
    store: &Store,
    config: &Config,
    json: bool,
) -> anyhow::Result<Exit> {
    let user = who.find(store).await?;
    let vault = open::vault(store, config).await?;
    let what = match examiners::edit(store, &vault, user, wish, &actor()).await? {
        Edited::Done => {
            if wish.password.is_some() {
                have_it_tried(store, user).await?;
            }
            words::EDITED
        }
        Edited::Nothing => words::NOTHING_TO_EDIT,
        Edited::RefusedBefore => words::REFUSED_BEFORE,
        Edited::NeedsPassword => return Err(Usage(say(words::PASSWORD_EMPTY).to_owned()).into()),
        Edited::NoSuchUnit(unit) => {
            let known = store.units(user, "").await?.into_iter();
            let known: Vec<String> = known
                .map(|unit| format!("{} ({})", unit.name, unit.code))
                .collect();
            return Err(Usage(say(words::no_such_unit(&unit, &known.join(", ")))).into());
        }
        Edited::NoAccount => bail!(say(who_words::no_account(user))),
    };
    tell_paused(store, user, what, json).await
}
