//! The agenda over all examiners, for whoever receives the candidates: days, a search for a candidate, and who there is.
//! Telephone numbers and CPFs leave the database whole here: who may see them is the caller's to decide.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::names::Named;
use super::{Store, StoreError};
use agendad_domain::SlotStatus;
use agendad_domain::text::fold;

/// A slot as the clinic needs it.
#[derive(Clone)]
pub struct ClinicSlot {
    /// `agenda_slots.id`.
    pub id: i64,
    /// The examiner.
    pub usuario_id: i32,
    /// Their name.
    pub perito: String,
    /// The day.
    pub data: NaiveDate,
    /// The hour, local time.
    pub hora: NaiveTime,
    /// Its state.
    pub status: SlotStatus,
    /// The unit's name; its code where that is not known.
    pub unidade: String,
    /// Candidate's name, as the portal writes it.
    pub nome: Option<String>,
    /// Candidate's CPF, whole.
    pub cpf: Option<String>,
    /// Telephone numbers, as the portal writes them.
    pub telefone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Kind of process.
    pub processo: Option<String>,
    /// Licence category.
    pub categoria: Option<String>,
    /// Status of the medical exam.
    pub exame_medico: Option<String>,
    /// Status of the psychological exam.
    pub exame_psicologico: Option<String>,
    /// First time seen.
    pub first_seen_at: Option<DateTime<Utc>>,
    /// Last time seen.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Since when readings miss it, while its removal is held back.
    pub missing_since: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for ClinicSlot {
    // It holds a person's data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClinicSlot({} {} {})", self.id, self.data, self.hora)
    }
}

/// Which days, of whom, in which order.
#[derive(Debug, Clone)]
pub struct ClinicDays {
    /// First day.
    pub from: NaiveDate,
    /// Last day, inclusive.
    pub to: NaiveDate,
    /// Of these examiners; `None`: all.
    pub usuario_ids: Option<Vec<i32>>,
    /// Day by day by examiner, and not by time.
    pub by_examiner: bool,
    /// At most so many ...
    pub limit: i64,
    /// ... after so many.
    pub offset: i64,
}

/// What is looked for: words of a name, a CPF, a telephone number, or several of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchedWords {
    /// All words as they are, which is answered at once; `None`: there is only a beginning of a number.
    whole: Option<String>,
    /// Each word as a beginning, which takes longer the more common it is.
    beginnings: String,
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
        if digits.len() >= 3 {
            beginnings.push(beginning_of_number(&digits));
            match whole_number(&digits) {
                Some(number) => whole.push(number),
                None => is_whole = false,
            }
        }
        Some(Self {
            whole: is_whole.then(|| whole.join(" & ")),
            beginnings: beginnings.join(" & "),
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

/// Slots with all that the clinic needs of them, those that `$which` names, in that order.
macro_rules! slots {
    ($which:literal, $($argument:expr),*) => {
        sqlx::query_as!(
            ClinicSlot,
            r#"SELECT s.id, u.id AS usuario_id, u.nome AS "perito!", s.data, s.hora, s.status AS "status: SlotStatus",
                      coalesce(n.name, s.unidade_code) AS "unidade!",
                      nullif(s.payload ->> 'nome', '') AS nome, nullif(s.payload ->> 'cpf', '') AS cpf,
                      nullif(s.payload ->> 'telefone', '') AS telefone, nullif(s.payload ->> 'email', '') AS email,
                      nullif(s.payload ->> 'tipo_processo', '') AS processo,
                      nullif(s.payload ->> 'categoria', '') AS categoria,
                      nullif(s.payload ->> 'status_exame_medico', '') AS exame_medico,
                      nullif(s.payload ->> 'status_exame_psicologico', '') AS exame_psicologico,
                      s.first_seen_at, s.last_seen_at, s.missing_since
               FROM agenda_slots s JOIN usuarios u ON u.id = s.usuario_id
               LEFT JOIN portal_units n ON n.usuario_id = s.usuario_id AND n.code = s.unidade_code
               WHERE "#
                + $which,
            $($argument),*
        )
    };
}

impl Store {
    /// The current slots of these days.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn clinic_slots(&self, asked: &ClinicDays) -> Result<Vec<ClinicSlot>, StoreError> {
        let ClinicDays {
            from,
            to,
            limit,
            offset,
            ..
        } = *asked;
        let usuario_ids = asked.usuario_ids.as_deref();
        let rows = if asked.by_examiner {
            slots!(
                "s.is_current AND s.data BETWEEN $1 AND $2 AND ($3::int[] IS NULL OR s.usuario_id = ANY ($3))
                 ORDER BY s.data, u.nome, s.usuario_id, s.hora, s.id LIMIT $4 OFFSET $5",
                from,
                to,
                usuario_ids,
                limit,
                offset
            )
            .fetch_all(&self.pool)
            .await?
        } else {
            slots!(
                "s.is_current AND s.data BETWEEN $1 AND $2 AND ($3::int[] IS NULL OR s.usuario_id = ANY ($3))
                 ORDER BY s.data, s.hora, s.usuario_id, s.id LIMIT $4 OFFSET $5",
                from,
                to,
                usuario_ids,
                limit,
                offset
            )
            .fetch_all(&self.pool)
            .await?
        };
        Ok(rows)
    }

    /// How many current slots these days have.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn clinic_count(&self, asked: &ClinicDays) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM agenda_slots
               WHERE is_current AND data BETWEEN $1 AND $2 AND ($3::int[] IS NULL OR usuario_id = ANY ($3))"#,
            asked.from,
            asked.to,
            asked.usuario_ids.as_deref(),
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    /// The slots of candidates who are looked for, of all days, removed ones too, the latest day first. Of more than
    /// five thousand (or than are asked for) the latest of some: whoever looks for so many has to say more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn clinic_search(
        &self,
        words: &SearchedWords,
        usuario_ids: Option<&[i32]>,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<ClinicSlot>, StoreError> {
        let mut tx = self.begin().await?;
        // The planner takes words of which it knows nothing for common ones, and would then read years of slots from
        // their end until it has found enough.
        sqlx::query!("SET LOCAL enable_seqscan = off")
            .execute(&mut *tx)
            .await?;
        let queries = words.whole.iter().chain([&words.beginnings]);
        for query in queries {
            let found = slots!(
                "s.id = ANY (ARRAY(
                     WITH found AS MATERIALIZED (
                         SELECT id, data, hora, usuario_id FROM agenda_slots
                         WHERE agendad_slot_words(payload) @@ ($1::text)::tsquery
                           AND ($2::int[] IS NULL OR usuario_id = ANY ($2))
                         LIMIT greatest(5000, $3::bigint + $4::bigint))
                     SELECT id FROM found ORDER BY data DESC, hora DESC, usuario_id DESC, id LIMIT $3::bigint OFFSET $4::bigint))
                 ORDER BY s.data DESC, s.hora DESC, s.usuario_id DESC, s.id",
                query,
                usuario_ids,
                limit,
                offset
            );
            let found = found.fetch_all(&mut *tx).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// The examiners who have an account and are not switched off, by name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn clinic_examiners(&self) -> Result<Vec<Named>, StoreError> {
        let rows = sqlx::query_as!(
            Named,
            r#"SELECT u.id AS usuario_id, coalesce(u.nome, '') AS "nome!"
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               WHERE coalesce(u.ativo, TRUE) AND coalesce(c.ativo, TRUE) ORDER BY u.nome, u.id"#
        );
        Ok(rows.fetch_all(&self.pool).await?)
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
            assert_eq!(read.beginnings, beginnings, "{text}");
        }
        for nothing in ["", " ", "a", "12", "!&|:*", "'"] {
            assert_eq!(SearchedWords::read(nothing), None, "{nothing}");
        }
    }
}
