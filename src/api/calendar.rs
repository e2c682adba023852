//! `/api/detran/calendario`: the examiner's calendar address: whether there is one, a new one, none any more.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Answer, answer};
use super::examiner_query::ExaminerQuery;
use super::input::Params;
use super::openapi::Failures;
use crate::calendar;
use crate::vault::Token;
use crate::web::caller::Caller;
use crate::web::errors::{ApiError, Code, ErrorBody};
use crate::web::state::Api;
use crate::words::api as words;

/// An examiner's calendar address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CalendarBody {
    usuario_id: i32,
    /// Whether there is one.
    ativo: bool,
    criado_em: Option<DateTime<Utc>>,
    /// When a phone last read it, to within ten minutes.
    lido_em: Option<DateTime<Utc>>,
}

/// A new address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewCalendarBody {
    usuario_id: i32,
    /// Opens the calendar to whoever has it. Shown this once.
    #[schema(example = "https://agenda.example.org/calendar/….ics")]
    endereco: String,
}

/// Whether an examiner has a calendar address. The address itself is not known any more.
#[utoipa::path(get, path = "/api/detran/calendario", tag = "detran", operation_id = "calendario", params(ExaminerQuery),
    responses((status = 200, description = "What is known of it", body = Answer<CalendarBody>), Failures))]
pub(crate) async fn show(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<ExaminerQuery>,
) -> Result<Json<Answer<CalendarBody>>, ApiError> {
    let usuario_id = query.examiner(caller)?;
    let state = api.store.calendar(usuario_id).await?;
    Ok(answer(CalendarBody {
        usuario_id,
        ativo: state.is_some(),
        criado_em: state.as_ref().map(|state| state.created_at),
        lido_em: state.and_then(|state| state.last_read_at),
    }))
}

/// Give an examiner a calendar address. One that they had is no longer valid.
#[utoipa::path(post, path = "/api/detran/calendario", tag = "detran", operation_id = "criarCalendario", params(ExaminerQuery),
    responses(
        (status = 201, description = "The address, shown this once", body = Answer<NewCalendarBody>),
        (status = 404, description = "No such examiner, or calendars are switched off", body = ErrorBody),
        Failures))]
pub(crate) async fn make(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<ExaminerQuery>,
) -> Result<(StatusCode, Json<Answer<NewCalendarBody>>), ApiError> {
    let usuario_id = query.examiner(caller)?;
    let config = api.config();
    if !config.calendar.enabled {
        return Err(ApiError::of(Code::NotFound).because(words::CALENDARS_ARE_OFF));
    }
    let (token, actor) = (Token::new()?, caller.actor());
    let hash = token.hash();
    if !api.store.make_calendar(usuario_id, &hash, &actor).await? {
        return Err(ApiError::of(Code::NotFound).because(words::NO_SUCH_EXAMINER));
    }
    let body = NewCalendarBody {
        usuario_id,
        endereco: calendar::address(&token, &config),
    };
    Ok((StatusCode::CREATED, answer(body)))
}

/// Take an examiner's calendar address away.
#[utoipa::path(delete, path = "/api/detran/calendario", tag = "detran", operation_id = "revogarCalendario", params(ExaminerQuery),
    responses(
        (status = 204, description = "It is good no more"),
        (status = 404, description = "They have none", body = ErrorBody),
        Failures))]
pub(crate) async fn revoke(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<ExaminerQuery>,
) -> Result<StatusCode, ApiError> {
    let usuario_id = query.examiner(caller)?;
    if api
        .store
        .revoke_calendar(usuario_id, &caller.actor())
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::of(Code::NotFound).because(words::NO_CALENDAR))
    }
}
