//! Standard output, which may be a full disk, or a reader that has gone away.
//!
//! Neither stops a command in the middle of what it does: a sync goes on to its end, a key is changed whole. Once
//! something could not be written, nothing more is.

use std::io::{self, ErrorKind, StdoutLock, Write};
use std::sync::OnceLock;

use super::language::say;
use crate::words::cli::problem as words;

/// Why nothing more is written.
static REFUSED: OnceLock<io::Error> = OnceLock::new();

/// Writes, unless something could not be written before.
pub(super) fn write(write: impl FnOnce(&mut StdoutLock<'static>) -> io::Result<()>) {
    if REFUSED.get().is_some() {
        return;
    }
    if let Err(error) = write(&mut io::stdout().lock()) {
        // The first reason is the one that is told.
        REFUSED.get_or_init(|| error);
    }
}

/// Sees to it that all has been written. A reader that has gone away (`| head`) is no error: it has what it wanted.
///
/// # Errors
/// Why something could not be written.
pub(super) fn finish() -> anyhow::Result<()> {
    write(Write::flush);
    match REFUSED.get() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            anyhow::bail!(say(words::output_cut(error)))
        }
        _ => Ok(()),
    }
}
