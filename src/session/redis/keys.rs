//! What stands where in Redis, and the commands that read and write it. All keys begin with `agendad:`,
//! so that an access list can name them. A value that is not ours never makes a command fail: `MGET`
//! finds nothing where something else than a text stands.

use std::time::Duration;

use redis::{Pipeline, pipe};

/// Finds the sessions.
pub(super) const SESSIONS: &str = "agendad:session:*";
/// A text that changes when all sessions are forgotten on purpose.
const CLEARED: &str = "agendad:cleared";
/// Written to find out whether Redis takes writes.
const TRIAL: &str = "agendad:trial";

/// A session, sealed, and the mark of the last clearing.
pub(super) type Found = ((Option<Vec<u8>>, Option<Vec<u8>>),);
/// The mark of the last clearing.
pub(super) type Kept = ((Option<Vec<u8>>,),);
/// Where to go on, and some keys.
pub(super) type Scanned = ((u64, Vec<String>),);

pub(super) fn session(usuario_id: i32) -> String {
    format!("agendad:session:{usuario_id}")
}

/// Answers [`Found`].
pub(super) fn get(usuario_id: i32) -> Pipeline {
    let mut commands = pipe();
    commands.cmd("MGET").arg(session(usuario_id)).arg(CLEARED);
    commands
}

/// Answers [`Kept`].
pub(super) fn put(usuario_id: i32, sealed: &str, ttl: Duration) -> Pipeline {
    let mut commands = pipe();
    set(&mut commands, &session(usuario_id), sealed, ttl);
    commands.cmd("MGET").arg(CLEARED);
    commands
}

/// Answers nothing.
pub(super) fn delete(usuario_id: i32) -> Pipeline {
    let mut commands = pipe();
    commands.cmd("DEL").arg(session(usuario_id)).ignore();
    commands
}

/// Answers how many there were, one number for each key.
pub(super) fn delete_all(keys: &[String]) -> Pipeline {
    let mut commands = pipe();
    for key in keys {
        commands.cmd("DEL").arg(key);
    }
    commands
}

/// Answers [`Scanned`].
pub(super) fn scan(cursor: u64) -> Pipeline {
    let mut commands = pipe();
    let scan = commands.cmd("SCAN").arg(cursor);
    scan.arg("MATCH").arg(SESSIONS).arg("COUNT").arg(500);
    commands
}

/// Leaves a mark for as long as a copy of a session could live. Answers nothing.
pub(super) fn mark_cleared(mark: &str, ttl: Duration) -> Pipeline {
    let mut commands = pipe();
    set(&mut commands, CLEARED, mark, ttl);
    commands
}

/// Answers nothing.
pub(super) fn trial() -> Pipeline {
    let mut commands = pipe();
    set(&mut commands, TRIAL, "1", Duration::from_secs(60));
    commands
}

fn set(commands: &mut Pipeline, key: &str, value: &str, ttl: Duration) {
    let millis = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).max(1);
    let set = commands.cmd("SET").arg(key).arg(value);
    set.arg("PX").arg(millis).ignore();
}
