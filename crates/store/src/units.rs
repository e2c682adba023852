//! `portal_units`: the units of an examiner as the portal has offered them, and when each was last read. Which of
//! them a run reads is not decided here.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Store, StoreError};
use agendad_domain::text::fold;

/// A unit as the portal offers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitOffered {
    /// Its value in the search form; where only the choice was seen, its value there.
    pub code: String,
    pub name: String,
    /// Its value at the choice of units; `None` if it was offered by a search form.
    pub choice: Option<String>,
}

/// A unit as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct UnitRecord {
    /// Its value in the search form, as in `agenda_slots.unidade_code`.
    pub code: String,
    pub name: String,
    /// Its value at the choice of units; `None` if it was never offered there.
    pub choice: Option<String>,
    /// When it was first offered.
    pub first_seen_at: DateTime<Utc>,
    /// When days of it were last read.
    pub last_read_at: Option<DateTime<Utc>>,
    /// When all wanted days of it were last read.
    pub last_complete_at: Option<DateTime<Utc>>,
    /// How long ago that was for the window that is asked about, by the database's clock. A stamp in the future
    /// counts as none.
    #[serde(skip_serializing, deserialize_with = "elapsed")]
    pub complete_ago: Option<Duration>,
    /// Whether that complete reading found any slot.
    pub had_slots: Option<bool>,
    /// Whether the portal offered it when it was last asked.
    pub offered: bool,
    /// Since when the portal has not offered it.
    pub missing_since: Option<DateTime<Utc>>,
}

impl UnitRecord {
    /// Whether an account that selects units names this one so: by its name, or by its code on either page.
    #[must_use]
    pub fn is_called(&self, selected: &str) -> bool {
        let selected = fold(selected);
        let names = [Some(&self.code), Some(&self.name), self.choice.as_ref()];
        let mut names = names.into_iter().flatten();
        names.any(|name| fold(name) == selected)
    }
}

fn elapsed<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    Ok(Option::<f64>::deserialize(from)?.and_then(ago))
}

fn ago(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// That days of a unit were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitReading {
    pub code: String,
    /// Whether all that were wanted.
    pub complete: bool,
    /// Whether there were slots.
    pub had_slots: bool,
}

/// The list of units of an account is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unidades is no JSON list of unit codes or names, such as [\"18\",\"POUPATEMPO CANINDE\"]")]
pub struct InvalidUnits;

/// Reads `configuracoes_detran.unidades`: codes, as text or number, and names. Nothing and an empty list mean all.
pub(super) fn parse_units(text: Option<&str>) -> Result<Option<Vec<String>>, InvalidUnits> {
    let text = text.map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Ok(None);
    }
    let named: Option<Vec<Named>> = serde_json::from_str(text).map_err(|_| InvalidUnits)?;
    let units = named
        .unwrap_or_default()
        .into_iter()
        .map(|named| match named {
            Named::Code(code) => Ok(code.to_string()),
            Named::Text(text) if text.trim().is_empty() => Err(InvalidUnits),
            Named::Text(text) => Ok(text.trim().to_owned()),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(units).filter(|units| !units.is_empty()))
}

/// A unit as an account names it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Code(u64),
    Text(String),
}

impl Store {
    /// The units of an examiner, by code, those that are no longer offered included, and when `window` was last read
    /// of each: windows read other days, so one says nothing of another.
    pub async fn units(
        &self,
        usuario_id: i32,
        window: &str,
    ) -> Result<Vec<UnitRecord>, StoreError> {
        let mut units = self.known_units(Some(usuario_id), window).await?;
        Ok(units.remove(&usuario_id).unwrap_or_default())
    }

    /// Those of all examiners, by user.
    pub async fn units_of_all(&self) -> Result<HashMap<i32, Vec<UnitRecord>>, StoreError> {
        self.known_units(None, "").await
    }

    async fn known_units(
        &self,
        usuario_id: Option<i32>,
        window: &str,
    ) -> Result<HashMap<i32, Vec<UnitRecord>>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT u.usuario_id, u.code, u.name, u.choice, u.first_seen_at, u.last_read_at, u.last_complete_at,
                      u.offered, u.missing_since, coalesce(r.had_slots, u.had_slots) AS had_slots,
                      extract(epoch FROM now() - r.complete_at)::float8 AS complete_ago
               FROM portal_units u LEFT JOIN portal_unit_readings r
                   ON r.usuario_id = u.usuario_id AND r.code = u.code AND r.window_name = $2
               WHERE $1::int IS NULL OR u.usuario_id = $1 ORDER BY u.usuario_id, u.code"#,
            usuario_id,
            window,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut units: HashMap<i32, Vec<UnitRecord>> = HashMap::new();
        for row in rows {
            let unit = UnitRecord {
                code: row.code,
                name: row.name,
                choice: row.choice,
                first_seen_at: row.first_seen_at,
                last_read_at: row.last_read_at,
                last_complete_at: row.last_complete_at,
                offered: row.offered,
                missing_since: row.missing_since,
                had_slots: row.had_slots,
                complete_ago: row.complete_ago.and_then(ago),
            };
            units.entry(row.usuario_id).or_default().push(unit);
        }
        Ok(units)
    }

    /// Writes down all units that the portal offers an examiner now; what is not among them is missing from now on.
    /// A unit of the choice whose code in the search form is known already keeps that code.
    pub async fn units_offered(
        &self,
        usuario_id: i32,
        offered: &[UnitOffered],
    ) -> Result<(), StoreError> {
        let codes: Vec<String> = offered.iter().map(|unit| unit.code.clone()).collect();
        let letters = self.encoding().await?;
        let names = offered
            .iter()
            .map(|unit| letters.nearest(&unit.name).into_owned());
        let names: Vec<String> = names.collect();
        let choices: Vec<Option<String>> = offered.iter().map(|unit| unit.choice.clone()).collect();
        sqlx::query!(
            "WITH offered AS (
                 SELECT DISTINCT ON (code) code, name, choice FROM (
                     SELECT coalesce(known.code, o.code) AS code, o.name, o.choice
                     FROM unnest($2::text[], $3::text[], $4::text[]) AS o (code, name, choice)
                     LEFT JOIN portal_units known ON known.usuario_id = $1 AND known.choice = o.choice) o
                 ORDER BY code
             ), written AS (
                 INSERT INTO portal_units AS u (usuario_id, code, name, choice)
                 SELECT $1, code, name, choice FROM offered
                 ON CONFLICT (usuario_id, code) DO UPDATE
                 SET name = excluded.name, choice = coalesce(excluded.choice, u.choice), offered = TRUE, missing_since = NULL
                 WHERE (u.name, u.choice, u.offered, u.missing_since)
                     IS DISTINCT FROM (excluded.name, coalesce(excluded.choice, u.choice), TRUE, NULL::timestamptz)
             )
             UPDATE portal_units SET offered = FALSE, missing_since = coalesce(missing_since, now())
             WHERE usuario_id = $1 AND offered AND code NOT IN (SELECT code FROM offered)",
            usuario_id,
            &codes,
            &names,
            &choices as _,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Writes down which code of the search form a choice led to.
    pub async fn unit_code_learned(
        &self,
        usuario_id: i32,
        choice: &str,
        code: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        // A row of that code, from a form that was read earlier, gives way to the one that the choice has made.
        sqlx::query!(
            "DELETE FROM portal_units u WHERE usuario_id = $1 AND code = $3 AND choice IS DISTINCT FROM $2
             AND EXISTS (SELECT FROM portal_units WHERE usuario_id = $1 AND choice = $2)",
            usuario_id,
            choice,
            code,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE portal_units SET code = $3 WHERE usuario_id = $1 AND choice = $2 AND code <> $3",
            usuario_id,
            choice,
            code,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes down at once that the days of a window of a unit were read. Where nothing hangs on it, it is written
    /// with the run's record ([`Store::finish_run`]).
    ///
    /// # Errors
    /// [`StoreError::RunClosed`] if the run is not `running` any more; [`StoreError::Database`].
    pub async fn unit_read(
        &self,
        run_id: i64,
        window: &str,
        reading: &UnitReading,
    ) -> Result<(), StoreError> {
        let done = sqlx::query!(
            "WITH run AS MATERIALIZED (
                 -- The fence, as in store_day.sql.
                 SELECT usuario_id, started_at FROM agenda_sync_runs WHERE id = $1 AND status = 'running' FOR UPDATE
             ), reading AS (
                 -- No younger than the credentials that the run began with: others may have been stored meanwhile.
                 INSERT INTO portal_unit_readings AS r (usuario_id, code, window_name, complete_at, had_slots)
                 SELECT usuario_id, $2::text, $5::text, started_at, $4::bool FROM run WHERE $3::bool
                 ON CONFLICT (usuario_id, code, window_name) DO UPDATE
                 SET complete_at = excluded.complete_at, had_slots = excluded.had_slots
             )
             INSERT INTO portal_units AS u (usuario_id, code, name, last_read_at, last_complete_at, had_slots)
             SELECT usuario_id, $2, $2, now(), CASE WHEN $3 THEN now() END, CASE WHEN $3 THEN $4 END FROM run
             ON CONFLICT (usuario_id, code) DO UPDATE
             SET last_read_at = now(),
                 last_complete_at = coalesce(excluded.last_complete_at, u.last_complete_at),
                 had_slots = coalesce(excluded.had_slots, u.had_slots)",
            run_id,
            reading.code,
            reading.complete,
            reading.had_slots,
            window,
        )
        .execute(&self.pool)
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::RunClosed { run_id });
        }
        Ok(())
    }

    /// The codes of the units with current slots on these days.
    pub async fn units_with_slots(
        &self,
        usuario_id: i32,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<String>, StoreError> {
        let codes = sqlx::query_scalar!(
            "SELECT DISTINCT unidade_code FROM agenda_slots
             WHERE usuario_id = $1 AND data BETWEEN $2 AND $3 AND is_current ORDER BY 1",
            usuario_id,
            from,
            to,
        );
        Ok(codes.fetch_all(&self.pool).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_a_list_of_codes_and_names_or_all() {
        let some = |units: &[&str]| Ok(Some(units.iter().map(|unit| (*unit).to_owned()).collect()));
        assert_eq!(parse_units(None), Ok(None));
        for all in ["", "  ", "null", "[]"] {
            assert_eq!(parse_units(Some(all)), Ok(None), "{all:?}");
        }
        assert_eq!(
            parse_units(Some(r#"["18", "POUPATEMPO CANINDE "]"#)),
            some(&["18", "POUPATEMPO CANINDE"])
        );
        assert_eq!(parse_units(Some("[18,781]")), some(&["18", "781"]));
        for bad in [
            "18",
            "\"18\"",
            "{}",
            "[null]",
            "[[\"18\"]]",
            "[\"\"]",
            "[1.5]",
            "18,781",
        ] {
            assert_eq!(parse_units(Some(bad)), Err(InvalidUnits), "{bad}");
        }
    }
}
