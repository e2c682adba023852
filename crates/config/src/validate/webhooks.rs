//! What `[webhooks]` may say.

use std::time::Duration;

use crate::Config;

pub(super) fn check(config: &Config, refuse: &mut impl FnMut(bool, &str, String)) {
    let webhooks = &config.webhooks;
    let timeout = webhooks.timeout;
    refuse(
        !(Duration::from_secs(1)..=Duration::from_secs(60)).contains(&timeout),
        "webhooks.timeout",
        format!("is {timeout:?}; allowed are 1s to 1m"),
    );
    refuse(
        !(1..=32).contains(&webhooks.at_once),
        "webhooks.at_once",
        format!("is {}; allowed are 1 to 32", webhooks.at_once),
    );
    refuse(
        webhooks.give_up_after < Duration::from_secs(60),
        "webhooks.give_up_after",
        format!("is {:?}; at least 1m", webhooks.give_up_after),
    );
}
