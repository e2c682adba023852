//! A sync now, because somebody asks for it: what API and dashboard have in common.

use chrono::{Days, NaiveDate};

use super::errors::{ApiError, Code};
use super::state::Api;
use super::syncs::SyncNews;
use crate::domain::Origin;
use crate::sync::{Refusal, SyncOutcome, SyncRequest};
use crate::words::{api as words, pause};

/// Starts a sync of the days that the API means unless it is told otherwise, and waits until it is recorded.
///
/// # Errors
/// As the API would answer.
pub(crate) async fn begin(api: &Api, usuario_id: i32, actor: &str) -> Result<i64, ApiError> {
    can_log_in(api, usuario_id).await?;
    let (from, to) = span(None, None, api.syncer.clock.today(), api.max_span_days)?;
    let request = of_these_days(usuario_id, from, to);
    let mut under_way = api.syncs.start(request, actor.to_owned())?;
    match under_way.recorded().await? {
        SyncNews::Recorded(run_id) => Ok(run_id),
        SyncNews::Ended(outcome) => match outcome? {
            SyncOutcome::Ran(report) => Ok(report.run_id),
            SyncOutcome::Busy | SyncOutcome::TickDone => Err(ApiError::of(Code::Busy)),
            SyncOutcome::Refused(refusal) => Err(refused(&refusal)),
        },
    }
}

pub(crate) fn of_these_days(usuario_id: i32, from: NaiveDate, to: NaiveDate) -> SyncRequest {
    SyncRequest {
        usuario_id,
        window: None,
        from,
        to,
        tick: None,
        origin: Origin::Api,
    }
}

/// First and last day asked for, with the application's defaults: today, and 14 days after today, or as many as may be asked for.
///
/// # Errors
/// [`crate::web::errors::Code::Input`] if they are in the wrong order or too far apart.
pub(crate) fn span(
    start: Option<NaiveDate>,
    end: Option<NaiveDate>,
    today: NaiveDate,
    max_days: u16,
) -> Result<(NaiveDate, NaiveDate), ApiError> {
    let start = start.unwrap_or(today);
    let ahead = max_days.saturating_sub(1).min(14);
    let end = end.unwrap_or(today + Days::new(ahead.into()));
    if start > end {
        return Err(ApiError::input(words::days_in_wrong_order(start, end)));
    }
    let days = (end - start).num_days() + 1;
    if days > i64::from(max_days) {
        return Err(ApiError::input(words::too_many_days(days, max_days)));
    }
    Ok((start, end))
}

/// What can be said before anything is tried.
pub(crate) async fn can_log_in(api: &Api, usuario_id: i32) -> Result<(), ApiError> {
    match api.store.settings(usuario_id).await? {
        None => Err(ApiError::of(Code::NoAccount)),
        Some(settings) if !settings.has_password => Err(ApiError::of(Code::NoPassword)),
        Some(_) => Ok(()),
    }
}

pub(crate) fn refused(refusal: &Refusal) -> ApiError {
    match refusal {
        Refusal::NoAccount(_) => ApiError::of(Code::NoAccount),
        Refusal::Inactive(_) | Refusal::NotScheduled(_) => ApiError::of(Code::Inactive),
        Refusal::Unreadable(_) => ApiError::of(Code::Inactive).because(words::BAD_ACCOUNT),
        Refusal::Paused { reason, .. } => {
            let (code, sentence) = pause::in_refused_sync(*reason);
            ApiError::of(code).because(sentence)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_an_order_and_a_length() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let today = day("2026-11-24").unwrap();
        let week = span(None, None, today, 7).unwrap();
        assert_eq!(week, (today, day("2026-11-30").unwrap()), "no more than 7");
        let span = |a, b| span(a, b, today, 60);
        assert_eq!(
            span(None, None).unwrap(),
            (today, day("2026-12-08").unwrap())
        );
        assert!(
            span(day("2026-11-24"), day("2027-01-22")).is_ok(),
            "60 days"
        );
        assert!(
            span(day("2026-11-24"), day("2027-01-23")).is_err(),
            "61 days"
        );
        assert!(span(day("2026-11-25"), day("2026-11-24")).is_err());
        assert!(span(day("2026-12-31"), None).is_err());
    }
}
