//! What became of what an operator asked for, told on the page to which they are sent back.

use maud::{Markup, html};

use super::language::Language;
use crate::web::errors::Code;

/// The code for the address: a word of ours, of which nothing but these is shown.
pub(super) fn code(code: Code) -> String {
    serde_json::json!(code)
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// What is told for a code: whether it is bad news, in Portuguese, in English.
type Notice = (&'static str, bool, &'static str, &'static str);

const NOTICES: [Notice; 12] = [
    (
        "pausado",
        false,
        "Pausado. Nenhum acesso ao portal até Retomar.",
        "Paused. No access to the portal until Resume.",
    ),
    (
        "retomado",
        false,
        "Retomado. A próxima execução já vale.",
        "Resumed. The next run counts.",
    ),
    (
        "calendario-revogado",
        false,
        "O endereço do calendário não vale mais.",
        "The calendar address is good no more.",
    ),
    (
        "busy",
        true,
        "Já há uma sincronização deste perito em andamento.",
        "Another sync of this examiner is running.",
    ),
    (
        "paused",
        true,
        "Está pausado: nada foi pedido ao portal. Primeiro, Retomar.",
        "Paused: the portal was not asked. Resume first.",
    ),
    (
        "captcha",
        true,
        "A conta descansa por causa de um CAPTCHA: nada foi pedido ao portal.",
        "The account rests because of a CAPTCHA: the portal was not asked.",
    ),
    (
        "auth",
        true,
        "O portal recusou o acesso antes; nada é tentado até que CPF ou senha mudem.",
        "The portal refused access before; nothing is tried until CPF or password change.",
    ),
    (
        "duplicate_cpf",
        true,
        "Outra conta já é sincronizada com este CPF: nada foi pedido ao portal. Desligue uma das duas.",
        "Another account is synchronised with this CPF: the portal was not asked. Switch one of the two off.",
    ),
    (
        "inactive",
        true,
        "A conta está desligada ou tem um dado inválido.",
        "The account is switched off or has an invalid value.",
    ),
    (
        "no_password",
        true,
        "Nenhuma senha do portal está guardada.",
        "No portal password is stored.",
    ),
    (
        "too_many_syncs",
        true,
        "Há sincronizações demais em andamento (http.max_syncs). Tente em instantes.",
        "Too many syncs are running (http.max_syncs). Try in a moment.",
    ),
    (
        "cancelled",
        true,
        "O agendad está parando.",
        "agendad is stopping.",
    ),
];

/// Any other failure.
const ELSE: Notice = (
    "",
    true,
    "Não foi possível. Os detalhes estão no log do agendad.",
    "That was not possible. Details are in agendad's log.",
);

/// Nothing, if there is no code.
pub(super) fn show(code: &str, language: Language) -> Markup {
    if code.is_empty() {
        return html! {};
    }
    let known = NOTICES.into_iter().find(|(known, ..)| *known == code);
    let (_, bad, portuguese, english) = known.unwrap_or(ELSE);
    html! { p.notice.bad[bad] role="status" { (language.say(portuguese, english)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_address_is_repeated() {
        let shown = show("<script>", Language::English).into_string();
        assert!(!shown.contains("script"), "{shown}");
        assert_eq!(code(Code::TooManySyncs), "too_many_syncs");
    }
}
