//! `agendad people`: those who log in to the dashboard (`staff`); and what the law (LGPD) lets a candidate ask for: all
//! that is stored of them, and that it be erased.

mod staff;

use std::io::IsTerminal;
use std::path::Path;

use serde_json::{Value, json};

pub(super) use self::staff::confirmed as confirm_login_password;
use super::actor::actor;
use super::language::say;
use super::output::Usage;
use super::{Exit, open, output};
use crate::config::Config;
use crate::domain::{ActionKind, Cpf, Detail};
use crate::portal::evidence;
use crate::store::Store;
use crate::store::audit::Action;
use crate::store::people::PersonStored;
use crate::words::cli::acts;
use crate::words::cli::users::no_cpf;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Those who log in to the dashboard: name, role, last login
    List,
    /// Add somebody who logs in to the dashboard; asks for their password
    #[command(
        after_help = "Roles: recepcao (the clinic's day), operador (everything), perito (their own agenda).\n\
        Example: agendad people add --login maria.silva --name 'Maria Silva' --role recepcao\n\
        From a script: printf %s \"$PASSWORD\" | agendad people add --login … --name … --role …"
    )]
    Add(staff::Add),
    /// Set somebody's login password; ends their sessions, and a lock-out after wrong ones
    Password(staff::Named),
    /// Give somebody another role; ends their sessions
    Role(staff::SetRole),
    /// Let somebody log in no more; ends their sessions
    Disable(staff::Named),
    /// Let somebody log in again
    Enable(staff::Named),
    /// Remove somebody who logs in; what they did stays in the audit
    Remove(staff::Named),
    /// Who is logged in where
    Sessions(staff::Sessions),
    /// End somebody's sessions
    LogOut(staff::LogOut),
    /// Print an address at which one operator can be made, good once and for 4 hours
    Invite,
    /// All that is stored of one candidate, as JSON
    #[command(
        after_help = "Rows of slots, change log and appointments, whole, and the names of evidence pages that mention them.\n\
        Written to the audit table. Example: agendad people export --cpf 529.982.247-25 > candidate.json"
    )]
    Export(Person),
    /// Blank one candidate's name, CPF, telephone numbers and e-mail for good
    #[command(
        after_help = "In slots and change log; counts, days and hours stay. Identity and content hashes become random, because a\n\
        search over all CPFs would reverse them. Evidence pages under this machine's state_dir that mention them are\n\
        deleted (run it on each machine that runs a daemon). Appointments belong to the application and are left to it,\n\
        unless --appointments. Slots that the portal still lists come back with the next run. Backups of the database\n\
        are yours to deal with. Written to the audit table."
    )]
    Erase {
        #[command(flatten)]
        person: Person,
        /// Blank the application's appointments of this candidate too
        #[arg(long)]
        appointments: bool,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Person {
    /// CPF of the candidate, with or without punctuation
    #[arg(long)]
    cpf: String,
}

impl Person {
    fn cpf(&self) -> anyhow::Result<Cpf> {
        // Check digits do not matter: what the portal has shown is stored, right or wrong.
        Cpf::parse(&self.cpf).map_err(|error| Usage(say(no_cpf(error))).into())
    }
}

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    match command {
        Command::List => staff::list(&config, json).await,
        Command::Add(args) => staff::add(args, &config, json).await,
        Command::Password(named) => staff::set_password(named, &config, json).await,
        Command::Role(args) => staff::set_role(args, &config, json).await,
        Command::Disable(named) => staff::set_disabled(named, true, &config, json).await,
        Command::Enable(named) => staff::set_disabled(named, false, &config, json).await,
        Command::Remove(named) => staff::remove(named, &config, json).await,
        Command::Sessions(args) => staff::sessions(args, &config, json).await,
        Command::LogOut(args) => staff::log_out(args, &config, json).await,
        Command::Invite => staff::invite(&config, json).await,
        Command::Export(person) => {
            let cpf = person.cpf()?;
            open::store(&config, async |store| export(store, &config, &cpf).await).await
        }
        Command::Erase {
            person,
            appointments,
            yes,
        } => {
            let cpf = person.cpf()?;
            if !yes && !std::io::stdin().is_terminal() {
                return Err(Usage(say(acts::ERASE_NEEDS_YES).to_owned()).into());
            }
            open::store(&config, async |store| {
                let how = Erasure {
                    appointments,
                    yes,
                    json,
                };
                erase(store, &config, &cpf, how).await
            })
            .await
        }
    }
}

async fn export(store: &Store, config: &Config, cpf: &Cpf) -> anyhow::Result<Exit> {
    let stored = store.person(cpf).await?;
    let pages = pages(&config.state_dir, &words(cpf, &stored))?;
    let action = Action {
        actor: &actor(),
        action: ActionKind::PeopleExport,
        usuario_id: None,
        details: [
            Detail::Cpf.with(cpf.to_string()),
            Detail::Slots.with(stored.slots.len()),
        ]
        .into(),
    };
    store.record_action(&action).await?;
    output::json(&json!({
        "cpf": cpf.formatted(),
        "slots": stored.slots,
        "changes": stored.changes,
        "appointments": stored.appointments,
        "evidence": pages,
    }))?;
    Ok(Exit::Done)
}

#[derive(Debug, Clone, Copy)]
struct Erasure {
    appointments: bool,
    yes: bool,
    json: bool,
}

async fn erase(store: &Store, config: &Config, cpf: &Cpf, how: Erasure) -> anyhow::Result<Exit> {
    let stored = store.person(cpf).await?;
    let rows = acts::Rows {
        slots: stored.slots.len(),
        changes: stored.changes.len(),
        appointments: stored.appointments.len(),
    };
    let question = say(acts::ask_to_erase(&cpf.to_string(), rows, how.appointments));
    if !how.yes && !output::confirm(&question)? {
        output::remark(say(acts::NOTHING_CHANGED));
        return Ok(Exit::Failed);
    }
    // The pages first: once the rows are blank, nobody knows which words to look for.
    let pages = pages(&config.state_dir, &words(cpf, &stored))?;
    for page in &pages {
        evidence::remove(&config.state_dir, page)?;
    }
    let erased = store.erase_person(cpf, how.appointments, &actor()).await?;
    if how.json {
        output::json(
            &json!({ "cpf": cpf.to_string(), "erased": erased, "evidence": pages.len() }),
        )?;
    } else {
        let rows = acts::Erased {
            slots: erased.slots,
            changes: erased.changes,
            appointments: erased.appointments,
            pages: pages.len(),
        };
        output::tell(acts::erased(cpf, rows));
    }
    if erased.still_listed > 0 {
        output::remark(say(acts::still_listed(erased.still_listed)));
    }
    Ok(Exit::Done)
}

/// By what a page would give the candidate away: CPF, names, telephone numbers, e-mail addresses.
fn words(cpf: &Cpf, stored: &PersonStored) -> Vec<String> {
    let payloads = stored.slots.iter().map(|slot| &slot["payload"]);
    let mut words: Vec<String> = payloads
        .chain(&stored.appointments)
        .flat_map(|row| {
            [
                "nome",
                "email",
                "telefone",
                "telefone_fixo",
                "telefone_celular",
            ]
            .map(|key| &row[key])
        })
        .filter_map(Value::as_str)
        .chain([cpf.digits(), &cpf.formatted()])
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() > 5 && word != "(apagado)")
        .collect();
    words.sort();
    words.dedup();
    words
}

/// The evidence pages that hold one of the words.
fn pages(state_dir: &Path, words: &[String]) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    for file in evidence::list(state_dir)? {
        let text = evidence::show(state_dir, &file.name)?.to_lowercase();
        if words.iter().any(|word| text.contains(word.as_str())) {
            found.push(file.name);
        }
    }
    Ok(found)
}
