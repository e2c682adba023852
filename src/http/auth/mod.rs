//! Who asks, and for whom: an operator for everybody, an administrator for whom they name, an examiner
//! for himself and nobody else.

mod jwt;
mod operator;
mod throttle;

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

use super::errors::{ApiError, Code};
use super::server::Peer;
use super::state::Api;
use crate::config::Config;
use jwt::{Claims, Jwt, Refused};
use operator::OperatorToken;
use throttle::{Guess, Throttle};

/// Recognises callers.
#[derive(Debug)]
pub(crate) struct Auth {
    operator: Option<OperatorToken>,
    jwt: Option<Jwt>,
    throttle: Throttle,
    behind_proxy: bool,
}

/// Whoever asks; present in the arguments of every handler that is not for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Holds the operator token.
    Operator,
    /// A user of the application.
    User {
        /// `usuarios.id`.
        id: i32,
        /// May act for others.
        administrator: bool,
    },
}

impl Auth {
    pub(crate) fn new(config: &Config) -> Self {
        let secrets = &config.secrets;
        Self {
            operator: secrets.http_operator_token.as_ref().map(OperatorToken::new),
            jwt: secrets.http_jwt_secret.as_ref().map(Jwt::new),
            throttle: Throttle::new(config.http.max_failed_auth),
            behind_proxy: config.http.behind_proxy,
        }
    }

    /// What tells the operator token from another; `None` if there are no operators.
    pub(crate) fn token_mark(&self) -> Option<&str> {
        self.operator.as_ref().map(OperatorToken::mark)
    }

    /// Lets an operator in who types the token; guesses count as those at the API.
    ///
    /// # Errors
    /// [`Code::TooManyAttempts`], [`Code::Token`].
    pub(crate) fn admit(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        token: &str,
    ) -> Result<(), ApiError> {
        if self.operator.as_ref().is_some_and(|own| own.is(token)) {
            return Ok(());
        }
        Err(self.guessed(self.address(peer, headers), Guess::Operator))
    }

    /// A token that is nobody's: counted, and answered with what that address may know.
    fn guessed(&self, address: IpAddr, guess: Guess) -> ApiError {
        if let Some(rest) = self.throttle.refused(address, guess) {
            return ApiError::of(Code::TooManyAttempts).retry_after(rest);
        }
        self.throttle.failed(address, guess);
        ApiError::of(Code::Token)
    }

    /// The client's own address, of which the throttle keeps count.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
        if !self.behind_proxy || !peer.to_canonical().is_loopback() {
            return peer;
        }
        // The last entry is the proxy's own word; those before it are the client's.
        let last = headers
            .get_all(FORWARDED)
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok())
            .and_then(|text| text.rsplit(',').next())
            .and_then(|text| text.trim().parse().ok());
        last.unwrap_or(peer)
    }
}

impl FromRequestParts<Api> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let auth = &api.auth;
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let peer = peer.ok_or_else(|| ApiError::of(Code::Internal))?;
        let token = bearer(&parts.headers).ok_or_else(|| ApiError::of(Code::Token))?;
        if auth.operator.as_ref().is_some_and(|own| own.is(token)) {
            return Ok(Self::Operator);
        }
        let address = auth.address(peer, &parts.headers);
        let Some(jwt) = &auth.jwt else {
            return Err(auth.guessed(address, Guess::of(token)));
        };
        match jwt.open(token) {
            Ok(claims) => user(api, claims).await,
            Err(Refused::NotOurs) => Err(auth.guessed(address, Guess::of(token))),
            Err(refused) => Err(ApiError::of(Code::Token).because(in_words(refused))),
        }
    }
}

/// What is wrong with a token that the application has signed.
fn in_words(refused: Refused) -> &'static str {
    match refused {
        Refused::NotOurs => "O token não é desta aplicação.",
        Refused::Expired => "O token expirou. Entre de novo na aplicação.",
        Refused::NotYet => "O token ainda não vale (nbf). O relógio de um dos lados está errado?",
        Refused::TooLong => {
            "O token vale por mais de um ano, e isso não é aceito. `exp` está em milissegundos? São segundos."
        }
        Refused::Claims => "O token não diz quem é: faltam `userId` ou `exp`, ou não se entendem.",
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// The token is good; is its user? What `usuarios` says of their profile outweighs the token, so that an
/// administrator who no longer is one need not wait for their token to expire.
async fn user(api: &Api, claims: Claims) -> Result<Caller, ApiError> {
    let Some(user) = api.store.caller(claims.usuario_id).await? else {
        return Err(ApiError::of(Code::Token));
    };
    if !user.active {
        return Err(ApiError::of(Code::Forbidden).because("Este usuário está desativado."));
    }
    let administrator = match user.perfil {
        Some(perfil) => perfil == "administrador",
        None => claims.administrator,
    };
    Ok(Caller::User {
        id: claims.usuario_id,
        administrator,
    })
}

impl Caller {
    /// The one examiner whom a request is about: the one named, else the caller himself.
    ///
    /// # Errors
    /// [`Code::Forbidden`] if they may not act for the one named; [`Code::Input`] if nobody is meant.
    pub(crate) fn examiner(self, named: Option<i32>) -> Result<i32, ApiError> {
        self.examiners(named)?.ok_or_else(|| {
            ApiError::of(Code::Input).because("Informe usuarioId: de qual perito se trata?")
        })
    }

    /// The same for lists: `None` means everybody's.
    ///
    /// # Errors
    /// [`Code::Forbidden`].
    pub(crate) fn examiners(self, named: Option<i32>) -> Result<Option<i32>, ApiError> {
        match (self, named) {
            (Self::Operator, named) => Ok(named),
            (Self::User { id, .. }, None) => Ok(Some(id)),
            (Self::User { id, administrator }, Some(other)) if other == id || administrator => {
                Ok(Some(other))
            }
            (Self::User { .. }, Some(_)) => Err(ApiError::of(Code::Forbidden)),
        }
    }

    /// Whether technical details are for their eyes.
    pub(crate) fn is_operator(self) -> bool {
        self == Self::Operator
    }

    /// Who they are, for the audit table.
    pub(crate) fn actor(self) -> String {
        match self {
            Self::Operator => "api:operator".to_owned(),
            Self::User { id, .. } => format!("api:user:{id}"),
        }
    }
}
