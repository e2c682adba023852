//! Words of `agendad simulate-portal`, beside its help.

use std::net::SocketAddr;

use crate::words::{Sentence, both};

pub(crate) fn no_units(text: &str) -> Sentence<String> {
    sentence!(
        "{text:?} não é o número de um perito e uma quantidade, como 3=2",
        "{text:?} is not an examiner's index and a number, such as 3=2"
    )
}

pub(crate) fn no_range(text: &str) -> Sentence<String> {
    sentence!(
        "{text:?} não é um intervalo como 4-12",
        "{text:?} is not a range such as 4-12"
    )
}

pub(crate) fn remote(address: SocketAddr) -> Sentence<String> {
    sentence!(
        "outras máquinas alcançam {address}; se é isso mesmo que se quer: --allow-remote",
        "{address} can be reached from other machines; give --allow-remote if that is meant"
    )
}

pub(crate) fn not_started(listen: SocketAddr, control: SocketAddr) -> Sentence<String> {
    sentence!(
        "o portal simulado não pôde atender em {listen} e {control}",
        "failed to start the simulator on {listen} and {control}"
    )
}

pub(crate) const NOT_INTRODUCED: Sentence = both(
    "a saída não pôde ser escrita",
    "failed to write to standard output",
);

/// `first`: what is said of the first examiner, if there is one.
pub(crate) fn introduction(
    portal: &str,
    control: &str,
    first: Option<Sentence<String>>,
) -> Sentence<String> {
    let Sentence { pt, en } = first.unwrap_or_else(|| both("", "").owned());
    let fail = format!(
        "curl {control}faults -H 'content-type: application/json' -d '{{\"faults\":\"503@result:2\"}}'"
    );
    sentence!(
        "Portal simulado    {portal}\n\
         Comandos           {control}\n\n\
         Para o agendad usá-lo:  AGENDAD_PORTAL__BASE_URL={portal}\n\
         {pt}\
         Todos os peritos:     curl {control}examiners\n\
         O que está na página: curl {control}agenda/0\n\
         Fazê-lo falhar:       {fail}\n\
         Ctrl-C encerra.",
        "Simulated portal   {portal}\n\
         Control interface  {control}\n\n\
         Point agendad at it:  AGENDAD_PORTAL__BASE_URL={portal}\n\
         {en}\
         All examiners:        curl {control}examiners\n\
         What is on the page:  curl {control}agenda/0\n\
         Make it fail:         {fail}\n\
         Stop it with Ctrl-C."
    )
}

/// A line of it.
pub(crate) fn first_examiner(cpf: &str, password: &str) -> Sentence<String> {
    sentence!(
        "Primeiro perito (inventado):  CPF {cpf}, senha {password}\n",
        "First examiner (invented):  CPF {cpf}, password {password}\n"
    )
}
