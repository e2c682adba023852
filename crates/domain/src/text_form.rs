//! The stable text form of the words that are recorded and shown to programs, as `strum` names them.

use crate::{
    ActionGroup, ActionKind, ChangeKind, Channel, DayStateName, Detail, DisabledBecause,
    ExportColumn, ExportForm, ExportedList, FailureKind, JobState, LoginResult, MessageKind,
    Origin, PauseReason, PutOff, Role, RunStatus, SessionOpening, SlotStatus, StoredTime,
    TickRefused,
};

macro_rules! text_form {
    ($($type:ty),+) => { $(
        impl $type {
            /// The stable text form.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                self.into()
            }
        }
    )+ };
}

text_form!(
    ActionGroup,
    ActionKind,
    ChangeKind,
    Channel,
    DayStateName,
    Detail,
    DisabledBecause,
    ExportColumn,
    ExportForm,
    ExportedList,
    FailureKind,
    JobState,
    LoginResult,
    MessageKind,
    Origin,
    PauseReason,
    PutOff,
    Role,
    RunStatus,
    SessionOpening,
    SlotStatus,
    StoredTime,
    TickRefused
);
