//! The search for a candidate, by an index over the words of names, CPFs and telephone numbers
//! (`agendad_slot_words`). What would take long is bounded: of words that very many have, the latest slots are looked
//! through instead, and the answer says that it is not all.

use super::slot::ClinicSlot;
use crate::connect_error::sqlstate;
use crate::{Store, StoreError, Transaction};
use agendad_domain::SlotStatus;
use agendad_domain::text::fold;
use chrono::{Days, NaiveDate};
use serde_json::Value;
use std::ops::Range;

/// More than that are not shown: whoever looks for so many has to say more.
const MOST: i32 = 5_000;
/// A table with more slots is one in which two common beginnings take long to look up.
const LARGE: i64 = 400_000;
/// A beginning that one slot in so many has is rare: its slots are soon looked at one by one.
const RARE: i64 = 1_000;
/// Of such a table a few of the latest slots are looked through first ...
const FIRST: i64 = 2_500;
/// ... and where so many of them are meant, the words are common:
const COMMON: usize = 6;
/// then more of the latest are looked through, until there are several pages ...
const LATEST: i64 = 10_000;
const PAGES: usize = 200;
/// ... and if so many of them are meant, they are the answer.
const ENOUGH: usize = 41;
/// Words that one slot in so many has are soon found among the latest; rarer ones by the index and the day.
const VERY_COMMON: i64 = 125;
/// Common words have their latest slots within so many days.
const MOST_DAYS: u64 = 2_000;
/// How words are looked up. The planner takes words of which it knows nothing for common ones, and would then read years
/// of slots from their end until it has found enough. With less memory, the slots of common words are known by their
/// pages only, and the words of all on them are taken apart again. A plan for any word serves none. What takes longer is
/// not looked up: then the words are as common as those of which the latest are shown.
const LOOK: &str = "SET LOCAL enable_seqscan = off; SET LOCAL work_mem = '64MB';
                    SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL statement_timeout = '2s'";

/// What is looked for: words of a name, a CPF, a telephone number, or several of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchedWords {
    /// All words as they are, which is answered at once; `None`: there is only a beginning of a number.
    whole: Option<String>,
    /// Each word as a beginning, which takes longer the more common it is.
    beginnings: Vec<String>,
    /// The words of the name alone; `None`: a number is looked for too, and few have one.
    names: Option<Vec<String>>,
}

impl SearchedWords {
    /// Reads what a person has typed: accents, case and order do not matter, and where nobody has these words, a
    /// beginning of each is enough; digits are a CPF or its beginning, or a telephone number with or without its area
    /// code. `None`: nothing that could be looked for.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const CONNECTING: [&str; 6] = ["da", "de", "do", "das", "dos", "e"];
        let folded = fold(text).replace(['\'', '´', '`', '’'], "");
        let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
        let words = folded.split(|c: char| !c.is_ascii_lowercase());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let letters: usize = words.iter().map(|word| word.len()).sum();
        if letters < 2 && digits.len() < 3 {
            return None;
        }
        let telling = words.iter().filter(|word| !CONNECTING.contains(word));
        let mut telling: Vec<&str> = telling.copied().collect();
        if telling.is_empty() {
            telling = words;
        }
        let whole = telling.iter().map(|word| format!("'{word}'"));
        let mut whole: Vec<String> = whole.collect();
        let beginning = |word: &&str| match word.len() {
            1 => format!("'{word}'"),
            _ => format!("'{word}':*"),
        };
        let mut beginnings: Vec<String> = telling.iter().map(beginning).collect();
        let mut is_whole = true;
        let names = telling.iter().map(|word| (*word).to_owned()).collect();
        if digits.len() >= 3 {
            beginnings.push(beginning_of_number(&digits));
            match whole_number(&digits) {
                Some(number) => whole.push(number),
                None => is_whole = false,
            }
        }
        Some(Self {
            whole: is_whole.then(|| whole.join(" & ")),
            beginnings,
            names: (digits.len() < 3).then_some(names),
        })
    }
}

/// A CPF, or a telephone number by its last eight digits.
fn whole_number(digits: &str) -> Option<String> {
    let last = digits.len().checked_sub(8).map(|from| &digits[from..])?;
    Some(match digits.len() {
        11 => format!("('C{digits}' | 'T{last}')"),
        _ => format!("'T{last}'"),
    })
}

/// A beginning of a CPF, or of the last eight digits of a telephone number.
fn beginning_of_number(digits: &str) -> String {
    match digits.len() {
        0..=7 => format!("('C{digits}':* | 'T{digits}':*)"),
        n => format!("('C{digits}':* | 'T{}')", &digits[n - 8..]),
    }
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The latest day first.
    pub slots: Vec<ClinicSlot>,
    /// Some of those that are meant are not among them, and will not be on a further page: more has to be said.
    pub cut: bool,
}

/// Which slots are meant, latest first.
#[derive(Debug, Default)]
struct Meant {
    ids: Vec<i64>,
    cut: bool,
}

/// A word of a name in letters without accents, as a regular expression: for few slots this is faster than to take
/// their words apart. In small letters and capitals, because a database may know those of ASCII alone.
fn pattern(word: &str, is_whole: bool) -> String {
    let letters: Vec<String> = word
        .chars()
        .map(|letter| {
            let accented = match letter {
                'a' => "àáâãäåÀÁÂÃÄÅ",
                'c' => "çÇ",
                'e' => "èéêëÈÉÊË",
                'i' => "ìíîïÌÍÎÏ",
                'n' => "ñÑ",
                'o' => "òóôõöÒÓÔÕÖ",
                'u' => "ùúûüÙÚÛÜ",
                'y' => "ýÿÝ",
                _ => "",
            };
            format!("[{letter}{}{accented}]", letter.to_ascii_uppercase())
        })
        .collect();
    let between = r#"[] .,;:/()"'´`-]"#;
    let end = if is_whole {
        format!("($|{between})")
    } else {
        String::new()
    };
    format!("(^|{between}){}{end}", letters.join("['´`]?"))
}

/// How many rows a plan expects.
fn rows(plan: &Value) -> i64 {
    let rows = plan.pointer("/0/Plan/Plan Rows").and_then(Value::as_i64);
    rows.unwrap_or(i64::MAX)
}

/// An answer; `None`: the server was told not to go on with it.
fn unless_too_long<T>(answer: sqlx::Result<T>) -> Result<Option<T>, StoreError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if sqlstate(&error).as_deref() == Some("57014") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Store {
    /// The slots of candidates who are looked for, of all days, removed ones too, the latest day first. Of more than
    /// five thousand, or of words that very many have, only some, and it says so.
    pub async fn clinic_search(
        &self,
        words: &SearchedWords,
        usuario_ids: Option<&[i32]>,
        limit: i64,
        offset: i64,
    ) -> Result<Found, StoreError> {
        let meant = self.meant(words, usuario_ids).await?;
        let known = meant.ids.len();
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(known);
        let to =
            usize::try_from(limit).map_or(known, |limit| known.min(from.saturating_add(limit)));
        let slots = slots!(
            "s.id = ANY ($1) ORDER BY s.data DESC, s.hora DESC, s.usuario_id DESC, s.id",
            &meant.ids[from..to]
        );
        Ok(Found {
            slots: slots.fetch_all(&self.pool).await?,
            cut: meant.cut,
        })
    }

    async fn meant(
        &self,
        words: &SearchedWords,
        usuario_ids: Option<&[i32]>,
    ) -> Result<Meant, StoreError> {
        let slots = self.supposed_slots().await?;
        if let Some(query) = &words.whole {
            let found = self.whole(words, query, usuario_ids, slots).await?;
            if let Some(found) = found {
                return Ok(found);
            }
        }
        self.beginning(words, usuario_ids, slots).await
    }

    /// Those that have the very words; `None`: nobody.
    async fn whole(
        &self,
        words: &SearchedWords,
        query: &str,
        usuario_ids: Option<&[i32]>,
        slots: i64,
    ) -> Result<Option<Meant>, StoreError> {
        let mut supposed = 0;
        if slots > LARGE {
            supposed = self.supposed(query).await?;
        }
        let mut looked_up = None;
        if supposed <= i64::from(MOST) {
            let found = self.looked_up(query, None, usuario_ids).await?;
            match found {
                Some(found) if !found.cut => {
                    return Ok(Some(found).filter(|found| !found.ids.is_empty()));
                }
                // More than the statistics know of.
                found => looked_up = Some(found),
            }
            supposed = i64::from(MOST);
        }
        // So many have these very words that the latest are wanted.
        if supposed.saturating_mul(VERY_COMMON) > slots {
            let latest = self.latest(words, true, usuario_ids, 0..LATEST).await?;
            if let Some(ids) = latest.filter(|ids| ids.len() >= ENOUGH) {
                return Ok(Some(Meant { ids, cut: true }));
            }
        }
        // Half as many again: the statistics are no count.
        let wanted = i64::try_from(PAGES + PAGES / 2).unwrap_or(i64::MAX);
        let among = slots.saturating_mul(wanted) / supposed;
        let latest = self.looked_up_among(query, usuario_ids, among).await?;
        if let Some(ids) = latest.filter(|ids| ids.len() >= PAGES) {
            return Ok(Some(Meant { ids, cut: true }));
        }
        let found = match looked_up {
            Some(found) => found,
            None => self.looked_up(query, None, usuario_ids).await?,
        };
        let found = found.unwrap_or(Meant {
            cut: true,
            ..Meant::default()
        });
        Ok(Some(found).filter(|found| found.cut || !found.ids.is_empty()))
    }

    /// Those that have a word with each beginning.
    async fn beginning(
        &self,
        words: &SearchedWords,
        usuario_ids: Option<&[i32]>,
        slots: i64,
    ) -> Result<Meant, StoreError> {
        let all = words.beginnings.join(" & ");
        let mut latest = None;
        if slots > LARGE {
            if let Some(rare) = self.rare(&words.beginnings, slots).await? {
                match self.looked_up(rare, Some(&all), usuario_ids).await? {
                    Some(found) if !found.cut => return Ok(found),
                    Some(_) | None => {}
                }
            }
            latest = self.latest(words, false, usuario_ids, 0..FIRST).await?;
            if let Some(first) = latest.as_mut().filter(|first| first.len() >= COMMON) {
                let more = self.latest(words, false, usuario_ids, FIRST..LATEST);
                first.extend(more.await?.unwrap_or_default());
                first.truncate(PAGES);
            }
        }
        match latest {
            Some(ids) if ids.len() >= ENOUGH => Ok(Meant { ids, cut: true }),
            latest => {
                let found = self.looked_up(&all, None, usuario_ids).await?;
                Ok(found.unwrap_or(Meant {
                    ids: latest.unwrap_or_default(),
                    cut: true,
                }))
            }
        }
    }

    /// By the index; of those that it finds, the ones that have all the other words too. `None`: it takes too long.
    async fn looked_up(
        &self,
        query: &str,
        all: Option<&str>,
        usuario_ids: Option<&[i32]>,
    ) -> Result<Option<Meant>, StoreError> {
        let mut tx = self.begin_look().await?;
        let found = sqlx::query!(
            r#"WITH found AS MATERIALIZED (
                   SELECT id, data, hora, usuario_id, CASE WHEN $4::text IS NOT NULL THEN payload END AS payload
                   FROM agenda_slots
                   WHERE agendad_slot_words(payload) @@ ($1::text)::tsquery
                     AND ($2::int[] IS NULL OR usuario_id = ANY ($2))
                   LIMIT $3 + 1),
               size AS MATERIALIZED (SELECT count(*) > $3 AS cut FROM found)
               SELECT cut AS "cut!", ARRAY(
                   SELECT id FROM found
                   WHERE $4::text IS NULL OR (NOT cut AND agendad_slot_words(payload) @@ ($4::text)::tsquery)
                   ORDER BY data DESC, hora DESC, usuario_id DESC, id
                   LIMIT $3) AS "ids!"
               FROM size"#,
            query,
            usuario_ids,
            MOST,
            all
        );
        let found = unless_too_long(found.fetch_one(&mut *tx).await)?;
        Ok(found.map(|found| Meant {
            ids: found.ids,
            cut: found.cut,
        }))
    }

    /// The latest of those among so many of the latest slots, or some more: by the index, and that of the days. `None`:
    /// it takes too long.
    async fn looked_up_among(
        &self,
        query: &str,
        usuario_ids: Option<&[i32]>,
        slots: i64,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        let Some(since) = self.day_before(slots).await? else {
            return Ok(None);
        };
        let mut tx = self.begin_look().await?;
        let ids = sqlx::query_scalar!(
            r#"WITH found AS MATERIALIZED (
                   SELECT id, data, hora, usuario_id FROM agenda_slots
                   WHERE agendad_slot_words(payload) @@ ($1::text)::tsquery AND data >= $3
                     AND ($2::int[] IS NULL OR usuario_id = ANY ($2)))
               SELECT id FROM found ORDER BY data DESC, hora DESC, usuario_id DESC, id LIMIT $4"#,
            query,
            usuario_ids,
            since,
            i64::try_from(PAGES).unwrap_or(i64::MAX)
        );
        unless_too_long(ids.fetch_all(&mut *tx).await)
    }

    /// A day from which on there are so many slots, as far as the server's statistics know; `None`: there are fewer.
    async fn day_before(&self, slots: i64) -> Result<Option<NaiveDate>, StoreError> {
        let last = sqlx::query_scalar!("SELECT max(data) FROM agenda_slots");
        let Some(last) = last.fetch_one(&self.pool).await? else {
            return Ok(None);
        };
        let further = |days: &u64| Some(days + days / 2 + 1);
        for days in std::iter::successors(Some(0), further).take_while(|days| *days < MOST_DAYS) {
            let Some(since) = last.checked_sub_days(Days::new(days)) else {
                break;
            };
            let planned = sqlx::query_scalar::<_, Value>(
                "EXPLAIN (FORMAT JSON) SELECT FROM agenda_slots WHERE data >= $1",
            );
            if rows(&planned.bind(since).fetch_one(&self.pool).await?) >= slots {
                return Ok(Some(since));
            }
        }
        Ok(None)
    }

    /// A transaction in which words are looked up.
    async fn begin_look(&self) -> Result<Transaction, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::raw_sql(LOOK).execute(&mut *tx).await?;
        Ok(tx)
    }

    /// The first of several beginnings that is rare. The index compares whole lists: beside a common word, even one that
    /// nobody has would take as long as the common one.
    async fn rare<'a>(
        &self,
        beginnings: &'a [String],
        slots: i64,
    ) -> Result<Option<&'a str>, StoreError> {
        if beginnings.len() < 2 {
            return Ok(None);
        }
        for beginning in beginnings {
            if self.supposed(beginning).await?.saturating_mul(RARE) <= slots {
                return Ok(Some(beginning));
            }
        }
        Ok(None)
    }

    /// How many slots have these words, as far as the statistics of the index know: in less than a millisecond.
    async fn supposed(&self, query: &str) -> Result<i64, StoreError> {
        let plan = sqlx::query_scalar::<_, Value>(
            "EXPLAIN (FORMAT JSON) SELECT FROM agenda_slots WHERE agendad_slot_words(payload) @@ ($1::text)::tsquery",
        );
        Ok(rows(&plan.bind(query).fetch_one(&self.pool).await?))
    }

    /// The latest of those among some slots, which are counted from the latest one; `None` where that says nothing.
    async fn latest(
        &self,
        words: &SearchedWords,
        is_whole: bool,
        usuario_ids: Option<&[i32]>,
        slots: Range<i64>,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        let (Some(names), None) = (&words.names, usuario_ids) else {
            return Ok(None);
        };
        let names = names.iter();
        let patterns: Vec<String> = names.map(|word| pattern(word, is_whole)).collect();
        let ids = sqlx::query_scalar!(
            r#"SELECT id AS "id!" FROM (
                   SELECT id, data, hora, usuario_id, payload ->> 'nome' AS nome
                   FROM agenda_slots ORDER BY data DESC, hora DESC, usuario_id DESC OFFSET $2 LIMIT $3) latest
               WHERE nome ~ ALL ($1::text[])
               ORDER BY data DESC, hora DESC, usuario_id DESC LIMIT $4"#,
            &patterns,
            slots.start,
            slots.end - slots.start,
            i64::try_from(PAGES).unwrap_or(i64::MAX)
        );
        Ok(Some(ids.fetch_all(&self.pool).await?))
    }

    /// How many there are, as far as the server knows.
    async fn supposed_slots(&self) -> Result<i64, StoreError> {
        let slots = sqlx::query_scalar!(
            r#"SELECT reltuples::bigint AS "slots!" FROM pg_class WHERE oid = 'agenda_slots'::regclass"#
        );
        Ok(slots.fetch_one(&self.pool).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_words_that_only_can_be_looked_for() {
        for (text, whole, beginnings) in [
            (
                "Maria da Silva",
                Some("'maria' & 'silva'"),
                "'maria':* & 'silva':*",
            ),
            (
                "  SÍLVA,maría ",
                Some("'silva' & 'maria'"),
                "'silva':* & 'maria':*",
            ),
            ("d'ávila", Some("'davila'"), "'davila':*"),
            ("de", Some("'de'"), "'de':*"),
            ("529.982", None, "('C529982':* | 'T529982':*)"),
            (
                "529.982.247-25",
                Some("('C52998224725' | 'T98224725')"),
                "('C52998224725':* | 'T98224725')",
            ),
            (
                "98765-4321",
                Some("'T87654321'"),
                "('C987654321':* | 'T87654321')",
            ),
            ("ana 4321", None, "'ana':* & ('C4321':* | 'T4321':*)"),
            (
                "o'); DROP TABLE x --",
                Some("'o' & 'drop' & 'table' & 'x'"),
                "'o' & 'drop':* & 'table':* & 'x'",
            ),
        ] {
            let read = SearchedWords::read(text).unwrap();
            assert_eq!(read.whole.as_deref(), whole, "{text}");
            assert_eq!(read.beginnings.join(" & "), beginnings, "{text}");
        }
        for nothing in ["", " ", "a", "12", "!&|:*", "'"] {
            assert_eq!(SearchedWords::read(nothing), None, "{nothing}");
        }
    }
}
