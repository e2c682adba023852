//! The database as a whole: backed up, verified, put back, moved, with the real program and real servers.

mod clinic;
mod moving;
mod nights;
mod restoring;
mod sealed;
mod troubles;
