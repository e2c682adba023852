//! `GET /calendar/{token}.ics`: an examiner's calendar. The address is the secret, so nobody logs in, and
//! nothing that is written anywhere names it. Whatever is wrong with it, the answer is the same.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::calendar::{Feed, feed};
use crate::clinic::day_windows;
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::vault::Token;
use crate::web::limits;
use crate::web::state::Api;
use crate::words::api as words;

pub(super) fn router(api: &Api) -> Router<Api> {
    Router::new()
        .route("/calendar/{file}", get(serve))
        .route_layer(from_fn_with_state(api.clone(), limits::time))
}

/// An examiner's agenda as a calendar, at an address that is the secret.
#[utoipa::path(get, path = "/calendar/{token}.ics", tag = "addresses", operation_id = "calendar", security(()),
    params(("token" = String, Path, description = "The secret, as it was shown when the address was made")),
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = 304, description = "It is the one that `If-None-Match` names"),
        (status = 404, description = "No such address, or no longer", body = String, content_type = "text/plain"),
        (status = 503, description = "Try again later", body = String, content_type = "text/plain")))]
pub(crate) async fn serve(
    State(api): State<Api>,
    file: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let found = match file.map(|Path(file)| Token::of_file(&file, ".ics")) {
        Ok(Some(token)) => look(&api, &token).await,
        Ok(None) | Err(_) => Ok(None),
    };
    match found {
        Ok(Some(feed)) => answer(feed, &headers),
        Ok(None) => (StatusCode::NOT_FOUND, words::NO_SUCH_ADDRESS.pt).into_response(),
        Err(error) => {
            let error = in_a_line(&error);
            tracing::warn!(error, "a calendar could not be served");
            // A phone keeps what it has, and comes again.
            (StatusCode::SERVICE_UNAVAILABLE, words::TRY_LATER.pt).into_response()
        }
    }
}

async fn look(api: &Api, token: &Token) -> Result<Option<Feed>, StoreError> {
    let config = api.config();
    if !config.calendar.enabled {
        return Ok(None);
    }
    let Some(owner) = api.store.calendar_owner(&token.hash()).await? else {
        return Ok(None);
    };
    let windows = day_windows(&config, api.syncer.clock.now());
    let (calendar, clock) = (&config.calendar, &api.syncer.clock);
    feed(&api.store, &owner, calendar, &windows, clock)
        .await
        .map(Some)
}

fn answer(feed: Feed, headers: &HeaderMap) -> Response {
    let keep = [
        (ETAG, feed.etag.clone()),
        // To be kept by the phone alone, and never shown without asking whether it still holds.
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|known| {
        let mut tags = known
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"));
        tags.any(|tag| tag == feed.etag)
    });
    if known {
        return (StatusCode::NOT_MODIFIED, keep).into_response();
    }
    let what = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CONTENT_DISPOSITION, "inline; filename=\"agenda.ics\""),
    ];
    (keep, what, feed.text).into_response()
}
