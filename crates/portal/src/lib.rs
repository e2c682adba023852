//! The portal's client: a small browser that reads only what is true. What the answers mean for the
//! database is not decided here.
//!
//! A session asks (`session`, `login`), a tab carries the request with cookies, pace and retries
//! (`visit`, `http`), what comes back is classified before anything of it is believed (`classify`), and
//! only then read (`search`, `parse`). A page that is not understood is an error and is kept
//! (`evidence`); it is never "no appointments".
//!
//! Everything that was assumed of the pages rather than observed is in
//! [`Profile`](agendad_config::portal::Profile); [`probe`] shows what they really say.
//!
//! The rate limit and the bound on connections are those of one process: several daemons share nothing.

mod breaker;
mod browser;
mod choice;
mod classify;
mod client;
mod errors;
pub mod evidence;
mod firewall;
mod http;
mod list;
mod login;
mod login_page;
pub mod offline;
mod page_kind;
mod page_name;
mod parse;
mod politeness;
pub mod probe;
mod redact;
mod request;
mod said;
mod saved;
mod search;
mod session;
mod shared;
mod steps;
mod tab;
mod title;
mod transport;
mod verdict;
mod visit;
mod words;

pub use breaker::{Breaker, BreakerOpen, BreakerState, Permit};
pub use client::Portal;
pub use errors::{AuthReason, PortalError, PortalErrorKind};
pub use firewall::{Firewall, FirewallState, TurnedAway};
pub use http::PortalSetupError;
pub use login::{LoginAnswer, LoginWith};
pub use page_name::PageName;
pub use saved::{InvalidSession, SavedSession};
pub use session::{Credentials, Listed, PortalSession, SessionStats};
