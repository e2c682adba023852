//! All numbers of a text, for people who dial them.

use super::plan::Number;
use super::split;

/// A number that can be dialled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Telephone {
    /// Eight or nine digits.
    number: String,
    /// Two digits; `None`: not known.
    area: Option<String>,
}

impl Telephone {
    /// The numbers of a text, mobile ones first, each once. Those without area code get `area_code`, if it is not empty.
    /// What Brazil's plan does not have is left out.
    #[must_use]
    pub fn all(text: &str, area_code: &str) -> Vec<Self> {
        let mut mobile = Vec::new();
        let mut landline = Vec::new();
        for number in split::numbers(text) {
            let (kind, found) = match number {
                Number::Mobile(digits) => (&mut mobile, Self::with_area(&digits)),
                Number::LocalMobile(digits) => (&mut mobile, Self::local(digits, area_code)),
                Number::Landline(digits) => (&mut landline, Self::with_area(&digits)),
                Number::LocalLandline(digits) => (&mut landline, Self::local(digits, area_code)),
                Number::Impossible => continue,
            };
            if !kind.contains(&found) {
                kind.push(found);
            }
        }
        mobile.append(&mut landline);
        mobile
    }

    fn with_area(digits: &str) -> Self {
        let (area, number) = digits.split_at(2);
        Self {
            number: number.to_owned(),
            area: Some(area.to_owned()),
        }
    }

    fn local(number: String, area_code: &str) -> Self {
        Self {
            number,
            area: Some(area_code.to_owned()).filter(|area| !area.is_empty()),
        }
    }

    /// As people read it: `(11) 98765-4321`.
    #[must_use]
    pub fn shown(&self) -> String {
        let (first, last) = self.number.split_at(self.number.len() - 4);
        match &self.area {
            Some(area) => format!("({area}) {first}-{last}"),
            None => format!("{first}-{last}"),
        }
    }

    /// As a telephone dials it: `+5511987654321`; without area code the digits alone.
    #[must_use]
    pub fn dialled(&self) -> String {
        match &self.area {
            Some(area) => format!("+55{area}{}", self.number),
            None => self.number.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, area: &str) -> Vec<String> {
        let all = Telephone::all(text, area);
        all.iter().map(Telephone::shown).collect()
    }

    #[test]
    fn mobile_numbers_come_first_each_once_and_with_their_area() {
        assert_eq!(
            shown(
                "(11) 2345-6789 / 98765--4321 / 11987654321 / 11999999999",
                "11"
            ),
            ["(11) 98765-4321", "(11) 2345-6789"]
        );
        assert_eq!(shown("98765--4321", ""), ["98765-4321"]);
        assert_eq!(shown("NÃO INFORMADO", "11"), [""; 0]);
        let all = Telephone::all("98765-4321 2345-6789", "19");
        let dialled: Vec<String> = all.iter().map(Telephone::dialled).collect();
        assert_eq!(dialled, ["+5519987654321", "+551923456789"]);
    }
}
