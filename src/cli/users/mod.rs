//! `agendad users`: examiners and their accounts. Passwords come from the terminal or from standard
//! input, never from an argument, where every process could read them.

mod edit;
mod import;
mod input;
mod list;
mod remove;
mod told;
mod tried;

use anyhow::bail;
use secrecy::SecretString;

use super::actor::actor;
use super::language::say;
use super::output;
use super::who::Who;
use super::{Exit, calendar, mails, open};
use crate::app::{Database, Schema};
use crate::config::Config;
use crate::credentials::{self, Changed};
use crate::domain::{ActionKind, Cpf, Details, WorkingDays};
use crate::store::Store;
use crate::store::audit::Action;
use crate::store::mail_preferences::Mails;
use crate::store::pauses::Resumed;
use crate::words::Sentence;
use crate::words::cli::{users as words, who as who_words};
use input::{ask_password, cpf, days, email, name};
pub(super) use input::{typed_password, typed_secret};
use list::list;
use told::{tell, tell_paused};
use tried::have_it_tried;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// All examiners with an account
    List,
    /// Add an examiner; asks for their portal password
    #[command(
        after_help = "Example: agendad users add --name 'Ana Souza' --cpf 529.982.247-25 --days terca,quarta\n\
        From a script: printf %s \"$PASSWORD\" | agendad users add --name … --cpf …"
    )]
    Add(AddArgs),
    /// Change name, e-mail, CPF, working days, windows or units of an examiner; a new CPF asks for its password
    #[command(
        after_help = "Example: agendad users edit --user 3 --email ana@example.com --days terca,quarta\n\
        Another CPF is another login at the portal. From a script: printf %s \"$PASSWORD\" | agendad users edit --user 3 --cpf …"
    )]
    Edit(edit::Args),
    /// Add and change examiners by a CSV file, all of it or nothing; first shows what would change
    #[command(
        after_help = "Columns, in any order: nome, cpf, senha, e-mail, dias, leituras, unidades (or name, cpf, password, email, days, windows,\n\
        units); semicolons, commas or tabs; UTF-8 or as Excel in Brazil saves it. An empty cell leaves things as they are.\n\
        Delete the file afterwards if it holds passwords. --template prints one to fill in."
    )]
    Import(import::Args),
    /// Take an examiner away: credentials, addresses, schedule and login go, the history stays
    #[command(
        after_help = "Asks for the examiner's name; from a script: echo 'Ana Souza' | agendad users remove --user 3\n\
        To just stop reading: agendad users disable"
    )]
    Remove(UserArgs),
    /// Set a new portal password; ends a pause after a refusal
    SetPassword(UserArgs),
    /// Synchronise this examiner
    Enable(UserArgs),
    /// Do not synchronise this examiner
    Disable(UserArgs),
    /// Attempt no login until resumed
    Pause(UserArgs),
    /// End a pause. One after a refusal ends with a new password, or with --same-password
    Resume(ResumeArgs),
    /// Make or revoke the secret address of an examiner's calendar
    Calendar(calendar::Args),
    /// Mail an examiner tomorrow's agenda every evening, or no longer
    #[command(after_help = mails::TOMORROW_HELP)]
    Tomorrow(mails::Args),
    /// Mail an examiner what changes today, or no longer
    #[command(after_help = mails::CHANGES_HELP)]
    Changes(mails::Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// Name; needed unless --user names an existing user
    #[arg(long, required_unless_present = "user")]
    name: Option<String>,
    /// CPF, with or without punctuation
    #[arg(long)]
    cpf: String,
    /// E-mail
    #[arg(long)]
    email: Option<String>,
    /// Working days: segunda, terca, quarta, quinta, sexta, sabado, domingo [default: all]
    #[arg(long, value_delimiter = ',')]
    days: Vec<String>,
    /// Give the account to this existing row of `usuarios`
    #[arg(long, value_name = "ID")]
    user: Option<i32>,
}

#[derive(Debug, clap::Args)]
pub(super) struct UserArgs {
    /// The examiner: number, as `agendad users list` shows it, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Who,
}

#[derive(Debug, clap::Args)]
pub(super) struct ResumeArgs {
    /// The examiner: number, as `agendad users list` shows it, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Who,
    /// Post the password that the portal has refused once more. A few wrong passwords, and DETRAN blocks the account
    #[arg(long)]
    same_password: bool,
}

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    if let Command::Calendar(args) = command {
        return calendar::run(args, &config, json).await;
    }
    if let Command::Tomorrow(args) = command {
        return mails::run(Mails::Tomorrow, args, &config, json).await;
    }
    if let Command::Edit(args) = command {
        return edit::run(args, &config, json).await;
    }
    if let Command::Import(args) = command {
        return Box::pin(import::run(args, &config, json)).await;
    }
    if let Command::Remove(UserArgs { user }) = command {
        return Box::pin(remove::run(&user, config, json)).await;
    }
    if let Command::Changes(args) = command {
        return mails::run(Mails::Changes, args, &config, json).await;
    }
    let schema = if matches!(command, Command::Add(_)) {
        Schema::Migrate
    } else {
        Schema::Require
    };
    // Everything that a person may have typed wrong is looked at before anything is opened.
    let prepared = Prepared::of(command)?;
    let database = Database::open(&config, schema).await?;
    let done = prepared.run(&database.store, &config, json).await;
    open::close(database, done).await
}

/// A command whose input is complete and checked.
enum Prepared {
    List,
    Add(Box<NewAccount>),
    SetPassword { user: Who, password: SecretString },
    Enable { user: Who, active: bool },
    Pause { user: Who },
    Resume { user: Who, same_password: bool },
}

impl Prepared {
    fn of(command: Command) -> anyhow::Result<Self> {
        Ok(match command {
            // The others have files of their own: see `run`.
            Command::List
            | Command::Calendar(_)
            | Command::Tomorrow(_)
            | Command::Changes(_)
            | Command::Edit(_)
            | Command::Import(_)
            | Command::Remove(_) => Self::List,
            Command::Add(mut args) => {
                args.name = args.name.as_deref().map(name).transpose()?;
                let email = args.email.as_deref().map(email).transpose()?;
                args.email = email.filter(|email| !email.is_empty());
                let cpf = cpf(&args.cpf)?;
                let days = days(&args.days)?;
                Self::Add(Box::new(NewAccount {
                    args,
                    cpf,
                    days,
                    password: ask_password()?,
                }))
            }
            Command::SetPassword(UserArgs { user }) => Self::SetPassword {
                user,
                password: ask_password()?,
            },
            Command::Enable(UserArgs { user }) => Self::Enable { user, active: true },
            Command::Disable(UserArgs { user }) => Self::Enable {
                user,
                active: false,
            },
            Command::Pause(UserArgs { user }) => Self::Pause { user },
            Command::Resume(ResumeArgs {
                user,
                same_password,
            }) => Self::Resume {
                user,
                same_password,
            },
        })
    }

    async fn run(self, store: &Store, config: &Config, json: bool) -> anyhow::Result<Exit> {
        match self {
            Self::List => list(store, config, json).await,
            Self::Add(account) => {
                let (user, changed) = account.add(store, config).await?;
                output::remark(say(words::ASKED_AT_LOGIN));
                let is_read = store.living().await? > 0;
                let what = match changed {
                    Changed::RefusedBefore(_) => words::ADDED_BUT_REFUSED,
                    Changed::Done | Changed::SamePassword if is_read => words::ADDED,
                    Changed::Done | Changed::SamePassword => words::ADDED_BUT_NOBODY_READS,
                    Changed::NoAccount => bail!(say(who_words::no_account(user))),
                };
                record(store, ActionKind::UsersAdd, user).await?;
                tell_paused(store, user, what, json).await
            }
            Self::SetPassword { user, password } => {
                let user = user.find(store).await?;
                let what = set_password(store, config, user, &password).await?;
                record(store, ActionKind::UsersSetPassword, user).await?;
                tell_paused(store, user, what, json).await
            }
            Self::Enable { user, active } => {
                let (action, what) = if active {
                    (ActionKind::UsersEnable, words::ENABLED)
                } else {
                    (ActionKind::UsersDisable, words::DISABLED)
                };
                let user = user.find(store).await?;
                if !store.set_active(user, active).await? {
                    bail!(say(who_words::no_account(user)));
                }
                record(store, action, user).await?;
                tell(user, what, json)
            }
            Self::Pause { user } => {
                let user = user.find(store).await?;
                if !store.pause_account(user, &actor()).await? {
                    bail!(say(who_words::no_account(user)));
                }
                tell(user, words::PAUSED, json)
            }
            Self::Resume {
                user,
                same_password,
            } => {
                let user = user.find(store).await?;
                resume(store, config, user, same_password).await?;
                tell(user, words::GOES_ON, json)
            }
        }
    }
}

async fn resume(
    store: &Store,
    config: &Config,
    user: i32,
    same_password: bool,
) -> anyhow::Result<()> {
    let resumed = if same_password {
        let vault = open::vault(store, config).await?;
        credentials::resume_with_same_password(store, &vault, user, &actor()).await?
    } else {
        store.resume_account(user, &actor()).await?
    };
    match resumed {
        Resumed::Done => Ok(()),
        Resumed::NoAccount => bail!(say(who_words::no_account(user))),
        Resumed::CpfTaken(older) => bail!(say(words::cpf_taken(user, older))),
        Resumed::PasswordCondemned(reason) => {
            bail!(say(words::password_condemned(user, reason)))
        }
    }
}

/// An account to be added, its input complete and checked.
struct NewAccount {
    args: AddArgs,
    cpf: Cpf,
    days: WorkingDays,
    password: SecretString,
}

impl NewAccount {
    async fn add(self, store: &Store, config: &Config) -> anyhow::Result<(i32, Changed)> {
        if let Some(id) = self.args.user {
            if !store.user_exists(id).await? {
                bail!(say(words::not_in_table(id)));
            }
            if store.account(id).await?.is_some() {
                bail!(say(words::has_account(id)));
            }
        }
        // Before the account: one without a password would be of no use.
        let vault = open::vault(store, config).await?;
        let new = credentials::NewAccount {
            usuario_id: self.args.user,
            nome: self.args.name.as_deref().unwrap_or_default(),
            email: self.args.email.as_deref(),
            cpf: &self.cpf,
            days: self.days,
        };
        Ok(credentials::add_account(store, &vault, &new, &self.password).await?)
    }
}

async fn set_password(
    store: &Store,
    config: &Config,
    user: i32,
    password: &SecretString,
) -> anyhow::Result<Sentence> {
    let vault = open::vault(store, config).await?;
    let set = credentials::set_password(store, &vault, user, password).await?;
    Ok(match set {
        Changed::Done => {
            have_it_tried(store, user).await?;
            words::NEW_PASSWORD
        }
        Changed::SamePassword => words::SAME_PASSWORD,
        Changed::RefusedBefore(_) => words::REFUSED_BEFORE,
        Changed::NoAccount => bail!(say(who_words::no_account(user))),
    })
}

async fn record(store: &Store, action: ActionKind, user: i32) -> anyhow::Result<()> {
    let action = Action {
        actor: &actor(),
        action,
        usuario_id: Some(user),
        details: Details::default(),
    };
    Ok(store.record_action(&action).await?)
}
