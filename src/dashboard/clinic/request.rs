//! With what a request for the clinic's day is answered.

use super::address::Address;
use crate::clinic::View;
use crate::dashboard::visitor::Visitor;
use crate::store::names::Named;
use crate::web::state::Api;

/// So many examiners can be ticked; of more, names are typed.
pub(super) const TICKED: usize = 40;
/// With what the page is drawn.
pub(super) struct Clinic<'a> {
    pub(super) api: &'a Api,
    pub(super) visitor: &'a Visitor,
    pub(super) address: &'a Address,
    /// `None`: what was to be looked for says too little.
    pub(super) view: Option<View>,
    pub(super) examiners: Vec<Named>,
}
