//! Who logs in to the dashboard.

use super::line::Line;
use crate::config::Config;
use crate::store::Store;
use crate::words::cli::check::part::Part;
use crate::words::cli::check::people as words;

/// Nothing where there is no dashboard.
pub(super) async fn line(config: &Config, store: &Store) -> Option<Line> {
    if config.http.listen.is_empty() {
        return None;
    }
    Some(match store.staffed().await {
        Ok(staffed) if staffed.operator => Line::ok(Part::People, words::NAMES),
        Ok(_) if config.secrets.http_operator_token.is_some() => {
            Line::warn(Part::People, words::SHARED_KEY, words::INVITE)
        }
        Ok(_) => Line::warn(Part::People, words::NOBODY, words::INVITE),
        Err(error) => Line::error(Part::People, &error),
    })
}
