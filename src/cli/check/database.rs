//! The database: does it answer, is its schema up to date, does the key fit its passwords, do sessions
//! survive on the way to it.

use secrecy::ExposeSecret;

use super::Line;
use crate::app::{Database, Schema};
use crate::config::Config;
use crate::credentials;
use crate::store::connect;
use crate::vault::Vault;

pub(super) async fn lines(config: &Config) -> Vec<Line> {
    let database = match Database::open(config, Schema::AsItIs).await {
        Ok(database) => database,
        Err(error) => return vec![Line::error("database", error.as_ref())],
    };
    let mut lines = vec![place(&database)];
    lines.extend(super::server::lines(config, &database).await);
    match database.store.pending_migrations().await {
        Ok(0) => {
            lines.push(Line::ok("migrations", "the schema is up to date"));
            lines.extend(passwords(config, &database).await);
        }
        Ok(n) => lines.push(Line::fail(
            "migrations",
            format!("{n} are missing"),
            "agendad migrate (the daemon does it too, at its start)",
        )),
        Err(error) => lines.push(Line::error("migrations", &error)),
    }
    if let Err(error) = database.close().await {
        lines.push(Line::error("database", error.as_ref()));
    }
    lines
}

fn place(database: &Database) -> Line {
    let place = match connect::places(database.url().expose_secret()) {
        Ok(places) => places,
        Err(error) => return Line::error("database", &error),
    };
    let private = if database.is_private() {
        " (private)"
    } else {
        ""
    };
    Line::ok("database", format!("{place}{private} answers"))
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
    let custody = match vault {
        Ok(vault) => credentials::custody(store, &vault).await,
        Err(error) => return vec![Line::error("passwords", &error)],
    };
    match custody {
        Ok(custody) => {
            let mut lines = vec![Line::ok(
                "passwords",
                format!("{} sealed with a key at hand", custody.sealed),
            )];
            lines.extend(custody.warnings().into_iter().map(|warning| {
                // "what is so (what to do)"
                match warning.split_once(" (") {
                    Some((found, cure)) => {
                        Line::warn("passwords", found, cure.trim_end_matches(')'))
                    }
                    None => Line::warn("passwords", warning, "see: agendad vault --help"),
                }
            }));
            lines
        }
        Err(error) => vec![Line::error("passwords", &error)],
    }
}
