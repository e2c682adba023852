//! Each name, path, text and format of the recorded portal is changed once in the double: the probe names the key of
//! the profile to change, and, where a page shows it, what it is called now.

use agendad::portal::Credentials;
use agendad::simulator::{Fault, FaultKind, Place};

use crate::portal::recorded::Recorded;
use crate::portal::walk::{Walked, walk};

/// What there has to be so that the walk comes across a name.
#[derive(Debug, Clone)]
enum Setting {
    Plain,
    Physician,
    /// The examiner is logged in elsewhere.
    Elsewhere,
    SeveralUnits,
    /// No day has appointments.
    NoAppointments,
    WrongPassword,
    Faulty(FaultKind, Place),
}
use Setting::{Elsewhere, Faulty, NoAppointments, Physician, Plain, SeveralUnits, WrongPassword};

/// A renaming, where it is met, and what the probe shows of the new name ("": no page shows it).
fn renamings() -> Vec<(&'static str, Setting, &'static str)> {
    let login = |kind| Faulty(kind, Place::Login);
    vec![
        ("entry_path=/novo/acesso.do?method=iniciarLogin", Plain, ""),
        ("agenda_method=abrirAgenda", Plain, ""),
        (
            "agenda_link=Agenda do Examinador",
            Plain,
            "agenda do examinador",
        ),
        ("login_user_field=identificacao", Plain, "identificacao"),
        ("login_password_field=segredo", Plain, "segredo"),
        ("login_user_format=digits", Plain, ""),
        (
            "session_dialog=abreSessao",
            Elsewhere,
            "abreSessao (3 arguments)",
        ),
        ("force_field=encerraOutra", Elsewhere, "encerraOutra"),
        (
            "choice_dialog=abreEscolha",
            SeveralUnits,
            "abreEscolha (3 arguments)",
        ),
        (
            "choice_path=/gefor/SGU/login.do?method=abreEscolha",
            SeveralUnits,
            "",
        ),
        (
            "choice_unit_field=idUnidade",
            SeveralUnits,
            "idUnidade (select, 3 options)",
        ),
        (
            "unit_field=idUnidadeNova",
            Plain,
            "idUnidadeNova (select, 2 options)",
        ),
        ("examiner_field=idPerito", Plain, "idPerito (hidden)"),
        ("reference_field=dataBase", Plain, "dataBase (text)"),
        ("date_field=dataAgenda", Plain, "dataAgenda (select"),
        ("date_format=%d.%m.%Y", Plain, "."),
        ("method_field=acao", Plain, "acao (hidden)"),
        ("method_list_dates=listarDatas", Plain, ""),
        (
            "list_fields=method,idUsuarioMedicoConsulta,dataReferencia,data",
            Plain,
            "",
        ),
        (
            "psychologist_title=Agenda do Psicólogo Credenciado",
            Plain,
            "Agenda do Psicólogo Credenciado",
        ),
        (
            "physician_title=Agenda do Médico Credenciado",
            Physician,
            "Agenda do Médico Credenciado",
        ),
        ("table_id=tabelaAgenda", Plain, "tabelaAgenda"),
        ("date_label=DIA DA CONSULTA:", Plain, "DIA DA CONSULTA:"),
        ("result_legend=Retorno", Plain, "Retorno"),
        (
            "columns=Horário,CPF,Nome,Telefone,E-mail,Tipo de Processo,Categoria,Status do Exame Médico,Status do Exame Psicológico",
            Plain,
            "Horário",
        ),
        (
            "columns=Hora,CPF,Nome,Fone,E-mail,Tipo de Processo,Categoria,Status do Exame Médico,Status do Exame Psicológico",
            Plain,
            "`fone`",
        ),
        (
            "empty_texts=Sem candidatos neste dia",
            NoAppointments,
            "Sem candidatos neste dia",
        ),
        (
            "refused_texts=Dados não localizados",
            WrongPassword,
            "Dados não localizados",
        ),
        (
            "blocked_texts=Acesso suspenso",
            login(FaultKind::Blocked),
            "Acesso suspenso",
        ),
        (
            "change_password_texts=Defina outra",
            login(FaultKind::ChangePassword),
            "Defina outra",
        ),
        (
            "maintenance_texts=Voltamos logo",
            Faulty(FaultKind::Maintenance, Place::Entry),
            "Voltamos logo",
        ),
        (
            "maintenance_texts=Voltamos logo",
            Faulty(FaultKind::Maintenance, Place::Dates),
            "Voltamos logo",
        ),
        (
            "captcha_marker=desafio",
            Faulty(FaultKind::Captcha, Place::Entry),
            "Confirme que você não é um robô",
        ),
        (
            "captcha_marker=desafio",
            login(FaultKind::Captcha),
            "Confirme que você não é um robô",
        ),
        ("absent_texts=SEM DADOS", Plain, "SEM DADOS"),
    ]
}

async fn walked(rename: Option<&str>, setting: &Setting) -> Walked {
    let recorded = Recorded::with(|config| {
        config.slots_per_day = (12, 12);
        if let Some(rename) = rename {
            config.names.rename(rename.parse().unwrap());
        }
        if matches!(setting, SeveralUnits) {
            config.units = 2;
        }
        if matches!(setting, NoAppointments) {
            config.empty_day_ratio = 1.0;
        }
    })
    .await;
    if matches!(setting, Elsewhere) {
        recorded.simulator.examiner_logs_in(0).unwrap();
    }
    if let Faulty(kind, place) = setting {
        recorded
            .simulator
            .inject(Fault::always(kind.clone()).at(*place));
    }
    let index = usize::from(matches!(setting, Physician));
    let credentials = recorded.credentials(index);
    let wrong = Credentials {
        password: "outra-senha-9".into(),
        ..credentials.clone()
    };
    let is_wrong = matches!(setting, WrongPassword);
    let credentials = if is_wrong { wrong } else { credentials };
    let examiner = recorded.examiner(index);
    let walked = walk(
        &recorded.portal,
        credentials,
        recorded.today(),
        recorded.path(),
    )
    .await;
    for secret in [&examiner.cpf, &examiner.senha, "outra-senha-9"] {
        assert!(
            !walked.shown.contains(secret) && !walked.saved.contains(secret),
            "{rename:?}"
        );
    }
    walked
}

/// The lines that say what does not fit.
fn complaints(shown: &str) -> Vec<&str> {
    let complains = |line: &&str| {
        [
            "NOT found",
            "not there",
            "put it into",
            "no key of",
            "failed to",
        ]
        .iter()
        .any(|words| line.contains(words))
    };
    shown.lines().filter(complains).collect()
}

#[tokio::test]
async fn nothing_is_complained_of_where_the_profile_fits() {
    for setting in [Plain, Physician, Elsewhere, SeveralUnits, NoAppointments] {
        let walked = walked(None, &setting).await;
        assert!(walked.outcome.is_ok(), "{setting:?}: {}", walked.shown);
        let complaints = complaints(&walked.shown);
        assert!(complaints.is_empty(), "{setting:?}: {complaints:?}");
    }
}

#[tokio::test]
async fn the_probe_names_the_key_of_whatever_was_renamed_and_its_new_value_where_a_page_shows_it() {
    for (rename, setting, value) in renamings() {
        let (key, _) = rename.split_once('=').unwrap();
        let walked = walked(Some(rename), &setting).await;
        let shown = &walked.shown;
        let complaints = complaints(shown);
        let is_key = |line: &&str| {
            line.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == key)
        };
        assert!(
            complaints.iter().any(is_key),
            "{rename} ({setting:?}): {shown}"
        );
        assert!(
            shown.contains(value),
            "{rename}: {value:?} is not in {shown}"
        );
    }
}

/// What the client follows by itself, or asks for only when it logs out, stops nobody.
#[tokio::test]
async fn some_names_may_change_without_anybody_noticing() {
    for rename in [
        "method_search=consultarAgendaNova",
        "reference_format=%Y%m%d",
        "search_path=/gefor/GFR/divisao/pesquisa.do",
        "logout_path=/gefor/SGU/login.do?method=encerrar",
        "logout_link=Encerrar",
    ] {
        let walked = walked(Some(rename), &Plain).await;
        assert!(walked.outcome.is_ok(), "{rename}: {}", walked.shown);
        let complaints = complaints(&walked.shown);
        assert!(complaints.is_empty(), "{rename}: {complaints:?}");
    }
    let walked = walked(Some("method_search=consultarAgendaNova"), &Plain).await;
    assert!(
        walked.shown.contains("method = \"consultarAgendaNova\""),
        "{}",
        walked.shown
    );
}
