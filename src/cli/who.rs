//! Which examiner is meant: their number, or part of their name.

use std::str::FromStr;

use anyhow::bail;

use super::language::say;
use super::output::{self, Usage};
use crate::clinic::meant;
use crate::store::Store;
use crate::store::names::Named;
use crate::words::cli::who as words;

/// Candidates that are listed.
const LISTED: usize = 10;

/// An examiner as the caller names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Number(i32),
    Name(String),
}

/// Nobody is named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say(words::EMPTY))]
pub(super) struct NoName;

impl FromStr for Who {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NoName);
        }
        // As the dashboard writes it.
        let number = text.strip_prefix('#').unwrap_or(text).parse();
        Ok(number.map_or_else(|_| Self::Name(text.to_owned()), Self::Number))
    }
}

impl Who {
    /// Their number. One that is written as such is taken as it is: whoever uses it says whether there is somebody.
    pub(super) async fn find(&self, store: &Store) -> anyhow::Result<i32> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Name(name) => Ok(one_of(&store.names().await?, name)?),
        }
    }

    /// The same for what is kept, which nobody looks at again: the number of nobody is refused.
    pub(super) async fn find_somebody(&self, store: &Store) -> anyhow::Result<i32> {
        let user = self.find(store).await?;
        if !store.user_exists(user).await? {
            bail!(say(words::no_such_user(user)));
        }
        Ok(user)
    }
}

/// The number of the examiner who is asked for, if one is.
pub(super) async fn find(who: Option<&Who>, store: &Store) -> anyhow::Result<Option<i32>> {
    Ok(match who {
        Some(who) => Some(who.find(store).await?),
        None => None,
    })
}

/// The only one who is meant.
fn one_of(everybody: &[Named], name: &str) -> Result<i32, Usage> {
    let found = meant(everybody, name);
    match found[..] {
        [one] => Ok(one.usuario_id),
        [] => Err(Usage(say(words::nobody(name)))),
        [..] => {
            let lines = found
                .iter()
                .take(LISTED)
                .map(|one| format!("\n  {:>4}  {}", one.usuario_id, output::name(&one.nome)));
            let candidates: String = lines.collect();
            Err(Usage(say(words::several(name, found.len(), &candidates))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everybody() -> Vec<Named> {
        [
            (3, "Ana Souza"),
            (5, "Ana Souza Lima"),
            (7, "João da Conceição"),
        ]
        .map(|(usuario_id, nome)| Named {
            usuario_id,
            nome: nome.to_owned(),
        })
        .into()
    }

    #[test]
    fn part_of_a_name_is_enough_where_only_one_has_it() {
        for (name, user) in [
            ("lima", 5),
            ("joao", 7),
            ("conceicao JOÃO", 7),
            ("Ana Souza", 3),
            ("lima ana", 5),
        ] {
            assert_eq!(
                one_of(&everybody(), name).map_err(|e| e.0),
                Ok(user),
                "{name}"
            );
        }
    }

    #[test]
    fn several_are_listed_and_nobody_is_said() {
        let Usage(said) = one_of(&everybody(), "ana").unwrap_err();
        for part in ["3  Ana Souza", "5  Ana Souza Lima"] {
            assert!(said.contains(part), "{said}");
        }
        assert!(!said.contains("João"), "{said}");
        for nobody in ["pedro", ""] {
            assert!(one_of(&everybody(), nobody).is_err(), "{nobody:?}");
        }
    }

    #[test]
    fn a_number_is_a_number_with_or_without_its_sign() {
        for text in ["3", "#3", " 3 "] {
            assert_eq!(text.parse(), Ok(Who::Number(3)));
        }
        assert_eq!("3a".parse(), Ok(Who::Name("3a".to_owned())));
        assert_eq!(" ".parse::<Who>(), Err(NoName));
    }
}
