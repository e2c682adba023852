//! `POST /api/detran/sincronizar`: a sync now, as the earlier system's front end asks for it. It takes
//! part in everything that scheduled syncs obey: the user's lock, pauses, breaker, record.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{Problem, WindowBody};
use super::examiner_query::usuario_id;
use super::input::{Body, Params, date, flag};
use super::lenient::Lenient;
use super::openapi::Failures;
use crate::domain::{RunStatus, Totals};
use crate::store::StoreError;
use crate::sync::{RunReport, SyncOutcome, SyncRequest};
use crate::web::caller::Caller;
use crate::web::errors::{ApiError, Code, ErrorBody};
use crate::web::state::Api;
use crate::web::sync_now::{can_log_in, of_these_days, refused, span};
use crate::web::syncs::SyncNews;
use crate::words::api as words;

/// What may stand in the query.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// Of the earlier system; only true is possible.
    #[param(value_type = Option<bool>)]
    use_improved: Option<String>,
    /// First day; default: today.
    #[param(value_type = Option<NaiveDate>)]
    window_start: Option<String>,
    /// Last day; default: 14 days after today, or fewer where `http.max_span_days` is below 15.
    #[param(value_type = Option<NaiveDate>)]
    window_end: Option<String>,
    /// For administrators and operators: the examiner.
    #[param(value_type = Option<i32>, minimum = 1)]
    usuario_id: Option<String>,
    /// Answer as soon as the run has begun.
    #[param(value_type = Option<bool>)]
    r#async: Option<String>,
}

/// The same in the body; where both say something, the query counts.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ask {
    /// Of the earlier system; only true is possible.
    #[schema(value_type = Option<bool>)]
    use_improved: Option<Lenient>,
    /// First day; default: today.
    #[schema(value_type = Option<NaiveDate>)]
    window_start: Option<Lenient>,
    /// Last day; default: 14 days after today, or fewer where `http.max_span_days` is below 15.
    #[schema(value_type = Option<NaiveDate>)]
    window_end: Option<Lenient>,
    /// For administrators and operators: the examiner.
    #[schema(value_type = Option<i32>, minimum = 1)]
    usuario_id: Option<Lenient>,
    /// Answer as soon as the run has begun.
    #[schema(value_type = Option<bool>)]
    r#async: Option<Lenient>,
}

/// The answer to a sync that took place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Synchronised {
    /// Always true; errors look different.
    success: bool,
    /// For the person in front of the screen.
    #[schema(example = "Sincronização concluída: 5 inseridos, 2 atualizados, 1 removidos")]
    message: String,
    data: SynchronisedData,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SynchronisedData {
    /// `success`, or `partial` if some days could not be read.
    #[schema(value_type = String, example = "success")]
    status: RunStatus,
    totals: Totals,
    window: WindowBody,
    run_id: i64,
    /// Why it is only partial.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// The answer to `async=true`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Begun {
    /// Always true; errors look different.
    success: bool,
    /// For the person in front of the screen.
    message: String,
    data: BegunData,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BegunData {
    run_id: i64,
    /// Where to ask how it goes; also in the header `Location`.
    #[schema(example = "/api/detran/runs/123")]
    poll: String,
    window: WindowBody,
}

/// Synchronise an examiner now.
///
/// Waits until the sync has ended, unless `async=true`. A client that hangs up does not cancel it.
#[utoipa::path(post, path = "/api/detran/sincronizar", tag = "detran", operation_id = "sincronizar",
    params(Query), request_body(content = Option<Ask>, content_type = "application/json"),
    responses(
        (status = 200, description = "The sync has ended, wholly or partly well", body = Synchronised),
        (status = 202, description = "The sync has begun", body = Begun,
            headers(("Location" = String, description = "Where to ask how it goes"))),
        (status = 404, description = "No such examiner, or they have no account", body = ErrorBody),
        (status = 409, description = "Another sync is running, the account is paused or switched off, a CAPTCHA was shown, or no password is stored", body = ErrorBody),
        (status = 422, description = "A page of the portal was not understood", body = ErrorBody),
        Failures))]
pub(crate) async fn synchronise(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<Query>,
    Body(ask): Body<Ask>,
) -> Result<Response, ApiError> {
    let (request, in_background) = request(&api, caller, query, ask.unwrap_or_default())?;
    can_log_in(&api, request.usuario_id).await?;
    let window = || WindowBody {
        name: None,
        start: request.from,
        end: request.to,
    };
    let mut under_way = api.syncs.start(request.clone(), caller.actor())?;
    if in_background {
        return match under_way.recorded().await? {
            SyncNews::Recorded(run_id) => Ok(begun(&api, run_id, window())),
            SyncNews::Ended(outcome) => ended(outcome, window(), caller),
        };
    }
    ended(under_way.ended().await?, window(), caller)
}

fn request(
    api: &Api,
    caller: Caller,
    query: Query,
    ask: Ask,
) -> Result<(SyncRequest, bool), ApiError> {
    // What stands in both places must be good in both.
    let flag = |name: &str, query: Option<String>, body: Option<Lenient>| {
        Ok::<_, ApiError>((flag(name, query.as_deref())?, flag(name, body.as_deref())?))
    };
    let date = |name: &str, query: Option<String>, body: Option<Lenient>| {
        let (query, body) = (date(name, query.as_deref())?, date(name, body.as_deref())?);
        Ok::<_, ApiError>(query.or(body))
    };
    let improved = flag("useImproved", query.use_improved, ask.use_improved)?;
    if improved.0 == Some(false) || improved.1 == Some(false) {
        return Err(ApiError::input(words::NOT_IMPROVED));
    }
    let (from, to) = span(
        date("windowStart", query.window_start, ask.window_start)?,
        date("windowEnd", query.window_end, ask.window_end)?,
        api.syncer.clock.today(),
        api.max_span_days,
    )?;
    let named = (
        usuario_id(query.usuario_id.as_deref())?,
        usuario_id(ask.usuario_id.as_deref())?,
    );
    let in_background = flag("async", query.r#async, ask.r#async)?;
    let usuario_id = caller.examiner(named.0.or(named.1))?;
    let in_background = in_background.0.or(in_background.1).unwrap_or(false);
    Ok((of_these_days(usuario_id, from, to), in_background))
}

fn begun(api: &Api, run_id: i64, window: WindowBody) -> Response {
    let location = format!("/api/detran/runs/{run_id}");
    // Headers are moved below the path on their way out (`web::base_path`); bodies are not.
    let poll = format!("{}{location}", api.config().http.base_path());
    let body = Begun {
        success: true,
        message: words::SYNC_BEGUN.pt.to_owned(),
        data: BegunData {
            run_id,
            poll,
            window,
        },
    };
    (StatusCode::ACCEPTED, [(LOCATION, location)], Json(body)).into_response()
}

fn ended(
    outcome: Result<SyncOutcome, StoreError>,
    window: WindowBody,
    caller: Caller,
) -> Result<Response, ApiError> {
    match outcome? {
        SyncOutcome::Ran(report) => ran(*report, window, caller),
        SyncOutcome::Busy | SyncOutcome::TickDone => Err(ApiError::of(Code::Busy)),
        SyncOutcome::Refused(refusal) => Err(refused(&refusal)),
    }
}

fn ran(report: RunReport, window: WindowBody, caller: Caller) -> Result<Response, ApiError> {
    let message = match report.status {
        RunStatus::Success => words::sync_done(&report.totals).pt,
        RunStatus::Partial => words::sync_partly_done(&report.totals).pt,
        RunStatus::Failed | RunStatus::Running => return Err(failed(&report)),
    };
    let kind = report.error.as_ref().map(|error| error.kind);
    let problem = Problem::recorded(
        kind,
        report.error.as_ref().map(|error| error.message.clone()),
        caller.is_operator(),
    );
    let body = Synchronised {
        success: true,
        message,
        data: SynchronisedData {
            status: report.status,
            totals: report.totals,
            window,
            run_id: report.run_id,
            problem,
        },
    };
    Ok(Json(body).into_response())
}

fn failed(report: &RunReport) -> ApiError {
    let error = match &report.error {
        Some(error) => ApiError::failed_sync(error.kind, report.run_id),
        None => ApiError::of(Code::Internal),
    };
    match report.come_again_in {
        Some(rest) => error.retry_after(rest),
        None => error,
    }
}
