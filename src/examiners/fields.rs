//! What may stand in each field of an examiner.

use secrecy::{ExposeSecret, SecretString};

use crate::domain::{Cpf, WorkingDays};

/// More is no password.
const LONGEST_PASSWORD: usize = 200;
/// As long as the application's column.
const LONGEST_NAME: usize = 255;

/// A CPF whose check digits fit.
pub(crate) fn cpf(text: &str) -> Option<Cpf> {
    Cpf::parse(text).ok().filter(Cpf::has_valid_check_digits)
}

/// Whether this may be a name.
pub(crate) fn is_name(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= LONGEST_NAME
        && !text.chars().any(char::is_control)
}

/// Whether this may be an e-mail address; whether mail arrives, only a mail shows. Most servers take it in ASCII only, which a
/// domain can be written in.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;\"".contains(c);
    text.chars().count() <= LONGEST_NAME
        && text.chars().all(is_plain)
        && !local.is_empty()
        && local.is_ascii()
        && !local.contains('@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && (domain.is_ascii() || url::Host::parse(domain).is_ok())
}

/// Whether this may be a password of the portal.
pub(crate) fn is_password(password: &SecretString) -> bool {
    (1..=LONGEST_PASSWORD).contains(&password.expose_secret().chars().count())
}

/// Working days by their names; none named: all.
pub(crate) fn days<T: serde::Serialize>(names: &[T]) -> Option<WorkingDays> {
    WorkingDays::parse(Some(&serde_json::json!(names).to_string())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_mail_has_two_sides_and_nothing_that_ends_it() {
        for good in [
            "ana@example.com",
            "ana.souza+x@mail.example.com",
            "ana@clínica.example.com",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "ana@com",
            "a b@example.com",
            "a@example.com,b@example.com",
            "a@@example.com",
            "Ana <ana@example.com>",
            "ana@example.com\nBcc: x@example.com",
            "joão@example.com",
            "ana@.com",
            "ana@com.",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn days_are_named_as_people_write_them_and_none_means_all() {
        assert_eq!(
            days(&["Terça-feira", "sexta"]),
            WorkingDays::parse(Some(r#"["terca","sexta"]"#)).ok()
        );
        assert_eq!(days::<&str>(&[]), Some(WorkingDays::ALL));
        assert_eq!(days(&["tuesday"]), None);
    }
}
