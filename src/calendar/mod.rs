//! An examiner's agenda as a calendar that their phone subscribes to: the secret `address` that opens it, made,
//! shown once and revoked from command line, dashboard and API; and the `feed` that is served there.

mod address;
mod feed;

pub use address::Address;
pub use feed::{Feed, feed};
