//! The dashboard at `/`: pages drawn here, for operators. It has no script that it needs and nothing from
//! elsewhere; what an operator does in it, API and command line do by the same functions.
//!
//! An operator logs in (`login`) and has a `session` from then on; `recognise` knows them by it on each page and
//! in each form. `page` is what all pages have in common; `overview`, `examiner`, `clinic`, `run` and
//! `history` are the pages, `acts` what can be done. `condition` says how somebody is doing; all words are in `crate::words`.

mod acts;
mod agenda;
mod all_alerts;
mod all_runs;
mod assets;
mod calendar;
mod changes;
mod chart;
mod clinic;
mod condition;
mod contact;
mod cookies;
mod days;
mod examiner;
mod firewall;
mod freshness;
mod headers;
mod history;
mod installation;
mod language;
mod login;
mod login_page;
mod notice;
mod overview;
mod page;
mod paging;
mod problem;
mod progress;
mod recognise;
mod resume;
mod run;
mod runs;
mod session;
mod time;
mod tone;
mod units;
mod visitor;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::{get, post};
use tower_http::csrf::CsrfLayer;

use crate::web::limits;
use crate::web::state::Api;

/// Its pages and forms.
pub(crate) fn router(api: &Api) -> Router<Api> {
    Router::new()
        .route("/", get(overview::show))
        .route("/entrar", get(login::show).post(login::enter))
        .route("/sair", post(login::leave))
        .route("/peritos/{id}", get(examiner::show))
        .route("/peritos/{id}/sincronizar", post(acts::sync))
        .route("/peritos/{id}/pausar", post(acts::pause))
        .route(
            "/peritos/{id}/retomar",
            get(resume::danger).post(resume::resume),
        )
        .route(
            "/peritos/{id}/retomar/mesma-senha",
            post(resume::resume_with_same_password),
        )
        .route("/peritos/{id}/cpf", post(acts::show_cpfs))
        .route("/peritos/{id}/calendario", post(acts::make_calendar))
        .route(
            "/peritos/{id}/calendario/revogar",
            post(acts::revoke_calendar),
        )
        .route("/peritos/{id}/andamento/{run}", get(progress::fragment))
        .route("/execucoes/{id}", get(run::show))
        .route("/evidencias/{name}", get(run::page_kept))
        .route("/contato", get(contact::tell))
        .route("/agenda", get(clinic::show))
        .route("/agenda/planilha.csv", get(clinic::csv))
        .route("/agenda/planilha.xlsx", get(clinic::xlsx))
        .route("/historico", get(history::show))
        .route("/leituras", get(all_runs::show))
        .route("/alertas", get(all_alerts::show))
        .route("/assets/{file}", get(assets::serve))
        .route_layer(CsrfLayer::new())
        .route_layer(from_fn(problem::explain))
        .route_layer(from_fn(language::remember))
        .route_layer(from_fn_with_state(api.clone(), limits::time))
        .route_layer(map_response(headers::protect))
}
