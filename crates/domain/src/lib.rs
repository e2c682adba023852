//! What the daemon's words mean: pure values, no I/O, no database, no HTTP.
//!
//! Nothing else of the workspace is known here.

mod action;
pub mod agenda;
pub mod alert;
pub mod appointment;
pub mod causes;
pub mod change;
pub mod clock;
#[cfg(feature = "sqlx")]
mod column;
pub mod cpf;
pub mod day_state;
pub mod disabled;
pub mod error_details;
pub mod exam;
pub mod failure;
pub mod job;
pub mod login;
pub mod note;
pub mod pause;
pub mod phone;
pub mod rhythm;
pub mod role;
pub mod row_problem;
pub mod rule;
pub mod run;
pub mod secret_text;
pub mod slot;
pub mod stored_time;
pub mod text;
mod text_form;
pub mod ticks;
pub mod trouble;
pub mod unread_row;
pub mod webhook;
pub mod weekday;
pub mod window;
pub mod zone;

pub use action::{ActionKind, RecordedAction};
pub use agenda::{AgendaRow, DayReading, Profession, RowError, Unit};
pub use alert::{Channel, MessageKind, RecordedRule};
pub use appointment::Appointment;
pub use change::ChangeKind;
pub use cpf::Cpf;
pub use day_state::{DayFacts, DayState, DayStateName, UnreadReason};
pub use disabled::DisabledBecause;
pub use error_details::{DateError, ErrorDetails, ReportedError};
pub use exam::ExamStatuses;
pub use failure::FailureKind;
pub use job::JobState;
pub use login::LoginName;
pub use note::{Note, Notes, SlotRemark};
pub use pause::PauseReason;
pub use rhythm::Rhythm;
pub use role::Role;
pub use row_problem::{RowFault, RowProblem};
pub use rule::Rule;
pub use run::{Origin, RunStatus, Totals};
pub use slot::{Slot, SlotStatus};
pub use stored_time::StoredTime;
pub use trouble::{Trouble, Undelivered};
pub use unread_row::UnreadRow;
pub use weekday::WorkingDays;
pub use window::Window;
pub use zone::Zone;
