//! Who looks at a page: somebody who has logged in.

use super::language::Language;
use super::session::Session;
use super::time::Times;
use crate::domain::Role;
use crate::domain::text::title_case;
use crate::store::staff::SessionFound;

/// Who acts, for the audit table, when they have logged in with the shared key.
pub(super) const BY_KEY: &str = "dashboard:operator";

/// Somebody who has logged in, and the page at which they look.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) language: Language,
    pub(super) inside: Inside,
    /// Where the page that they look at is found; for the answer to a form, the page that it stands on.
    pub(super) address: String,
    /// Whether the page is the answer to a form, which cannot be asked for again.
    pub(super) is_answer: bool,
    /// When they looked.
    pub(super) times: Times,
}

/// With what they have logged in.
#[derive(Clone)]
pub(super) enum Inside {
    /// The shared key, as long as no operator has a name.
    Key(Session),
    /// Name and password.
    Person {
        found: SessionFound,
        /// Must come back with every form.
        form_token: String,
    },
}

impl Inside {
    pub(super) fn role(&self) -> Role {
        match self {
            Self::Key(_) => Role::Operator,
            Self::Person { found, .. } => found.role,
        }
    }

    /// The examiner that they are; of an examiner only.
    pub(super) fn own(&self) -> Option<i32> {
        match self {
            Self::Key(_) => None,
            Self::Person { found, .. } => found.usuario_id,
        }
    }

    /// The page with which they begin.
    pub(super) fn home(&self) -> String {
        match (self.role(), self.own()) {
            (Role::Operator, _) => "/".to_owned(),
            (Role::Examiner, Some(id)) => format!("/peritos/{id}"),
            (Role::Reception | Role::Examiner, _) => "/agenda".to_owned(),
        }
    }
}

impl Visitor {
    /// Who they are, for the audit table.
    pub(super) fn actor(&self) -> String {
        match &self.inside {
            Inside::Key(_) => BY_KEY.to_owned(),
            Inside::Person { found, .. } => format!("dashboard:{}", found.login),
        }
    }

    pub(super) fn role(&self) -> Role {
        self.inside.role()
    }

    pub(super) fn is_operator(&self) -> bool {
        self.role() == Role::Operator
    }

    /// The one examiner whom they may see; `None`: all.
    pub(super) fn own(&self) -> Option<i32> {
        self.inside.own()
    }

    /// What every form of theirs must send along.
    pub(super) fn form_token(&self) -> &str {
        match &self.inside {
            Inside::Key(session) => &session.form_token,
            Inside::Person { form_token, .. } => form_token,
        }
    }

    /// The person; `None` with the shared key.
    pub(super) fn person(&self) -> Option<&SessionFound> {
        match &self.inside {
            Inside::Key(_) => None,
            Inside::Person { found, .. } => Some(found),
        }
    }

    /// Their name, as people write it; `None` with the shared key.
    pub(super) fn name(&self) -> Option<String> {
        self.person().map(|found| title_case(&found.nome))
    }
}
