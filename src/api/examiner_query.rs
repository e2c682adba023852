//! Which examiner a request is about: the caller, or the one that they name.

use serde::Deserialize;
use utoipa::IntoParams;

use super::input::number;
use crate::web::caller::Caller;
use crate::web::errors::ApiError;

/// Which examiner.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct ExaminerQuery {
    /// For administrators and operators: the examiner.
    #[param(value_type = Option<i32>, minimum = 1)]
    usuario_id: Option<String>,
}

impl ExaminerQuery {
    /// The examiner whom the request is about.
    ///
    /// # Errors
    /// [`Code::Input`](crate::web::errors::Code::Input) for no number; as [`Caller::examiner`].
    pub(super) fn examiner(&self, caller: Caller) -> Result<i32, ApiError> {
        caller.examiner(usuario_id(self.usuario_id.as_deref())?)
    }
}

/// `usuarioId` as clients write it.
///
/// # Errors
/// [`Code::Input`](crate::web::errors::Code::Input) for no number.
pub(super) fn usuario_id(text: Option<&str>) -> Result<Option<i32>, ApiError> {
    number("usuarioId", text, 1..=i32::MAX)
}
