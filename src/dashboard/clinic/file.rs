//! `GET /agenda/planilha.csv` and `.xlsx`: what the page shows, all of it, as a file. Written down before it is sent.

use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};

use super::address::Address;
use super::doubts;
use crate::clinic::{Columns, Dialect, Table, View, export};
use crate::dashboard::problem::Problem;
use crate::dashboard::visitor::Visitor;
use crate::domain::ExportForm;
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::web::state::Api;

/// `GET /agenda/planilha.csv`
pub(in crate::dashboard) async fn csv(
    State(api): State<Api>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, NoFile> {
    let address = Address::read(query.as_deref().unwrap_or_default());
    let (view, table) = table(&api, &visitor, &address, ExportForm::Csv).await?;
    let dialect = if address.plain {
        Dialect::Plain
    } else {
        Dialect::Excel
    };
    let text = table.csv(dialect, visitor.language);
    Ok(sent(
        &view,
        "csv",
        "text/csv; charset=utf-8",
        text.into_bytes(),
    ))
}

/// `GET /agenda/planilha.xlsx`
pub(in crate::dashboard) async fn xlsx(
    State(api): State<Api>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, NoFile> {
    let address = Address::read(query.as_deref().unwrap_or_default());
    let (view, table) = table(&api, &visitor, &address, ExportForm::Xlsx).await?;
    // Compressing many rows takes a while.
    let written = tokio::task::spawn_blocking(move || table.xlsx(visitor.language)).await;
    let bytes = match written {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            tracing::warn!(error = in_a_line(&error), "a workbook could not be written");
            return Err(Problem::Internal.into());
        }
        Err(_) => return Err(Problem::Internal.into()),
    };
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(sent(&view, "xlsx", XLSX, bytes))
}

/// Why there is no file.
pub(in crate::dashboard) enum NoFile {
    Problem(Problem),
    /// The page says what of the address was not understood: a file would be taken for another one.
    Misread(String),
}

impl From<Problem> for NoFile {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<StoreError> for NoFile {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl IntoResponse for NoFile {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Misread(page) => Redirect::to(&page).into_response(),
        }
    }
}

async fn table(
    api: &Api,
    visitor: &Visitor,
    address: &Address,
    form: ExportForm,
) -> Result<(View, Table), NoFile> {
    let mut examiners = api.store.clinic_examiners(None).await?;
    let clock = &api.syncer.clock;
    let own = visitor.own();
    let view = address.view(clock, &examiners, own);
    examiners.retain(|known| own.is_none_or(|own| own == known.usuario_id));
    let view = view.ok_or(Problem::NotFound)?;
    if !doubts::misread(address, &examiners).is_empty() {
        return Err(NoFile::Misread(address.page()));
    }
    let columns = Columns {
        telephones: true,
        cpfs: address.cpfs,
        language: visitor.language,
    };
    let mut table = Table::of(&api.store, &api.config(), clock, &view, columns).await?;
    if let Some(shortened) = doubts::shortened(address, &view, clock.today()) {
        table.cut.get_or_insert(visitor.language.say(shortened));
    }
    let actor = visitor.actor();
    let action = export(&actor, form, &view, &table, columns);
    api.store.record_action(&action).await?;
    Ok((view, table))
}

fn sent(view: &View, ending: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{}.{ending}\"", view.name());
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)];
    (headers, bytes).into_response()
}
