//! Step *scrape*: one day of one unit, read positively or not at all.
//!
//! A day that fails is noted and the run goes on, unless going on is useless or harmful: no session, a
//! refused login, an open breaker, a portal that failed twice in a row after all its retries.

use chrono::NaiveDate;

use super::run::Run;
use super::run::failure::RunFailure;
use super::run::measure::Step;
use super::session::conversation::Conversation;
use crate::domain::causes::in_a_line;
use crate::domain::{DateError, DayReading, Unit};
use crate::portal::{Listed, PortalError, PortalErrorKind};

const FAILED_DAYS_THAT_END_A_RUN: usize = 2;

impl<'a> Run<'a> {
    /// Learns which of the wanted dates are to be read and which are positively empty; nothing, if that failed and
    /// the run goes on.
    pub(super) async fn list_dates(
        &mut self,
        portal: &mut Conversation<'a>,
        unit: &Unit,
        wanted: &[NaiveDate],
    ) -> Result<Listed, RunFailure> {
        let stored = self.record.listed_days(unit);
        let list = async {
            match portal.offered_dates(unit, wanted, &stored).await? {
                Ok(listed) => Ok(listed),
                Err(error) => {
                    let errors = wanted.iter().map(|date| date_error(*date, unit, &error));
                    self.log.days_failed(errors.collect());
                    self.end_or_go_on(error)?;
                    Ok(Listed::default())
                }
            }
        };
        Step::Scrape.of(list).await
    }

    /// Reads one day; `None` if it failed and the run goes on.
    pub(super) async fn read_day(
        &mut self,
        portal: &mut Conversation<'a>,
        unit: &Unit,
        date: NaiveDate,
    ) -> Result<Option<DayReading>, RunFailure> {
        let read = async {
            match portal.read_day(unit, date).await? {
                Ok(reading) => {
                    self.log.failures_in_a_row = 0;
                    Ok(Some(reading))
                }
                Err(error) => {
                    self.log.days_failed(vec![date_error(date, unit, &error)]);
                    self.end_or_go_on(error)?;
                    Ok(None)
                }
            }
        };
        Step::Scrape.of(read).await
    }

    fn end_or_go_on(&mut self, error: PortalError) -> Result<(), RunFailure> {
        let longest_wait = self.context.settings().rules.max_retry_after;
        let useless = match error.kind() {
            PortalErrorKind::SessionExpired
            | PortalErrorKind::Auth(_)
            | PortalErrorKind::Captcha
            | PortalErrorKind::Firewall
            | PortalErrorKind::InUse => true,
            // Who asks for a long rest is not asked for the next day.
            PortalErrorKind::Unavailable {
                retry_after: Some(wait),
            } if *wait > longest_wait => true,
            PortalErrorKind::Network
            | PortalErrorKind::Timeout
            | PortalErrorKind::Unavailable { .. } => {
                let in_a_row = self.log.failures_in_a_row;
                error.breaker_open().is_some() || in_a_row >= FAILED_DAYS_THAT_END_A_RUN
            }
            PortalErrorKind::Layout => false,
        };
        if useless {
            // It has just been told, as the failure of a day.
            self.log.failure_logged = true;
            Err(RunFailure::Portal(error))
        } else {
            Ok(())
        }
    }
}

fn date_error(date: NaiveDate, unit: &Unit, error: &PortalError) -> DateError {
    DateError {
        date,
        unidade: unit.code.clone(),
        kind: error.failure_kind(),
        message: in_a_line(error),
        row: None,
        evidence: error.evidence().map(|path| path.display().to_string()),
    }
}
