//! `agendad simulate-portal`: for those who develop. The names in its grammar stay as they are.

use super::command::{Help, help};
use super::simulated::AFTER;

pub(super) const HELP: &[Help] = &[Help {
    args: &[
        ("listen", "Endereço do portal"),
        (
            "control",
            "Endereço dos comandos (JSON): a verdade, e alavancas",
        ),
        (
            "allow_remote",
            "Atende em endereços que outras máquinas alcançam; qualquer um lá pode ler e mudar tudo",
        ),
        ("examiners", "Quantos peritos com conta"),
        (
            "seed",
            "Tudo o que é inventado vem daqui: mesmo número, mesmas pessoas e agendas",
        ),
        (
            "professions",
            "Quem são os peritos; mixed: um sim, um não, a partir do perito 1, é médico",
        ),
        (
            "professions=mixed",
            "O perito 0 é psicólogo, o perito 1 é médico, e assim por diante",
        ),
        ("professions=psychologists", "Todos psicólogos"),
        ("professions=physicians", "Todos médicos"),
        (
            "units",
            "Unidades de um perito, a escolher na entrada; com mais de uma, cada quinto perito tem uma a mais",
        ),
        (
            "units_of",
            "Unidades de um só perito, como 3=2; pode ser repetido",
        ),
        (
            "days_ahead",
            "Último dia com agendamentos, contado a partir de hoje",
        ),
        (
            "slots_per_day",
            "Mínimo e máximo de agendamentos de um dia que tem algum",
        ),
        (
            "empty_days",
            "Parte dos dias sem nenhum agendamento, de 0 a 1",
        ),
        (
            "churn",
            "Tempo entre duas marcações, desistências ou mudanças ao acaso (como 2s); \"0s\": parado",
        ),
        ("latency", "Somado a cada resposta, como 300ms"),
        ("session_ttl", "Quanto uma sessão dura sem ser usada"),
        (
            "faults",
            "Falhas desde o começo, como \"500:5%,wrong-date@result:2\"; veja abaixo",
        ),
        (
            "dead_session",
            "O que responde a uma lista de datas ou a um dia quando a sessão acabou",
        ),
        (
            "dead_session=mixed",
            "Cada um dos outros, menos `told`, um depois do outro",
        ),
        ("dead_session=entry", "A página de entrada"),
        (
            "dead_session=told",
            "A página de entrada, que diz em `errors[]` que a sessão acabou",
        ),
        ("dead_session=frameset", "Os quadros da raiz"),
        ("dead_session=unauthorized", "A página do código 401"),
        (
            "dead_session=unauthorized-page",
            "A mesma página, com o código 200",
        ),
        (
            "dead_session=empty-list",
            "Uma lista vazia para a lista; a página de entrada para um dia",
        ),
        (
            "refusal",
            "Como é dita uma senha errada ou uma conta bloqueada",
        ),
        ("refusal=errors", "Em `errors[]`"),
        ("refusal=silent", "De modo nenhum"),
        ("refusal=alert", "Por uma chamada de `alert`"),
        (
            "refusal=redirect",
            "Por um desvio cujo endereço traz o texto; o que está lá não o traz mais",
        ),
        (
            "empty_day",
            "O que mostra um dia sem agendamentos, quando é consultado",
        ),
        ("empty_day=words", "Uma frase no lugar da tabela"),
        ("empty_day=head", "A tabela só com o cabeçalho"),
        (
            "all_units_offered",
            "Oferece na busca todas as unidades do perito, não só a escolhida na entrada",
        ),
        (
            "choice_has_own_codes",
            "Numera as unidades da escolha na entrada de outro modo que as da busca",
        ),
        (
            "inline_dialogs",
            "Define também na página de entrada as funções que abrem diálogos, não só no arquivo de script",
        ),
        (
            "rename",
            "Outro valor para um nome de [portal.profile], como login_user_field=usuario; pode ser repetido",
        ),
    ],
    after: AFTER,
    ..help(
        "simulate-portal",
        "Um substituto do portal, com peritos inventados, para experimentar e desenvolver",
    )
}];
