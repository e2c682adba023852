//! Telephone numbers as the portal writes them: several, split by `/`, with sloppy punctuation.

/// The first mobile and the first landline number of a text, digits only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phones {
    /// Ten digits: area code and number.
    pub fixo: Option<String>,
    /// Eleven digits with a 9 after the area code.
    pub celular: Option<String>,
}

impl Phones {
    /// Splits at `/`, `,` and `;`. What is neither a mobile nor a landline number is left out here
    /// and stays in the slot's payload.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut phones = Self::default();
        for part in text.split(['/', ',', ';']) {
            let digits: String = part.chars().filter(char::is_ascii_digit).collect();
            match digits.len() {
                11 if digits.as_bytes()[2] == b'9' => phones.celular.get_or_insert(digits),
                10 => phones.fixo.get_or_insert(digits),
                _ => continue,
            };
        }
        phones
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Option<String>, Option<String>) {
        let phones = Phones::parse(text);
        (phones.fixo, phones.celular)
    }

    #[test]
    fn numbers_are_split_and_classed_by_their_digits() {
        let both = (Some("1123456789".into()), Some("11987654321".into()));
        assert_eq!(parse("(11) 2345-6789 / (11) 98765--4321"), both);
        assert_eq!(parse("11 98765 4321;1123456789, 1133334444"), both);
        assert_eq!(parse(""), (None, None));
        assert_eq!(parse("2345-6789 / 11287654321 / ramal"), (None, None));
    }
}
