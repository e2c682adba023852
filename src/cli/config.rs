//! `agendad config`: the effective settings and where each comes from; the reference of all of them; settings made by
//! command, as in the browser.

use std::path::Path;

use secrecy::ExposeSecret;

use super::actor::actor;
use super::language::say;
use super::output::Usage;
use super::users::typed_password;
use super::{Exit, open, output, problem, table};
use crate::config::saved_settings::{self, ChangeError, Edits, Setting, Sources, Value};
use crate::config::shown::{self, Shown, ShownValue};
use crate::config::{ConfigError, reference};
use crate::settings_edit;
use crate::words::cli::config as set_words;
use crate::words::cli::list as words;
use crate::words::setting;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Every setting, its value and its source; secrets are hidden
    Show,
    /// All settings there are: explanation, default, environment variable, whether a reload suffices (Markdown)
    Reference,
    /// Make a setting, as in the browser: checked, kept in settings.toml under state_dir, in force within seconds
    #[command(after_help = SET_HELP)]
    Set {
        /// Its key, such as tomorrow.hour
        key: String,
        /// Its value; of a secret nothing: it is asked for, or read from standard input
        #[arg(allow_hyphen_values = true)]
        value: Option<String>,
    },
    /// Forget what was set, so that config.toml or the default counts again
    Unset {
        /// Its key
        key: String,
    },
}

const SET_HELP: &str = "It lies over config.toml; what the environment or a credential fixes cannot be set. Lists: with commas, or as TOML.\n\n\
    Examples:\n  agendad config set tomorrow.hour 18:30\n  agendad config set alerts.email.to ana@example.com,caio@example.com\n  \
    printf %s \"$WEBHOOK\" | agendad config set alerts.slack.webhook\n  \
    agendad config set windows '[{ name = \"near\", from_day = 0, to_day = 3, cron = \"0 */15 * * * *\" }]'";

pub(super) async fn run(
    command: &Command,
    sources: &Sources,
    file: Option<&Path>,
    json: bool,
) -> anyhow::Result<Exit> {
    match command {
        Command::Show => show(file, json),
        Command::Set { key, value } => {
            let setting = known(key)?;
            let value = given(setting, value.as_deref())?;
            change(sources, [(setting.key, Some(value))].into(), json).await
        }
        Command::Unset { key } => change(sources, [(known(key)?.key, None)].into(), json).await,
        Command::Reference => {
            output::line(reference::markdown().trim_end());
            Ok(Exit::Done)
        }
    }
}

/// The same where the settings are refused as they are: what is set is shown, and can be taken back.
///
/// # Errors
/// `refused`, where the command has not mended it and needs no settings either.
pub(super) async fn while_refused(
    command: &Command,
    refused: ConfigError,
    file: Option<&Path>,
    json: bool,
) -> anyhow::Result<Exit> {
    let sources = Sources::Process(file.map(Path::to_owned));
    let done = run(command, &sources, file, json).await;
    match (command, done) {
        (Command::Show, _) => Err(refused.into()),
        (Command::Set { .. } | Command::Unset { .. } | Command::Reference, done) => done,
    }
}

/// The setting that is meant.
fn known(key: &str) -> Result<&'static Setting, Usage> {
    saved_settings::find(key).ok_or_else(|| {
        let keys: Vec<&str> = saved_settings::SETTINGS.iter().map(|one| one.key).collect();
        Usage(say(set_words::unknown(key, &keys.join(", "))))
    })
}

fn given(setting: &Setting, value: Option<&str>) -> anyhow::Result<Value> {
    let key = setting.key;
    Ok(match (setting.is_secret(), value) {
        (true, None) => {
            let question = say(set_words::question(key));
            typed_password(&question)?.expose_secret().into()
        }
        // An argument can be read by every process.
        (true, Some(text)) if !text.is_empty() => {
            return Err(Usage(say(set_words::secret(key))).into());
        }
        (_, Some(text)) => saved_settings::value(key, text)?,
        (false, None) => return Err(Usage(say(set_words::no_value(key))).into()),
    })
}

async fn change(sources: &Sources, edits: Edits, json: bool) -> anyhow::Result<Exit> {
    let config = match settings_edit::change(sources, None, &edits) {
        Ok(config) => config,
        Err(ChangeError::Refused(error)) => return Err(error.into()),
        Err(ChangeError::Fixed { key, by }) => {
            return Err(Usage(say(set_words::fixed(key, &by))).into());
        }
        Err(error @ (ChangeError::Overtaken | ChangeError::Write { .. })) => {
            return Err(error.into());
        }
    };
    let noted = open::store(&config, async |store| {
        Ok(settings_edit::note(store, &edits, &actor()).await?)
    });
    if let Err(error) = noted.await {
        let error = problem::in_a_line(error.as_ref());
        output::remark(say(set_words::not_noted(&error)));
    }
    if json {
        let keys: Vec<&str> = edits.into_keys().collect();
        output::json(&serde_json::json!({ "changed": keys }))?;
    } else {
        for (key, value) in &edits {
            output::tell(if value.is_some() {
                set_words::set(key)
            } else {
                set_words::unset(key)
            });
        }
    }
    Ok(Exit::Done)
}

fn show(file: Option<&Path>, json: bool) -> anyhow::Result<Exit> {
    let settings = shown::settings(&saved_settings::all(file)?)?.into_iter();
    if json {
        let object: serde_json::Map<String, serde_json::Value> = settings
            .map(|(key, Shown { value, from })| {
                let shown =
                    serde_json::json!({ "value": value.to_string(), "from": from.to_string() });
                (key, shown)
            })
            .collect();
        output::json(&object)?;
        return Ok(Exit::Done);
    }
    let rows = settings
        .map(|(key, Shown { value, from })| {
            let value = match value {
                ShownValue::Clear(text) => text,
                ShownValue::Concealed(why) => say(setting::concealed(why)).to_owned(),
            };
            vec![key, value, say(setting::place(&from))]
        })
        .collect();
    let header = [words::SETTING, words::VALUE, words::SOURCE];
    table::plain(&header.map(say), rows, "");
    Ok(Exit::Done)
}
