//! The database: does it answer, is its schema up to date, does the key fit its passwords, do sessions
//! survive on the way to it.

use secrecy::ExposeSecret;

use super::line::{Line, State};
use super::sessions;
use crate::app::{Database, NoDatabase, Schema};
use crate::cli::output;
use crate::config::Config;
use crate::credentials;
use crate::store::alerts::silences::Silence;
use crate::store::connect;
use crate::store::encoding::DatabaseEncoding;
use crate::store::rights::MissingPrivilege;
use crate::vault::Vault;
use crate::words::cli::check as parts;
use crate::words::cli::check::database as words;
use crate::words::cli::check::part::Part;
use crate::words::cli::migrate;
use crate::words::pages::first_steps;
use crate::words::{database as database_words, silence};

pub(super) async fn lines(config: &Config) -> Vec<Line> {
    let database = match Database::open(config, Schema::AsItIs).await {
        Ok(database) => database,
        Err(error) => {
            return vec![match error.downcast_ref::<NoDatabase>() {
                Some(error) => Line::misled(Part::Database, error),
                None => Line::error(Part::Database, error.as_ref()),
            }];
        }
    };
    let mut lines = vec![place(&database)];
    lines.extend(tables(config, &database).await);
    lines.extend(super::server::lines(config, &database).await);
    match database.store.pending_migrations().await {
        Ok(0) => {
            lines.push(Line::ok(Part::Migrations, words::UP_TO_DATE));
            let rights = rights(config, &database).await;
            let may_look = rights.iter().all(|line| line.state != State::Fail);
            lines.extend(rights);
            lines.extend(appointments(config, &database).await);
            if may_look {
                lines.extend(passwords(config, &database).await);
                lines.extend(accounts(&database).await);
                lines.extend(refused(&database).await);
                lines.extend(windowless(config, &database).await);
                lines.push(daemon(&database).await);
                lines.extend(super::people::line(config, &database.store).await);
                lines.extend(silences(config, &database).await);
                lines.extend(sessions::apart(config, &database.store).await);
            }
        }
        Ok(n) => lines.push(Line::fail(
            Part::Migrations,
            words::missing(n),
            words::MIGRATE,
        )),
        Err(error) => lines.push(Line::error(Part::Migrations, &error)),
    }
    if let Err(error) = database.close().await {
        lines.push(Line::error(Part::Database, error.as_ref()));
    }
    lines
}

fn place(database: &Database) -> Line {
    let place = match connect::places(database.url().expose_secret()) {
        Ok(places) => places,
        Err(error) => return Line::error(Part::Database, &error),
    };
    let found = words::answers(&place.to_string(), database.is_private());
    Line::ok(Part::Database, found)
}

/// Whether anybody works on it.
async fn daemon(database: &Database) -> Line {
    match database.store.living().await {
        Ok(0) => Line::warn(Part::Daemon, words::NO_DAEMON, words::START_DAEMON),
        Ok(n) => Line::ok(Part::Daemon, words::daemons(n)),
        Err(error) => Line::error(Part::Daemon, &error),
    }
}

/// Alerts that are held back.
async fn silences(config: &Config, database: &Database) -> Vec<Line> {
    let silences = match database.store.silences().await {
        Ok(silences) => silences,
        Err(error) => return vec![Line::error(Part::Alerts, &error)],
    };
    let line = |held: Silence| {
        let what = silence::what(held.is_maintenance, held.rule.as_ref(), held.usuario_id);
        let time = |time| output::local(Some(time), config.timezone);
        let (from, until) = (time(held.from_at), time(held.until_at));
        let found = silence::in_force(&what, &from, &until, &held.reason);
        Line::warn(Part::Alerts, found, silence::CHECK_CURE)
    };
    silences.into_iter().map(line).collect()
}

/// Second accounts of one person, which are not synchronised.
async fn accounts(database: &Database) -> Option<Line> {
    let duplicates = match database.store.duplicates().await {
        Ok(duplicates) => duplicates,
        Err(error) => return Some(Line::error(Part::Accounts, &error)),
    };
    let first = duplicates.first()?;
    let (user, older) = (first.usuario_id, first.older);
    Some(Line::warn(
        Part::Accounts,
        words::duplicate(user, older, duplicates.len() - 1),
        words::duplicate_cure(user),
    ))
}

/// Examiners who are not read, because the portal does not take their password.
async fn refused(database: &Database) -> Option<Line> {
    let refused = match database.store.refused_passwords().await {
        Ok(refused) => refused,
        Err(error) => return Some(Line::error(Part::Accounts, &error)),
    };
    let (first, others) = refused.split_first()?;
    let found = first_steps::refused(&first.nome, others.len());
    let cure = words::new_password(first.usuario_id);
    Some(Line::warn(Part::Accounts, found, cure))
}

/// Examiners whom nothing reads, because their windows are not configured.
async fn windowless(config: &Config, database: &Database) -> Option<Line> {
    let configured: Vec<String> = config.windows.iter().map(|w| w.name.clone()).collect();
    let accounts = match database.store.windowless(&configured).await {
        Ok(accounts) => accounts,
        Err(error) => return Some(Line::error(Part::Accounts, &error)),
    };
    let (first, others) = accounts.split_first()?;
    let found = words::windowless(first.usuario_id, &first.windows, others.len());
    let cure = words::windowless_cure(first.usuario_id);
    Some(Line::warn(Part::Accounts, found, cure))
}

/// Encoding and places: where the tables are that are used.
async fn tables(config: &Config, database: &Database) -> Vec<Line> {
    let store = &database.store;
    let mut lines = match store.encoding().await {
        Ok(DatabaseEncoding::Utf8) => Vec::new(),
        Ok(letters @ (DatabaseEncoding::Latin1 | DatabaseEncoding::Win1252)) => {
            vec![Line::ok(Part::Encoding, words::letters(letters.name()))]
        }
        Err(error) => return vec![Line::error(Part::Encoding, &error)],
    };
    lines.push(match store.places(config.database.schema()).await {
        Ok(places) => Line::ok(Part::Tables, migrate::places(&places)),
        Err(error) => Line::error(Part::Tables, &error),
    });
    lines
}

/// Each right that runs need, tried.
async fn rights(config: &Config, database: &Database) -> Vec<Line> {
    let rights = match database.store.rights(config.appointments.enabled).await {
        Ok(rights) => rights,
        Err(error) => return vec![Line::error(Part::Rights, &error)],
    };
    if rights.lacks.is_empty() {
        return vec![Line::ok(Part::Rights, words::rights(&rights.role))];
    }
    let line = |lack: &MissingPrivilege| {
        let found = database_words::lack(lack);
        let cure = parts::as_it_is(lack.cure(&rights.role));
        if lack.is_serious() {
            Line::fail(Part::Rights, found, cure)
        } else {
            Line::warn(Part::Rights, found, cure)
        }
    };
    rights.lacks.iter().map(line).collect()
}

/// What appointments will meet in the application's table.
async fn appointments(config: &Config, database: &Database) -> Vec<Line> {
    if !config.appointments.enabled {
        return Vec::new();
    }
    match database.store.preflight_appointments().await {
        // Slots are stored all the same, so it is no failure of the daemon's.
        Ok(foreseen) => foreseen
            .into_iter()
            .map(|foreseen| {
                let (found, cure) = (migrate::found(&foreseen), migrate::cure(&foreseen));
                Line::warn(Part::Appointments, found, cure)
            })
            .collect(),
        Err(error) => vec![Line::error(Part::Appointments, &error)],
    }
}

async fn passwords(config: &Config, database: &Database) -> Vec<Line> {
    let key = config.secrets.vault_key.as_ref();
    let (store, state_dir) = (&database.store, &config.state_dir);
    // Without a key, or with one that opens nothing, the daemon would not start: the same sentence.
    let vault = match Vault::find(key, state_dir) {
        Ok(None) => match store.sealed_by().await {
            Ok(sealed) if sealed.is_empty() => return Vec::new(),
            Ok(_) | Err(_) => credentials::open_vault(key, state_dir, store).await,
        },
        Ok(Some(_)) => credentials::open_vault(key, state_dir, store).await,
        // Told by the line of the key.
        Err(_) => return Vec::new(),
    };
    let passwords_at_rest = match vault {
        Ok(vault) => credentials::passwords_at_rest(store, &vault).await,
        Err(error) => return vec![Line::error(Part::Passwords, &error)],
    };
    match passwords_at_rest {
        Ok(passwords_at_rest) => {
            let mut lines = vec![Line::ok(
                Part::Passwords,
                words::sealed(passwords_at_rest.sealed),
            )];
            for by in &passwords_at_rest.foreign {
                lines.push(Line::warn(
                    Part::Passwords,
                    words::sealed_elsewhere(by.accounts, &by.key_id.to_string()),
                    words::SEALED_ELSEWHERE_CURE,
                ));
            }
            if passwords_at_rest.clear > 0 {
                let found = words::in_clear(passwords_at_rest.clear);
                lines.push(Line::warn(Part::Passwords, found, words::IN_CLEAR_CURE));
            }
            lines
        }
        Err(error) => vec![Line::error(Part::Passwords, &error)],
    }
}
