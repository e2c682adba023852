//! What is said of one command, and what is said of several alike.

/// What the help says of one command.
#[derive(Debug)]
pub(crate) struct Help {
    /// Its names, as they are typed: `users add`. The program itself has none.
    pub(crate) path: &'static str,
    /// One line.
    pub(crate) about: &'static str,
    /// What stands below the options: remarks and examples.
    pub(crate) after: &'static str,
    /// Of each argument, by its id; of a value that is explained, `id=value`.
    pub(crate) args: &'static [(&'static str, &'static str)],
}

impl Help {
    /// What is said of an argument, or of a value.
    pub(crate) fn argument(&self, id: &str) -> Option<&'static str> {
        let found = self.args.iter().find(|(known, _)| *known == id);
        found.map(|(_, text)| *text)
    }
}

/// Of a command with nothing but its one line.
pub(super) const fn help(path: &'static str, about: &'static str) -> Help {
    Help {
        path,
        about,
        after: "",
        args: &[],
    }
}

pub(super) const ONE_EXAMINER: &str =
    "O perito: número, como em `agendad users list`, ou parte do nome";
pub(super) const THIS_EXAMINER_ONLY: &str = "Só deste perito: número, ou parte do nome";
pub(super) const THESE_EXAMINERS_ONLY: &str = "Só destes peritos: número, ou parte do nome";
pub(super) const AT_MOST: &str = "No máximo tantas linhas";
