//! Words of `agendad agenda`, beside those of the page.

use std::path::Path;

use crate::words::{Sentence, both};

pub(crate) const ADDRESS: Sentence = both("endereço", "address");
pub(crate) const FOR: Sentence = both("para", "for");
pub(crate) const EXAMINERS: Sentence = both("peritos", "examiners");
pub(crate) const DAYS: Sentence = both("dias", "days");
pub(crate) const TELEPHONES: Sentence = both("telefones", "telephones");
pub(crate) const CPFS: Sentence = both("CPFs", "CPFs");
pub(crate) const MADE: Sentence = both("criado em", "made");
pub(crate) const LAST_READ: Sentence = both("última leitura", "last read");
pub(crate) const YES: Sentence = both("sim", "yes");
pub(crate) const NO: Sentence = both("não", "no");
pub(crate) const NO_ADDRESS: Sentence = both("não há nenhum endereço", "there is no address");

pub(crate) fn too_long(days: u64) -> Sentence<String> {
    sentence!(
        "no máximo {days} dias de uma vez",
        "at most {days} days at once"
    )
}

pub(crate) fn from_to(from: &str, to: &str) -> Sentence<String> {
    sentence!("{from} a {to}", "{from} to {to}")
}

pub(crate) fn nobody(name: &str) -> Sentence<String> {
    sentence!(
        "nenhum perito se chama {name:?}; veja: agendad users list",
        "there is no examiner {name:?}; see: agendad users list"
    )
}

pub(crate) const SEARCH_TOO_SHORT: Sentence = both(
    "--search precisa de ao menos duas letras do nome ou três algarismos",
    "--search wants at least two letters of a name or three digits",
);

pub(crate) fn not_written(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!("não foi possível gravar {file}", "{file} cannot be written")
}

pub(crate) fn keep_secret(id: i32) -> Sentence<String> {
    sentence!(
        "guarde-o em segredo; ele não é mostrado de novo. Para cancelar: agendad agenda revoke {id}",
        "keep it secret; it is not shown again. To take it away: agendad agenda revoke {id}"
    )
}

pub(crate) fn no_such_address(id: i32) -> Sentence<String> {
    sentence!(
        "não há endereço {id}; veja: agendad agenda addresses",
        "there is no address {id}; see: agendad agenda addresses"
    )
}

pub(crate) fn revoked(id: i32) -> Sentence<String> {
    sentence!(
        "o endereço {id} não abre mais nada",
        "address {id} opens nothing any more"
    )
}
