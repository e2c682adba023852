//! What a loop does when it is told to stop while it looks.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// What is under way may end after the stop, so that nothing is sent twice; a database that stays silent does not hold up
/// the exit.
const LAST: Duration = Duration::from_secs(5);

/// Waits for a look, but after the stop not for long; `None`: it did not end.
pub(super) async fn unless_stopped<T>(
    stop: &CancellationToken,
    look: impl Future<Output = T>,
) -> Option<T> {
    let over = async {
        stop.cancelled().await;
        tokio::time::sleep(LAST).await;
    };
    tokio::select! {
        biased;
        looked = look => Some(looked),
        () = over => None,
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_never_ends_is_left_soon_after_the_stop_and_not_before() {
        let stop = CancellationToken::new();
        let begun = tokio::time::Instant::now();
        let (left, ()) = tokio::join!(unless_stopped(&stop, pending::<()>()), async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            stop.cancel();
        });
        assert_eq!(left, None);
        assert_eq!(begun.elapsed(), Duration::from_secs(60) + LAST);
        assert_eq!(unless_stopped(&stop, ready(1)).await, Some(1));
    }
}
