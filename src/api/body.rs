//! What the answers have in common.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::FailureKind;
use crate::words::{api as words, code::Code};

/// What was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Answer<T> {
    /// Always true; errors look different.
    success: bool,
    data: T,
}

pub(super) fn answer<T>(data: T) -> Json<Answer<T>> {
    Json(Answer {
        success: true,
        data,
    })
}

/// What went wrong with a run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The kind of failure, as in the `code` of errors; `unknown` for runs of the earlier system.
    #[schema(value_type = String, example = "unavailable")]
    code: FailureKind,
    /// What it means, in Portuguese.
    message: &'static str,
    /// The technical sentence; for operators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    technical: Option<String>,
}

impl Problem {
    /// From what is recorded of a run; `None` if all went well.
    pub(super) fn recorded(
        kind: Option<FailureKind>,
        error: Option<String>,
        for_operator: bool,
    ) -> Option<Self> {
        if kind.is_none() && error.is_none() {
            return None;
        }
        Some(Self {
            code: kind.unwrap_or(FailureKind::Unknown),
            message: match kind {
                None | Some(FailureKind::Unknown) => words::SYNC_FAILED.pt,
                Some(kind) => Code::of(kind).message().pt,
            },
            technical: error.filter(|_| for_operator),
        })
    }
}

/// A range of days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WindowBody {
    /// Name of the configured window, if one was meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// First day.
    pub(super) start: chrono::NaiveDate,
    /// Last day.
    pub(super) end: chrono::NaiveDate,
}
