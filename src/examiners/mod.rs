//! *Who is read?* Examiners and their accounts as people write them down: on the dashboard's forms, at the command line, in
//! a file. What is wrong with it is said before anything is stored.

mod edit;
mod fields;
pub(crate) mod import;
pub(crate) mod verify;

pub(crate) use edit::{Edited, Wish, edit};
pub(crate) use fields::{cpf, days, is_email, is_name, is_password};
