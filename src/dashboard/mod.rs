//! The dashboard at `/`: pages drawn here, for operators, reception and examiners. It has no script that it needs and
//! nothing from elsewhere; what somebody does in it, API and command line do by the same functions.
//!
//! People log in (`login`) and have a `session` from then on; `recognise` knows them by it before any page and any form
//! is looked at, and lets in whom `web::access` admits. `page` is what all pages have in common; `overview`, `examiner`, `clinic`, `run` and
//! `history` are the pages, `acts` what can be done. `condition` says how somebody is doing; all words are in `crate::words`.

mod account;
mod acts;
mod agenda;
mod all_alerts;
mod all_runs;
mod assets;
mod audit;
mod calendar;
mod changes;
mod chart;
mod clinic;
mod condition;
mod contact;
mod cookies;
mod days;
mod edit;
mod enrol;
mod examiner;
mod firewall;
mod first_steps;
mod freshness;
mod headers;
mod history;
mod id;
mod import;
mod installation;
mod invite;
mod language;
mod lenient_query;
mod login;
mod login_page;
mod mails;
mod notice;
mod overview;
mod page;
mod paging;
mod people;
mod person;
mod problem;
mod progress;
mod recognise;
mod remove;
mod resume;
mod run;
mod runs;
mod session;
mod settings;
mod silences;
mod time;
mod tone;
mod trial;
mod units;
mod verify;
mod visitor;
mod webhook;
mod webhooks;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::{get, post};
use tower_http::csrf::CsrfLayer;

pub(crate) use self::problem::{explain_too_large, explain_too_slow, explain_unknown};
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
        .route("/comecar", get(first_steps::show))
        .route("/comecar/teste", post(first_steps::send_trial))
        .route("/novo-perito", get(enrol::show).post(enrol::add))
        .route("/verificar", get(verify::show).post(verify::begin))
        .route("/importar", get(import::show).post(import::look))
        .route("/importar/modelo.csv", get(import::template))
        .route("/importar/confirmar", post(import::confirm))
        .route("/peritos/{id}/editar", get(edit::show).post(edit::change))
        .route(
            "/peritos/{id}/remover",
            get(remove::show).post(remove::remove),
        )
        .route("/peritos/{id}/senha", post(enrol::set_password))
        .route("/peritos/{id}/dias", post(enrol::set_days))
        .route("/peritos/{id}/emails", post(acts::save_mails))
        .route("/peritos/{id}/ligar", post(enrol::switch_on))
        .route("/peritos/{id}/desligar", post(enrol::switch_off))
        .route("/alertas/reter", post(silences::mute))
        .route("/alertas/manutencao", post(silences::maintain))
        .route("/alertas/soltar", post(silences::end))
        .route("/webhooks", get(webhooks::show).post(webhooks::add))
        .route("/webhooks/{id}", get(webhook::show))
        .route("/webhooks/{id}/segredo", post(webhook::rotate))
        .route("/webhooks/{id}/desligar", post(webhook::disable))
        .route("/webhooks/{id}/ligar", post(webhook::enable))
        .route(
            "/webhooks/{id}/remover",
            get(webhook::ask_to_remove).post(webhook::remove),
        )
        .route("/webhooks/{id}/teste", post(webhook::test))
        .route("/webhooks/{id}/reenviar", post(webhook::replay))
        .route("/ajustes", get(settings::show).post(settings::save))
        .route("/ajustes/teste", post(settings::send_trial))
        .route("/auditoria", get(audit::show))
        .route("/pessoas", get(people::show).post(people::add))
        .route("/pessoas/{id}", get(person::show))
        .route("/pessoas/{id}/papel", post(person::set_role))
        .route("/pessoas/{id}/senha", post(person::set_password))
        .route("/pessoas/{id}/desativar", post(person::disable))
        .route("/pessoas/{id}/ativar", post(person::enable))
        .route(
            "/pessoas/{id}/remover",
            get(person::ask_to_remove).post(person::remove),
        )
        .route("/pessoas/{id}/sessoes", post(person::end_sessions))
        .route("/conta", get(account::show))
        .route("/conta/senha", post(account::set_password))
        .route("/conta/sessoes", post(account::end_sessions))
        .route("/primeiro-acesso", get(invite::show).post(invite::accept))
        .route("/assets/{file}", get(assets::serve))
        .route_layer(from_fn_with_state(api.clone(), recognise::admit))
        .route_layer(CsrfLayer::new())
        .route_layer(from_fn(problem::explain))
        .route_layer(from_fn(language::remember))
        .route_layer(from_fn_with_state(api.clone(), limits::time))
        .route_layer(map_response(headers::protect))
}
