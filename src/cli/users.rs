//! `agendad users`: examiners and their accounts. Passwords come from the terminal or from standard
//! input, never from an argument, where every process could read them.

use std::io::{IsTerminal, Read};

use anyhow::bail;
use secrecy::{ExposeSecret, SecretString};

use super::Exit;
use super::output::{self, Usage};
use crate::app::{Database, Schema};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Cpf, WorkingDays};
use crate::vault::{Purpose, Vault};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// All examiners with an account
    List,
    /// Add an examiner; asks for his portal password
    #[command(
        after_help = "Example: agendad users add --name 'Ana Souza' --cpf 529.982.247-25 --days terca,quarta\n\
        From a script: printf %s \"$PASSWORD\" | agendad users add --name … --cpf …"
    )]
    Add(AddArgs),
    /// Set a new portal password; ends a pause after a refusal
    SetPassword(UserArgs),
    /// Synchronise this examiner
    Enable(UserArgs),
    /// Do not synchronise this examiner
    Disable(UserArgs),
    /// Attempt no login until resumed
    Pause(UserArgs),
    /// End a pause
    Resume(UserArgs),
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
    /// The examiner's id, as `agendad users list` shows it
    #[arg(long, value_name = "ID")]
    user: i32,
}

pub(super) async fn run(command: Command, config: Config, json: bool) -> anyhow::Result<Exit> {
    let schema = if matches!(command, Command::Add(_)) {
        Schema::Migrate
    } else {
        Schema::Require
    };
    // Everything that a person may have typed wrong is looked at before anything is opened.
    let prepared = Prepared::of(command, &config)?;
    let database = Database::open(&config, schema).await?;
    let done = prepared.run(&database, &config, json).await;
    database.close().await?;
    done
}

/// A command whose input is complete and checked.
enum Prepared {
    List,
    Add {
        args: AddArgs,
        cpf: Cpf,
        days: String,
        senha: SecretString,
        vault: Vault,
    },
    SetPassword {
        user: i32,
        senha: SecretString,
        vault: Vault,
    },
    Enable {
        user: i32,
        active: bool,
    },
    Pause {
        user: i32,
        paused: bool,
    },
}

impl Prepared {
    fn of(command: Command, config: &Config) -> anyhow::Result<Self> {
        let vault = || Vault::open(config.secrets.vault_key.as_ref(), &config.state_dir);
        Ok(match command {
            Command::List => Self::List,
            Command::Add(args) => {
                let cpf = cpf(&args.cpf)?;
                let days = WorkingDays::parse(Some(&serde_json::json!(args.days).to_string()))
                    .map_err(|_| Usage("--days takes segunda, terca, quarta, quinta, sexta, sabado, domingo, split by commas".to_owned()))?
                    .to_json();
                Self::Add {
                    args,
                    cpf,
                    days,
                    vault: vault()?,
                    senha: ask_password()?,
                }
            }
            Command::SetPassword(UserArgs { user }) => Self::SetPassword {
                user,
                vault: vault()?,
                senha: ask_password()?,
            },
            Command::Enable(UserArgs { user }) => Self::Enable { user, active: true },
            Command::Disable(UserArgs { user }) => Self::Enable {
                user,
                active: false,
            },
            Command::Pause(UserArgs { user }) => Self::Pause { user, paused: true },
            Command::Resume(UserArgs { user }) => Self::Pause {
                user,
                paused: false,
            },
        })
    }

    async fn run(self, database: &Database, config: &Config, json: bool) -> anyhow::Result<Exit> {
        let store = &database.store;
        let (user, found, what) = match self {
            Self::List => return list(database, config, json).await,
            Self::Add {
                args,
                cpf,
                days,
                senha,
                vault,
            } => {
                if let Some(id) = args.user
                    && !store.user_exists(id).await?
                {
                    bail!("there is no user {id} in usuarios");
                }
                let name = args.name.unwrap_or_default();
                let user = store
                    .add_user(args.user, &name, args.email.as_deref(), &cpf, &days)
                    .await?;
                let sealed = vault.seal(Purpose::Password, user, senha.expose_secret())?;
                let found = store.set_sealed_password(user, &sealed).await?;
                (
                    user,
                    found,
                    "added; a running daemon synchronises him within seconds",
                )
            }
            Self::SetPassword { user, senha, vault } => {
                let sealed = vault.seal(Purpose::Password, user, senha.expose_secret())?;
                (
                    user,
                    store.set_sealed_password(user, &sealed).await?,
                    "has a new password",
                )
            }
            Self::Enable { user, active } => {
                let what = if active {
                    "is synchronised"
                } else {
                    "is no longer synchronised"
                };
                (user, store.set_active(user, active).await?, what)
            }
            Self::Pause { user, paused: true } => {
                (user, store.pause_account(user).await?, "is paused")
            }
            Self::Pause {
                user,
                paused: false,
            } => (user, store.resume_account(user).await?, "goes on"),
        };
        if !found {
            bail!("user {user} has no account; see: agendad users list");
        }
        if json {
            output::json(&serde_json::json!({ "usuario_id": user }))?;
        } else {
            output::line(format!("user {user} {what}"));
        }
        Ok(Exit::Done)
    }
}

async fn list(database: &Database, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let today = Clock::system(config.timezone).today();
    let users = database.store.list_users(today).await?;
    if json {
        output::json(&users)?;
        return Ok(Exit::Done);
    }
    let rows = users
        .into_iter()
        .map(|user| {
            let state = match (&user.pause_reason, user.active, user.scheduled) {
                (Some(reason), _, _) => match user.pause_until {
                    Some(until) => format!(
                        "paused: {reason}, until {}",
                        output::local(Some(until), config.timezone)
                    ),
                    None => format!("paused: {reason}"),
                },
                (None, false, _) => "off".to_owned(),
                (None, true, false) => "manual".to_owned(),
                (None, true, true) => "on".to_owned(),
            };
            vec![
                user.usuario_id.to_string(),
                user.nome,
                user.cpf,
                state,
                user.working_days.unwrap_or_else(|| "all".to_owned()),
                user.current_slots.to_string(),
                output::local(user.last_success, config.timezone),
            ]
        })
        .collect();
    let header = [
        "user",
        "name",
        "CPF",
        "state",
        "days",
        "slots ahead",
        "last success",
    ];
    output::table(
        &header,
        rows,
        "no examiners yet; add one with: agendad users add --name … --cpf …",
    );
    Ok(Exit::Done)
}

fn cpf(text: &str) -> anyhow::Result<Cpf> {
    let cpf = Cpf::parse(text).map_err(|error| Usage(format!("--cpf: {error}")))?;
    if !cpf.has_valid_check_digits() {
        return Err(Usage(
            "--cpf: the check digits do not fit; look for a typing error".to_owned(),
        )
        .into());
    }
    Ok(cpf)
}

/// From the terminal, without echo; else all of standard input.
fn ask_password() -> anyhow::Result<SecretString> {
    let password = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("Portal password (not shown): ")?
    } else {
        let mut text = String::new();
        std::io::stdin().take(4096).read_to_string(&mut text)?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.is_empty() {
        return Err(Usage("the password is empty; type it, or pipe it in".to_owned()).into());
    }
    Ok(password.into())
}
