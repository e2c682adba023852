//! Who looks at a page: an operator with a session.

use super::language::Language;
use super::session::Session;
use super::time::Times;

/// Who acts, for the audit table.
pub(super) const ACTOR: &str = "dashboard:operator";

/// An operator who has logged in.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) language: Language,
    pub(super) session: Session,
    /// Where the page that they look at is found; for the answer to a form, the page that it stands on.
    pub(super) address: String,
    /// Whether the page is the answer to a form, which cannot be asked for again.
    pub(super) is_answer: bool,
    /// When they looked.
    pub(super) times: Times,
}
