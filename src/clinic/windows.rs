//! The windows in force, as the state of a day depends on them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::config::deadlines::deadlines;
use crate::store::days::DayWindow;

/// Each with the moment before which a reading is too old: the same as for alerts.
pub(crate) fn day_windows(config: &Config, now: DateTime<Utc>) -> Vec<DayWindow> {
    let deadlines: HashMap<_, _> = deadlines(config, now).into_iter().collect();
    let windows = config.windows.iter().map(|window| DayWindow {
        name: window.name.clone(),
        from_day: window.from_day.into(),
        to_day: window.to_day.into(),
        late_before: deadlines.get(&window.name).copied().unwrap_or_default(),
    });
    windows.collect()
}
