//! Why a command could not do anything, in the language of who called it. Errors speak English by themselves; those
//! that a person meets on a terminal are known here, and what stands below them stays as it is.

use std::error::Error;
use std::path::Path;

use super::as_the_service;
use super::language::language;
use crate::alerts::ChannelError;
use crate::app::portal_memory::PortalMemoryError;
use crate::app::{Behind, NoDatabase, NotUsable};
use crate::backup::BackupError;
use crate::config::saved_settings::{self, ChangeError};
use crate::config::{ConfigError, layers};
use crate::credentials::CredentialsError;
use crate::domain::causes;
use crate::http::ListenError;
use crate::portal::{PortalError, PortalSetupError};
use crate::private_postgres::{PrivatePostgresError, is_of_the_service};
use crate::session::SessionStoreError;
use crate::store::StoreError;
use crate::store::connect::ConnectError;
use crate::store::migrate::MigrateError;
use crate::store::places::PlacesError;
use crate::trouble::own;
use crate::vault::VaultError;
use crate::webhooks::ManageError;
use crate::words::cli::{config as set_words, list, problem as words, storage_fault};
use crate::words::{Language, Sentence, failure, setting, trouble};

/// The error's own sentence, in this process's language where it is known.
pub(super) fn of(error: &(dyn Error + 'static)) -> String {
    match language() {
        Language::Portuguese => in_portuguese(error).unwrap_or_else(|| error.to_string()),
        Language::English => error.to_string(),
    }
}

/// An error and its causes in Portuguese, outermost first; and what nobody has said in Portuguese, as a detail.
fn causes_in_portuguese(error: &(dyn Error + 'static)) -> (Vec<String>, String) {
    let (mut known, mut others): (Vec<String>, Vec<String>) = Default::default();
    for cause in std::iter::successors(Some(error), |&cause| cause.source()) {
        let text = cause.to_string();
        let pt = in_portuguese(cause);
        // Of what libraries wrap, the kind at the bottom says most.
        let is_raw = pt.is_none() || own(cause).is_some() || cause.is::<PortalError>();
        if is_raw && others.last().is_none_or(|last| !last.ends_with(&text)) {
            others.push(text);
        }
        if let Some(pt) = pt
            && known.last().is_none_or(|last| !last.ends_with(&pt))
        {
            known.push(pt);
        }
    }
    (known, others.join(": "))
}

/// The same line by line: what could not be done, why, and the detail.
pub(super) fn by_line(error: &(dyn Error + 'static)) -> (String, Vec<String>, String) {
    let (said, (mut known, mut detail)) = if let Some(said) = in_portuguese(error) {
        (said, causes_in_portuguese(error))
    } else {
        let causes = error.source().map(causes_in_portuguese);
        (error.to_string(), causes.unwrap_or_default())
    };
    known.retain(|cause| !said.contains(cause));
    if said.contains(&detail) {
        detail.clear();
    }
    (said, known, detail)
}

/// The error and its causes in one line.
pub(super) fn in_a_line(error: &(dyn Error + 'static)) -> Sentence<String> {
    let (known, detail) = causes_in_portuguese(error);
    let pt = if known.is_empty() {
        trouble::of(error).pt
    } else {
        trouble::detailed(&known.join(": "), &detail)
    };
    Sentence {
        pt,
        en: causes::in_a_line(error),
    }
}

/// How the command is called instead, where that helps.
pub(super) fn cure(error: &(dyn Error + 'static)) -> Option<Sentence<String>> {
    let causes = || std::iter::successors(Some(error), |&cause| cause.source());
    let has = |is_it: fn(&(dyn Error + 'static)) -> bool| causes().any(is_it);
    if let Some(file) = causes().find_map(closed_configuration) {
        return Some(words::closed_configuration(file));
    }
    if has(is_denied) {
        return Some(list::SUDO.owned());
    }
    if !has(is_closed_to_root) {
        return None;
    }
    Some(if has(<dyn Error>::is::<NotUsable>) {
        words::START_THE_SERVICE.owned()
    } else {
        words::as_the_service(&as_the_service::line())
    })
}

/// The configuration file, where this user may not read it. Others of its kind (a secret, what was set in the browser) are not
/// for everybody.
fn closed_configuration<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Path> {
    let Some(ConfigError::Unreadable { path, source }) = error.downcast_ref() else {
        return None;
    };
    let is_for_few = layers::is_credential(&path.file_name()?.to_string_lossy())
        || *path == saved_settings::path_in(path.parent()?);
    (is_denied(source) && !is_for_few).then_some(path.as_path())
}

/// Whether this user may not read a file.
fn is_denied(error: &(dyn Error + 'static)) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
}

/// Whether root would have to run a server where only the service's own user passes.
fn is_closed_to_root(error: &(dyn Error + 'static)) -> bool {
    let of_backup = match error.downcast_ref() {
        Some(BackupError::Postgres(error)) => Some(error.as_ref()),
        Some(_) | None => None,
    };
    match of_backup.or_else(|| error.downcast_ref()) {
        Some(PrivatePostgresError::Closed { at, .. }) => is_of_the_service(at),
        Some(_) | None => false,
    }
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
        .or_else(|| error.downcast_ref().map(backup))
        .or_else(|| error.downcast_ref().map(private))
        .or_else(|| error.downcast_ref().map(vault))
        .or_else(|| error.downcast_ref().and_then(credentials))
        .or_else(|| error.downcast_ref().map(memory))
        .or_else(|| error.downcast_ref().map(places))
        .or_else(|| error.downcast_ref().and_then(migration))
        .or_else(|| error.downcast_ref().and_then(store))
        .or_else(|| error.downcast_ref().and_then(webhook))
        .or_else(|| error.downcast_ref().map(portal))
        .or_else(|| error.downcast_ref().and_then(portal_setup))
        .or_else(|| error.downcast_ref().map(kept))
        .or_else(|| error.downcast_ref().map(sessions))
        .or_else(|| error.downcast_ref().map(channel))
        .or_else(|| error.downcast_ref().map(listen))
        .or_else(|| own(error).map(|known| trouble::kind(known).pt.to_owned()))
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
        ConfigError::NotUtf8 { path, line } => words::not_utf8(path, *line),
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

fn backup(error: &BackupError) -> String {
    match error {
        BackupError::File { path, .. } => words::no_file(path),
        BackupError::NoDirectory(path) => words::no_backup_directory(path),
        BackupError::NoAnswer(path) => words::silent_backup_directory(path),
        BackupError::Stream(_) => words::CUT_SHORT.to_owned(),
        BackupError::NotABackup => words::NO_BACKUP.to_owned(),
        BackupError::NotWhole => words::NOT_WHOLE.to_owned(),
        BackupError::Damaged => words::DAMAGED_BACKUP.to_owned(),
        BackupError::NoKey { key, path } => words::no_key_for_backup(key, path),
        BackupError::OtherKey { sealed, ours } => words::other_key_for_backup(sealed, ours),
        BackupError::Vault(error) => vault(error),
        BackupError::NewerServer { backup, here } => words::newer_server(*backup, *here),
        BackupError::Differs(tables) => words::copy_differs(&tables.join("; ")),
        BackupError::NotEmpty { tables } => words::not_empty(*tables),
        BackupError::DamagedPage { table, .. } => words::damaged_page(table),
        BackupError::Postgres(error) => private(error),
    }
}

fn private(error: &PrivatePostgresError) -> String {
    let why = error
        .storage_fault()
        .map(|storage_fault| storage_fault::cure(storage_fault).pt);
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    match error {
        PrivatePostgresError::NoPrograms { oldest } => words::no_programs(*oldest),
        PrivatePostgresError::OlderCluster {
            dir,
            cluster,
            found,
        } => words::older_cluster(dir, *cluster, found),
        PrivatePostgresError::NewerCluster {
            dir,
            cluster,
            found,
        } => words::newer_cluster(dir, *cluster, found),
        PrivatePostgresError::InUse { dir } => words::in_use(dir),
        PrivatePostgresError::Elsewhere { dir } => words::served_elsewhere(dir),
        PrivatePostgresError::NoCluster { dir } => words::no_cluster(dir),
        PrivatePostgresError::NoTools { program, version } => words::no_tools(program, *version),
        PrivatePostgresError::NoRoom { dir, needed, free } => words::no_room(dir, *needed, *free),
        PrivatePostgresError::NoUser => words::NO_USER.to_owned(),
        PrivatePostgresError::Foreign { path, owner } => words::foreign(path, owner),
        PrivatePostgresError::Closed { at, user } => words::closed(at, user),
        PrivatePostgresError::File { path, .. } => words::no_file(path) + &why,
        PrivatePostgresError::Refused {
            program, output, ..
        } => words::program_refused(program, output),
        PrivatePostgresError::UnsafeSocket { dir, user } => words::unsafe_socket(dir, user),
        PrivatePostgresError::Program { program, .. } => words::not_run(program),
        PrivatePostgresError::Init { dir, output } => words::not_made(dir, output),
        PrivatePostgresError::Start { log, lines, .. } => words::not_started(&why, log, lines),
        PrivatePostgresError::TooSlow { seconds, log, .. } => words::too_slow(*seconds, log),
        PrivatePostgresError::Sql { .. } => words::DATABASE_FAILED.to_owned(),
    }
}

fn vault(error: &VaultError) -> String {
    match error {
        VaultError::BadKey => words::BAD_KEY.to_owned(),
        VaultError::BadKeyFile { path, is_empty } => words::bad_key_file(path, *is_empty),
        VaultError::KeyFile { path, .. } => words::key_file(path),
        VaultError::OtherKey { sealed, ours } => words::other_key(sealed, ours),
        VaultError::Damaged => words::DAMAGED_SECRET.to_owned(),
        VaultError::NoRandomness => trouble::NO_RANDOMNESS.pt.to_owned(),
    }
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
        CredentialsError::Vault(error) => Some(vault(error)),
        CredentialsError::Store(error) => store(error),
    }
}

fn memory(error: &PortalMemoryError) -> String {
    match error {
        PortalMemoryError::Elsewhere {
            dir,
            remembered,
            configured,
            ..
        } => words::other_portal(dir, remembered, configured),
        PortalMemoryError::NoDemo { dir, .. } => words::no_demo(dir),
        PortalMemoryError::File { path, .. } => words::no_file(path),
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

fn store(error: &StoreError) -> Option<String> {
    match error {
        StoreError::Database(_) => Some(words::DATABASE_FAILED.to_owned()),
        StoreError::CpfTaken { usuario_id } => Some(words::cpf_taken(*usuario_id)),
        StoreError::UserRefused { by } => Some(words::user_refused(by)),
        StoreError::Encoding { encoding } => Some(words::encoding(encoding)),
        StoreError::BadValue { usuario_id, .. } => Some(words::bad_value(*usuario_id)),
        // Of a run, whose record says it.
        StoreError::RunClosed { .. } => None,
    }
}

fn webhook(error: &ManageError) -> Option<String> {
    error.sentence().map(|sentence| sentence.pt)
}

fn kept(error: &ChangeError) -> String {
    match error {
        ChangeError::Refused(error) => configuration(error),
        ChangeError::Fixed { key, by } => set_words::fixed(key, by).pt,
        ChangeError::Overtaken => words::OVERTAKEN.to_owned(),
        ChangeError::Write { path, .. } => words::no_file(path),
    }
}

fn sessions(error: &SessionStoreError) -> String {
    match error {
        SessionStoreError::Address(_) => words::BAD_REDIS.to_owned(),
        SessionStoreError::NoAnswer { place, .. } => words::no_redis(place),
    }
}

fn channel(error: &ChannelError) -> String {
    setting::problem(&error.problem()).pt
}

fn listen(error: &ListenError) -> String {
    words::not_listening(&error.address)
}

fn portal(error: &PortalError) -> String {
    failure::in_short(error.failure_kind()).pt.to_owned()
}

fn portal_setup(error: &PortalSetupError) -> Option<String> {
    match error {
        PortalSetupError::NoAuthorities(_) => Some(words::NO_AUTHORITIES.to_owned()),
        PortalSetupError::Client(_) | PortalSetupError::Tls(_) => None,
    }
}

fn migration(error: &MigrateError) -> Option<String> {
    match error {
        MigrateError::Ours(_) => Some(words::MIGRATION_FAILED.to_owned()),
        MigrateError::River(_) => Some(words::QUEUE_FAILED.to_owned()),
        MigrateError::Adopt(_) => Some(words::NOT_ADOPTED.to_owned()),
        MigrateError::Places(error) => Some(places(error)),
        MigrateError::Unusable(_) => None,
        MigrateError::Database(_) => Some(words::LOOKING_FAILED.to_owned()),
    }
}
