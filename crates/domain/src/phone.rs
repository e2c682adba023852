//! Telephone numbers as people write them: several in one text, with country, trunk and carrier prefixes,
//! extensions, words and sloppy punctuation between them; judged by Brazil's numbering plan.

mod listed;
mod plan;
mod split;

pub use listed::Telephone;
use plan::Number;

/// The first mobile and the first landline number of a text, digits only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phones {
    /// Ten digits: area code and number.
    pub fixo: Option<String>,
    /// Eleven digits with a 9 after the area code.
    pub celular: Option<String>,
    /// Numbers that were left out because they have no area code, and none is configured.
    pub without_area: usize,
    /// Numbers that were left out because Brazil's plan has no such numbers.
    pub impossible: usize,
}

impl Phones {
    /// Reads a text. Numbers without area code get `area_code`, if it is not empty. What is left out
    /// stays in the slot's payload.
    #[must_use]
    pub fn parse(text: &str, area_code: &str) -> Self {
        let mut phones = Self::default();
        for number in split::numbers(text) {
            match number {
                Number::Mobile(digits) => keep(&mut phones.celular, digits),
                Number::Landline(digits) => keep(&mut phones.fixo, digits),
                Number::Impossible => phones.impossible += 1,
                Number::LocalMobile(_) | Number::LocalLandline(_) if area_code.is_empty() => {
                    phones.without_area += 1;
                }
                Number::LocalMobile(digits) => {
                    keep(&mut phones.celular, format!("{area_code}{digits}"));
                }
                Number::LocalLandline(digits) => {
                    keep(&mut phones.fixo, format!("{area_code}{digits}"));
                }
            }
        }
        phones
    }
}

/// The first of a kind stays.
fn keep(place: &mut Option<String>, digits: String) {
    place.get_or_insert(digits);
}

/// Whether these are the two digits of an area that exists.
#[must_use]
pub fn is_area_code(text: &str) -> bool {
    plan::is_area(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Landline and mobile number of a text.
    fn parse(text: &str) -> (Option<String>, Option<String>) {
        let phones = Phones::parse(text, "");
        (phones.fixo, phones.celular)
    }

    const LANDLINE: &str = "1123456789";
    const MOBILE: &str = "11987654321";

    #[test]
    fn numbers_are_split_and_classed_by_their_digits() {
        let both = (Some(LANDLINE.into()), Some(MOBILE.into()));
        for text in [
            "(11) 2345-6789 / (11) 98765--4321",
            "11 98765 4321;1123456789, 1133334444",
            "11987654321 1123456789",
            "11 98765-4321 11 2345-6789",
            "(11)98765.4321(11)2345.6789",
            "11987654321 e 1123456789",
            "11987654321 ou 1123456789",
            "11987654321|1123456789",
            "11987654321\n1123456789",
            "11987654321\r\n(11) 2345-6789 ramal 12",
            "Cel: 11 9 8765-4321 Res: 11 2345 6789",
            "11 2345-6789 r. 12 / +55 11 98765-4321",
            "2345-6788 / 11 2345-6789 / 98765-4321 / 11 98765-4321",
            "11987654321/1123456789/1133334444/11911112222",
            "11, 98765-4321; 11, 2345-6789",
        ] {
            assert_eq!(parse(text), both, "{text}");
        }
        for text in [
            "",
            "ramal",
            "2345-6789 / 11287654321 / ramal",
            "NÃO INFORMADO",
        ] {
            assert_eq!(parse(text), (None, None), "{text}");
        }
    }

    #[test]
    fn prefixes_and_extensions_are_understood() {
        for text in [
            "+55 11 98765-4321",
            "+55 (11) 98765-4321",
            "+5511987654321",
            "5511987654321",
            "0055 11 98765-4321",
            "+55 011 98765-4321",
            "011 98765-4321",
            "(011) 98765-4321",
            "(0xx11) 98765-4321",
            "0xx11987654321",
            "0XX 11 98765-4321",
            "015 11 98765-4321",
            "0151198765-4321",
            "(0xx15 11) 98765-4321",
            "0 15 (11) 98765-4321",
            "(11) 9 8765-4321",
            "11 98765-4321 ramal 12",
            "11 98765 4321 (falar com Ana)",
            "tel.:11-98765-4321",
            "11\u{2013}98765\u{2013}4321",
            "11\u{a0}98765\u{2011}4321",
        ] {
            assert_eq!(parse(text), (None, Some(MOBILE.into())), "{text}");
        }
        for text in [
            "011 2345-6789",
            "+55 11 2345-6789",
            "0xx11 2345-6789",
            "021 11 2345-6789",
            "(11) 2345-6789 ramal 12",
            "(11) 2345-6789 R. 12",
            "(11) 2345-6789 r12",
            "(11) 2345-6789 Ramal: 1234",
            "1123456789 ext 12",
            "1123456789 x12",
        ] {
            assert_eq!(parse(text), (Some(LANDLINE.into()), None), "{text}");
        }
    }

    #[test]
    fn what_brazils_plan_does_not_have_is_no_number_and_is_counted() {
        for text in [
            "0800123456",
            "0800 123 4567",
            "0300 123 4567",
            "1111111111",
            "11111111111",
            "99999999999",
            "(11) 99999-9999",
            "(11) 0000-0000",
            "00000000000",
            "(20) 98765-4321",
            "2023456789",
            "(10) 98765-4321",
            "11287654321",
            "(11) 8765-4321",
            "+1 305 555 1234",
            "+351 912 345 678",
            "123",
            "119876543211",
        ] {
            let phones = Phones::parse(text, "11");
            let expected = Phones {
                impossible: 1,
                ..Phones::default()
            };
            assert_eq!(phones, expected, "{text}");
        }
    }

    #[test]
    fn a_number_without_area_code_gets_the_configured_one() {
        let text = "98765--4321 / 2345-6789";
        let without = Phones::parse(text, "");
        assert_eq!((without.fixo, without.celular), (None, None));
        assert_eq!((without.without_area, without.impossible), (2, 0));
        let with = Phones::parse(text, "19");
        assert_eq!(with.celular.as_deref(), Some("19987654321"));
        assert_eq!(with.fixo.as_deref(), Some("1923456789"));
        let repeated = Phones::parse("999999999 / 22222222", "19");
        assert_eq!((repeated.celular, repeated.impossible), (None, 2));
    }

    #[test]
    fn a_text_of_any_length_is_read_in_bounded_time() {
        let text = "1 ".repeat(50_000);
        assert_eq!(Phones::parse(&text, "").impossible, 1);
    }
}
