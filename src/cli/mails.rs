//! `agendad users tomorrow` and `agendad users changes`: what an examiner gets by e-mail.

use anyhow::bail;
use serde_json::json;

use super::actor::actor;
use super::language::say;
use super::output::Usage;
use super::table::{self, Cell, Column};
use super::who::Who;
use super::{Exit, open, output};
use crate::config::Config;
use crate::store::change_mails::ChangeMails;
use crate::store::mail_preferences::Mails;
use crate::store::tomorrow::TomorrowMail;
use crate::store::{Store, StoreError};
use crate::words::cli::{mails as words, who as who_words};

pub(super) const TOMORROW_HELP: &str = "Sent at [tomorrow] hour (19:00) through [alerts.email]: hours, names, processes, masked CPFs, and whether the day\n\
    was read. Without --user: who wants it, and what became of the last one.\n\n\
    Examples:\n  agendad users tomorrow --user prado\n  agendad users tomorrow --user 3 --to perito@example.com\n  \
    agendad users tomorrow --user 3 --off";

pub(super) const CHANGES_HELP: &str = "Sent through [alerts.email] some minutes after a change of today's slots was found, at most one mail each [changes] every\n\
    (15 min), not at night: what is new, gone or changed, with hours, names, processes, masked CPFs. A first reading is no change.\n\
    Without --user: who wants it, and what became of the last one.\n\n\
    Examples:\n  agendad users changes --user prado\n  agendad users changes --user 3 --to perito@example.com\n  \
    agendad users changes --user 3 --off";

#[derive(Debug, clap::Args)]
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

pub(super) async fn run(
    mails: Mails,
    args: Args,
    config: &Config,
    json: bool,
) -> anyhow::Result<Exit> {
    let Some(user) = &args.user else {
        return list(mails, config, json).await;
    };
    if let Some(to) = &args.to
        && !crate::alerts::is_mail_address(to)
    {
        return Err(Usage(say(words::no_address(to))).into());
    }
    open::store(config, async |store| {
        let user = user.find(store).await?;
        let wish = (!args.off).then_some(args.to.as_deref());
        if !store
            .set_mail_preference(mails, user, wish, &actor())
            .await?
        {
            bail!(if args.off {
                say(words::not_wished(mails, user))
            } else {
                say(who_words::no_such_user(user))
            });
        }
        let (all, _) = listed(store, mails).await?;
        let mine = all.into_iter().find(|mail| mail.usuario_id == user);
        if json {
            output::json(
                &json!({ "usuario_id": user, "email": mine.and_then(|mail| mail.email) }),
            )?;
            return Ok(Exit::Done);
        }
        match mine {
            None => output::tell(words::off(mails, user)),
            Some(mail) => match &mail.email {
                Some(email) => output::tell(words::on(mails, user, email, &config.tomorrow.hour)),
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

/// Who gets them; and the same as programs read it.
async fn listed(
    store: &Store,
    mails: Mails,
) -> Result<(Vec<ChangeMails>, serde_json::Value), StoreError> {
    Ok(match mails {
        Mails::Changes => {
            let all = store.change_mails().await?;
            let shown = json!(all);
            (all, shown)
        }
        Mails::Tomorrow => {
            let all = store.tomorrow_mails().await?;
            let shown = json!(all);
            (all.into_iter().map(without_day).collect(), shown)
        }
    })
}

fn without_day(mail: TomorrowMail) -> ChangeMails {
    ChangeMails {
        usuario_id: mail.usuario_id,
        nome: mail.nome,
        email: mail.email,
        mailed_at: mail.mailed_at,
        last_error: mail.last_error,
        last_error_kind: mail.last_error_kind,
    }
}

async fn list(mails: Mails, config: &Config, json: bool) -> anyhow::Result<Exit> {
    let listed = open::store(config, async |store| Ok(listed(store, mails).await?));
    let (all, shown) = listed.await?;
    if json {
        output::json(&shown)?;
        return Ok(Exit::Done);
    }
    let rows = all.into_iter().map(|mail| {
        let last = output::local(mail.mailed_at, config.timezone);
        vec![
            mail.usuario_id.into(),
            mail.nome.into(),
            mail.email.unwrap_or_default().into(),
            Cell::from(last),
            output::why_not(mail.last_error_kind, mail.last_error.as_deref()).into(),
        ]
    });
    table::show(&COLUMNS, rows.collect(), words::nobody(mails));
    Ok(Exit::Done)
}
