//! `agendad users`: examiners.

use super::command::{Help, ONE_EXAMINER, help};

const WHO: (&str, &str) = ("user", ONE_EXAMINER);
const MAIL_ARGS: &[(&str, &str)] = &[
    WHO,
    ("to", "Para este endereço, em vez do que está em `usuarios`"),
    ("off", "Não envia mais"),
];

pub(super) const HELP: &[Help] = &[
    help(
        "users",
        "Acrescenta e lista peritos, troca senhas, pausa e retoma",
    ),
    help("users list", "Todos os peritos que têm conta"),
    Help {
        args: &[
            (
                "name",
                "Nome; dispensável só se --user indica alguém que já existe",
            ),
            ("cpf", "CPF, com ou sem pontuação"),
            ("email", "Endereço de e-mail"),
            (
                "days",
                "Dias de trabalho: segunda, terca, quarta, quinta, sexta, sabado, domingo [padrão: todos]",
            ),
            (
                "user",
                "Dá a conta a esta linha de `usuarios`, que já existe",
            ),
        ],
        after: "Exemplo: agendad users add --name 'Ana Souza' --cpf 529.982.247-25 --days terca,quarta\n\
            Num script: printf %s \"$SENHA\" | agendad users add --name … --cpf …",
        ..help(
            "users add",
            "Acrescenta um perito; pergunta a senha dele no portal",
        )
    },
    Help {
        args: &[
            WHO,
            ("name", "Outro nome"),
            ("cpf", "Outro CPF para o portal; pergunta a senha dele"),
            ("email", "Outro e-mail; '' para tirar"),
            (
                "days",
                "Dias de trabalho: segunda, terca, quarta, quinta, sexta, sabado, domingo; '' para todos",
            ),
            (
                "windows",
                "Os períodos que são lidos, pelo nome; all para todos",
            ),
            (
                "units",
                "As unidades que são lidas, pelo código ou pelo nome; all para todas",
            ),
        ],
        after: "Exemplo: agendad users edit --user 3 --email ana@example.com --days terca,quarta\n\
            Outro CPF é outro acesso ao portal. Num script: printf %s \"$SENHA\" | agendad users edit --user 3 --cpf …",
        ..help(
            "users edit",
            "Muda nome, e-mail, CPF, dias de trabalho, períodos ou unidades de um perito; para um CPF novo, pergunta a senha",
        )
    },
    Help {
        args: &[
            ("file", "O arquivo; - é a entrada padrão"),
            ("dry_run", "Só mostra o que mudaria"),
            ("yes", "Grava sem perguntar"),
            ("template", "Imprime um arquivo para preencher"),
        ],
        after: "Colunas, em qualquer ordem: nome, cpf, senha, e-mail, dias, leituras, unidades (ou name, cpf, password, email, \
            days, windows, units); ponto e vírgula, vírgula ou tabulação; em UTF-8 ou como o Excel no Brasil grava. Uma célula \
            vazia deixa tudo como está.\n\
            Se houver senhas no arquivo, apague-o depois. --template imprime um para preencher.",
        ..help(
            "users import",
            "Acrescenta e muda peritos por um arquivo CSV, tudo ou nada; antes mostra o que mudaria",
        )
    },
    Help {
        args: &[WHO],
        after: "Pergunta o nome do perito; num script: echo 'Ana Souza' | agendad users remove --user 3\n\
            Para só deixar de ler: agendad users disable",
        ..help(
            "users remove",
            "Remove um perito: a conta, os endereços, os horários de leitura e o acesso vão embora; o histórico fica",
        )
    },
    Help {
        args: &[WHO],
        ..help(
            "users set-password",
            "Grava uma senha nova do portal; encerra a pausa depois de uma recusa",
        )
    },
    Help {
        args: &[WHO],
        ..help("users enable", "Passa a ler este perito")
    },
    Help {
        args: &[WHO],
        ..help("users disable", "Deixa de ler este perito")
    },
    Help {
        args: &[WHO],
        ..help(
            "users pause",
            "Não entra mais no portal por este perito, até retomar",
        )
    },
    Help {
        args: &[
            WHO,
            (
                "same_password",
                "Envia mais uma vez a senha que o portal recusou. Poucas senhas erradas fazem o DETRAN bloquear a conta",
            ),
        ],
        ..help(
            "users resume",
            "Encerra uma pausa. A que veio de uma recusa, só com senha nova ou com --same-password",
        )
    },
    Help {
        args: &[WHO, ("revoke", "Em vez disso, tira o endereço")],
        after: "O endereço abre a agenda do perito (primeiros nomes e tipos de processo, veja [calendar]) a quem o tiver. É \
            mostrado uma só vez, porque dele só se guarda um resumo; um novo substitui o anterior. Fica na auditoria.\n\
            No celular: acrescente uma assinatura de calendário com este endereço.",
        ..help(
            "users calendar",
            "Cria ou revoga o endereço secreto do calendário de um perito",
        )
    },
    Help {
        args: MAIL_ARGS,
        after: "É enviado na hora de [tomorrow] hour (19:00) por [alerts.email]: horários, nomes, processos, CPFs com parte \
            escondida, e se o dia foi lido. Sem --user: quem o recebe, e o que houve com o último.\n\n\
            Exemplos:\n  agendad users tomorrow --user prado\n  \
            agendad users tomorrow --user 3 --to perito@example.com\n  agendad users tomorrow --user 3 --off",
        ..help(
            "users tomorrow",
            "Envia a um perito, toda noite, a agenda de amanhã por e-mail, ou deixa de enviar",
        )
    },
    Help {
        args: MAIL_ARGS,
        after: "É enviado por [alerts.email] alguns minutos depois de se notar uma mudança nos horários de hoje, no máximo um \
            e-mail a cada [changes] every (15 min), e não à noite: o que é novo, saiu ou mudou, com horários, nomes, processos e \
            CPFs com parte escondida. A primeira leitura não conta como mudança. Sem --user: quem o recebe, e o que houve com o \
            último.\n\n\
            Exemplos:\n  agendad users changes --user prado\n  \
            agendad users changes --user 3 --to perito@example.com\n  agendad users changes --user 3 --off",
        ..help(
            "users changes",
            "Avisa um perito por e-mail do que muda hoje, ou deixa de avisar",
        )
    },
];
