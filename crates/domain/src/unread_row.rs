//! A row of a day's table that could not be read, by what could be read of it: it may be one of the slots
//! that are stored of that day, and those must not be taken for vanished.

use chrono::NaiveTime;

use super::text::fold;

/// Fewer digits than these are no part of a CPF that could be recognised.
const FEWEST_CPF_DIGITS: usize = 6;

/// What could be read of a row that could not be read as a whole. Personal: prints none of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UnreadRow {
    time: Option<NaiveTime>,
    /// Digits that are a CPF, or a part of one.
    cpf_digits: Vec<String>,
    /// What may be the name, folded.
    names: Vec<String>,
}

/// A stored slot, by what a row can share with it.
#[derive(Clone, Copy)]
pub struct StoredSlot<'a> {
    pub time: NaiveTime,
    /// Its candidate's CPF, in whatever spelling.
    pub cpf: &'a str,
    /// Its candidate's name.
    pub name: &'a str,
}

impl UnreadRow {
    /// Nothing of it could be read, so that it may be any slot of its day.
    #[must_use]
    pub fn unknown() -> Self {
        Self::default()
    }

    /// Notes the time.
    #[must_use]
    pub fn with_time(self, time: Option<NaiveTime>) -> Self {
        Self { time, ..self }
    }

    /// Notes what stood where the CPF is expected. Too few digits say nothing.
    #[must_use]
    pub fn with_cpf(mut self, text: &str) -> Self {
        let digits = digits(text);
        if digits.len() >= FEWEST_CPF_DIGITS {
            self.cpf_digits.push(digits);
        }
        self
    }

    /// Notes what may be the name. A text without letters says nothing.
    #[must_use]
    pub fn with_name(mut self, text: &str) -> Self {
        if text.chars().any(char::is_alphabetic) {
            self.names.push(fold(text));
        }
        self
    }

    /// Whether nothing of it could be read.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.time.is_none() && self.cpf_digits.is_empty() && self.names.is_empty()
    }

    /// Whether it may be that slot: it has the same time, the same name, or the same CPF as far as
    /// digits are left of it; or nothing of it could be read.
    #[must_use]
    pub fn could_be(&self, slot: StoredSlot<'_>) -> bool {
        if self.is_unknown() || self.time == Some(slot.time) {
            return true;
        }
        let (name, stored) = (fold(slot.name), digits(slot.cpf));
        let same_cpf = |read: &String| {
            // Digits were lost on either side, zeros in front first of all.
            stored.len() >= FEWEST_CPF_DIGITS
                && (stored.contains(read.as_str()) || read.contains(stored.trim_start_matches('0')))
        };
        self.names.contains(&name) || self.cpf_digits.iter().any(same_cpf)
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

impl std::fmt::Debug for UnreadRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnreadRow")
            .field("time", &self.time)
            .field("cpf_digits", &self.cpf_digits.len())
            .field("names", &self.names.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot() -> StoredSlot<'static> {
        StoredSlot {
            time: NaiveTime::from_hms_opt(9, 0, 0).unwrap(),
            cpf: "012.345.678-90",
            name: "MARIA D'ÁVILA",
        }
    }

    #[test]
    fn a_row_could_be_the_slot_with_its_time_its_name_or_its_cpf() {
        let nine = NaiveTime::from_hms_opt(9, 0, 0);
        let ten = NaiveTime::from_hms_opt(10, 0, 0);
        let row = UnreadRow::default;
        for (row, could_be) in [
            (row(), true),
            (row().with_time(nine), true),
            (row().with_time(ten), false),
            (row().with_time(ten).with_name("maria  d'avila"), true),
            (row().with_name("MARIA"), false),
            (row().with_cpf("1234567890"), true),
            (row().with_cpf("***.345.678-**"), true),
            (row().with_cpf("0123456789012"), true),
            (row().with_cpf("529.982.247-2"), false),
            (row().with_cpf("12").with_name("--"), true),
        ] {
            assert_eq!(row.could_be(slot()), could_be, "{row:?}");
        }
    }

    #[test]
    fn it_prints_nobody() {
        let row = UnreadRow::default()
            .with_cpf("529.982.247-2")
            .with_name("MARIA");
        assert_eq!(
            format!("{row:?}"),
            "UnreadRow { time: None, cpf_digits: 1, names: 1 }"
        );
    }
}
