//! Those who log in to the dashboard: the same as its page `/pessoas`. Passwords come from the terminal or from standard
//! input, never from an argument.

use std::io::IsTerminal;

use anyhow::bail;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::cli::actor::actor;
use crate::cli::language::say;
use crate::cli::output::{self, Usage};
use crate::cli::table::{self, Cell, Column};
use crate::cli::users::typed_password;
use crate::cli::who::Who;
use crate::cli::{Exit, open};
use crate::config::Config;
use crate::domain::{LoginName, Role};
use crate::staff::{self, Hashed, PasswordError};
use crate::store::Store;
use crate::store::staff::{NewPerson, PersonChanged};
use crate::words::Sentence;
use crate::words::cli::people as words;

const COLUMNS: [Column; 5] = [
    Column::new(words::LOGIN),
    Column::text(words::NAME),
    Column::new(words::ROLE),
    Column::new(words::STATE).rank(1),
    Column::new(words::LAST_LOGIN).rank(0),
];

const SESSION_COLUMNS: [Column; 6] = [
    Column::new(words::SESSION),
    Column::new(words::LOGIN),
    Column::new(words::SINCE).rank(2),
    Column::new(words::LAST_SEEN),
    Column::new(words::ADDRESS).rank(1),
    Column::text(words::BROWSER).rank(0),
];

/// A role, by its stable name.
fn role() -> impl TypedValueParser<Value = Role> {
    let names = Role::ALL.iter().map(|role| role.as_str());
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Role>())
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Add {
    /// Login name: small letters without accents, digits, . - _ @
    #[arg(long)]
    login: LoginName,
    /// Name, as people read it
    #[arg(long)]
    name: String,
    #[command(flatten)]
    role: RoleArgs,
}

#[derive(Debug, clap::Args)]
struct RoleArgs {
    /// What they may do: the clinic's day, everything, their own agenda
    #[arg(long, value_parser = role())]
    role: Role,
    /// With the role perito: the examiner that they are, by number or part of the name
    #[arg(long, value_name = "WHO")]
    examiner: Option<Who>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Named {
    /// Login name
    #[arg(long)]
    login: LoginName,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SetRole {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    role: RoleArgs,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Sessions {
    /// Of this person only
    #[arg(long)]
    login: Option<LoginName>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct LogOut {
    #[command(flatten)]
    named: Named,
    /// This session only, by its number in `agendad people sessions`
    #[arg(long, value_name = "NUMBER")]
    session: Option<i64>,
}

pub(super) async fn list(config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        let people = store.staff().await?;
        if json {
            output::json(&people)?;
            return Ok(Exit::Done);
        }
        let rows = people.into_iter().map(|person| {
            let state = if person.disabled {
                Cell::warn(say(words::OFF))
            } else {
                Cell::good(say(words::ON))
            };
            vec![
                person.login.into(),
                person.nome.into(),
                say(words::role(person.role, person.usuario_id)).into(),
                state,
                output::local(person.last_login_at, config.timezone).into(),
            ]
        });
        table::show(&COLUMNS, rows.collect(), words::NOBODY);
        Ok(Exit::Done)
    })
    .await
}

pub(super) async fn add(args: Add, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let Hashed(password_hash) = ask(&args.login).await?;
    open::store(config, async |store| {
        let new = NewPerson {
            login: &args.login,
            nome: args.name.trim(),
            role: args.role.role,
            usuario_id: crate::cli::who::find(args.role.examiner.as_ref(), store).await?,
            password_hash: &password_hash,
        };
        let changed = store.add_person(&new, &actor()).await?;
        tell(&args.login, changed, words::ADDED, json)
    })
    .await
}

pub(super) async fn set_password(
    named: Named,
    config: &Config,
    json: bool,
) -> anyhow::Result<Exit> {
    let Hashed(hash) = ask(&named.login).await?;
    open::store(config, async |store| {
        let id = named.find(store).await?;
        let changed = store.set_person_password(id, &hash, &actor()).await?;
        tell(&named.login, changed, words::PASSWORD_CHANGED, json)
    })
    .await
}

pub(super) async fn set_role(args: SetRole, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let SetRole { named, role } = args;
    open::store(config, async |store| {
        let id = named.find(store).await?;
        let examiner = crate::cli::who::find(role.examiner.as_ref(), store).await?;
        let changed = store
            .set_person_role(id, role.role, examiner, &actor())
            .await?;
        tell(&named.login, changed, words::ROLE_CHANGED, json)
    })
    .await
}

pub(super) async fn set_disabled(
    named: Named,
    disabled: bool,
    config: &Config,
    json: bool,
) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        let id = named.find(store).await?;
        let changed = store.set_person_disabled(id, disabled, &actor()).await?;
        let done = if disabled {
            words::DISABLED
        } else {
            words::ENABLED
        };
        tell(&named.login, changed, done, json)
    })
    .await
}

pub(super) async fn remove(named: Named, config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        let id = named.find(store).await?;
        let changed = store.remove_person(id, &actor()).await?;
        tell(&named.login, changed, words::REMOVED, json)
    })
    .await
}

pub(super) async fn sessions(args: Sessions, config: &Config, json: bool) -> anyhow::Result<Exit> {
    open::store(config, async |store| {
        let id = match &args.login {
            Some(login) => Some(find(login, store).await?),
            None => None,
        };
        let sessions = store.people_sessions(id, staff::lasting(config)).await?;
        if json {
            output::json(&sessions)?;
            return Ok(Exit::Done);
        }
        let rows = sessions.into_iter().map(|session| {
            vec![
                session.id.into(),
                session.login.into(),
                output::local(Some(session.created_at), config.timezone).into(),
                output::local(Some(session.last_seen_at), config.timezone).into(),
                session.address.into(),
                session.agent.into(),
            ]
        });
        table::show(&SESSION_COLUMNS, rows.collect(), words::NO_SESSIONS);
        Ok(Exit::Done)
    })
    .await
}

pub(super) async fn log_out(args: LogOut, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let LogOut { named, session } = args;
    open::store(config, async |store| {
        let id = named.find(store).await?;
        let ended = store.end_sessions(id, session, &actor()).await?;
        if json {
            output::json(&json!({ "login": named.login.as_str(), "sessions": ended }))?;
        } else {
            output::tell(words::ended(named.login.as_str(), ended));
        }
        Ok(Exit::Done)
    })
    .await
}

pub(super) async fn invite(config: &Config, json: bool) -> anyhow::Result<Exit> {
    if config.http.listen.is_empty() {
        return Err(Usage(say(words::HTTP_OFF).to_owned()).into());
    }
    open::store(config, async |store| {
        let address = staff::invite(store, &config.http.public_address()).await?;
        if json {
            output::json(&json!({ "address": address }))?;
        } else {
            output::line(address);
            output::remark(say(words::INVITED));
        }
        Ok(Exit::Done)
    })
    .await
}

impl Named {
    async fn find(&self, store: &Store) -> anyhow::Result<i32> {
        find(&self.login, store).await
    }
}

async fn find(login: &LoginName, store: &Store) -> anyhow::Result<i32> {
    match store.staff_by_login(login).await? {
        Some(id) => Ok(id),
        None => bail!(say(words::nobody_called(login.as_str()))),
    }
}

/// A new password, hashed: typed twice on a terminal, else all of standard input.
pub(in crate::cli) async fn ask(login: &LoginName) -> anyhow::Result<Hashed> {
    let typed = typed_password(&say(words::password_prompt()))?;
    confirmed(login, typed).await
}

/// The same for one that has been typed once; at a terminal it is asked for again.
pub(in crate::cli) async fn confirmed(
    login: &LoginName,
    typed: SecretString,
) -> anyhow::Result<Hashed> {
    if std::io::stdin().is_terminal() {
        let again = typed_password(say(words::PASSWORD_AGAIN))?;
        if again.expose_secret() != typed.expose_secret() {
            return Err(Usage(say(words::NOT_THE_SAME).to_owned()).into());
        }
    }
    hashed(login, typed).await
}

async fn hashed(login: &LoginName, password: SecretString) -> anyhow::Result<Hashed> {
    staff::hash(login, password)
        .await
        .map_err(|error| match error {
            PasswordError::Bad(bad) => {
                let notice = crate::words::pages::people::PersonNotice::of_password(bad);
                Usage(say(notice.sentence())).into()
            }
            PasswordError::Busy | PasswordError::Failed => error.into(),
        })
}

fn tell(
    login: &LoginName,
    changed: PersonChanged,
    done: Sentence,
    json: bool,
) -> anyhow::Result<Exit> {
    let login = login.as_str();
    match changed {
        PersonChanged::Done(id) if json => output::json(&json!({ "id": id, "login": login }))?,
        PersonChanged::Done(_) => output::tell(words::of(login, done)),
        PersonChanged::Nobody | PersonChanged::Invitation => {
            bail!(say(words::nobody_called(login)))
        }
        PersonChanged::LoginTaken => bail!(say(words::of(login, words::LOGIN_TAKEN))),
        PersonChanged::Examiner => return Err(Usage(say(words::EXAMINER).to_owned()).into()),
        PersonChanged::LastOperator => bail!(say(words::of(login, words::LAST_OPERATOR))),
    }
    Ok(Exit::Done)
}
