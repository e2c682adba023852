//! `GET /api/detran/slots`: the agenda as stored. Of a candidate's data only what tells them apart.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::days::{self, DayBody};
use super::examiner_query::usuario_id;
use super::input::{self, Params, date, flag, number};
use super::openapi::Failures;
use crate::slot_body::SlotBody;
use crate::store::listing::SlotFilter;
use crate::web::caller::Caller;
use crate::web::errors::ApiError;
use crate::web::state::Api;
use crate::words::api as words;

/// Slots of one answer.
const MOST: i32 = 1000;

/// Which slots.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// For administrators and operators: of this examiner only.
    #[param(value_type = Option<i32>, minimum = 1)]
    usuario_id: Option<String>,
    /// From this day; default: today, or the first that there is where `windowEnd` is past or the removed ones are asked for.
    #[param(value_type = Option<NaiveDate>)]
    window_start: Option<String>,
    /// To this day.
    #[param(value_type = Option<NaiveDate>)]
    window_end: Option<String>,
    /// The removed slots, last seen first, instead of the current ones.
    #[param(value_type = Option<bool>)]
    removed: Option<String>,
    /// At most so many; default: 1000. Whether there are more, `mais` says.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 1000)]
    limit: Option<String>,
}

/// The slots, and what is known of their days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SlotsAnswer {
    /// Always true; errors look different.
    success: bool,
    data: Vec<SlotBody>,
    /// Whether there are more than these: ask for fewer days, or of one examiner.
    mais: bool,
    /// Where one examiner is meant: each day from `windowStart` (default: today, or `windowEnd` where that is past) to
    /// `windowEnd` (default: 14 days after `windowStart`, or after today where that is later), but at most
    /// `http.max_span_days` (60) days from the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    dias: Option<Vec<DayBody>>,
}

/// The current slots in the order of the agenda, or the removed ones; and, of one examiner, what is known of each day: an
/// empty day is not an unread one.
#[utoipa::path(get, path = "/api/detran/slots", tag = "detran", operation_id = "slots", params(Query),
    responses((status = 200, description = "The slots", body = SlotsAnswer), Failures))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<Query>,
) -> Result<Json<SlotsAnswer>, ApiError> {
    let named = usuario_id(query.usuario_id.as_deref())?;
    let limit = number("limit", query.limit.as_deref(), 1..=MOST)?.unwrap_or(MOST);
    let removed = flag("removed", query.removed.as_deref())?.unwrap_or(false);
    let from = date("windowStart", query.window_start.as_deref())?;
    let to = date("windowEnd", query.window_end.as_deref())?;
    let today = api.syncer.clock.today();
    // The first of all days there have ever been are of no use to anybody who names none.
    let from_today = !removed && to.is_none_or(|to| to >= today);
    let filter = SlotFilter {
        usuario_id: caller.examiners(named)?,
        from: from.or(from_today.then_some(today)),
        to,
        removed,
    };
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        return Err(ApiError::input(words::ORDER_OF_DAYS));
    }
    // One more tells whether there are more.
    let mut slots = api.store.list_slots(&filter, i64::from(limit) + 1).await?;
    let mais = input::cut(&mut slots, limit);
    let dias = match filter.usuario_id {
        Some(usuario_id) => Some(days::of(&api, usuario_id, filter.from, filter.to).await?),
        None => None,
    };
    Ok(Json(SlotsAnswer {
        success: true,
        data: slots.into_iter().map(SlotBody::from).collect(),
        mais,
        dias,
    }))
}
