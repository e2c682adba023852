//! Step *scrape*: one day of one unit, read positively or not at all.
//!
//! A day that fails is noted and the run goes on, unless going on is useless or harmful: no session, a
//! refused login, an open breaker, a portal that failed twice in a row after all its retries.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::RunFailure;
use super::conversation::Parties;
use super::log::{DateError, RunLog};
use super::step::Step;
use crate::domain::causes::in_a_line;
use crate::domain::{DayReading, Unit};
use crate::portal::{Listed, PortalError, PortalErrorKind};

const FAILED_DAYS_THAT_END_A_RUN: usize = 2;

/// Learns which of the wanted dates are to be read and which are positively empty; nothing, if that failed and the
/// run goes on. `stored` are the dates for which slots of the unit are stored.
pub(super) async fn offered(
    parties: Parties<'_>,
    unit: &Unit,
    wanted: &[NaiveDate],
    stored: &BTreeSet<NaiveDate>,
    log: &mut RunLog,
) -> Result<Listed, RunFailure> {
    Step::Scrape
        .of(list(parties, unit, wanted, stored, log))
        .await
}

async fn list(
    parties: Parties<'_>,
    unit: &Unit,
    wanted: &[NaiveDate],
    stored: &BTreeSet<NaiveDate>,
    log: &mut RunLog,
) -> Result<Listed, RunFailure> {
    let Some(conversation) = &mut log.conversation else {
        return Ok(Listed::default());
    };
    match conversation
        .offered_dates(parties, unit, wanted, stored)
        .await?
    {
        Ok(listed) => Ok(listed),
        Err(error) => {
            let errors = wanted.iter().map(|date| date_error(*date, unit, &error));
            log.days_failed(errors.collect());
            end_or_go_on(error, log)?;
            Ok(Listed::default())
        }
    }
}

/// Reads one day; `None` if it failed and the run goes on.
pub(super) async fn day(
    parties: Parties<'_>,
    unit: &Unit,
    date: NaiveDate,
    log: &mut RunLog,
) -> Result<Option<DayReading>, RunFailure> {
    Step::Scrape.of(read(parties, unit, date, log)).await
}

async fn read(
    parties: Parties<'_>,
    unit: &Unit,
    date: NaiveDate,
    log: &mut RunLog,
) -> Result<Option<DayReading>, RunFailure> {
    let Some(conversation) = &mut log.conversation else {
        return Ok(None);
    };
    match conversation.read_day(parties, unit, date).await? {
        Ok(reading) => {
            log.failures_in_a_row = 0;
            Ok(Some(reading))
        }
        Err(error) => {
            log.days_failed(vec![date_error(date, unit, &error)]);
            end_or_go_on(error, log)?;
            Ok(None)
        }
    }
}

fn end_or_go_on(error: PortalError, log: &mut RunLog) -> Result<(), RunFailure> {
    let useless = match error.kind() {
        PortalErrorKind::SessionExpired
        | PortalErrorKind::Auth(_)
        | PortalErrorKind::Captcha
        | PortalErrorKind::Firewall
        | PortalErrorKind::InUse => true,
        PortalErrorKind::Network
        | PortalErrorKind::Timeout
        | PortalErrorKind::Unavailable { .. } => {
            error.breaker_open().is_some() || log.failures_in_a_row >= FAILED_DAYS_THAT_END_A_RUN
        }
        PortalErrorKind::Layout => false,
    };
    if useless {
        // It has just been told, as the failure of a day.
        log.told = true;
        Err(RunFailure::Portal(error))
    } else {
        Ok(())
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
