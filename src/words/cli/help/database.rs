//! The database as a whole, its backups, and the key of the passwords.

use super::command::{Help, help};

const THE_BACKUP: &[(&str, &str)] = &[("file", "O backup; - é a entrada padrão")];

pub(super) const HELP: &[Help] = &[
    Help {
        args: &[("dry_run", "Diz o que seria feito, e não muda nada")],
        ..help(
            "migrate",
            "Cria ou atualiza as tabelas, e aproveita o que o sistema anterior deixou nelas",
        )
    },
    Help {
        args: &[
            (
                "output",
                "Neste arquivo, em vez de em backup.directory; - é a saída padrão",
            ),
            ("clear", "Sem cifra, diga backup.sealed o que disser"),
        ],
        after: "O agendad pode continuar no ar. A chave que abre um backup cifrado (vault.key) não está nele: guarde uma cópia em \
            outro lugar.\n\
            Exemplos:\n  agendad backup\n  agendad backup --output /mnt/usb/agenda.backup\n  \
            agendad backup --output - | ssh nas 'cat > agenda.backup'",
        ..help(
            "backup",
            "O banco de dados num arquivo: faz um backup, lista os que há, confere um",
        )
    },
    help(
        "backup list",
        "Os backups em backup.directory, o mais novo primeiro",
    ),
    Help {
        args: THE_BACKUP,
        ..help(
            "backup verify",
            "Põe um backup num servidor descartável, e compara todas as tabelas",
        )
    },
    Help {
        args: THE_BACKUP,
        ..help(
            "backup open",
            "O que o pg_dump gravou, na saída padrão, para o pg_restore: um caminho de volta sem agendad restore",
        )
    },
    Help {
        args: &[
            ("file", "O backup; - é a entrada padrão"),
            (
                "replace",
                "Por cima de um banco de dados próprio que já existe; o antigo fica guardado ao lado",
            ),
        ],
        after: "Antes, pare o agendad. Depois: agendad check, e inicie-o. As leituras perdidas são feitas uma vez, entra-se de novo \
            no portal por cada perito, e o que o portal mostra agora é lido na primeira leitura; nenhum agendamento se repete.\n\
            Com database.url configurado, o backup vai para aquele banco de dados, que tem de estar vazio.",
        ..help("restore", "Põe um backup de volta")
    },
    help(
        "database",
        "O banco de dados inteiro: para um PostgreSQL mais novo, para outro lugar, um terminal nele",
    ),
    Help {
        args: &[
            (
                "dry_run",
                "Faz tudo ao lado do banco de dados, compara, e joga fora: não muda nada",
            ),
            (
                "finish",
                "Apaga o banco de dados antigo que uma atualização guardou",
            ),
            (
                "undo",
                "Volta ao banco de dados antigo que uma atualização guardou; o que foi gravado depois fica no mais novo, que é \
                 guardado",
            ),
            (
                "from_backup",
                "Sem os programas antigos: a partir deste backup; o que foi gravado depois dele se perde, menos o que o portal \
                 ainda mostra",
            ),
        ],
        after: "Antes, pare o agendad (só --finish não precisa). Os programas das duas versões têm de estar nesta máquina: o Debian guarda os antigos quando \
            é atualizado (não os remova antes com autoremove). Se já não existem: --from-backup.\n\
            Interrompida em qualquer ponto, o banco de dados antigo continua lá e funciona; execute de novo.\n\
            Exemplos:\n  agendad database upgrade --dry-run\n  agendad database upgrade\n  \
            agendad database upgrade --finish    dias depois: apaga o antigo",
        ..help(
            "database upgrade",
            "Leva o banco de dados próprio para o PostgreSQL mais novo desta máquina; o antigo fica guardado",
        )
    },
    Help {
        args: &[
            (
                "to",
                "Do banco de dados próprio para este, que tem de estar vazio",
            ),
            ("from", "Deste para um banco de dados próprio novo"),
            ("to_file", "O mesmo que --to, com o endereço num arquivo"),
            (
                "from_file",
                "O mesmo que --from, com o endereço num arquivo",
            ),
            (
                "replace",
                "Por cima de um banco de dados próprio que já existe; ele fica guardado ao lado do novo",
            ),
        ],
        after: "Antes, pare o agendad. O banco de dados de origem fica como está: nada é apagado. O endereço pode estar num arquivo (--to-file, \
            --from-file), para que a senha não apareça na lista de programas da máquina.\n\
            Exemplos:\n  agendad database move --to postgres://agendad@db.example.com/agenda\n  \
            agendad database move --from-file /run/secrets/url",
        ..help(
            "database move",
            "Muda entre o banco de dados próprio e um servidor seu, comparando linha por linha",
        )
    },
    Help {
        args: &[("write", "Permite mudanças"), ("arguments", "Para o psql")],
        after: "Exemplos:\n  agendad database psql\n  agendad database psql -- -c 'SELECT count(*) FROM agenda_slots'",
        ..help(
            "database psql",
            "Um terminal (psql) no banco de dados, só para leitura se não se pedir outra coisa",
        )
    },
    help(
        "vault",
        "A chave que cifra as senhas do portal: cria, troca, cifra o que está sem cifra",
    ),
    Help {
        args: &[(
            "print",
            "Imprime uma chave nova, em vez de gravá-la em algum lugar",
        )],
        after: "O agendad faz o mesmo ao ser iniciado pela primeira vez. Com --print a chave só é impressa, para \
            AGENDAD_VAULT__KEY, um cofre de segredos ou o LoadCredential=vault.key do systemd.",
        ..help(
            "vault init",
            "Cria o arquivo da chave, se ainda não há chave",
        )
    },
    Help {
        after: "Com o arquivo da chave, é só isto: a chave nova vai para a frente, tudo é cifrado de novo numa só transação, quem \
            está no ar acompanha sozinho, e a chave anterior fica na segunda linha, para os backups feitos antes, como também ficam as \
            dos backups que estão em backup.directory. Interrompido em qualquer ponto, pode ser repetido.\n\n\
            Com uma chave configurada em outro lugar:\n  \
            1. agendad vault init --print                      uma chave nova\n  \
            2. vault.key = \"NOVA ANTIGA\" em toda parte, reinicie  as duas abrem, a nova cifra\n  \
            3. agendad vault rotate                            com a mesma configuração\n  \
            4. vault.key = \"NOVA\"",
        ..help(
            "vault rotate",
            "Troca a chave: cifra de novo todas as senhas guardadas",
        )
    },
    Help {
        after: "A coluna `senha` fica vazia: faça isto quando o sistema anterior não a ler mais.\n\
            O que ele gravar depois é usado como antes, até ser cifrado de novo.",
        ..help(
            "vault seal",
            "Cifra as senhas que o sistema anterior gravou sem cifra",
        )
    },
];
