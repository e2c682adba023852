//! Settings, a walk through the portal, completions and the manual.

use super::command::{Help, help};

pub(super) const HELP: &[Help] = &[
    help(
        "config",
        "As opções que valem e de onde cada uma vem, sem mostrar segredos",
    ),
    help(
        "config show",
        "Cada opção, o seu valor e de onde vem; segredos não são mostrados",
    ),
    help(
        "config reference",
        "Todas as opções que existem: explicação, padrão, variável de ambiente, se basta recarregar (Markdown)",
    ),
    Help {
        args: &[
            ("key", "O nome da opção, como tomorrow.hour"),
            (
                "value",
                "O valor; de um segredo, nada: ele é perguntado, ou lido da entrada padrão",
            ),
        ],
        after: "Vale por cima de config.toml; o que o ambiente ou uma credencial fixa não pode ser mudado aqui. Listas: com \
            vírgulas, ou como em TOML.\n\n\
            Exemplos:\n  agendad config set tomorrow.hour 18:30\n  \
            agendad config set alerts.email.to ana@example.com,caio@example.com\n  \
            printf %s \"$WEBHOOK\" | agendad config set alerts.slack.webhook\n  \
            agendad config set windows '[{ name = \"near\", from_day = 0, to_day = 3, cron = \"0 */15 * * * *\" }]'",
        ..help(
            "config set",
            "Muda uma opção, como no painel: conferida, guardada em settings.toml dentro de state_dir, vale em segundos",
        )
    },
    Help {
        args: &[("key", "O nome da opção")],
        ..help(
            "config unset",
            "Esquece o que foi mudado: volta a valer config.toml, ou o padrão",
        )
    },
    help(
        "portal",
        "Percorre o portal passo a passo e diz o que encontra; mostra páginas que não foram entendidas",
    ),
    Help {
        args: &[
            (
                "user",
                "O perito com cujo acesso se entra: número, como em `agendad users list`, ou parte do nome",
            ),
            (
                "save",
                "Guarda nesta pasta as páginas, sem os dados pessoais",
            ),
            (
                "although_paused",
                "Entra mesmo com a conta pausada. Uma segunda senha errada pode bloquear o acesso do perito",
            ),
        ],
        after: "Exemplo: agendad portal probe --user 3 --save paginas",
        ..help(
            "portal probe",
            "Percorre o portal como numa leitura e diz de cada página o que é, o que foi encontrado e que opções de portal.profile \
             decidiram; dados pessoais são apagados, nada é gravado no banco de dados",
        )
    },
    help(
        "portal evidence",
        "As páginas que não foram entendidas, sem os dados pessoais",
    ),
    help(
        "portal evidence list",
        "As páginas guardadas, a mais antiga primeiro",
    ),
    Help {
        args: &[("name", "O nome dela, como `list` o mostra")],
        ..help("portal evidence show", "Uma delas, em HTML")
    },
    Help {
        args: &[("shell", "O interpretador de comandos que você usa")],
        after: "Exemplos:\n  agendad completions bash > /etc/bash_completion.d/agendad\n  \
            agendad completions zsh > \"${fpath[1]}/_agendad\"\n  \
            agendad completions fish > ~/.config/fish/completions/agendad.fish",
        ..help(
            "completions",
            "Um arquivo que faz o terminal completar os comandos com a tecla Tab",
        )
    },
    Help {
        args: &[(
            "dir",
            "Grava nesta pasta uma página para o agendad e uma para cada comando",
        )],
        after: "Exemplos:\n  agendad man | man -l -\n  agendad man --dir /usr/local/share/man/pt_BR/man1",
        ..help("man", "A página do manual")
    },
];
