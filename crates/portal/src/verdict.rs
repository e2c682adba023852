//! What the answer to a password says of the password: what it says that the pages before did not say to everybody.

use std::sync::Arc;

use super::browser::page::Page;
use super::classify::ClassifiedPage;
use super::errors::{AuthReason, PortalError, PortalErrorKind};
use super::said;
use super::words::{Words, names_credentials};
use agendad_config::portal::Profile;

/// What errors of the session, of the request and of the database speak of, folded.
const REQUEST: [&str; 15] = [
    "sessao",
    "session",
    "token",
    "csrf",
    "requisicao",
    "request",
    "parametro",
    "formulario",
    "sql",
    "column",
    "coluna",
    "identifier",
    "number",
    "cursor",
    "package",
];
/// What ends a sentence or a part of one.
const PAUSES: [char; 6] = ['.', ',', ';', ':', '!', '-'];
/// What a line of an error's trace begins with, folded.
const FRAME: &str = " at ";
/// What errors of the server speak of, folded.
const SERVER: [&str; 5] = ["exception", "excecao", "sqlstate", "sqlcode", "jdbc"];
/// How the codes of the database's errors begin, folded, and how those go on that the portal itself lets it raise.
const DATABASE: &str = "ora-";
const RAISED: &str = "20";

/// The answer to a password, as far as it has come.
#[derive(Clone, Default)]
pub(crate) struct PasswordAnswer {
    /// What was said before the password was posted.
    before: Arc<Words>,
    /// What redirects and pages said that led on.
    on_the_way: Words,
}

impl PasswordAnswer {
    pub(crate) fn after(before: Arc<Words>) -> Self {
        Self {
            before,
            on_the_way: Words::default(),
        }
    }

    pub(crate) fn leads_on(&mut self, saying: Words) {
        self.on_the_way.add(saying);
    }

    /// What it says that is new, if this is its last page.
    pub(crate) fn with(&self, page: &Page, profile: &Profile) -> Words {
        let mut words = self.on_the_way.clone();
        words.add(Words::of(page, profile));
        words.new_since(&self.before)
    }

    /// What it is if its last page cannot be read as any page: half a page, one of maintenance, or one whose status says
    /// that the portal cannot serve.
    ///
    /// # Errors
    /// The refusal, if it is one; else what the page was taken for, unless nobody knows what that means.
    pub(crate) fn failed(
        &self,
        error: PortalError,
        page: &Page,
        profile: &Profile,
    ) -> Result<ClassifiedPage, PortalError> {
        let new = self.with(page, profile);
        // What stands in for the portal speaks of others, too: of addresses that are blocked, of what to do about a
        // password.
        let is_aside = error.status().is_some() && {
            let all = [new.all().collect::<Vec<_>>().join(" ")];
            said::says(&all, &profile.maintenance_texts) || !new.verdicts().any(names_credentials)
        };
        match refusal(&new, profile).filter(|_| !is_aside) {
            Some(refusal) => Err(refusal),
            None if (error.is_maintenance() || error.status().is_some()) && new.tell_of_tries() => {
                Ok(ClassifiedPage::unknown(error.to_string()))
            }
            None => Err(error),
        }
    }

    /// The refusal without a last page, if what led on was one.
    pub(crate) fn refusal_on_the_way(&self, profile: &Profile) -> Option<PortalError> {
        refusal(&self.on_the_way.clone().new_since(&self.before), profile)
    }
}

/// The error of a refusal, if these words are one. An inner page's menu and texts speak of others: of it only what its
/// scripts tell counts.
pub(crate) fn refusal(new: &Words, profile: &Profile) -> Option<PortalError> {
    let texts: Vec<&str> = if new.are_inner() {
        new.told.iter().map(String::as_str).collect()
    } else {
        new.verdicts().collect()
    };
    let texts: Vec<&str> = texts.into_iter().map(without_database).collect();
    // In one text: a sentence may be cut by tags.
    let text = [texts.join(" ")];
    let says = |parts: &[String]| said::says(&text, parts);
    // A session and a request may be invalid, too.
    let has_failed = new
        .all()
        .any(|text| SERVER.iter().any(|name| text.contains(name)));
    let is_over = |text: &str| said::says(&[text.to_owned()], &profile.expired_texts);
    let about_login = |text: &'_ str| {
        if is_over(text) || has_failed {
            // The session may be over because of what is said of the login beside it, and a trace names the parts of the
            // portal that have to do with logins.
            let parts = text.split(FRAME).flat_map(|part| part.split(PAUSES));
            let parts = parts.filter(|part| !is_over(part) && names_credentials(part));
            return parts.collect::<Vec<&str>>().join(" ");
        }
        if names_credentials(text) {
            return text.to_owned();
        }
        let parts = text.split(PAUSES);
        let of_login = parts.filter(|part| !REQUEST.iter().any(|name| part.contains(name)));
        of_login.collect::<Vec<&str>>().join(" ")
    };
    let (reason, what) = if says(&profile.blocked_texts) {
        (AuthReason::Blocked, "the account is blocked")
    } else if says(&profile.change_password_texts) {
        let what = "the portal wants the password to be changed first";
        (AuthReason::ChangePassword, what)
    } else {
        let about_login = texts.iter().map(|text| about_login(text));
        let about_login = about_login.collect::<Vec<_>>().join(" ");
        if !said::says(&[about_login], &profile.refused_texts) {
            return None;
        }
        (AuthReason::Refused, "CPF or password refused")
    };
    let error = PortalError::new(PortalErrorKind::Auth(reason), what);
    Some(error.answering_password())
}

/// A text up to an error of the database, whose accounts, passwords and numbers are not the examiner's.
fn without_database(text: &str) -> &str {
    let is_error = |at: usize| {
        let code = text.get(at + DATABASE.len()..at + DATABASE.len() + 5);
        let is_code = |code: &str| code.bytes().all(|byte| byte.is_ascii_digit());
        code.is_some_and(|code| is_code(code) && !code.starts_with(RAISED))
    };
    let mut places = text.match_indices(DATABASE).map(|(at, _)| at);
    places
        .find(|at| is_error(*at))
        .map_or(text, |at| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::charset::Charsets;
    use agendad_config::Config;
    use encoding_rs::WINDOWS_1252;
    use reqwest::StatusCode;

    const WARNING: &str = "Após 3 tentativas incorretas o acesso será bloqueado";
    const CHECKS: &str =
        "<script>function valida(f) { if (!cpf(f)) { alert('CPF inválido'); } }</script>";

    fn profile() -> Profile {
        *Config::shipped().unwrap().portal.profile
    }

    fn page(body: &str) -> Page {
        Page {
            url: "https://portal.example.com/gefor/SGU/login.do"
                .parse()
                .unwrap(),
            status: StatusCode::OK,
            text: format!("<html><head><title>eCNHsp</title></head><body>{body}</body></html>"),
            charset: Charsets::of(WINDOWS_1252),
            framed: true,
        }
    }

    fn after(before: &[Page]) -> PasswordAnswer {
        let mut words = Words::default();
        for page in before {
            words.add(Words::of(page, &profile()));
        }
        PasswordAnswer::after(Arc::new(words))
    }

    fn with(answer: &PasswordAnswer, page: &Page) -> Option<PortalError> {
        refusal(&answer.with(page, &profile()), &profile())
    }

    fn reason(error: Option<PortalError>) -> Option<AuthReason> {
        let error = error?;
        assert!(error.answers_password());
        let PortalErrorKind::Auth(reason) = error.kind() else {
            panic!("{error:?}");
        };
        Some(*reason)
    }

    fn says(body: &str) -> Option<AuthReason> {
        let before = format!("<p>{WARNING}</p>{CHECKS}Senha: Usuário:");
        let answer = after(&[page("<p>Senha expirada? Clique aqui</p>"), page(&before)]);
        let changed = before.replace('3', "2");
        let page = page(&format!("{changed}{body}"));
        reason(with(&answer, &page))
    }

    #[test]
    fn only_what_is_new_counts_and_it_counts_wherever_it_stands() {
        use AuthReason::{Blocked, ChangePassword, Refused};
        for (body, expected) in [
            ("", None),
            ("<p>Senha expirada? Clique aqui</p>", None),
            ("<p>Bem-vindo</p>", None),
            ("<p>Senha incorreta</p>", Some(Refused)),
            ("<p>Senha <b>inválida</b></p>", Some(Refused)),
            ("<p>Usuário bloqueado</p>", Some(Blocked)),
            ("<p>Troque <i>sua senha</i></p>", Some(ChangePassword)),
            (
                "<script>errors[0] = 'CPF inválido';</script>",
                Some(Refused),
            ),
            ("<script>alert('CPF inválido');</script>", Some(Refused)),
            (
                "<script>$(function(){ alert('Usuário ou senha inválidos') })</script>",
                Some(Refused),
            ),
            (
                "<script>showMsg('Senha inv&aacute;lida')</script>",
                Some(Refused),
            ),
            (
                "<script>showMsg('Dados incorretos')</script>",
                Some(Refused),
            ),
        ] {
            assert_eq!(says(body), expected, "{body}");
        }
    }

    #[test]
    fn an_invalid_session_or_request_is_no_refused_password() {
        for body in [
            "<script>errors[0] = 'Sessão inválida. Efetue o login novamente.';</script>",
            "<pre>java.lang.IllegalStateException: Session already invalidated</pre>",
            "<pre>java.sql.SQLException: invalid username/password\n\tat UsuarioDAO.le(UsuarioDAO.java:5)</pre>",
            "<h1>HTTP Status 400</h1><p>Invalid character found in the request target</p>\
             <pre>java.lang.IllegalArgumentException</pre>",
        ] {
            assert_eq!(says(body), None, "{body}");
        }
        for database in [
            "<p>ORA-01722: invalid number</p>",
            "<p>ORA-00904: \"P\".\"CPF\": identificador inválido</p>",
            "<p>Erro: ORA-04061: existing state of package body \"X\" has been invalidated</p>",
            "<p>ORA-01017: nome do usuário/senha inválido; log-on negado</p>",
            "<script>alert('Erro ORA-28000: a conta está bloqueada');</script>",
            "<pre>java.sql.SQLException: ORA-01017: nome do usuário/senha inválido; log-on negado</pre>",
            "<p>Invalid column name 'X'.</p>",
            "<p>Nome de coluna inválido</p>",
            "<p>SQLSTATE[22P02]: Invalid text representation</p>",
            "<p>Invalid character found. SQLCODE=-420, SQLSTATE=22018</p>",
        ] {
            assert_eq!(says(database), None, "{database}");
        }
        for other in [
            "<p>Sessão inválida. Informe usuário e senha novamente.</p>",
            "<p>Sessão encerrada. Formulário inválido.</p>",
            "<p>Session expired, invalid token</p>",
            "<p>Token inválido. Recarregue a página.</p>",
            "<script>errors[0] = 'Token CSRF incorreto';</script>",
            "<p>Requisição inválida</p>",
            "<h1>Invalid request</h1>",
            "<script>alert('Erro: parâmetro inválido');</script>",
            "<p>Formulário inválido, preencha novamente.</p>",
        ] {
            assert_eq!(says(other), None, "{other}");
        }
        for both in [
            "<p>CPF ou senha inválidos.</p><p>A sessão foi encerrada.</p>",
            "<p>CPF ou senha inválidos. Sessão encerrada.</p>",
            "<p>Sessão finalizada: senha incorreta</p>",
            "<pre>LoginException: Senha inválida\n\tat LoginAction.autentica(LoginAction.java:5)</pre>",
            "<p>Token inválido. CPF ou senha incorretos.</p>",
            "<p>Requisição inválida.</p><p>Dados incorretos</p>",
            "<p>Dados incorretos</p><script>var aviso = 'Sua sessão expira em breve';</script>",
            "<p>ORA-20001: Dados incorretos ORA-06512: em \"SGU.LOGIN\", line 5</p>",
            "<p>CPF ou senha inválidos (ORA-01403: no data found)</p>",
        ] {
            assert_eq!(says(both), Some(AuthReason::Refused), "{both}");
        }
    }

    #[test]
    fn a_long_paragraph_is_no_verdict_on_the_login() {
        let terms = "Ao acessar o sistema o usuário declara conhecer os termos de uso e a política de privacidade (LGPD): o \
            acesso com dados incorretos ou senha inválida é registrado, o usuário que os viola é bloqueado, e quem esquece \
            a senha deve alterar sua senha na unidade mais próxima.";
        assert!(terms.len() > 200);
        let paragraph = format!("<p>{terms}</p>");
        assert_eq!(says(&paragraph), None);
        let beside = format!("{paragraph}<p>Usuário bloqueado</p>");
        assert_eq!(says(&beside), Some(AuthReason::Blocked));
        for end in ['.', '!'] {
            let begins = format!("<p>Senha inválida{end} {terms}</p>");
            assert_eq!(says(&begins), Some(AuthReason::Refused), "{end}");
        }
        // What scripts tell is said to whoever looks, however long.
        let told = format!("<script>errors[0] = '{terms}';</script>");
        assert_eq!(says(&told), Some(AuthReason::Blocked));
    }

    #[test]
    fn what_an_inner_page_would_say_to_what_is_typed_is_no_refusal() {
        let checks = "<script>function f() { alert('CPF inválido para a busca'); }</script>";
        let title = "<p>Imprimir Agenda Diária do Psicólogo</p>";
        let field = "<form><input name=dataReferencia></form>";
        assert_eq!(says(checks), Some(AuthReason::Refused));
        let others = "<script>function f() { alert('E-mail inválido'); alert('Pop-up bloqueado'); }</script>";
        assert_eq!(says(others), None);
        for inner in [title, field] {
            assert_eq!(says(&format!("{checks}{inner}")), None, "{inner}");
        }
        let mut half = page(others);
        half.text = half.text.replace("</html>", "");
        let answer = PasswordAnswer::default();
        assert_eq!(reason(with(&answer, &half)), None);
    }

    #[test]
    fn what_stands_on_an_inner_page_is_no_refusal_though_the_page_is_cut_off() {
        let menu = "<a href=#>Bloqueados</a><span>CPF inválido</span>";
        let title = "<p>Imprimir Agenda Diária do Psicólogo</p>";
        let whole = page(&format!("{menu}{title}"));
        let mut half = page(&format!("{menu}{title}<table><tr><td>"));
        half.text = half.text.replace("</body></html>", "");
        for inner in [&whole, &half] {
            assert_eq!(reason(with(&after(&[]), inner)), None);
            // A line that stood on the login's page, too, makes no page an inner one.
            let told = reason(with(&after(&[page(title)]), inner));
            assert_eq!(told, Some(AuthReason::Blocked));
        }
        let outer = page(menu);
        let told = reason(with(&after(&[]), &outer));
        assert_eq!(told, Some(AuthReason::Blocked));
    }

    #[test]
    fn what_the_scripts_of_an_inner_page_tell_counts() {
        let title = "<p>Imprimir Agenda Diária do Psicólogo</p>";
        for (told, expected) in [
            (
                "errors[0] = 'Senha expirada. Altere sua senha.';",
                AuthReason::ChangePassword,
            ),
            ("messages[0] = 'Usuário bloqueado';", AuthReason::Blocked),
            ("alert('Senha inválida');", AuthReason::Refused),
        ] {
            let menu = "<a href=#>Bloqueados</a><span>CPF inválido</span>";
            let inner = page(&format!("{menu}{title}<script>{told}</script>"));
            assert_eq!(reason(with(&after(&[]), &inner)), Some(expected), "{told}");
        }
    }

    #[test]
    fn what_led_on_counts_too() {
        let mut answer = PasswordAnswer::default();
        let silent = page("<p>Acesso</p>");
        assert!(answer.refusal_on_the_way(&profile()).is_none());
        let url = "https://portal.example.com/login.do;jsessionid=A1?erro=Dados+inv%E1lidos";
        answer.leads_on(Words::of_address(&url.parse().unwrap()));
        let told = reason(with(&answer, &silent));
        assert_eq!(told, Some(AuthReason::Refused));
        assert!(answer.refusal_on_the_way(&profile()).is_some());
    }
}
