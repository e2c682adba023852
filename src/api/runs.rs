//! `GET /api/detran/runs` and `/runs/{id}`: what syncs have done.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::body::{Answer, Problem, WindowBody, answer};
use super::examiner_query::usuario_id;
use super::input::{self, Id, Params, number};
use super::openapi::Failures;
use crate::domain::{ErrorDetails, Origin, RunStatus, Totals};
use crate::store::listing::RunView;
use crate::web::caller::Caller;
use crate::web::errors::{ApiError, Code, ErrorBody};
use crate::web::state::Api;
use crate::words::api as words;

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// For administrators and operators: of this examiner only.
    #[param(value_type = Option<i32>, minimum = 1)]
    usuario_id: Option<String>,
    /// With this status only.
    #[param(value_type = Option<Status>, inline)]
    status: Option<String>,
    /// At most so many; default: 20. Whether there are more, `mais` says.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    limit: Option<String>,
    /// Only those behind the run of this `id` in this list: the last one of an answer, for the next one.
    #[param(value_type = Option<i64>, minimum = 1)]
    antes: Option<String>,
}

/// [`RunStatus`] for the documentation, of which the domain knows nothing.
enum Status {}

impl PartialSchema for Status {
    fn schema() -> RefOr<Schema> {
        let names = RunStatus::ALL.iter().map(|status| status.as_str());
        let names = Object::builder()
            .schema_type(Type::String)
            .enum_values(Some(names));
        names.build().into()
    }
}

impl ToSchema for Status {}

/// A run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunBody {
    id: i64,
    usuario_id: Option<i32>,
    window: WindowBody,
    /// The firing time that it serves; null if a person asked for it.
    tick: Option<DateTime<Utc>>,
    /// `running`, `success`, `partial` or `failed`.
    #[schema(value_type = String, example = "success")]
    status: RunStatus,
    started_at: Option<DateTime<Utc>>,
    /// From start to end, or until now.
    seconds: Option<f64>,
    /// Counts: inserted, updated, unchanged, removed, held, skipped, appointments_*.
    #[schema(value_type = Option<Object>)]
    totals: Option<Totals>,
    /// Requests sent to the portal.
    requests: Option<i32>,
    /// Requests that were repeated.
    retries: Option<i32>,
    /// What went wrong.
    problem: Option<Problem>,
}

/// A run in full.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunDetailBody {
    #[serde(flatten)]
    run: RunBody,
    /// Who asked: `schedule`, `cli` or `api`.
    #[schema(value_type = Option<String>, example = "api")]
    origin: Option<Origin>,
    finished_at: Option<DateTime<Utc>>,
    logins: Option<i32>,
    session_reused: Option<bool>,
    /// The days that could not be read.
    days: Vec<DayProblem>,
    /// The record's technical details; for operators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    details: Option<ErrorDetails>,
}

/// A day that could not be read.
#[derive(Debug, Serialize, ToSchema)]
struct DayProblem {
    date: NaiveDate,
    unidade: String,
    problem: Option<Problem>,
}

/// Runs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunsAnswer {
    /// Always true; errors look different.
    success: bool,
    data: Vec<RunBody>,
    /// Whether there are older ones than these: ask again with `antes`, the `id` of the last one.
    mais: bool,
}

/// The last runs, newest first.
#[utoipa::path(get, path = "/api/detran/runs", tag = "detran", operation_id = "runs", params(Query),
    responses((status = 200, description = "The runs", body = RunsAnswer), Failures))]
pub(crate) async fn list(
    State(api): State<Api>,
    caller: Caller,
    Params(query): Params<Query>,
) -> Result<Json<RunsAnswer>, ApiError> {
    let named = usuario_id(query.usuario_id.as_deref())?;
    let limit = number("limit", query.limit.as_deref(), 1..=200)?.unwrap_or(20);
    let status = query.status.as_deref().map(status).transpose()?;
    let before = number("antes", query.antes.as_deref(), 1..=i64::MAX)?;
    let whose = caller.examiners(named)?;
    // One more tells whether there are more.
    let most = i64::from(limit) + 1;
    let mut runs = api.store.list_runs(whose, status, before, most).await?;
    let mais = input::cut(&mut runs, limit);
    Ok(Json(RunsAnswer {
        success: true,
        data: runs.into_iter().map(|run| listed(run, caller)).collect(),
        mais,
    }))
}

fn status(text: &str) -> Result<RunStatus, ApiError> {
    text.parse().map_err(|_| {
        let known: Vec<&str> = RunStatus::ALL.iter().map(|known| known.as_str()).collect();
        ApiError::input(words::not_one_of("status", &known.join(", ")))
    })
}

/// One run in full.
#[utoipa::path(get, path = "/api/detran/runs/{id}", tag = "detran", operation_id = "run",
    params(("id" = i64, Path, description = "`runId` of a sync", minimum = 0)),
    responses(
        (status = 200, description = "The run", body = Answer<RunDetailBody>),
        (status = 404, description = "No such run, or not of an examiner whom this token may see", body = ErrorBody),
        Failures))]
pub(crate) async fn show(
    State(api): State<Api>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Answer<RunDetailBody>>, ApiError> {
    let whose = match caller {
        Caller::Operator
        | Caller::User {
            administrator: true,
            ..
        } => None,
        Caller::User { id, .. } => Some(id),
    };
    match api.store.run(id, whose).await? {
        Some(run) => Ok(answer(detail(run, caller))),
        None => Err(ApiError::of(Code::NotFound)),
    }
}

fn listed(run: RunView, caller: Caller) -> RunBody {
    RunBody {
        id: run.id,
        usuario_id: run.usuario_id,
        window: WindowBody {
            name: run.window_name,
            start: run.window_start,
            end: run.window_end,
        },
        tick: run.tick,
        status: run.status,
        started_at: run.started_at,
        seconds: run.seconds,
        totals: run.totals,
        requests: run.requests,
        retries: run.retries,
        problem: Problem::recorded(run.kind, run.error, caller.is_operator()),
    }
}

fn detail(mut run: RunView, caller: Caller) -> RunDetailBody {
    let details = run.details.take();
    RunDetailBody {
        days: details.iter().flat_map(|d| days(d, caller)).collect(),
        origin: run.origin,
        finished_at: run.finished_at,
        logins: run.logins,
        session_reused: run.session_reused,
        details: details.filter(|_| caller.is_operator()),
        run: listed(run, caller),
    }
}

fn days(details: &ErrorDetails, caller: Caller) -> impl Iterator<Item = DayProblem> {
    details.dates.iter().map(move |day| DayProblem {
        date: day.date,
        unidade: day.unidade.clone(),
        problem: Problem::recorded(
            Some(day.kind),
            Some(day.message.clone()),
            caller.is_operator(),
        ),
    })
}
