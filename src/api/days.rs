//! What is known of each day of an examiner, beside their slots.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clinic::day_windows;
use crate::domain::UnreadReason;
use crate::store::days::DaysQuery;
use crate::web::errors::ApiError;
use crate::web::state::Api;
use crate::words::day as words;

/// So many days after the first, where no last one is named.
const DAYS: u64 = 14;

/// What is known of a day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayBody {
    data: NaiveDate,
    /// `lido`, `vazio`, `nao_lido`, `nao_trabalha` or `fora_das_janelas`.
    #[schema(example = "vazio")]
    estado: &'static str,
    /// Current slots that are stored of it.
    horarios: i64,
    /// When it was last read.
    lido_em: Option<DateTime<Utc>>,
    /// Why it was not read: a kind of failure, a reason of a pause, `off`, `no_password`, `new_password`, `rows`: it was read but for rows that were not understood, or `being_read`: the
    /// first run that reads it is under way.
    motivo: Option<&'static str>,
    /// The same as a sentence in Portuguese.
    #[schema(example = "vazio, lido às 08:15")]
    frase: String,
}

/// Each day of a range, at most as many as may be synchronised at once.
pub(super) async fn of(
    api: &Api,
    usuario_id: i32,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<Vec<DayBody>, ApiError> {
    let clock = &api.syncer.clock;
    let (now, zone, today) = (clock.now(), clock.zone(), clock.today());
    let from = from.unwrap_or_else(|| to.map_or(today, |to| to.min(today)));
    let to = to.unwrap_or_else(|| from.max(today) + Days::new(DAYS));
    let longest = from + Days::new(u64::from(api.max_span_days.max(1)) - 1);
    let windows = day_windows(&api.config(), now);
    let query = DaysQuery {
        usuario_ids: &[usuario_id],
        from,
        to: to.min(longest),
        today,
        windows: &windows,
    };
    let days = api.store.day_states(&query).await?;
    let bodies = days.into_iter().map(|day| DayBody {
        data: day.date,
        estado: day.state.name().as_str(),
        horarios: day.state.slots(),
        lido_em: day.state.read_at(),
        motivo: day.state.reason().map(UnreadReason::as_str),
        frase: words::state(day.state, now, zone).pt,
    });
    Ok(bodies.collect())
}
