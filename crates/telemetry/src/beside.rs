//! Log lines on a terminal where something else is drawn: it makes room for each line, and is drawn anew below it.

use std::io::{self, Write};
use std::sync::{PoisonError, RwLock};

/// Makes room, writes, and draws what was there again.
type Room = Box<dyn Fn(&mut dyn FnMut()) + Send + Sync>;

static ROOM: RwLock<Option<Room>> = RwLock::new(None);

/// From now on each log line is written by way of this; `None`: there is nothing on the terminal to make room for.
pub fn make_room(room: Option<Room>) {
    *ROOM.write().unwrap_or_else(PoisonError::into_inner) = room;
}

/// Standard error, where log lines go.
pub(crate) struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let room = ROOM.read().unwrap_or_else(PoisonError::into_inner);
        let Some(room) = room.as_ref() else {
            return io::stderr().write(line);
        };
        let mut written = Ok(0);
        room(&mut || written = io::stderr().write(line));
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
