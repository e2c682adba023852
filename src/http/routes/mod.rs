//! The routes, one file each, and what their answers have in common.
#![expect(
    unused_qualifications,
    reason = "utoipa names the query structs by their whole path"
)]

pub(super) mod account;
pub(super) mod calendar;
pub(super) mod health;
mod loose;
pub(super) mod metrics;
pub(super) mod runs;
pub(super) mod slots;
pub(super) mod stats;
pub(super) mod sync;
mod whose;

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::errors::Code;
use crate::domain::FailureKind;

/// What was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Answer<T> {
    /// Always true; errors look different.
    success: bool,
    data: T,
}

fn answer<T>(data: T) -> Json<Answer<T>> {
    Json(Answer {
        success: true,
        data,
    })
}

/// What went wrong with a run.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// The kind of failure, as in the `code` of errors; `unknown` for runs of the earlier system.
    #[schema(example = "unavailable")]
    code: String,
    /// What it means, in Portuguese.
    message: String,
    /// The technical sentence; for operators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    technical: Option<String>,
}

impl Problem {
    /// From what is recorded of a run; `None` if all went well.
    fn recorded(kind: Option<&str>, error: Option<String>, for_operator: bool) -> Option<Self> {
        let known = kind.and_then(FailureKind::named);
        if known.is_none() && error.is_none() {
            return None;
        }
        Some(Self {
            code: known.map_or("unknown", FailureKind::as_str).to_owned(),
            message: known
                .map_or("Esta sincronização falhou.", |kind| {
                    Code::of(kind).message()
                })
                .to_owned(),
            technical: error.filter(|_| for_operator),
        })
    }
}

/// A range of days.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WindowBody {
    /// Name of the configured window, if one was meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// First day.
    start: chrono::NaiveDate,
    /// Last day.
    end: chrono::NaiveDate,
}
