//! `agendad agenda`: the clinic's day.

use super::command::{Help, THESE_EXAMINERS_ONLY, help};

pub(super) const HELP: &[Help] = &[
    Help {
        args: &[
            (
                "days",
                "Um dia, ou o primeiro e o último: 2026-11-28, 28/11, hoje, amanhã, seg",
            ),
            ("today", "Hoje, que também é o padrão"),
            ("user", THESE_EXAMINERS_ONLY),
            (
                "search",
                "Candidatos pelo nome, CPF ou telefone, em qualquer dia",
            ),
            (
                "changes",
                "O que mudou desde ontem às 18:00; --changes=sex: desde as 18:00 desse dia",
            ),
            ("by_examiner", "Por perito, em vez de por horário"),
            (
                "csv",
                "Em CSV para o Excel no Brasil: na saída padrão, ou em --csv=ARQUIVO",
            ),
            (
                "plain",
                "CSV conforme a RFC 4180: vírgulas, datas como 2026-11-28",
            ),
            ("xlsx", "Em planilha do Excel"),
            ("cpf", "Com o CPF inteiro"),
        ],
        after: "Exemplos:\n  agendad agenda                          hoje\n  agendad agenda amanhã --user prado\n  \
            agendad agenda 28/11 05/12 --csv=semana.csv\n  agendad agenda --search \"maria silva\"\n  \
            agendad agenda --changes --xlsx mudancas.xlsx\n  \
            agendad agenda --changes=sex             desde sexta às 18:00\n  \
            agendad agenda share --label recepção --days 7 --telephones\n\n\
            Os arquivos trazem telefones, e CPFs com --cpf; cada um fica na auditoria.",
        ..help(
            "agenda",
            "O dia da clínica, de todos os peritos; também em arquivo, ou num endereço para planilhas",
        )
    },
    Help {
        args: &[
            ("label", "Para que serve"),
            ("days", "Tantos dias a partir de hoje"),
            ("user", THESE_EXAMINERS_ONLY),
            ("telephones", "Com telefones e e-mails"),
            ("cpf", "Com o CPF inteiro"),
        ],
        after: "O endereço abre a agenda a quem o tiver. É mostrado uma só vez, porque dele só se guarda um resumo.",
        ..help(
            "agenda share",
            "Cria um endereço secreto em que uma planilha busca a agenda (Google Planilhas: IMPORTDATA)",
        )
    },
    help("agenda addresses", "Os endereços que existem"),
    Help {
        args: &[("id", "O número dele, como em `agendad agenda addresses`")],
        ..help("agenda revoke", "Tira um endereço")
    },
];
