//! Who asks, and for whom: an operator for everybody, an administrator for whom they name, an examiner for
//! themself and nobody else.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::auth::{Claims, Identity};
use super::errors::{ApiError, Code};
use super::peer::Peer;
use super::state::Api;
use crate::words::api as words;

/// Whoever asks; recognised before any handler is asked (`access`), and present in the arguments of every one that is not
/// for everybody.
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

impl FromRequestParts<Api> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        if let Some(caller) = parts.extensions.get() {
            return Ok(*caller);
        }
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let peer = peer.ok_or_else(|| ApiError::of(Code::Internal))?;
        match api.auth.identify(peer, &parts.headers)? {
            Identity::Operator => Ok(Self::Operator),
            Identity::User(claims) => user(api, claims).await,
        }
    }
}

/// The token is good; is its user? What `usuarios` says of their profile outweighs the token, so that an
/// administrator who no longer is one need not wait for their token to expire.
async fn user(api: &Api, claims: Claims) -> Result<Caller, ApiError> {
    let Some(user) = api.store.caller(claims.usuario_id).await? else {
        return Err(ApiError::of(Code::Token));
    };
    if !user.active {
        return Err(ApiError::of(Code::Forbidden).because(words::USER_IS_OFF));
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
    /// The one examiner whom a request is about: the one named, else the caller.
    ///
    /// # Errors
    /// [`Code::Forbidden`] if they may not act for the one named; [`Code::Input`] if nobody is meant.
    pub(crate) fn examiner(self, named: Option<i32>) -> Result<i32, ApiError> {
        self.examiners(named)?
            .ok_or_else(|| ApiError::input(words::WHICH_EXAMINER))
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
