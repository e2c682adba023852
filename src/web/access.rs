//! Who may ask for what: one table, of every method of every route, and one look at it before any handler is asked. What
//! is not in it is for nobody.

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::header::{ALLOW, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::caller::Caller;
use super::errors::{ApiError, Code};
use super::state::Api;
use crate::domain::Role;

/// For whom an endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Whoever comes; a secret in the address or in the form may be asked for behind it.
    Everybody,
    /// Programs, with a token; which examiners it is good for is asked by [`Caller`].
    Token,
    /// Whoever has logged in.
    Person,
    /// Reception and operators; an examiner sees what is theirs alone.
    Scoped,
    /// Reception and operators; an examiner where the address names themself. Others are not there for them.
    StaffOrSelf,
    /// Operators; an examiner where the address names themself. Others are not there for them.
    OperatorOrSelf,
    Operator,
}

/// Whether somebody may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Yes.
    Enter,
    /// No, and they may know that there is something.
    Forbidden,
    /// No, and for them there is nothing.
    NotThere,
}

impl Who {
    /// Whether somebody of this role may come in who is the examiner `own`, where the address names `named`.
    pub(crate) fn admits(self, role: Role, own: Option<i32>, named: Option<i32>) -> Verdict {
        let themself = || {
            if own.is_some() && own == named {
                Verdict::Enter
            } else {
                Verdict::NotThere
            }
        };
        match (self, role) {
            (Self::Everybody | Self::Person | Self::Scoped, _)
            | (Self::StaffOrSelf | Self::OperatorOrSelf | Self::Operator, Role::Operator)
            | (Self::StaffOrSelf, Role::Reception) => Verdict::Enter,
            (Self::StaffOrSelf | Self::OperatorOrSelf, Role::Examiner) => themself(),
            (Self::OperatorOrSelf, Role::Reception)
            | (Self::Operator, Role::Reception | Role::Examiner) => Verdict::Forbidden,
            // A person is no program.
            (Self::Token, _) => Verdict::NotThere,
        }
    }
}

/// A method of a route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
}

const fn get(path: &'static str, who: Who) -> Endpoint {
    Endpoint {
        method: "GET",
        path,
        who,
    }
}

const fn post(path: &'static str, who: Who) -> Endpoint {
    Endpoint {
        method: "POST",
        path,
        who,
    }
}

const fn other(method: &'static str, path: &'static str, who: Who) -> Endpoint {
    Endpoint { method, path, who }
}

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    // For monitoring and programs.
    get("/healthz", Who::Everybody),
    get("/readyz", Who::Everybody),
    get("/metrics", Who::Everybody),
    get("/api/openapi.json", Who::Everybody),
    get("/api/detran/configuracao", Who::Token),
    other("PUT", "/api/detran/configuracao", Who::Token),
    get("/api/detran/calendario", Who::Token),
    post("/api/detran/calendario", Who::Token),
    other("DELETE", "/api/detran/calendario", Who::Token),
    get("/api/detran/runs", Who::Token),
    get("/api/detran/runs/{id}", Who::Token),
    get("/api/detran/slots", Who::Token),
    get("/api/detran/stats", Who::Token),
    post("/api/detran/sincronizar", Who::Token),
    // Behind a secret in the address.
    get("/calendar/{file}", Who::Everybody),
    get("/planilha/{file}", Who::Everybody),
    // Before logging in.
    get("/assets/{file}", Who::Everybody),
    get("/entrar", Who::Everybody),
    post("/entrar", Who::Everybody),
    get("/primeiro-acesso", Who::Everybody),
    post("/primeiro-acesso", Who::Everybody),
    // Oneself.
    post("/sair", Who::Person),
    get("/contato", Who::Person),
    get("/conta", Who::Person),
    post("/conta/senha", Who::Person),
    post("/conta/sessoes", Who::Person),
    // The day of the clinic.
    get("/agenda", Who::Scoped),
    get("/agenda/planilha.csv", Who::Scoped),
    get("/agenda/planilha.xlsx", Who::Scoped),
    // One examiner. Reading now is of use to whoever has a candidate before them.
    get("/peritos/{id}", Who::StaffOrSelf),
    post("/peritos/{id}/cpf", Who::StaffOrSelf),
    post("/peritos/{id}/sincronizar", Who::StaffOrSelf),
    get("/peritos/{id}/andamento/{run}", Who::StaffOrSelf),
    post("/peritos/{id}/calendario", Who::OperatorOrSelf),
    post("/peritos/{id}/emails", Who::OperatorOrSelf),
    post("/peritos/{id}/calendario/revogar", Who::OperatorOrSelf),
    get("/novo-perito", Who::Operator),
    post("/novo-perito", Who::Operator),
    get("/verificar", Who::Operator),
    post("/verificar", Who::Operator),
    get("/importar", Who::Operator),
    post("/importar", Who::Operator),
    get("/importar/modelo.csv", Who::Operator),
    post("/importar/confirmar", Who::Operator),
    get("/peritos/{id}/editar", Who::Operator),
    post("/peritos/{id}/editar", Who::Operator),
    get("/peritos/{id}/remover", Who::Operator),
    post("/peritos/{id}/remover", Who::Operator),
    post("/peritos/{id}/senha", Who::Operator),
    post("/peritos/{id}/dias", Who::Operator),
    post("/peritos/{id}/ligar", Who::Operator),
    post("/peritos/{id}/desligar", Who::Operator),
    post("/peritos/{id}/pausar", Who::Operator),
    get("/peritos/{id}/retomar", Who::Operator),
    post("/peritos/{id}/retomar", Who::Operator),
    post("/peritos/{id}/retomar/mesma-senha", Who::Operator),
    // How all is read, and by whom it is used.
    get("/", Who::Operator),
    get("/comecar", Who::Operator),
    post("/comecar/teste", Who::Operator),
    get("/execucoes/{id}", Who::Operator),
    get("/evidencias/{name}", Who::Operator),
    get("/leituras", Who::Operator),
    get("/alertas", Who::Operator),
    get("/historico", Who::Operator),
    get("/auditoria", Who::Operator),
    post("/alertas/reter", Who::Operator),
    post("/alertas/manutencao", Who::Operator),
    post("/alertas/soltar", Who::Operator),
    get("/webhooks", Who::Operator),
    post("/webhooks", Who::Operator),
    get("/webhooks/{id}", Who::Operator),
    post("/webhooks/{id}/segredo", Who::Operator),
    post("/webhooks/{id}/desligar", Who::Operator),
    post("/webhooks/{id}/ligar", Who::Operator),
    get("/webhooks/{id}/remover", Who::Operator),
    post("/webhooks/{id}/remover", Who::Operator),
    post("/webhooks/{id}/teste", Who::Operator),
    post("/webhooks/{id}/reenviar", Who::Operator),
    get("/ajustes", Who::Operator),
    post("/ajustes", Who::Operator),
    post("/ajustes/teste", Who::Operator),
    get("/pessoas", Who::Operator),
    post("/pessoas", Who::Operator),
    get("/pessoas/{id}", Who::Operator),
    post("/pessoas/{id}/papel", Who::Operator),
    post("/pessoas/{id}/senha", Who::Operator),
    post("/pessoas/{id}/desativar", Who::Operator),
    post("/pessoas/{id}/ativar", Who::Operator),
    get("/pessoas/{id}/remover", Who::Operator),
    post("/pessoas/{id}/remover", Who::Operator),
    post("/pessoas/{id}/sessoes", Who::Operator),
];

/// Whether something that browsers ask for lies at this path. Not the API: its clients know their addresses.
pub(crate) fn is_page(path: &str) -> bool {
    let is_at = |pattern: &str| {
        let mut given = path.split('/');
        let mut pattern = pattern.split('/');
        let fits =
            |part: &str, given: &str| part == given || part.starts_with('{') && !given.is_empty();
        pattern.all(|part| given.next().is_some_and(|given| fits(part, given)))
            && given.next().is_none()
    };
    !path.starts_with("/api/")
        && ENDPOINTS
            .iter()
            .any(|endpoint| endpoint.method == "GET" && is_at(endpoint.path))
}

/// Lets a request through to an endpoint that there is, and a program to one for programs; says to the dashboard which
/// endpoint it is.
pub(crate) async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(path) = parts.extensions.get::<MatchedPath>() else {
        // No route: the fallback says so.
        return next.run(Request::from_parts(parts, body)).await;
    };
    let path = path.as_str();
    // Whoever asks only for the head is answered as if they had asked for all.
    let method = if parts.method == Method::HEAD {
        Method::GET.as_str()
    } else {
        parts.method.as_str()
    };
    let endpoints = || ENDPOINTS.iter().filter(|endpoint| endpoint.path == path);
    let Some(endpoint) = endpoints()
        .find(|endpoint| endpoint.method == method)
        .copied()
    else {
        let methods: Vec<&str> = endpoints().map(|endpoint| endpoint.method).collect();
        return refused(&methods);
    };
    if endpoint.who == Who::Token {
        match Caller::from_request_parts(&mut parts, &api).await {
            Ok(caller) => parts.extensions.insert(caller),
            Err(error) => return error.into_response(),
        };
    }
    parts.extensions.insert(endpoint);
    next.run(Request::from_parts(parts, body)).await
}

/// There is no such endpoint, or there are others in its place.
fn refused(methods: &[&str]) -> Response {
    if methods.is_empty() {
        tracing::error!("a route is in no table of who may ask for what; it is for nobody");
        return ApiError::of(Code::NotFound).into_response();
    }
    let mut allowed = methods.join(",");
    if methods.contains(&"GET") {
        allowed.push_str(",HEAD");
    }
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}
