//! The Brazilian taxpayer number, which names a person and is therefore never printed whole.

use std::fmt;

use super::text::is_invisible;

/// A CPF: eleven digits, kept without punctuation.
///
/// `Display` and `Debug` mask it (`***.982.247-**`), so that it can stand in any log line or error.
/// Use [`Cpf::digits`] or [`Cpf::formatted`] where the whole number is the purpose.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cpf(String);

/// How many digits a CPF has.
const LENGTH: usize = 11;

/// The text has not exactly eleven digits, and no zeros were lost. Carries no part of the text, which may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a CPF has 11 digits, this has {digits}")]
pub struct InvalidCpf {
    /// How many digits the text had.
    pub digits: usize,
}

impl Cpf {
    /// Takes the digits out of `text`, whatever punctuation stands between them. Nine or ten digits are a
    /// CPF that lost its leading zeros somewhere it was taken for a number, if the check digits say so and no
    /// punctuation says that digits are missing elsewhere (`529.982.247-2`).
    ///
    /// Check digits of eleven are not examined: the portal shows what it shows. Where a person types a
    /// CPF, ask [`Cpf::has_valid_check_digits`] too.
    ///
    /// # Errors
    /// [`InvalidCpf`] unless there are so many digits and no letters.
    pub fn parse(text: &str) -> Result<Self, InvalidCpf> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let refused = InvalidCpf {
            digits: digits.len(),
        };
        if text.chars().any(char::is_alphabetic) {
            return Err(refused);
        }
        match digits.len() {
            LENGTH => Ok(Self(digits)),
            9 | 10 => Some(Self(format!("{digits:0>LENGTH$}")))
                .filter(|cpf| cpf.has_valid_check_digits() && cpf.ends_with(text))
                .ok_or(refused),
            _ => Err(refused),
        }
    }

    /// Whether `text` is this CPF, however it is written.
    #[must_use]
    pub fn is_written(&self, text: &str) -> bool {
        Self::parse(text).is_ok_and(|other| other == *self)
    }

    /// The eleven digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The whole number as people write it: `529.982.247-25`.
    #[must_use]
    pub fn formatted(&self) -> String {
        let d = &self.0;
        format!("{}.{}.{}-{}", &d[0..3], &d[3..6], &d[6..9], &d[9..11])
    }

    /// Whether this is how it is written without some of its first digits, with or without punctuation.
    fn ends_with(&self, text: &str) -> bool {
        let is_written = |c: &char| !c.is_whitespace() && !is_invisible(*c);
        let text: String = text.chars().filter(is_written).collect();
        let whole = self.formatted();
        let spellings = [whole.replace('.', ""), self.0.clone(), whole];
        spellings.iter().any(|spelling| spelling.ends_with(&text))
    }

    /// Whether the last two digits follow from the first nine (modulus 11), and not all are equal.
    #[must_use]
    pub fn has_valid_check_digits(&self) -> bool {
        let digits: Vec<u32> = self.0.bytes().map(|b| u32::from(b - b'0')).collect();
        let all_equal = digits.iter().all(|d| *d == digits[0]);
        !all_equal
            && check_digit(&digits[..9]) == digits[9]
            && check_digit(&digits[..10]) == digits[10]
    }
}

fn check_digit(digits: &[u32]) -> u32 {
    let weights = (2..=digits.len() as u32 + 1).rev();
    let sum: u32 = digits.iter().zip(weights).map(|(d, w)| d * w).sum();
    match sum * 10 % 11 {
        10 => 0,
        digit => digit,
    }
}

impl fmt::Display for Cpf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "***.{}.{}-**", &self.0[3..6], &self.0[6..9])
    }
}

impl fmt::Debug for Cpf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cpf({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_does_not_matter() {
        let plain = Cpf::parse("52998224725").unwrap();
        assert_eq!(plain, Cpf::parse(" 529.982.247-25 ").unwrap());
        assert_eq!(plain, Cpf::parse("\u{200e}529.982.\u{ad}247-25").unwrap());
        assert_eq!(plain.formatted(), "529.982.247-25");
    }

    #[test]
    fn wrong_lengths_and_letters_are_refused() {
        for text in ["", "5299822472", "529982247250", "5299822472a5", "abc"] {
            assert!(Cpf::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn leading_zeros_that_were_lost_are_put_back_if_the_check_digits_agree() {
        for (short, whole) in [
            ("1234567890", "012.345.678-90"),
            ("12345678-90", "012.345.678-90"),
            ("12.345.678-90", "012.345.678-90"),
            (" 12 345 678 90", "012.345.678-90"),
            ("\u{200b}12345678-90\u{feff}", "012.345.678-90"),
            ("123456797", "001.234.567-97"),
        ] {
            assert_eq!(
                Cpf::parse(short).map(|cpf| cpf.formatted()),
                Ok(whole.to_owned())
            );
        }
        for text in [
            "1234567891",
            "123456798",
            "12345678",
            "000000000",
            "1234567890x",
            // The check digits agree, but it is the last digit that is missing.
            "123.456.789-0",
        ] {
            assert!(Cpf::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_output_shows_the_whole_number() {
        let cpf = Cpf::parse("52998224725").unwrap();
        assert_eq!(
            format!("{cpf} {cpf:?}"),
            "***.982.247-** Cpf(***.982.247-**)"
        );
    }

    #[test]
    fn check_digits_follow_from_the_first_nine() {
        assert!(
            Cpf::parse("529.982.247-25")
                .unwrap()
                .has_valid_check_digits()
        );
        assert!(
            !Cpf::parse("529.982.247-26")
                .unwrap()
                .has_valid_check_digits()
        );
        assert!(
            !Cpf::parse("111.111.111-11")
                .unwrap()
                .has_valid_check_digits()
        );
    }
}
