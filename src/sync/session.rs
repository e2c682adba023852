//! Step *session*: the conversation with the portal, from the session that is kept or a login to what is kept for the
//! next run.

pub(super) mod close;
pub(super) mod context;
pub(super) mod conversation;
mod login;
pub(super) mod probe;
pub(super) mod refusal;
mod unanswered;
mod units;
pub(super) mod unwritten;
pub(super) mod verify;
