//! `agendad users changes`: the day's changes by e-mail.

use anyhow::bail;
use serde_json::json;

use super::actor::actor;
use super::language::say;
use super::output::Usage;
use super::table::{self, Cell, Column};
use super::who::Who;
use super::{Exit, open, output};
use crate::config::Config;
use crate::words::cli::{change_mails as words, who as who_words};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Sent through [alerts.email] some minutes after a change of today's slots was found, at most one mail each [changes] every\n\
    (15 min), not at night: what is new, gone or changed, with hours, names, processes, masked CPFs. A first reading is no change.\n\
    Without --user: who wants it, and what became of the last one.\n\n\
    Examples:\n  agendad users changes --user prado\n  agendad users changes --user 3 --to perito@example.com\n  \
    agendad users changes --user 3 --off"
)]
pub(super) struct Args {
    /// The examiner: number, as `agendad users list` shows it, or part of the name
    #[arg(long, value_name = "WHO")]
    user: Option<Who>,
    /// To this address instead of the one in `usuarios`
    #[arg(long, value_name = "EMAIL", requires = "user")]
    to: Option<String>,
    /// Send it no longer
    #[arg(long, requires = "user", conflicts_with = "to")]
    off: bool,
}

const COLUMNS: [Column; 5] = [
    Column::new(words::USER),
    Column::text(words::NAME),
    Column::text(words::TO),
    Column::new(words::LAST),
    Column::text(words::BECAUSE),
];

pub(super) async fn run(args: Args, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let Some(user) = &args.user else {
        return list(config, json).await;
    };
    if let Some(to) = &args.to
        && !crate::alerts::is_mail_address(to)
    {
        return Err(Usage(say(words::no_address(to))).into());
    }
    open::store(config, async |store| {
        let user = user.find(store).await?;
        let wish = (!args.off).then_some(args.to.as_deref());
        if !store.wish_changes(user, wish, &actor()).await? {
            bail!(if args.off {
                say(words::not_wished(user))
            } else {
                say(who_words::no_such_user(user))
            });
        }
        let mails = store.change_mails().await?;
        let mine = mails.into_iter().find(|mail| mail.usuario_id == user);
        if json {
            output::json(
                &json!({ "usuario_id": user, "email": mine.and_then(|mail| mail.email) }),
            )?;
            return Ok(Exit::Done);
        }
        match mine {
            None => output::tell(words::off(user)),
            Some(mail) => match &mail.email {
                Some(email) => output::tell(words::on(user, email)),
                None => output::tell(words::no_address_known(user)),
            },
        }
        if config.alerts.email.host.is_empty() {
            output::remark(say(words::NO_SERVER));
        }
        Ok(Exit::Done)
    })
    .await
}

async fn list(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let mails = open::store(config, async |store| Ok(store.change_mails().await?)).await?;
    if json {
        output::json(&mails)?;
        return Ok(Exit::Done);
    }
    let rows = mails.into_iter().map(|mail| {
        let last = output::local(mail.mailed_at, config.timezone);
        vec![
            mail.usuario_id.into(),
            mail.nome.into(),
            mail.email.unwrap_or_default().into(),
            Cell::from(last),
            mail.last_error.unwrap_or_default().into(),
        ]
    });
    table::show(&COLUMNS, rows.collect(), words::NOBODY);
    Ok(Exit::Done)
}
