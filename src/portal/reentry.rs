//! Coming in, and in again: what a dead session costs. One new login, then the step at hand once more;
//! if that is in vain, no further login in this run.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::browser::jar::Jar;
use super::errors::{PortalError, PortalErrorKind};
use super::search::DateOption;
use super::session::{PortalSession, State};
use crate::domain::{DayReading, Unit};

impl PortalSession {
    /// Shows the search page, by saved cookies if they are still honoured, else by a login.
    pub(super) async fn enter(&mut self) -> Result<(), PortalError> {
        if self.given_up {
            return Err(PortalError::expired("a new login did not help before"));
        }
        if self.state != State::Out {
            match self.search_page().await {
                Ok(()) => {
                    self.reused = self.logins == 0;
                    return Ok(());
                }
                Err(error) if is_expired(&error) => {
                    tracing::debug!("the saved session is over");
                }
                Err(error) => return Err(error),
            }
        }
        self.log_in_and_take().await
    }

    pub(super) async fn list_with_login(
        &mut self,
        unit: &Unit,
        reference: NaiveDate,
    ) -> Result<Vec<DateOption>, PortalError> {
        self.ready().await?;
        match self.list(unit, reference).await {
            Err(error) if is_expired(&error) => {
                self.again().await?;
                self.list(unit, reference).await
            }
            other => other,
        }
    }

    pub(super) async fn read_with_login(
        &mut self,
        unit: &Unit,
        data: NaiveDate,
    ) -> Result<DayReading, PortalError> {
        self.ready().await?;
        match self.read(unit, data).await {
            Err(error) if is_expired(&error) => {
                self.again().await?;
                self.read(unit, data).await
            }
            other => other,
        }
    }

    /// The way out of every failed operation: a dropped session is forgotten here.
    pub(super) fn failed(
        &mut self,
        error: PortalError,
        doing: impl Into<Cow<'static, str>>,
    ) -> PortalError {
        if error.session_is_dropped() {
            self.given_up |= is_expired(&error);
            self.forget();
        }
        error.during(doing)
    }

    /// Drops cookies and everything that was seen with them.
    pub(super) fn forget(&mut self) {
        self.window.set_cookies(Jar::default());
        self.state = State::Out;
        self.search = None;
        self.logout = None;
    }

    async fn ready(&mut self) -> Result<(), PortalError> {
        if self.search.is_none() || self.state != State::In {
            self.enter().await?;
        }
        Ok(())
    }

    async fn again(&mut self) -> Result<(), PortalError> {
        tracing::info!("the session is over; logging in again");
        self.log_in_and_take().await
    }

    async fn log_in_and_take(&mut self) -> Result<(), PortalError> {
        let visit = self.log_in().await?;
        self.take_search(visit).await
    }
}

pub(super) fn is_expired(error: &PortalError) -> bool {
    *error.kind() == PortalErrorKind::SessionExpired
}
