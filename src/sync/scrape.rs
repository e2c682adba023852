//! Step *scrape*: one day of one unit, read positively or not at all.
//!
//! A day that fails is noted and the run goes on, unless going on is useless or harmful: no session, a
//! refused login, an open breaker, a portal that failed twice in a row after all its retries.

use chrono::NaiveDate;

use super::RunFailure;
use super::interrupt::Interrupts;
use super::log::{DateError, RunLog};
use super::step::Step;
use crate::domain::causes::in_a_line;
use crate::domain::{DayReading, Unit};
use crate::portal::{PortalError, PortalErrorKind};

const FAILED_DAYS_THAT_END_A_RUN: usize = 2;

/// What the portal offers of a unit.
pub(super) enum Offered {
    /// The dates with appointments; the others are positively empty.
    Dates(Vec<NaiveDate>),
    /// Not known: every date of this unit counts as failed.
    Unknown,
}

/// Learns which of the wanted dates have appointments.
pub(super) async fn offered(
    unit: &Unit,
    wanted: &[NaiveDate],
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<Offered, RunFailure> {
    Step::Scrape.of(list(unit, wanted, interrupts, log)).await
}

async fn list(
    unit: &Unit,
    wanted: &[NaiveDate],
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<Offered, RunFailure> {
    let Some(session) = &mut log.session else {
        return Ok(Offered::Unknown);
    };
    match interrupts.or(session.offered_dates(unit, wanted)).await? {
        Ok(dates) => Ok(Offered::Dates(dates)),
        Err(error) => {
            let errors = wanted.iter().map(|date| date_error(*date, unit, &error));
            log.days_failed(errors.collect());
            end_or_go_on(error, log)?;
            Ok(Offered::Unknown)
        }
    }
}

impl Offered {
    /// Those of the wanted dates that positively have no appointments.
    pub(super) fn vacant(&self, wanted: &[NaiveDate]) -> Vec<NaiveDate> {
        match self {
            Self::Dates(dates) => {
                let vacant = wanted.iter().filter(|date| !dates.contains(date));
                vacant.copied().collect()
            }
            Self::Unknown => Vec::new(),
        }
    }
}

/// Reads one day; `None` if it is vacant, or failed and the run goes on.
pub(super) async fn day(
    unit: &Unit,
    data: NaiveDate,
    offered: &Offered,
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<Option<DayReading>, RunFailure> {
    match offered {
        Offered::Dates(dates) if dates.contains(&data) => {
            Step::Scrape.of(read(unit, data, interrupts, log)).await
        }
        Offered::Dates(_) | Offered::Unknown => Ok(None),
    }
}

async fn read(
    unit: &Unit,
    data: NaiveDate,
    interrupts: &Interrupts<'_>,
    log: &mut RunLog,
) -> Result<Option<DayReading>, RunFailure> {
    let Some(session) = &mut log.session else {
        return Ok(None);
    };
    match interrupts.or(session.read_day(unit, data)).await? {
        Ok(reading) => {
            log.failures_in_a_row = 0;
            Ok(Some(reading))
        }
        Err(error) => {
            log.days_failed(vec![date_error(data, unit, &error)]);
            end_or_go_on(error, log)?;
            Ok(None)
        }
    }
}

fn end_or_go_on(error: PortalError, log: &mut RunLog) -> Result<(), RunFailure> {
    let useless = match error.kind() {
        PortalErrorKind::SessionExpired | PortalErrorKind::Auth(_) | PortalErrorKind::Captcha => {
            true
        }
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
