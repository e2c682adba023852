//! The pages of a small browser: what a page says, where its links lead, what its forms send, which
//! cookies it set. No network here (see `visit`) and no knowledge of the portal (see `classify`).

pub(crate) mod charset;
pub(crate) mod document;
pub(crate) mod form;
#[expect(
    clippy::ptr_arg,
    reason = "whether a text is a slice of the page says how its lines end"
)]
pub(crate) mod html;
pub(crate) mod jar;
pub(crate) mod link;
pub(crate) mod origin;
pub(crate) mod page;
pub(crate) mod plain;
#[expect(clippy::ptr_arg, reason = "what is a slice of the page stays one")]
pub(crate) mod reader;
pub(crate) mod script;
