//! What is known of a day of an examiner's agenda: an empty day is not an unread one.

use chrono::{DateTime, Utc};
use strum::{IntoStaticStr, VariantArray};

use super::{FailureKind, PauseReason};

/// What is known of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayState {
    /// It has slots, and was read.
    Listed {
        /// How many.
        slots: i64,
        /// When it was last read.
        read_at: DateTime<Utc>,
    },
    /// It was read, and has no slots.
    Empty {
        /// When it was last read, in the unit that was read the longest ago.
        read_at: DateTime<Utc>,
    },
    /// It should have been read and was not, or not for too long, or the last attempt failed.
    Unread {
        /// How many slots are stored of it all the same.
        slots: i64,
        /// When it was last read; `None`: never, as far as the records go.
        read_at: Option<DateTime<Utc>>,
        /// Why; `None`: nobody knows, or nobody has tried.
        reason: Option<UnreadReason>,
    },
    /// The examiner does not work on it, so nobody reads it.
    DayOff,
    /// No window of the examiner covers it, so nobody reads it yet.
    OutsideWindows,
}

/// Why a day was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnreadReason {
    /// The last attempt failed.
    Failed(FailureKind),
    /// The account is paused.
    Paused(PauseReason),
    /// The account, or its automatic synchronisation, is switched off, or there is none.
    SwitchedOff,
    /// No password is stored.
    NoPassword,
    /// The last attempt failed with an earlier password; with this one there was none yet.
    NewPassword,
    /// Nothing is wrong: the first run that reads it is under way.
    BeingRead,
    /// It was read, but for rows that were not understood.
    Rows,
}

/// The kinds of [`DayState`], in the words of the API and of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum DayStateName {
    /// [`DayState::Listed`].
    Lido,
    /// [`DayState::Empty`].
    Vazio,
    /// [`DayState::Unread`].
    NaoLido,
    /// [`DayState::DayOff`].
    NaoTrabalha,
    /// [`DayState::OutsideWindows`].
    ForaDasJanelas,
}

/// From what a [`DayState`] follows.
#[derive(Debug, Clone, Copy, Default)]
pub struct DayFacts {
    /// Current slots that are stored of it.
    pub slots: i64,
    /// When a run last read it.
    pub read_at: Option<DateTime<Utc>>,
    /// Of several units, when the one was read that was read the longest ago.
    pub slowest_unit: Option<DateTime<Utc>>,
    /// Why the last attempt did not read it, if it did not.
    pub failed: Option<FailureKind>,
    /// When the last attempt read it but for rows that it did not understand, if that is what happened.
    pub rows_unread: Option<DateTime<Utc>>,
    /// It is before today, so nobody will read it again.
    pub is_past: bool,
    /// The examiner works on it.
    pub is_working_day: bool,
    /// A window of the examiner covers it.
    pub is_planned: bool,
    /// A reading before this moment is too old.
    pub late_before: Option<DateTime<Utc>>,
    /// What keeps the account from being read.
    pub held_up: Option<UnreadReason>,
}

impl DayState {
    /// What follows from the facts.
    #[must_use]
    pub fn of(facts: &DayFacts) -> Self {
        let DayFacts { slots, read_at, .. } = *facts;
        let expected = facts.is_working_day && facts.is_planned && !facts.is_past;
        if slots == 0 && !facts.is_working_day && (!facts.is_past || read_at.is_none()) {
            return Self::DayOff;
        }
        let is_late = |at| expected && facts.late_before.is_some_and(|late| at < late);
        // Nobody will read a past day again, so nothing keeps it from that.
        let held_up = facts.held_up.filter(|_| !facts.is_past);
        if let (Some(at), None) = (facts.rows_unread, held_up)
            && !is_late(at)
        {
            return Self::Unread {
                slots,
                read_at: Some(at),
                reason: Some(UnreadReason::Rows),
            };
        }
        let is_fresh = |at: DateTime<Utc>| {
            facts.failed.is_none() && facts.late_before.is_none_or(|late| at >= late)
        };
        match read_at {
            Some(read_at) if !expected || is_fresh(read_at) => {
                if slots > 0 {
                    Self::Listed { slots, read_at }
                } else {
                    let slowest = facts.slowest_unit.unwrap_or(read_at);
                    let read_at = read_at.min(slowest);
                    Self::Empty { read_at }
                }
            }
            None if slots == 0 && !facts.is_planned && !facts.is_past => Self::OutsideWindows,
            Some(_) | None => {
                let failed = facts.failed.map(UnreadReason::Failed);
                Self::Unread {
                    slots,
                    read_at,
                    // What keeps an account from being read outlives the failure that led to it.
                    reason: held_up.or(failed.filter(|_| !facts.is_past)),
                }
            }
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn name(self) -> DayStateName {
        match self {
            Self::Listed { .. } => DayStateName::Lido,
            Self::Empty { .. } => DayStateName::Vazio,
            Self::Unread { .. } => DayStateName::NaoLido,
            Self::DayOff => DayStateName::NaoTrabalha,
            Self::OutsideWindows => DayStateName::ForaDasJanelas,
        }
    }

    /// How many slots are stored of it.
    #[must_use]
    pub const fn slots(self) -> i64 {
        match self {
            Self::Listed { slots, .. } | Self::Unread { slots, .. } => slots,
            Self::Empty { .. } | Self::DayOff | Self::OutsideWindows => 0,
        }
    }

    /// When it was last read.
    #[must_use]
    pub const fn read_at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Listed { read_at, .. } | Self::Empty { read_at } => Some(read_at),
            Self::Unread { read_at, .. } => read_at,
            Self::DayOff | Self::OutsideWindows => None,
        }
    }

    /// Why it was not read.
    #[must_use]
    pub const fn reason(self) -> Option<UnreadReason> {
        match self {
            Self::Unread { reason, .. } => reason,
            Self::Listed { .. } | Self::Empty { .. } | Self::DayOff | Self::OutsideWindows => None,
        }
    }
}

impl UnreadReason {
    /// The stable text form: that of the failure, or of the pause.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed(kind) => kind.as_str(),
            Self::Paused(reason) => reason.as_str(),
            Self::SwitchedOff => "off",
            Self::NoPassword => "no_password",
            Self::NewPassword => "new_password",
            Self::BeingRead => "being_read",
            Self::Rows => "rows",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        day.and_hms_opt(hour, 0, 0).unwrap().and_utc()
    }

    fn wanted() -> DayFacts {
        DayFacts {
            is_working_day: true,
            is_planned: true,
            late_before: Some(at(8)),
            ..DayFacts::default()
        }
    }

    #[test]
    fn an_empty_day_was_read_lately_and_the_last_attempt_read_it() {
        let read = DayFacts {
            read_at: Some(at(9)),
            ..wanted()
        };
        assert_eq!(DayState::of(&read), DayState::Empty { read_at: at(9) });
        let slots = DayFacts { slots: 3, ..read };
        let listed = DayState::Listed {
            slots: 3,
            read_at: at(9),
        };
        assert_eq!(DayState::of(&slots), listed);
        let slow = DayFacts {
            slowest_unit: Some(at(6)),
            ..read
        };
        assert_eq!(DayState::of(&slow), DayState::Empty { read_at: at(6) });
        let failed = DayFacts {
            failed: Some(FailureKind::Layout),
            ..read
        };
        let reason = Some(UnreadReason::Failed(FailureKind::Layout));
        let unread = DayState::Unread {
            slots: 0,
            read_at: Some(at(9)),
            reason,
        };
        assert_eq!(DayState::of(&failed), unread);
        let late = DayFacts {
            read_at: Some(at(7)),
            ..wanted()
        };
        let unread = DayState::Unread {
            slots: 0,
            read_at: Some(at(7)),
            reason: None,
        };
        assert_eq!(DayState::of(&late), unread);
    }

    #[test]
    fn a_day_that_was_read_but_for_some_rows_is_not_as_old_as_its_last_whole_reading() {
        let rows = DayFacts {
            slots: 8,
            read_at: Some(at(7)),
            failed: Some(FailureKind::Layout),
            rows_unread: Some(at(9)),
            ..wanted()
        };
        let partly = DayState::Unread {
            slots: 8,
            read_at: Some(at(9)),
            reason: Some(UnreadReason::Rows),
        };
        assert_eq!(DayState::of(&rows), partly);
        let past = DayFacts {
            is_past: true,
            read_at: None,
            ..rows
        };
        assert_eq!(DayState::of(&past), partly);
        let paused = Some(UnreadReason::Paused(PauseReason::Manual));
        let past = DayFacts {
            held_up: paused,
            ..past
        };
        assert_eq!(
            DayState::of(&past),
            partly,
            "whatever became of the account"
        );
        let facts = DayFacts {
            held_up: paused,
            ..rows
        };
        assert_eq!(DayState::of(&facts).reason(), paused);
        let late = DayFacts {
            late_before: Some(at(10)),
            ..rows
        };
        assert_eq!(DayState::of(&late).read_at(), Some(at(7)));
    }

    #[test]
    fn a_day_that_nobody_reads_says_why() {
        let never = DayState::Unread {
            slots: 0,
            read_at: None,
            reason: None,
        };
        assert_eq!(DayState::of(&wanted()), never);
        let paused = Some(UnreadReason::Paused(PauseReason::Manual));
        let facts = DayFacts {
            held_up: paused,
            failed: Some(FailureKind::Network),
            ..wanted()
        };
        assert_eq!(DayState::of(&facts).reason(), paused);
        let off = DayFacts {
            is_working_day: false,
            read_at: Some(at(9)),
            ..wanted()
        };
        assert_eq!(DayState::of(&off), DayState::DayOff);
        let outside = DayFacts {
            is_planned: false,
            ..wanted()
        };
        assert_eq!(DayState::of(&outside), DayState::OutsideWindows);
    }

    #[test]
    fn slots_of_a_day_off_or_outside_all_windows_are_not_hidden() {
        for facts in [
            DayFacts {
                is_working_day: false,
                ..wanted()
            },
            DayFacts {
                is_planned: false,
                ..wanted()
            },
        ] {
            let stored = DayFacts {
                slots: 2,
                read_at: Some(at(7)),
                ..facts
            };
            let listed = DayState::Listed {
                slots: 2,
                read_at: at(7),
            };
            assert_eq!(DayState::of(&stored), listed);
            let never = DayFacts { slots: 2, ..facts };
            assert_eq!(DayState::of(&never).slots(), 2);
            assert_eq!(DayState::of(&never).name(), DayStateName::NaoLido);
        }
    }

    #[test]
    fn a_day_gone_by_is_as_it_was_last_read() {
        let past = DayFacts {
            is_past: true,
            is_planned: false,
            ..wanted()
        };
        let read = DayFacts {
            read_at: Some(at(7)),
            failed: Some(FailureKind::Network),
            ..past
        };
        assert_eq!(DayState::of(&read), DayState::Empty { read_at: at(7) });
        assert_eq!(DayState::of(&past).name(), DayStateName::NaoLido);
        let off = DayFacts {
            is_working_day: false,
            ..past
        };
        assert_eq!(DayState::of(&off), DayState::DayOff);
    }
}
