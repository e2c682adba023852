//! A list of examiners from a spreadsheet: looked at line by line, shown, and then written as it was shown, all of it or
//! nothing. What is shown is kept by nobody in between: it comes back sealed, with the file.

mod carry_out;
mod csv;
mod plan;
mod read;
mod sealed;

pub(crate) use carry_out::{Imported, carry_out};
pub(crate) use plan::{Line, Plan};
pub(crate) use sealed::{open, seal};

use secrecy::{ExposeSecret, SecretString};

use crate::domain::import::BadFile;
use crate::store::{Store, StoreError};
use crate::vault::Vault;

/// A file to fill in, as Excel in Brazil opens it. One that is not filled in is refused: its CPF is none.
pub(crate) const TEMPLATE: &str = "\u{feff}nome;cpf;senha;e-mail;dias;leituras;unidades\r\n\
    Nome Completo;000.000.000-00;;nome@example.com;terca, quarta;todas;todas\r\n";

/// A file as text, whatever it was saved as.
///
/// # Errors
/// [`BadFile::Workbook`].
pub(crate) fn text(bytes: &[u8]) -> Result<SecretString, BadFile> {
    // A zip, or what Excel wrote before.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(BadFile::Workbook);
    }
    Ok(csv::text(bytes).into())
}

/// What a file would do; nothing is changed.
///
/// # Errors
/// [`BadFile`] inside: it cannot be read. [`StoreError`] outside.
pub(crate) async fn look(
    store: &Store,
    vault: &Vault,
    file: &SecretString,
    windows: &[String],
) -> Result<Result<Plan, BadFile>, StoreError> {
    match read::read(file.expose_secret(), windows) {
        Ok(rows) => Ok(Ok(plan::plan(store, vault, rows).await?)),
        Err(bad) => Ok(Err(bad)),
    }
}
