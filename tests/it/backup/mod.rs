//! The database as a whole: backed up, verified, put back, moved, with the real program and real servers.

mod clinic;
mod killed;
mod moving;
mod nights;
mod own;
mod restoring;
mod sealed;
mod service;
mod settings;
mod tidings;
mod troubles;
mod upgrading;
