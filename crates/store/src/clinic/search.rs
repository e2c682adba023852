//! The search for a candidate, by an index over the words of names, CPFs and telephone numbers, each behind the number
//! of its day (`agendad_slot_day_words`): the latest day first, until there are as many as are wanted. So words that very
//! many have cost no more than a page of them.

use super::slot::ClinicSlot;
use crate::connect_error::sqlstate;
use crate::{Store, StoreError, Transaction};
use agendad_domain::SlotStatus;
use agendad_domain::text::fold;
use chrono::NaiveDate;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// What no more slots have is rare: they are soon looked at one by one.
const RARE: i64 = 300;
/// Examiners who have no more slots than that: each is looked at.
const FEW: i64 = 1_000;
/// More than that are not shown: whoever looks for so many has to say more.
const MOST: i64 = 5_000;
/// So many different words say who is meant.
const MOST_WORDS: usize = 8;
/// So many characters of what is typed are looked for.
const LONGEST_TEXT: usize = 300;
/// So long it is tried which word is rare, and so long days are looked through. Shorter than the server's time-out below,
/// after which nobody knows how far it came.
const LONGEST: Duration = Duration::from_millis(1_800);
/// How words are looked up. The planner takes words of which it knows nothing for common ones, and would then read all
/// slots, or start helpers for each look. With less memory, the slots of common words are known by their pages only, and the words of all on
/// them are taken apart again. What takes longer is not looked up to its end.
const LOOK: &str = "SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0; \
    SET LOCAL work_mem = '64MB'; SET LOCAL statement_timeout = '2s'";

/// What is looked for: words of a name, a CPF, a telephone number, or several of them. As queries of the index, with `@`
/// for the number of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchedWords {
    /// Each word as it is; `None`: there is only a beginning of a number.
    whole: Option<Vec<String>>,
    /// Each word as a beginning, which takes longer.
    beginnings: Vec<String>,
    /// So long days are looked through for words that many have each, and few together.
    time_limit: Duration,
}

impl SearchedWords {
    /// Reads what a person has typed: accents, case and order do not matter, and where nobody has these words, a
    /// beginning of each is enough; digits are a CPF or its beginning, or a telephone number with or without its area
    /// code. `None`: nothing that could be looked for.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        const CONNECTING: [&str; 6] = ["da", "de", "do", "das", "dos", "e"];
        // Nobody's name is longer, nor is more of one in the index; a word that is too long is an error to PostgreSQL.
        let text: String = text.chars().take(LONGEST_TEXT).collect();
        let folded = fold(&text).replace(['\'', '´', '`', '’'], "");
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
        // The longest say most, and each costs a look.
        telling.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut known = HashSet::new();
        telling.retain(|word| known.insert(*word));
        telling.truncate(MOST_WORDS);
        // One letter is nobody's whole name.
        let whole = telling.iter().map(|word| match word.len() {
            1 => format!("'@{word}':*"),
            _ => format!("'@{word}'"),
        });
        let mut whole: Vec<String> = whole.collect();
        let beginnings = telling.iter().map(|word| format!("'@{word}':*"));
        let mut beginnings: Vec<String> = beginnings.collect();
        let mut is_whole = true;
        if digits.len() >= 3 {
            beginnings.push(beginning_of_number(&digits));
            match whole_number(&digits) {
                Some(number) => whole.push(number),
                None => is_whole = false,
            }
        }
        Some(Self {
            whole: is_whole.then_some(whole),
            beginnings,
            time_limit: LONGEST,
        })
    }

    /// Looks through the latest days only, of words that many have each and few together: as many days as can be looked
    /// through in this time, at most two seconds. [`Found::from_day`] says how far it came. A word that is rare is looked
    /// up in all days.
    #[must_use]
    pub fn within(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit.min(LONGEST);
        self
    }
}

/// A CPF, or a telephone number by its last eight digits.
fn whole_number(digits: &str) -> Option<String> {
    let last = digits.len().checked_sub(8).map(|from| &digits[from..])?;
    Some(match digits.len() {
        11 => format!("('@C{digits}' | '@T{last}')"),
        _ => format!("'@T{last}'"),
    })
}

/// A beginning of a CPF, or of the last eight digits of a telephone number.
fn beginning_of_number(digits: &str) -> String {
    match digits.len() {
        0..=7 => format!("('@C{digits}':* | '@T{digits}':*)"),
        n => format!("('@C{digits}':* | '@T{}')", &digits[n - 8..]),
    }
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The latest day first.
    pub slots: Vec<ClinicSlot>,
    /// Some of those that are meant are not among them, and will not be on a further page: more has to be said.
    pub cut: bool,
    /// Days before this one were not looked at, see [`SearchedWords::within`].
    pub from_day: Option<NaiveDate>,
}

/// Which slots are meant, latest first.
#[derive(Debug, Default)]
struct Meant {
    ids: Vec<i64>,
    /// Looking for more would have taken too long.
    gave_up: bool,
    /// Days before this one were not looked at.
    from_day: Option<NaiveDate>,
}

impl Meant {
    /// All days were looked at.
    fn is_nobody(&self) -> bool {
        self.ids.is_empty() && !self.gave_up && self.from_day.is_none()
    }
}

/// What a look sees: a slot, or at last the earliest day that it came to, if there are earlier ones.
struct Seen {
    id: Option<i64>,
    from_day: Option<NaiveDate>,
}

/// The slots that `$which` names, from the latest day on: one day, then two, then four and four, each look when those
/// before it were not enough, and $3 seconds are not over. Days are counted as `agendad_slot_day_words` counts them; of
/// those at which one looks, `looks` has the first and the last, and `words`: $2 behind the number of each. The days
/// stand there once more for small tables, in which the planner looks at all slots; `IS TRUE` keeps it from reading all
/// slots of these days.
macro_rules! by_day {
    ($which:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            Seen,
            r#"WITH RECURSIVE latest AS (
                   SELECT 1 AS days, max(data) AS to_day FROM agenda_slots
                   UNION ALL
                   SELECT least(days * 2, 4), (SELECT max(data) FROM agenda_slots WHERE data < date '1901-01-01' + first)
                   FROM latest,
                        LATERAL (SELECT greatest(least(to_day, '2099-12-31'), '1901-01-01') - date '1901-01-01' - days + 1 AS first) counted
                   WHERE first > 0 AND to_day IS NOT NULL
                     AND clock_timestamp() < statement_timestamp() + make_interval(secs => $3)
               ), looks AS (
                   SELECT CASE WHEN first > 0 THEN date '1901-01-01' + first ELSE '-infinity' END AS from_day, to_day,
                          (SELECT string_agg('(' || replace($2, '@', day::text) || ')', ' | ')
                           FROM generate_series(greatest(first, 0), last) day)::tsquery AS words
                   FROM latest,
                        LATERAL (SELECT greatest(least(to_day, '2099-12-31'), '1901-01-01') - date '1901-01-01' AS last) counted,
                        LATERAL (SELECT last - days + 1 AS first) begun
                   WHERE to_day IS NOT NULL
               )
               SELECT found.id AS "id?", NULL::date AS "from_day?" FROM looks CROSS JOIN LATERAL (
                   SELECT id FROM agenda_slots WHERE (data BETWEEN looks.from_day AND looks.to_day) IS TRUE AND "#
                + $which
                + ") found
               UNION ALL
               SELECT NULL, from_day FROM (SELECT min(from_day) AS from_day FROM looks) last
               WHERE EXISTS (SELECT FROM agenda_slots WHERE data < last.from_day)
               LIMIT $1",
            $($argument),*
        )
    };
}

impl Store {
    /// The slots of candidates who are looked for, of all days, removed ones too, the latest day first. Of more than
    /// five thousand the latest, and it says so.
    pub async fn clinic_search(
        &self,
        words: &SearchedWords,
        usuario_ids: Option<&[i32]>,
        limit: i64,
        offset: i64,
    ) -> Result<Found, StoreError> {
        let wanted = offset.saturating_add(limit).min(MOST);
        let whole = words.whole.as_deref().map(|words| (words, true));
        let ways = whole.into_iter().chain([(&*words.beginnings, false)]);
        // One connection for all looks: each that has not looked for long has to get to know the tables first.
        let mut tx = self.begin().await?;
        sqlx::raw_sql(LOOK).execute(&mut *tx).await?;
        let mut meant = Meant::default();
        match usuario_ids {
            Some(usuario_ids) if have_few(&mut tx, usuario_ids).await? => {
                match look_at_each(&mut tx, words, usuario_ids).await {
                    Ok(ids) => meant.ids = ids,
                    Err(error) if error.took_too_long() => meant.gave_up = true,
                    Err(error) => return Err(error),
                }
            }
            _ => {
                for (parts, are_whole) in ways {
                    let look = Look {
                        parts,
                        are_whole,
                        usuario_ids,
                        limit: wanted + 1,
                        time_limit: words.time_limit,
                    };
                    meant = look.all(&mut tx).await?;
                    if !meant.is_nobody() {
                        break;
                    }
                }
            }
        }
        begin_anew(&mut tx).await?;
        let known = i64::try_from(meant.ids.len()).unwrap_or(i64::MAX);
        let page = meant.ids.iter().copied();
        let page = page.take(index(wanted)).skip(index(offset));
        let page: Vec<i64> = page.collect();
        let slots = slots!(
            "s.id = ANY ($1) ORDER BY s.data DESC, s.hora DESC, s.usuario_id DESC, s.id",
            &page
        );
        Ok(Found {
            slots: slots.fetch_all(&mut *tx).await?,
            cut: meant.gave_up || meant.from_day.is_some() || (wanted == MOST && known > MOST),
            from_day: meant.from_day,
        })
    }
}

/// One look through the days.
struct Look<'a> {
    /// What all has to be true of a slot.
    parts: &'a [String],
    /// The parts are no beginnings.
    are_whole: bool,
    usuario_ids: Option<&'a [i32]>,
    limit: i64,
    /// Where no part is rare, no look at further days is begun after this.
    time_limit: Duration,
}

impl Look<'_> {
    /// The latest of those that all parts mean.
    async fn all(&self, tx: &mut Transaction) -> Result<Meant, StoreError> {
        // Of whole words the index begins with the rarest. Of beginnings it takes all slots of each before it compares:
        // those of a rare one are compared here.
        let mut meant = None;
        if self.are_whole || self.parts.len() == 1 && self.usuario_ids.is_none() {
            let found = self.of_many(tx).await?;
            if found.from_day.is_none() {
                return Ok(found);
            }
            meant = Some(found);
        }
        let begun = Instant::now();
        for part in self.parts {
            if begun.elapsed() >= LONGEST {
                break;
            }
            match few(tx, part).await? {
                Some(0) => return Ok(Meant::default()),
                Some(_) => return self.of_rare(tx, part).await,
                None => {}
            }
        }
        match meant {
            Some(meant) => Ok(meant),
            None => self.of_many(tx).await,
        }
    }

    async fn of_rare(&self, tx: &mut Transaction, rare: &str) -> Result<Meant, StoreError> {
        // `IS TRUE`: looked at slot by slot, not by the index.
        let found = by_day!(
            "agendad_slot_day_words(payload, data) @@ looks.words
             AND (agendad_slot_day_words(payload, data) @@ replace($4, '@',
                  (greatest(least(data, '2099-12-31'), '1901-01-01') - date '1901-01-01')::text)::tsquery) IS TRUE
             AND ($5::int[] IS NULL OR usuario_id = ANY ($5))
             ORDER BY data DESC, hora DESC, usuario_id DESC, id",
            self.limit,
            rare,
            LONGEST.as_secs_f64(),
            self.parts.join(" & "),
            self.usuario_ids
        );
        received(found.fetch(&mut **tx)).await
    }

    async fn of_many(&self, tx: &mut Transaction) -> Result<Meant, StoreError> {
        let all = self.parts.join(" & ");
        let time_limit = self.time_limit.as_secs_f64();
        let Some(usuario_ids) = self.usuario_ids else {
            let found = by_day!(
                "agendad_slot_day_words(payload, data) @@ looks.words
                 ORDER BY data DESC, hora DESC, usuario_id DESC, id",
                self.limit,
                all,
                time_limit
            );
            return received(found.fetch(&mut **tx)).await;
        };
        let found = by_day!(
            "agendad_slot_day_words(payload, data) @@ looks.words
             AND usuario_id = ANY ($4) AND data BETWEEN looks.from_day AND looks.to_day
             ORDER BY data DESC, hora DESC, usuario_id DESC, id",
            self.limit,
            all,
            time_limit,
            usuario_ids
        );
        received(found.fetch(&mut **tx)).await
    }
}

/// Whether these examiners have few slots.
async fn have_few(tx: &mut Transaction, usuario_ids: &[i32]) -> Result<bool, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM (SELECT FROM agenda_slots WHERE usuario_id = ANY ($1) LIMIT $2) few"#,
        usuario_ids,
        FEW + 1
    );
    Ok(count.fetch_one(&mut **tx).await? <= FEW)
}

/// The same as [`Look`] by all words and, if nobody has them, by beginnings, for examiners who have few slots.
async fn look_at_each(
    tx: &mut Transaction,
    words: &SearchedWords,
    usuario_ids: &[i32],
) -> Result<Vec<i64>, StoreError> {
    // Whoever has a word has its beginning.
    let found = sqlx::query!(
        r#"SELECT id, coalesce(words @@ replace($1, '@', day)::tsquery, FALSE) AS "is_whole!"
           FROM agenda_slots,
                LATERAL agendad_slot_day_words(payload, data) words,
                LATERAL (SELECT (greatest(least(data, '2099-12-31'), '1901-01-01') - date '1901-01-01')::text AS day) counted
           WHERE usuario_id = ANY ($3) AND words @@ replace($2, '@', day)::tsquery
           ORDER BY data DESC, hora DESC, usuario_id DESC, id"#,
        words.whole.as_ref().map(|words| words.join(" & ")),
        words.beginnings.join(" & "),
        usuario_ids
    );
    let found = found.fetch_all(&mut **tx).await?;
    let are_whole = found.iter().any(|slot| slot.is_whole);
    let meant = found.iter().filter(|slot| slot.is_whole || !are_whole);
    Ok(meant.map(|slot| slot.id).collect())
}

/// How many slots have what this part of a query means, if they are few.
async fn few(tx: &mut Transaction, part: &str) -> Result<Option<usize>, StoreError> {
    let some = by_day!(
        "agendad_slot_day_words(payload, data) @@ looks.words",
        RARE + 1,
        part,
        LONGEST.as_secs_f64()
    );
    let some = received(some.fetch(&mut **tx)).await?;
    if some.gave_up {
        begin_anew(tx).await?;
        sqlx::raw_sql(LOOK).execute(&mut **tx).await?;
        return Ok(None);
    }
    let is_known = some.from_day.is_none();
    Ok(Some(some.ids.len()).filter(|count| is_known && *count <= index(RARE)))
}

/// What was set is as before, and a statement that failed is forgotten.
async fn begin_anew(tx: &mut Transaction) -> Result<(), StoreError> {
    let sql = "ROLLBACK AND CHAIN; SET LOCAL idle_in_transaction_session_timeout = '15s'";
    sqlx::raw_sql(sql).execute(&mut **tx).await?;
    Ok(())
}

/// What comes before the server's time-out.
async fn received(mut rows: BoxStream<'_, sqlx::Result<Seen>>) -> Result<Meant, StoreError> {
    let mut meant = Meant::default();
    loop {
        match rows.try_next().await {
            Ok(Some(seen)) => {
                meant.ids.extend(seen.id);
                meant.from_day = seen.from_day;
            }
            Ok(None) => return Ok(meant),
            Err(error) if sqlstate(&error).as_deref() == Some("57014") => {
                meant.gave_up = true;
                return Ok(meant);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn index(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_words_that_only_can_be_looked_for() {
        for (text, whole, beginnings) in [
            (
                "Maria da Silva",
                Some("'@maria' & '@silva'"),
                "'@maria':* & '@silva':*",
            ),
            (
                "  SÍLVA,maría ",
                Some("'@silva' & '@maria'"),
                "'@silva':* & '@maria':*",
            ),
            (
                "a ab b ba ab c ca da d dd",
                Some("'@ab' & '@ba' & '@ca' & '@dd' & '@a':* & '@b':* & '@c':* & '@d':*"),
                "'@ab':* & '@ba':* & '@ca':* & '@dd':* & '@a':* & '@b':* & '@c':* & '@d':*",
            ),
            ("d'ávila", Some("'@davila'"), "'@davila':*"),
            ("de", Some("'@de'"), "'@de':*"),
            ("529.982", None, "('@C529982':* | '@T529982':*)"),
            (
                "529.982.247-25",
                Some("('@C52998224725' | '@T98224725')"),
                "('@C52998224725':* | '@T98224725')",
            ),
            (
                "98765-4321",
                Some("'@T87654321'"),
                "('@C987654321':* | '@T87654321')",
            ),
            ("ana 4321", None, "'@ana':* & ('@C4321':* | '@T4321':*)"),
            (
                "o'); DROP TABLE x --",
                Some("'@table' & '@drop' & '@o':* & '@x':*"),
                "'@table':* & '@drop':* & '@o':* & '@x':*",
            ),
        ] {
            let read = SearchedWords::read(text).unwrap();
            let read_whole = read.whole.map(|words| words.join(" & "));
            assert_eq!(read_whole.as_deref(), whole, "{text}");
            assert_eq!(read.beginnings.join(" & "), beginnings, "{text}");
        }
        for nothing in ["", " ", "a", "12", "!&|:*", "'"] {
            assert_eq!(SearchedWords::read(nothing), None, "{nothing}");
        }
    }
}
