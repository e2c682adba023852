//! With what people log in: a login name, and a password that is not easily guessed.

/// Fewer characters can be tried one after the other.
pub const SHORTEST_PASSWORD: usize = 10;
/// Longer ones only cost time.
pub const LONGEST_PASSWORD: usize = 200;
const LONGEST_NAME: usize = 60;

/// Names that the audit uses for somebody else: the shared key, and the set-up before there is anybody.
const TAKEN: [&str; 2] = ["operator", "setup"];

/// A login name: lower-case letters without accents, digits, `.`, `-`, `_`, `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginName(String);

/// A login name that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a login name has 2 to {LONGEST_NAME} of the characters a-z 0-9 . - _ @, begins with a letter or digit, and is not \
     \"operator\" or \"setup\""
)]
pub struct BadLoginName;

impl LoginName {
    /// As it was typed; capitals count as small letters.
    pub fn parse(text: &str) -> Result<Self, BadLoginName> {
        let name = text.trim().to_ascii_lowercase();
        let is_part = |b: u8| b.is_ascii_alphanumeric() || b".-_@".contains(&b);
        let good = (2..=LONGEST_NAME).contains(&name.len())
            && name.bytes().all(is_part)
            && name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && !TAKEN.contains(&name.as_str());
        if good {
            Ok(Self(name))
        } else {
            Err(BadLoginName)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for LoginName {
    type Err = BadLoginName;

    fn from_str(text: &str) -> Result<Self, BadLoginName> {
        Self::parse(text)
    }
}

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Fewer characters than are needed.
    #[error("the password has fewer than {SHORTEST_PASSWORD} characters")]
    Short,
    /// More characters than are read.
    #[error("the password has more than {LONGEST_PASSWORD} characters")]
    Long,
    /// The login name, alone or with little around it.
    #[error("the password is the login name, or little more")]
    LoginName,
    /// One of those that are tried first.
    #[error("the password is one of those that are tried first")]
    Common,
}

/// What the most common passwords of ten characters and more consist of, here and elsewhere; digits and signs around
/// them do not make them rarer.
const COMMON: [&str; 38] = [
    "senha",
    "password",
    "passw0rd",
    "detran",
    "agendad",
    "agenda",
    "operador",
    "operator",
    "recepcao",
    "perito",
    "clinica",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "asdfghjkl",
    "zxcvbnm",
    "iloveyou",
    "teamo",
    "welcome",
    "bemvindo",
    "admin",
    "administrador",
    "administrator",
    "letmein",
    "changeme",
    "mudar",
    "trocar",
    "brasil",
    "flamengo",
    "corinthians",
    "palmeiras",
    "saopaulo",
    "princess",
    "sunshine",
    "football",
    "futebol",
    "dragon",
    "monkey",
];

/// Whether somebody of this login name may have this password.
pub fn check_password(login: &LoginName, password: &str) -> Result<(), BadPassword> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(BadPassword::Short);
    }
    if length > LONGEST_PASSWORD {
        return Err(BadPassword::Long);
    }
    let folded = super::text::fold(password);
    let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    let name = login.as_str();
    let bare_name: String = name.chars().filter(|c| c.is_alphabetic()).collect();
    // `maria.silva1`, `mariasilva-2026`, `ana-ana-ana`.
    let is_name = folded.contains(name) && length < name.len() + 6;
    let is_made_of_it = !bare_name.is_empty()
        && letters.replace(&bare_name, "").is_empty()
        && length <= letters.chars().count() + 6;
    if is_name || is_made_of_it {
        return Err(BadPassword::LoginName);
    }
    let has_sequence = is_sequence(&folded) || folded.chars().all(|c| c.is_ascii_digit());
    if letters_are_common(&letters, length) || has_sequence {
        return Err(BadPassword::Common);
    }
    Ok(())
}

/// One of the words, perhaps twice, with at most six other characters.
fn letters_are_common(letters: &str, length: usize) -> bool {
    let is_common = COMMON
        .iter()
        .any(|word| letters.replace(word, "").is_empty());
    is_common && length <= letters.chars().count() + 6
}

/// The same character over and over, or `abcdefghij`.
fn is_sequence(text: &str) -> bool {
    let steps = |step: i64| {
        let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
        codes.windows(2).all(|pair| pair[1] - pair[0] == step)
    };
    [-1, 0, 1].into_iter().any(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_is_small_and_plain() {
        for (typed, name) in [
            ("maria", "maria"),
            (" Maria.Silva ", "maria.silva"),
            ("ana@example.com", "ana@example.com"),
            ("7ana", "7ana"),
        ] {
            assert_eq!(LoginName::parse(typed).unwrap().as_str(), name);
        }
        for bad in [
            "",
            "a",
            "joão",
            "ana souza",
            ".ana",
            "-ana",
            "operator",
            "Operator",
            "setup",
            "a:b",
            "a\nb",
            &"a".repeat(61),
        ] {
            assert!(LoginName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn passwords_that_are_tried_first_are_refused() {
        let login = LoginName::parse("maria.silva").unwrap();
        for (bad, why) in [
            ("curta-123", BadPassword::Short),
            (&*"x1".repeat(101), BadPassword::Long),
            ("maria.silva", BadPassword::LoginName),
            ("MARIA.SILVA1", BadPassword::LoginName),
            ("mariasilva2026", BadPassword::LoginName),
            ("maria.silva-maria.silva", BadPassword::LoginName),
            ("1234567890", BadPassword::Common),
            ("0000000000", BadPassword::Common),
            ("aaaaaaaaaaaa", BadPassword::Common),
            ("abcdefghijkl", BadPassword::Common),
            ("password123", BadPassword::Common),
            ("Senha@2026!", BadPassword::Common),
            ("senhasenha", BadPassword::Common),
            ("Recepção123", BadPassword::Common),
            ("Flamengo2026", BadPassword::Common),
            ("20011987112", BadPassword::Common),
        ] {
            assert_eq!(check_password(&login, bad), Err(why), "{bad}");
        }
        for good in [
            "chuva no telhado",
            "Rio-verde-47",
            "tres gatos e um cao",
            "ação-é-bom-já",
        ] {
            assert_eq!(check_password(&login, good), Ok(()), "{good}");
        }
    }
}
