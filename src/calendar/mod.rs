//! An examiner's agenda as a calendar that their phone subscribes to: the secret `address` that opens it, made,
//! shown once and revoked from command line, dashboard and API; and the `feed` that is served there.

mod feed;

use crate::config::Config;
use crate::vault::Token;

pub use feed::{Feed, feed};

/// The whole address that a token stands for; a secret.
pub(crate) fn address(token: &Token, config: &Config) -> String {
    let base = config.http.public_address();
    format!("{base}/calendar/{}.ics", token.text())
}
