//! Processes that are stopped and not dead (`SIGSTOP`, `docker pause`, a laptop's lid): their kernel keeps their connections,
//! so the server keeps their locks, and their examiners are synchronised by nobody for as long as they sleep.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

use crate::store::processes::SilentProcess;

/// So old is the last sign of life of such a process, by the database's clock. Whoever goes gives several a minute.
pub(super) const SILENT_FOR: Duration = Duration::from_secs(180);
/// And for so long by our own clock none has come: the database's may have jumped, or all have slept.
const UNMOVED_FOR: Duration = Duration::from_secs(20);

/// Who was silent at the last look.
#[derive(Debug, Default)]
pub(super) struct StoppedPeers(HashMap<String, Seen>);

#[derive(Debug)]
struct Seen {
    last_sign: DateTime<Utc>,
    /// When it was first seen.
    since: Instant,
}

impl StoppedPeers {
    /// Those of the `silent` whose last sign of life was the same for long.
    pub(super) fn of(&mut self, silent: Vec<SilentProcess>) -> Vec<String> {
        let before = std::mem::take(&mut self.0);
        let now = Instant::now();
        for SilentProcess {
            instance,
            last_sign,
        } in silent
        {
            let known = before.get(&instance);
            let since = known
                .filter(|known| known.last_sign == last_sign)
                .map_or(now, |known| known.since);
            self.0.insert(instance, Seen { last_sign, since });
        }
        let stopped = self.0.iter();
        let stopped = stopped.filter(|(_, seen)| now.duration_since(seen.since) >= UNMOVED_FOR);
        stopped.map(|(instance, _)| instance.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent(signs: &[(&str, i64)]) -> Vec<SilentProcess> {
        let signs = signs.iter();
        let silent = signs.map(|&(instance, second)| SilentProcess {
            instance: instance.to_owned(),
            last_sign: DateTime::from_timestamp(second, 0).unwrap(),
        });
        silent.collect()
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_a_sign_of_life_between_two_looks_is_not_stopped() {
        let mut peers = StoppedPeers::default();
        assert!(peers.of(silent(&[("goes", 1), ("stopped", 1)])).is_empty());
        tokio::time::advance(UNMOVED_FOR / 2).await;
        assert!(peers.of(silent(&[("goes", 1), ("stopped", 1)])).is_empty());
        tokio::time::advance(UNMOVED_FOR / 2).await;
        // By a clock that has jumped, its signs are old too.
        let found = peers.of(silent(&[("goes", 2), ("stopped", 1)]));
        assert_eq!(found, ["stopped"]);
        tokio::time::advance(UNMOVED_FOR / 2).await;
        assert!(peers.of(silent(&[])).is_empty());
        tokio::time::advance(UNMOVED_FOR).await;
        assert!(peers.of(silent(&[("stopped", 1)])).is_empty());
    }
}
