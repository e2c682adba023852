//! *Which other systems are told?* The change log is posted to the addresses of `agendad_webhooks`, signed as Standard
//! Webhooks are (<https://www.standardwebhooks.com>).
//!
//! The log is the outbox (`store::webhooks::deliveries`): an address remembers, for each examiner, the last change that
//! it took, so a run writes nothing for it. Changes of one examiner arrive in their order, at least once; examiners do
//! not wait for each other, nor addresses. `deliver` carries them, `post` speaks HTTP, `network` says which addresses are
//! nobody's business, `body` is what is posted, `signature` what proves that it is ours.

mod address;
mod body;
mod deliver;
mod manage;
mod network;
pub(crate) mod post;
mod signature;

pub use address::check_url;
pub use body::EVENTS;
pub use deliver::{DeliverError, Deliverer, Done};
pub use manage::{ManageError, NewAddress, add, just_added, rotate};
pub use post::{Answer, Post, PostError};
pub use signature::Secret;
