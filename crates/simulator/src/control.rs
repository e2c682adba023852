//! The control address: the simulator's truth and its levers as JSON.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use chrono::NaiveDate;
use futures::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::booking::Booking;
use super::faults::parse_faults;
use super::invent::Unit;
use super::people::Examiner;
use super::requests::{BookingRequest, SimulatorError};
use super::sessions::SessionReport;
use super::world::World;

type Shared = State<Arc<World>>;

pub(super) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/examiners", get(examiners))
        .route("/examiners/{index}/senha", put(set_password))
        .route("/agenda", get(agendas))
        .route("/agenda/{index}", get(agenda))
        .route("/agenda/{index}/{unit}/{date}", put(set_day))
        .route("/faults", get(faults).post(inject).delete(clear_faults))
        .route("/sessions", get(sessions))
        .route("/sessions/expire", post(expire_sessions))
        .route("/stats", get(stats))
        .with_state(world)
}

/// Says no, with a sentence.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<SimulatorError> for Refusal {
    fn from(error: SimulatorError) -> Self {
        Self(StatusCode::NOT_FOUND, error.to_string())
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

/// A JSON body whose refusal is JSON too.
#[derive(FromRequest)]
#[from_request(via(Json), rejection(Refusal))]
struct JsonBody<T>(T);

#[derive(Serialize)]
struct ExaminerView {
    #[serde(flatten)]
    examiner: Examiner,
    units: Vec<Unit>,
}

async fn examiners(State(world): Shared) -> Json<Vec<ExaminerView>> {
    let views = world.examiners().into_iter().map(|examiner| ExaminerView {
        units: world.plan(examiner.index).units(),
        examiner,
    });
    Json(views.collect())
}

#[derive(Deserialize)]
struct NewPassword {
    senha: String,
}

async fn set_password(
    State(world): Shared,
    Path(index): Path<usize>,
    JsonBody(new): JsonBody<NewPassword>,
) -> Result<StatusCode, Refusal> {
    world.set_password(index, &new.senha)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sessions(State(world): Shared) -> Json<Vec<SessionReport>> {
    Json(world.sessions.list())
}

#[derive(Deserialize)]
struct Range {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

#[derive(Serialize)]
struct AgendaView {
    index: usize,
    bookings: Vec<Booking>,
}

async fn agenda(
    State(world): Shared,
    Path(index): Path<usize>,
    Query(range): Query<Range>,
) -> Result<Json<Vec<Booking>>, Refusal> {
    Ok(Json(world.agenda(index, range.from, range.to)?))
}

/// All agendas, one examiner worked out at a time: an array of `{"index":0,"bookings":[…]}`.
async fn agendas(State(world): Shared, Query(range): Query<Range>) -> Response {
    let count = world.count();
    let parts = (0..count).map(move |index| {
        let bookings = world
            .agenda(index, range.from, range.to)
            .unwrap_or_default();
        let open = if index == 0 { "[" } else { ",\n" };
        let close = if index + 1 == count { "]" } else { "" };
        let view = serde_json::to_string(&AgendaView { index, bookings })?;
        Ok::<_, serde_json::Error>(Bytes::from(format!("{open}{view}{close}")))
    });
    let body = Body::from_stream(stream::iter(parts));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The bookings of a day; day and unit are those of the address, what else is missing is invented.
async fn set_day(
    State(world): Shared,
    Path((index, unit, date)): Path<(usize, String, NaiveDate)>,
    JsonBody(rows): JsonBody<Vec<Map<String, Value>>>,
) -> Result<Json<Vec<Booking>>, Refusal> {
    let wishes = rows
        .into_iter()
        .map(|mut row| {
            row.insert("date".into(), json!(date));
            serde_json::from_value(row.into())
        })
        .collect::<Result<Vec<BookingRequest>, _>>()
        .map_err(|error| Refusal(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    Ok(Json(world.set_day_as_wished(index, &unit, date, wishes)?))
}

/// In the spelling of the command line.
#[derive(Deserialize)]
struct NewFaults {
    faults: String,
}

async fn inject(
    State(world): Shared,
    JsonBody(new): JsonBody<NewFaults>,
) -> Result<Json<Value>, Refusal> {
    let faults = parse_faults(&new.faults)
        .map_err(|error| Refusal(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    let ids: Vec<u64> = faults
        .into_iter()
        .map(|fault| world.faults.add(fault))
        .collect();
    Ok(Json(json!({ "ids": ids })))
}

async fn faults(State(world): Shared) -> impl IntoResponse {
    Json(world.faults.list())
}

async fn clear_faults(State(world): Shared) -> StatusCode {
    world.faults.clear();
    StatusCode::NO_CONTENT
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expire {
    examiner: Option<usize>,
}

async fn expire_sessions(State(world): Shared, which: Option<Json<Expire>>) -> Json<Value> {
    let Json(which) = which.unwrap_or_default();
    Json(json!({ "expired": world.sessions.expire(which.examiner) }))
}

async fn stats(State(world): Shared) -> impl IntoResponse {
    Json(world.stats())
}
