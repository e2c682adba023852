//! `GET /contato`: tells a page that is open that the daemon is there, and which day it is. The page says so
//! where it is not told.

use axum::Json;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::visitor::Visitor;

#[derive(Serialize)]
struct Contact {
    at: DateTime<Utc>,
    day: NaiveDate,
    midnight: DateTime<Utc>,
}

/// `GET /contato`; 401 once the visitor is not logged in any more, see [`super::recognise`].
pub(super) async fn tell(visitor: Visitor) -> Response {
    let times = visitor.times;
    let contact = Contact {
        at: times.now,
        day: times.today(),
        midnight: times.midnight(),
    };
    Json(contact).into_response()
}
