//! Where one number ends and the next begins. What surely separates numbers (`/`, `;`, `|`, a line end, "e",
//! "ou") is taken first; between blanks and dashes the groups of digits are put together so that as few as
//! possible are left over.

use super::plan::{self, Number};

/// More groups of digits than these no number has: country, trunk, carrier, area and the rest in four.
const MOST_GROUPS: usize = 8;
/// A part of more groups than these is no list of numbers.
const MOST_GROUPS_OF_A_PART: usize = 64;
/// An extension has at most so many digits.
const LONGEST_EXTENSION: usize = 6;

/// Words that announce an extension.
const EXTENSION: [&str; 8] = [
    "r",
    "ramal",
    "ramais",
    "ram",
    "ext",
    "extensao",
    "extensão",
    "x",
];
/// Words that stand between two numbers.
const AND: [&str; 4] = ["e", "ou", "and", "y"];

/// The numbers of a text, and what was taken for one and is none.
pub(super) fn numbers(text: &str) -> Vec<Number> {
    let parts = rejoin(parts(text));
    parts.iter().flat_map(Part::numbers).collect()
}

/// What stands between two sure separators.
#[derive(Debug, Default)]
struct Part {
    groups: Vec<String>,
    /// Whether a `+` stands before it, so that it begins with a country's code.
    is_international: bool,
}

/// What a text consists of.
#[derive(Debug, PartialEq)]
enum Token {
    Digits(String),
    Word(String),
    /// Surely ends a number.
    End,
    /// Ends a number and begins one with a country's code.
    Plus,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut is_joined = false;
    for c in text.chars() {
        let was_joined = std::mem::replace(&mut is_joined, c.is_alphanumeric());
        match (c, tokens.last_mut()) {
            (c, Some(Token::Digits(digits))) if c.is_ascii_digit() && was_joined => digits.push(c),
            (c, _) if c.is_ascii_digit() => tokens.push(Token::Digits(c.to_string())),
            (c, Some(Token::Word(word))) if c.is_alphabetic() && was_joined => {
                word.extend(c.to_lowercase());
            }
            (c, _) if c.is_alphabetic() => tokens.push(Token::Word(c.to_lowercase().collect())),
            ('+', _) => tokens.push(Token::Plus),
            ('/' | '\\' | ',' | ';' | '|' | '&' | '\n' | '\r', _) => tokens.push(Token::End),
            _ => {}
        }
    }
    tokens
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = vec![Part::default()];
    let mut extension = false;
    for token in tokens(text) {
        let was_extension = std::mem::take(&mut extension);
        let Some(part) = parts.last_mut() else { break };
        match token {
            Token::Digits(digits) if was_extension && digits.len() <= LONGEST_EXTENSION => {}
            Token::Digits(digits) => part.groups.push(digits),
            Token::End => parts.push(Part::default()),
            Token::Plus => parts.push(Part {
                is_international: true,
                ..Part::default()
            }),
            Token::Word(word) if AND.contains(&word.as_str()) => parts.push(Part::default()),
            Token::Word(word) => {
                // `0x11`: the area's placeholder, no extension.
                let is_placeholder = word == "x" && part.groups.last().is_some_and(|g| g == "0");
                extension = EXTENSION.contains(&word.as_str()) && !is_placeholder;
            }
        }
    }
    parts.retain(|part| !part.groups.is_empty());
    parts
}

/// An area code that a comma or a slash cut off is put back before its number.
fn rejoin(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::with_capacity(parts.len());
    for mut part in parts {
        let is_area = |before: &Part| match before.groups.as_slice() {
            [area] => plan::is_area(area),
            _ => false,
        };
        let length: usize = part.groups.iter().map(String::len).sum();
        if matches!(length, 8 | 9)
            && !part.is_international
            && let Some(area) = joined.pop_if(|before| is_area(before))
        {
            part.groups.splice(0..0, area.groups);
        }
        joined.push(part);
    }
    joined
}

impl Part {
    fn numbers(&self) -> Vec<Number> {
        if self.groups.len() > MOST_GROUPS_OF_A_PART {
            return vec![Number::Impossible];
        }
        let groups = self.groups.as_slice();
        if self.is_international && !groups.concat().starts_with("55") {
            return vec![Number::Impossible];
        }
        let mut way = best(groups);
        if way.left_over > 0 {
            // What is left over may be the area code, and is none.
            way.numbers.retain(|number| !number.is_local());
        }
        if way.numbers.is_empty() {
            return vec![Number::Impossible];
        }
        way.numbers
    }
}

/// A way to put groups together.
#[derive(Clone, Default)]
struct Way {
    left_over: usize,
    numbers: Vec<Number>,
}

impl Way {
    fn cost(&self) -> (usize, usize) {
        (self.left_over, self.numbers.len())
    }
}

/// The way that leaves the fewest digits over, and among those has the fewest numbers.
fn best(groups: &[String]) -> Way {
    let mut ways: Vec<Way> = vec![Way::default()];
    for end in 1..=groups.len() {
        let before = &ways[end - 1];
        let mut way = Way {
            left_over: before.left_over + groups[end - 1].len(),
            numbers: before.numbers.clone(),
        };
        for start in end.saturating_sub(MOST_GROUPS)..end {
            let number = plan::read(&groups[start..end].concat());
            if number == Number::Impossible {
                continue;
            }
            let mut other = ways[start].clone();
            other.numbers.push(number);
            if other.cost() < way.cost() {
                way = other;
            }
        }
        ways.push(way);
    }
    ways.pop().unwrap_or_default()
}
