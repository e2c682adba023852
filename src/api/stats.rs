//! `GET /api/detran/stats`: runs and slots, added up by day.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Answer, answer};
use super::examiner_query::usuario_id;
use super::input::{Params, number};
use super::openapi::Failures;
use crate::store::statistics::DayStatistics;
use crate::web::caller::Caller;
use crate::web::errors::ApiError;
use crate::web::state::Api;

/// Which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// For administrators and operators: of this examiner only.
    #[param(value_type = Option<i32>, minimum = 1)]
    usuario_id: Option<String>,
    /// So many days back, today included; default: 30.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 366)]
    days: Option<String>,
}

/// One day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DayBody {
    /// The day on which the runs started.
    day: NaiveDate,
    /// Runs that have ended.
    runs: i64,
    success: i64,
    partial: i64,
    failed: i64,
    /// Slots never seen before.
    inserted: i64,
    /// Slots that changed or reappeared.
    updated: i64,
    /// Slots marked removed.
    removed: i64,
    /// Requests sent to the portal.
    requests: i64,
}

/// The days on which syncs ran, newest first.
#[utoipa::path(get, path = "/api/detran/stats", tag = "detran", operation_id = "stats", params(Query),
    responses((status = 200, description = "The days", body = Answer<Vec<DayBody>>), Failures))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<Query>,
) -> Result<Json<Answer<Vec<DayBody>>>, ApiError> {
    let named = usuario_id(query.usuario_id.as_deref())?;
    let days = number("days", query.days.as_deref(), 1..=366)?.unwrap_or(30);
    let zone = api.syncer.clock.zone().name();
    let whose = caller.examiners(named)?;
    let days = api.store.statistics(whose, days, zone).await?;
    Ok(answer(days.into_iter().map(DayBody::from).collect()))
}

impl From<DayStatistics> for DayBody {
    fn from(day: DayStatistics) -> Self {
        Self {
            day: day.day,
            runs: day.runs,
            success: day.success,
            partial: day.partial,
            failed: day.failed,
            inserted: day.inserted,
            updated: day.updated,
            removed: day.removed,
            requests: day.requests,
        }
    }
}
