//! Which tokens are good: the operator's own, and those of the application.

mod jwt;
mod operator;
mod throttle;

use std::net::IpAddr;
use std::time::Duration;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};

use super::errors::{ApiError, Code};
use crate::config::Config;
use crate::words::{Sentence, api as words};
pub(crate) use jwt::Claims;
use jwt::{Jwt, Refused};
use operator::OperatorToken;
use throttle::{Guess, Throttle};

/// So many sheets may an address of the network fetch a minute: each is a list of the whole agenda, and is recorded.
const SHEETS_A_MINUTE: u32 = 30;

/// Recognises callers.
#[derive(Debug)]
pub(crate) struct Auth {
    operator: Option<OperatorToken>,
    jwt: Option<Jwt>,
    throttle: Throttle,
    sheets: Throttle,
    behind_proxy: bool,
}

impl Auth {
    pub(crate) fn new(config: &Config) -> Self {
        let secrets = &config.secrets;
        Self {
            operator: secrets.http_operator_token.as_ref().map(OperatorToken::new),
            jwt: secrets.http_jwt_secret.as_ref().map(Jwt::new),
            throttle: Throttle::new(config.http.max_failed_auth),
            sheets: Throttle::new(SHEETS_A_MINUTE),
            behind_proxy: config.http.behind_proxy,
        }
    }

    /// What tells the operator token from another; `None` if none is set.
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

    /// Counts that an address of the network fetches a sheet, rightly or not.
    ///
    /// # Errors
    /// How long it has to wait, if it has fetched too many.
    pub(crate) fn admit_sheet(&self, peer: IpAddr, headers: &HeaderMap) -> Result<(), Duration> {
        let address = self.address(peer, headers);
        if let Some(rest) = self.sheets.refused(address, Guess::Sheet) {
            return Err(rest);
        }
        self.sheets.failed(address, Guess::Sheet);
        Ok(())
    }

    /// How long an address has to wait before further passwords of people are looked at; `None`: not at all.
    pub(crate) fn too_many_logins(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Duration> {
        self.throttle
            .refused(self.address(peer, headers), Guess::Person)
    }

    /// Counts a wrong name or password.
    pub(crate) fn failed_login(&self, peer: IpAddr, headers: &HeaderMap) {
        self.throttle
            .failed(self.address(peer, headers), Guess::Person);
    }

    /// A token that is not valid counts as a guess; after too many of them the address has to wait.
    fn guessed(&self, address: IpAddr, guess: Guess) -> ApiError {
        if let Some(rest) = self.throttle.refused(address, guess) {
            return ApiError::of(Code::TooManyAttempts).retry_after(rest);
        }
        self.throttle.failed(address, guess);
        ApiError::of(Code::Token)
    }

    /// The client's own address, of which the throttle keeps count.
    pub(crate) fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
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

    /// What the request's token says.
    ///
    /// # Errors
    /// [`Code::Token`], [`Code::TooManyAttempts`].
    pub(crate) fn identify(&self, peer: IpAddr, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let token = bearer(headers).ok_or_else(|| ApiError::of(Code::Token))?;
        if self.operator.as_ref().is_some_and(|own| own.is(token)) {
            return Ok(Identity::Operator);
        }
        let guessed = || self.guessed(self.address(peer, headers), Guess::of(token));
        match self.jwt.as_ref().map(|jwt| jwt.open(token)) {
            Some(Ok(claims)) => Ok(Identity::User(claims)),
            None | Some(Err(Refused::NotOurs)) => Err(guessed()),
            Some(Err(refused)) => Err(ApiError::of(Code::Token).because(in_words(refused))),
        }
    }
}

/// Who a token says that its bearer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Holds the operator token.
    Operator,
    /// A user of the application, by a token that it has signed.
    User(Claims),
}

/// What is wrong with a token that the application has signed.
const fn in_words(refused: Refused) -> Sentence {
    match refused {
        Refused::NotOurs => words::TOKEN_IS_NOT_OURS,
        Refused::Expired => words::TOKEN_EXPIRED,
        Refused::NotYet => words::TOKEN_NOT_YET,
        Refused::Milliseconds => words::TOKEN_IN_MILLISECONDS,
        Refused::Claims => words::TOKEN_CLAIMS,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}
