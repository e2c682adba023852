//! What a path names.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;

/// An examiner's number, or another's, in the path; what is no number is not found.
pub(super) type Id<N = i32> = Result<Path<N>, PathRejection>;
