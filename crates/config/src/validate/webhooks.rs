//! What `[webhooks]` may say.

use std::time::Duration;

use crate::Config;
use crate::wrong::Wrong;

pub(super) fn check(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let webhooks = &config.webhooks;
    let timeout = webhooks.timeout;
    refuse(
        !(Duration::from_secs(1)..=Duration::from_secs(60)).contains(&timeout),
        "webhooks.timeout",
        Wrong::duration(timeout, "1s", "1m"),
    );
    refuse(
        !(1..=32).contains(&webhooks.at_once),
        "webhooks.at_once",
        Wrong::Range(webhooks.at_once.to_string(), "1", "32"),
    );
    refuse(
        webhooks.give_up_after < Duration::from_secs(60),
        "webhooks.give_up_after",
        Wrong::GiveUp(webhooks.give_up_after),
    );
}
