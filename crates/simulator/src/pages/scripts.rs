//! The script files that pages name, and what is in those that matter: the link to the agenda login and
//! the address that logs out stand nowhere else.

use crate::names::Names;

/// The firewall's own script.
pub(crate) const FIREWALL_PATH: &str = "/_Incapsula_Resource";
const LOGIN_SCRIPT: &str = "/GFR/js/app/sgu/login.js";
const CHOICE_SCRIPT: &str = "/GFR/js/app/sgu/choice.js";
const AGENDA_SCRIPT: &str = "/GFR/js/app/divisao/comum.js";
const MENU_SCRIPT: &str = "/gefor/global/menu_items.jsp";

/// Which scripts a page names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scripts {
    Login,
    Choice,
    Agenda,
}

impl Scripts {
    pub(super) fn in_head(self) -> &'static [&'static str] {
        match self {
            Self::Login => &[
                "/GFR/js/html5shiv.min.js",
                "/GFR/js/respond.min.js",
                "/GFR/js/textzoom.js",
                "/GFR/js/app/global.js",
                "/GFR/js/app/comumApp.js",
                "/GFR/js/app/detran.js?v=1",
                "/GFR/js/comum.js?v=2",
                "/GFR/js/commons/utils.js?v=9",
                "/GFR/js/commons/detect.js",
                "/GFR/js/commons/date.js",
                "/GFR/js/commons/cpf.js",
                "/GFR/js/commons/cnpj.js",
                "/GFR/js/commons/email.js",
                "/GFR/js/commons/validate.js",
                "/GFR/js/greybox/AJS.js",
                "/GFR/js/greybox/AJS_fx.js",
                "/GFR/js/greybox/gb_scripts.js",
                "/GFR/js/struts-validation.js",
                "/GFR/js/app/sgu/login.js?v=42",
            ],
            Self::Choice => &[
                "/GFR/js/app/global.js",
                "/GFR/js/comum.js?v=2",
                "/GFR/js/app/sgu/choice.js",
            ],
            Self::Agenda => &[
                "/GFR/js/html5shiv.min.js",
                "/GFR/js/respond.min.js",
                "/GFR/js/textzoom.js",
                "/GFR/js/app/global.js",
                "/GFR/js/app/comumApp.js?v=10",
                "/GFR/js/app/detran.js?v=1",
                "/GFR/js/comum.js?v=2",
                "/GFR/js/commons/utils.js?v=6",
                "/GFR/js/commons/detect.js",
                "/GFR/js/commons/date.js",
                "/GFR/js/commons/cpf.js",
                "/GFR/js/commons/cnpj.js",
                "/GFR/js/commons/email.js",
                "/GFR/js/commons/validate.js",
                "/GFR/js/greybox/AJS.js",
                "/GFR/js/greybox/AJS_fx.js",
                "/GFR/js/greybox/gb_scripts.js",
                "/GFR/js/sessionClock.js",
                "/GFR/js/struts-validation.js",
                "/GFR/js/jquery-1.4.1.js",
                "/GFR/js/jquery.mask.min.js",
                "/GFR/js/app/divisao/comum.js?v=1",
                "/GFR/js/app/divisao/agenda.js",
            ],
        }
    }

    pub(super) fn at_end(self) -> &'static [&'static str] {
        match self {
            Self::Login => &[
                "/GFR/js/jquery-1.9.1.js",
                "/GFR/js/bootstrap.min.js",
                "/GFR/js/acess_texto.js",
                "/GFR/js/styleswitcher.js?v=12324",
                "/GFR/js/jquery.cookie.js",
            ],
            Self::Choice => &[],
            Self::Agenda => &[
                "/GFR/js/jquery-1.9.1.js",
                "/GFR/js/bootstrap.min.js",
                "/GFR/js/acess_texto.js",
                "/GFR/js/styleswitcher.js?v=12",
                "/GFR/js/jquery.cookie.js",
                "/gefor/global/menu_items.jsp",
                "/GFR/js/build_menu.js?v=13",
                "http://widget.example.com/sdk/api.widget.min.js",
            ],
        }
    }
}

/// The file at this path, if it is a script.
pub(crate) fn file(names: &Names, path: &str) -> Option<String> {
    match path {
        LOGIN_SCRIPT => Some(login(names)),
        CHOICE_SCRIPT => Some(choice(names)),
        AGENDA_SCRIPT => Some(agenda(names)),
        MENU_SCRIPT => Some(menu(names)),
        FIREWALL_PATH => Some("(function () { var pronto = true; })();\r\n".to_owned()),
        _ => {
            let known = [Scripts::Login, Scripts::Choice, Scripts::Agenda]
                .iter()
                .flat_map(|page| page.in_head().iter().chain(page.at_end()))
                .any(|known| known.split('?').next() == Some(path));
            known.then(|| format!("// {path}\r\nvar carregado = true;\r\n"))
        }
    }
}

/// The functions behind the buttons of the login pages.
fn login(names: &Names) -> String {
    let Names {
        agenda_method,
        method_field,
        login_user_field,
        login_password_field,
        force_field,
        ..
    } = names;
    format!(
        "function loginAgenda() {{\r\n\
         \tvar form = document.forms['LoginActionForm'];\r\n\
         \tform['{method_field}'].value = '{agenda_method}';\r\n\
         \ttop.showWait(true);\r\n\tform.submit();\r\n}}\r\n\
         function login() {{\r\n\ttop.showWait(true);\r\n\tdocument.forms['LoginActionForm'].submit();\r\n}}\r\n\
         function pontuarCpf(campo) {{\r\n\
         \tcampo.value = campo.value.replace(/\\D/g, '').replace(/(\\d{{3}})(\\d{{3}})(\\d{{3}})(\\d{{2}})/, '$1.$2.$3-$4');\r\n}}\r\n\
         {dialogs}\
         function encerrarOutraSessao(cpf, acesso, cyberark) {{\r\n\
         \tvar form = parent.parent.document.forms['LoginActionForm'];\r\n\
         \tform['{method_field}'].value = 'autenticar';\r\n\
         \tform['{login_user_field}'].value = cpf;\r\n\
         \tform['{login_password_field}'].value = acesso;\r\n\
         \tform['{force_field}'].value = 'true';\r\n\tform.submit();\r\n}}\r\n",
        dialogs = dialogs(names),
    )
}

/// The functions that open dialogs: definitions, no calls.
pub(super) fn dialogs(names: &Names) -> String {
    let Names {
        session_dialog,
        choice_dialog,
        choice_path,
        ..
    } = names;
    format!(
        "function {session_dialog}(cpf, acesso, cyberark) {{\r\n\
         \tGB_showCenter('Sessão', '/gefor/SGU/login.do?method={session_dialog}', 200, 400);\r\n}}\r\n\
         function {session_dialog}WithCyberark(cpf) {{\r\n\
         \t{session_dialog}(cpf, '', 'true');\r\n}}\r\n\
         function {choice_dialog}(cyberark, cpf, acesso) {{\r\n\
         \tGB_showCenter('Escolha', '{choice_path}&autenticadoCyberark=' + cyberark, 300, 500);\r\n}}\r\n"
    )
}

fn choice(names: &Names) -> String {
    format!(
        "function enviar() {{\r\n\
         \tvar acima = parent.parent.document.forms['LoginActionForm'];\r\n\
         \tacima['{unit}'].value = document.forms['LoginActionForm']['{unit}'].value;\r\n\
         \tparent.parent.login();\r\n}}\r\n",
        unit = names.choice_unit_field
    )
}

fn agenda(names: &Names) -> String {
    let Names {
        method_field,
        method_list_dates,
        examiner_field,
        reference_field,
        date_field,
        ..
    } = names;
    format!(
        "function listarDatas() {{\r\n\
         \tvar form = document.forms['DivisaoEquitativaForm'];\r\n\
         \tjQuery.post(form.action, {{\r\n\
         \t\t{method_field}: '{method_list_dates}',\r\n\
         \t\t{examiner_field}: form['{examiner_field}'].value,\r\n\
         \t\t{reference_field}: form['{reference_field}'].value\r\n\
         \t}}, function (datas) {{ preencher(form['{date_field}'], datas); }}, 'json');\r\n}}\r\n\
         function pesquisar() {{ top.showWait(true); document.forms['DivisaoEquitativaForm'].submit(); }}\r\n\
         function limpar() {{ document.forms['DivisaoEquitativaForm'].reset(); }}\r\n"
    )
}

fn menu(names: &Names) -> String {
    format!(
        "var itens = [\r\n\
         \t{{name: \"Manuais\", url: \"javascript:irPara('/gefor/GFR/base/manual.do',800,600,0,'Manuais')\"}},\r\n\
         \t{{name: \"{link}\", url: \"javascript:irPara('{path}',800,600,0,'{link}')\"}}\r\n];\r\n",
        link = names.logout_link,
        path = names.logout_path,
    )
}
