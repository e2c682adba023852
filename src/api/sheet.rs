//! `GET /planilha/{token}.csv`: the clinic's agenda for a spreadsheet that fetches it. The address is the secret, so
//! nobody logs in, and nothing that is written anywhere names it. Whatever is wrong with it, the answer is the same.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::Days;

use crate::clinic::{Columns, Dialect, Table, View, export};
use crate::domain::ExportForm;
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::store::sheets::Sheet;
use crate::vault::Token;
use crate::web::limits;
use crate::web::peer::Peer;
use crate::web::state::Api;
use crate::words::{Language, api as words};

pub(super) fn router(api: &Api) -> Router<Api> {
    Router::new()
        .route("/planilha/{file}", get(serve))
        .route_layer(from_fn_with_state(api.clone(), limits::time))
}

/// The agenda of today and the days after it as CSV, at an address that is the secret, for spreadsheets that fetch.
#[utoipa::path(get, path = "/planilha/{token}.csv", tag = "addresses", operation_id = "sheet", security(()),
    params(
        ("token" = String, Path, description = "The secret, as `agendad agenda share` has shown it"),
        ("csv" = Option<String>, Query, description = "`excel`: UTF-8 with a byte order mark, semicolons, dates as in Brazil; else RFC 4180")),
    responses(
        (status = 200, description = "The agenda, with the columns for which the address was made", body = String, content_type = "text/csv"),
        (status = 404, description = "No such address, or no longer", body = String, content_type = "text/plain"),
        (status = 429, description = "Too often from this address; `Retry-After` says for how long", body = String, content_type = "text/plain"),
        (status = 503, description = "Try again later", body = String, content_type = "text/plain")))]
pub(crate) async fn serve(
    State(api): State<Api>,
    Extension(peer): Extension<Peer>,
    file: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(rest) = api.auth.admit_sheet(peer.0.ip(), &headers) {
        let wait = [(RETRY_AFTER, rest.as_secs().max(1).to_string())];
        return (StatusCode::TOO_MANY_REQUESTS, wait, words::TOO_OFTEN.pt).into_response();
    }
    // By RFC 4180, as spreadsheets that fetch want it, unless the address ends with `?csv=excel`.
    let excel = query.is_some_and(|query| query.split('&').any(|pair| pair == "csv=excel"));
    let dialect = if excel {
        Dialect::Excel
    } else {
        Dialect::Plain
    };
    let found = match file.map(|Path(file)| Token::of_file(&file, ".csv")) {
        Ok(Some(token)) => look(&api, &token).await,
        Ok(None) | Err(_) => Ok(None),
    };
    match found {
        Ok(Some(table)) => {
            let headers = [
                (CONTENT_TYPE, "text/csv; charset=utf-8"),
                (CONTENT_DISPOSITION, "inline; filename=\"agenda.csv\""),
                (CACHE_CONTROL, "private, no-store"),
            ];
            (headers, table.csv(dialect, Language::Portuguese)).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, words::NO_SUCH_ADDRESS.pt).into_response(),
        Err(error) => {
            let error = in_a_line(&error);
            tracing::warn!(error, "a sheet could not be served");
            (StatusCode::SERVICE_UNAVAILABLE, words::TRY_LATER.pt).into_response()
        }
    }
}

async fn look(api: &Api, token: &Token) -> Result<Option<Table>, StoreError> {
    let Some(sheet) = api.store.sheet_of(&token.hash()).await? else {
        return Ok(None);
    };
    let columns = Columns {
        telephones: sheet.telephones,
        cpfs: sheet.cpfs,
        language: Language::Portuguese,
    };
    let clock = &api.syncer.clock;
    let view = view(&sheet, clock.today());
    let table = Table::of(&api.store, &api.config(), clock, &view, columns).await?;
    let actor = format!("sheet:{}", sheet.id);
    let action = export(&actor, ExportForm::Csv, &view, &table, columns);
    // Written down before it is sent.
    api.store.record_action(&action).await?;
    Ok(Some(table))
}

fn view(sheet: &Sheet, today: chrono::NaiveDate) -> View {
    let further = u64::try_from(sheet.days - 1).unwrap_or_default();
    let mut view = View::days(today, today + Days::new(further));
    view.usuario_ids.clone_from(&sheet.usuario_ids);
    view
}
