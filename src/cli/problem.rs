//! Why a command could not do anything, in the language of who called it. Errors speak English by themselves; those
//! that a person meets on a terminal are known here, and what stands below them stays as it is.

use std::error::Error;

use super::language::language;
use crate::app::portal_memory::PortalMemoryError;
use crate::app::{Behind, NoDatabase, NotUsable};
use crate::backup::BackupError;
use crate::config::ConfigError;
use crate::credentials::CredentialsError;
use crate::domain::causes;
use crate::private_postgres::PrivatePostgresError;
use crate::store::connect::ConnectError;
use crate::store::migrate::MigrateError;
use crate::store::places::PlacesError;
use crate::vault::VaultError;
use crate::words::cli::problem as words;
use crate::words::{Language, Sentence, setting};

/// The error's own sentence, in this process's language where it is known.
pub(super) fn of(error: &(dyn Error + 'static)) -> String {
    match language() {
        Language::Portuguese => in_portuguese(error).unwrap_or_else(|| error.to_string()),
        Language::English => error.to_string(),
    }
}

/// The error and its causes in one line, as far as they are known in Portuguese.
pub(super) fn in_a_line(error: &(dyn Error + 'static)) -> Sentence<String> {
    let mut pt: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        let text = in_portuguese(cause).unwrap_or_else(|| cause.to_string());
        if pt.last().is_none_or(|last| !last.ends_with(&text)) {
            pt.push(text);
        }
        next = cause.source();
    }
    Sentence {
        pt: pt.join(": "),
        en: causes::in_a_line(error),
    }
}

/// Whether this user may not read a file: what helps then is `sudo`.
pub(super) fn is_denied(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(cause) = next {
        let io = cause.downcast_ref::<std::io::Error>();
        if io.is_some_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied) {
            return true;
        }
        next = cause.source();
    }
    false
}

fn in_portuguese(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(NoDatabase { state_dir, dir }) = error.downcast_ref() {
        return Some(words::no_database(dir, state_dir));
    }
    if let Some(Behind { pending }) = error.downcast_ref() {
        return Some(words::behind(*pending));
    }
    if error.is::<NotUsable>() {
        return Some(words::NOT_USABLE.to_owned());
    }
    None.or_else(|| error.downcast_ref().map(connection))
        .or_else(|| error.downcast_ref().map(configuration))
        .or_else(|| error.downcast_ref().and_then(backup))
        .or_else(|| error.downcast_ref().and_then(private))
        .or_else(|| error.downcast_ref().and_then(vault))
        .or_else(|| error.downcast_ref().and_then(credentials))
        .or_else(|| error.downcast_ref().and_then(memory))
        .or_else(|| error.downcast_ref().map(places))
        .or_else(|| error.downcast_ref().and_then(migration))
}

fn connection(error: &ConnectError) -> String {
    match error {
        ConnectError::Address(_) => words::BAD_ADDRESS.to_owned(),
        ConnectError::Refused { place, .. } => words::not_connected(place),
        ConnectError::ReadOnly { place } => words::read_only(place),
        ConnectError::Pooler { place } => words::pooler(place),
        ConnectError::AnotherServer { place } => words::another_server(place),
    }
}

fn configuration(error: &ConfigError) -> String {
    match error {
        ConfigError::Unreadable { path, .. } => words::unreadable_configuration(path),
        ConfigError::Syntax {
            place,
            line,
            message,
        } => words::no_toml(place, *line, message),
        ConfigError::Damaged { path } => words::damaged_settings(path),
        ConfigError::Settings(problems) => {
            let problems: Vec<String> = problems
                .iter()
                .map(|one| setting::problem(one).pt)
                .collect();
            words::wrong_settings(&problems.join("\n  "))
        }
    }
}

fn backup(error: &BackupError) -> Option<String> {
    Some(match error {
        BackupError::File { path, .. } => words::no_file(path),
        BackupError::Stream(_) => words::CUT_SHORT.to_owned(),
        BackupError::NotABackup => words::NO_BACKUP.to_owned(),
        BackupError::NotWhole => words::NOT_WHOLE.to_owned(),
        BackupError::Damaged => words::DAMAGED_BACKUP.to_owned(),
        BackupError::NoKey { key, path } => words::no_key_for_backup(key, path),
        BackupError::OtherKey { sealed, ours } => words::other_key_for_backup(sealed, ours),
        BackupError::Vault(error) => return vault(error),
        BackupError::NewerServer { backup, here } => words::newer_server(*backup, *here),
        BackupError::Differs(tables) => words::copy_differs(&tables.join("; ")),
        BackupError::NotEmpty { tables } => words::not_empty(*tables),
        BackupError::DamagedPage { table, .. } => words::damaged_page(table),
        BackupError::Postgres(error) => private(error)?,
    })
}

fn private(error: &PrivatePostgresError) -> Option<String> {
    match error {
        PrivatePostgresError::NoPrograms { oldest } => Some(words::no_programs(*oldest)),
        PrivatePostgresError::OlderCluster {
            dir,
            cluster,
            found,
        } => Some(words::older_cluster(dir, *cluster, found)),
        PrivatePostgresError::NewerCluster {
            dir,
            cluster,
            found,
        } => Some(words::newer_cluster(dir, *cluster, found)),
        PrivatePostgresError::InUse { dir } => Some(words::in_use(dir)),
        PrivatePostgresError::NoCluster { dir } => Some(words::no_cluster(dir)),
        PrivatePostgresError::NoTools { program, version } => {
            Some(words::no_tools(program, *version))
        }
        PrivatePostgresError::NoRoom { dir, needed, free } => {
            Some(words::no_room(dir, *needed, *free))
        }
        PrivatePostgresError::NoUser => Some(words::NO_USER.to_owned()),
        PrivatePostgresError::Foreign { path, owner } => Some(words::foreign(path, owner)),
        PrivatePostgresError::Closed { at, user } => Some(words::closed(at, user)),
        PrivatePostgresError::File { path, .. } => Some(words::no_file(path)),
        // What the system or the server said of it, which is what helps.
        PrivatePostgresError::Refused { .. }
        | PrivatePostgresError::UnsafeSocket { .. }
        | PrivatePostgresError::Program { .. }
        | PrivatePostgresError::Init { .. }
        | PrivatePostgresError::Start { .. }
        | PrivatePostgresError::TooSlow { .. }
        | PrivatePostgresError::Sql { .. }
        | _ => None,
    }
}

fn vault(error: &VaultError) -> Option<String> {
    Some(match error {
        VaultError::BadKey => words::BAD_KEY.to_owned(),
        VaultError::KeyFile { path, .. } => words::key_file(path),
        VaultError::OtherKey { sealed, ours } => words::other_key(sealed, ours),
        VaultError::Damaged => words::DAMAGED_SECRET.to_owned(),
        VaultError::NoRandomness => return None,
    })
}

fn credentials(error: &CredentialsError) -> Option<String> {
    match error {
        CredentialsError::NoKey {
            accounts,
            key_id,
            path,
        } => Some(words::no_key(*accounts, key_id, path)),
        CredentialsError::WrongKey {
            accounts,
            sealed,
            ours,
        } => Some(words::wrong_key(*accounts, sealed, ours)),
        CredentialsError::Vault(error) => vault(error),
        CredentialsError::Store(_) => None,
    }
}

fn memory(error: &PortalMemoryError) -> Option<String> {
    match error {
        PortalMemoryError::Elsewhere {
            dir,
            remembered,
            configured,
            ..
        } => Some(words::other_portal(dir, remembered, configured)),
        PortalMemoryError::NoDemo { dir, .. } => Some(words::no_demo(dir)),
        PortalMemoryError::File { path, .. } => Some(words::no_file(path)),
    }
}

fn places(error: &PlacesError) -> String {
    match error {
        PlacesError::Twice {
            table,
            used,
            other,
            role,
        } => words::twice(table, used, other, role),
        PlacesError::Elsewhere {
            table,
            elsewhere,
            made,
            path,
            role,
        } => words::elsewhere(&words::Elsewhere {
            table,
            elsewhere,
            made,
            path,
            role,
        }),
        PlacesError::Nowhere { role } => words::nowhere(role),
    }
}

fn migration(error: &MigrateError) -> Option<String> {
    match error {
        MigrateError::Ours(_) => Some(words::MIGRATION_FAILED.to_owned()),
        MigrateError::River(_) => Some(words::QUEUE_FAILED.to_owned()),
        MigrateError::Adopt(_) => Some(words::NOT_ADOPTED.to_owned()),
        MigrateError::Places(error) => Some(places(error)),
        MigrateError::Unusable(_) => None,
        MigrateError::Database(error) => Some(words::looking_failed(&causes::in_a_line(error))),
    }
}
