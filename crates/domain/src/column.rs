//! The vocabulary as columns: a value is written and read as itself. Texts are read strictly, because constraints keep
//! them; a kind of failure, the rule of an alert, and JSON are read whatever version recorded them.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueRef};
use sqlx::types::Json;
use sqlx::{Decode, Encode, Postgres, Type};

use crate::{
    ActionKind, ChangeKind, Channel, DisabledBecause, ErrorDetails, FailureKind, JobState,
    MessageKind, Origin, PauseReason, RecordedAction, RecordedRule, Role, RowFault, RunStatus,
    SlotStatus, StoredTime, Totals, Trouble,
};

/// A text in a column whose values are known.
#[derive(Debug, thiserror::Error)]
#[error("{column} is {text:?}, which is none of its values")]
struct NoSuchValue {
    column: &'static str,
    text: String,
}

/// `$read` makes a value of a text; `None` if it is none.
macro_rules! text {
    ($type:ty, $column:literal, $read:expr) => {
        impl Type<Postgres> for $type {
            fn type_info() -> PgTypeInfo {
                <str as Type<Postgres>>::type_info()
            }

            fn compatible(column: &PgTypeInfo) -> bool {
                <str as Type<Postgres>>::compatible(column)
            }
        }

        impl PgHasArrayType for $type {
            fn array_type_info() -> PgTypeInfo {
                <&str as PgHasArrayType>::array_type_info()
            }

            fn array_compatible(column: &PgTypeInfo) -> bool {
                <&str as PgHasArrayType>::array_compatible(column)
            }
        }

        impl Encode<'_, Postgres> for $type {
            fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                <&str as Encode<'_, Postgres>>::encode(self.as_str(), buffer)
            }
        }

        impl<'r> Decode<'r, Postgres> for $type {
            fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
                let text = <&str as Decode<'r, Postgres>>::decode(value)?;
                let read: fn(&str) -> Option<Self> = $read;
                read(text).ok_or_else(|| {
                    let column = $column;
                    let text = text.chars().take(40).collect();
                    NoSuchValue { column, text }.into()
                })
            }
        }
    };
}

text!(RunStatus, "agenda_sync_runs.status", |text| text
    .parse()
    .ok());
text!(Origin, "agenda_sync_runs.origin", |text| text.parse().ok());
text!(SlotStatus, "agenda_slots.status", |text| text.parse().ok());
text!(ChangeKind, "agenda_slot_changes.kind", |text| text
    .parse()
    .ok());
text!(PauseReason, "configuracoes_detran.pausa_motivo", |text| {
    text.parse().ok()
});
text!(Role, "agendad_people.role", |text| text.parse().ok());
text!(FailureKind, "agenda_sync_runs.error_details", |text| Some(
    text.parse().unwrap_or(Self::Unknown)
));

text!(ActionKind, "agendad_audit.action", |text| text.parse().ok());
text!(RecordedAction, "agendad_audit.action", |text| Some(
    Self::of(text)
));
text!(RecordedRule, "agendad_alerts.rule", |text| Some(Self::of(
    text
)));
text!(Channel, "agendad_alert_outbox.channel", |text| text
    .parse()
    .ok());
text!(MessageKind, "agendad_alert_outbox.kind", |text| text
    .parse()
    .ok());
text!(JobState, "river.river_job.state", |text| text.parse().ok());
text!(StoredTime, "agendad_clock_corrections.what", |text| text
    .parse()
    .ok());

text!(
    DisabledBecause,
    "agendad_webhooks.disabled_because",
    |text| text.parse().ok()
);
text!(Trouble, "a column of kinds of trouble", |text| Some(
    text.parse().unwrap_or(Self::Other)
));

macro_rules! json {
    ($($type:ty),*) => { $(
        impl Type<Postgres> for $type {
            fn type_info() -> PgTypeInfo {
                Json::<Self>::type_info()
            }

            fn compatible(column: &PgTypeInfo) -> bool {
                Json::<Self>::compatible(column)
            }
        }

        impl Encode<'_, Postgres> for $type {
            fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                Json(self).encode_by_ref(buffer)
            }
        }

        impl<'r> Decode<'r, Postgres> for $type {
            fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
                Json::<Self>::decode(value).map(|json| json.0)
            }
        }
    )* };
}

json!(Totals, ErrorDetails, RowFault);
