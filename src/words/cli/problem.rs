//! Why a command could not do anything, where an operator meets it. What a library says of the cause stands below it, as a
//! detail.

use std::path::Path;

use crate::private_postgres::is_of_the_service;
use crate::words::trouble::{self, detailed};
use crate::words::{Sentence, both};

/// In Portuguese; the English is the error's own.
pub(crate) fn no_database(dir: &Path, state_dir: &Path) -> String {
    let (dir, state_dir) = (dir.display(), state_dir.display());
    format!(
        "não há banco de dados: database.url não está configurado, e {dir} não tem nenhum próprio (state_dir é {state_dir}). \
         Indique em state_dir (AGENDAD_STATE_DIR) a pasta do agendad que está no ar, ou database.url \
         (AGENDAD_DATABASE__URL); um banco de dados próprio só é criado por agendad run, agendad setup, agendad migrate e agendad demo"
    )
}

pub(crate) const BAD_ADDRESS: &str =
    "database.url não é um endereço como postgres://usuario:senha@servidor/banco";

pub(crate) fn not_connected(place: &str) -> String {
    format!(
        "não foi possível conectar ao PostgreSQL em {place} (está no ar, e usuário e senha conferem?)"
    )
}

pub(crate) const NOT_USABLE: &str =
    "database.url não está configurado, e o PostgreSQL próprio não pode ser usado";

pub(crate) fn behind(pending: usize) -> String {
    format!("faltam {pending} mudanças nas tabelas do banco de dados; execute: agendad migrate")
}

pub(crate) fn read_only(place: &str) -> String {
    format!(
        "{place} não aceita gravações: é uma réplica, ou está em modo somente leitura; database.url tem de levar ao servidor \
         principal (pode haver vários servidores, separados por vírgula: vale o que aceita gravações)"
    )
}

pub(crate) fn pooler(place: &str) -> String {
    format!(
        "{place} passa por um pooler em modo de transação, onde as travas de uma sessão não valem; ponha em database.lock_url o \
         endereço do próprio servidor (o pooler pode ficar em database.url)"
    )
}

pub(crate) fn another_server(place: &str) -> String {
    format!(
        "{place} (database.lock_url) não é o servidor de database.url: travas lá não protegeriam nada aqui; aponte os dois para \
         o mesmo servidor"
    )
}

pub(crate) fn unreadable_configuration(file: &Path) -> String {
    format!(
        "o arquivo de configuração {} não pode ser lido",
        file.display()
    )
}

pub(crate) fn not_utf8(file: &Path, line: usize) -> String {
    let file = file.display();
    format!("{file}: a linha {line} não está em UTF-8; salve o arquivo com a codificação UTF-8")
}

pub(crate) fn damaged_settings(file: &Path) -> String {
    format!(
        "{} está estragado ou foi editado à mão, e metade dele não é usada: ponha uma cópia inteira no lugar, ou tire-o de lá \
         e configure de novo o que ele guardava (agendad config set)",
        file.display()
    )
}

pub(crate) fn no_toml(place: &str, line: usize, message: &str) -> String {
    detailed(
        &format!("{place}, linha {line}: não é TOML; corrija a linha"),
        message,
    )
}

/// `problems`: a line each: they name the place, the key and what is allowed.
pub(crate) fn wrong_settings(problems: &str) -> String {
    format!(
        "a configuração não pode ser usada. Corrija no arquivo ou na variável (o que cada opção aceita: agendad config show, \
         /usr/share/doc/agendad/pt/configuracao.md):\n  {problems}"
    )
}

pub(crate) fn no_file(path: &Path) -> String {
    format!("não foi possível usar {}", path.display())
}

/// The end of what a program or a log says comes below.
pub(crate) fn program_refused(program: &str, output: &str) -> String {
    format!("o programa {program} recusou o que lhe foi pedido; ele disse:\n{output}")
}

pub(crate) fn not_run(program: &Path) -> String {
    format!("o programa {} não pôde ser executado", program.display())
}

pub(crate) fn not_made(dir: &Path, output: &str) -> String {
    let dir = dir.display();
    format!("o banco de dados próprio não pôde ser criado em {dir}; o initdb disse:\n{output}")
}

pub(crate) fn not_started(why: &str, log: &Path, lines: &str) -> String {
    let log = log.display();
    format!("o banco de dados próprio não iniciou{why}; o fim de {log}:\n{lines}")
}

pub(crate) fn too_slow(seconds: u64, log: &Path) -> String {
    let log = log.display();
    format!("o banco de dados próprio não respondeu em {seconds} s; veja {log}")
}

pub(crate) fn unsafe_socket(dir: &Path, user: &str) -> String {
    let dir = dir.display();
    format!("{dir}, onde fica o socket, não é uma pasta que só {user} abre: apague-a")
}

pub(crate) const CUT_SHORT: &str = "a cópia foi interrompida no caminho";
pub(crate) fn no_backup_directory(dir: &Path) -> String {
    let dir = dir.display();
    format!(
        "a pasta dos backups, {dir} (backup.directory), não existe: o disco dela está montado? Se for nova, crie-a \
         (mkdir -m 700 {dir}) e dê-a ao usuário do agendad"
    )
}

pub(crate) fn silent_backup_directory(dir: &Path) -> String {
    let dir = dir.display();
    format!(
        "a pasta dos backups, {dir} (backup.directory), não responde: o disco dela ainda é alcançado?"
    )
}

pub(crate) const NO_BACKUP: &str =
    "isto não é um backup do agendad, ou é de uma versão mais nova dele";
pub(crate) const NOT_WHOLE: &str =
    "o backup não está inteiro: falta o fim, ou há algo depois dele; use outro";
pub(crate) const DAMAGED_BACKUP: &str =
    "o backup está danificado: o conteúdo não é o que foi gravado; use outro";

pub(crate) fn no_key_for_backup(key: &str, file: &Path) -> String {
    format!(
        "o backup está cifrado com a chave {key}, e esta máquina não tem chave: ponha a cópia da chave em {} (modo 600), ou \
         configure vault.key (AGENDAD_VAULT__KEY)",
        file.display()
    )
}

pub(crate) fn other_key_for_backup(sealed: &str, ours: &str) -> String {
    format!(
        "o backup está cifrado com a chave {sealed}, e a chave daqui é {ours}: acrescente aquela a vault.key (que aceita várias, \
         separadas por espaço)"
    )
}

pub(crate) fn newer_server(backup: u32, here: u32) -> String {
    format!(
        "o backup é de um banco de dados do PostgreSQL {backup}, e o servidor daqui é o {here}, que é mais antigo e não pode \
         recebê-lo: instale o PostgreSQL {backup} ou mais novo (Debian: apt-get install postgresql-{backup})"
    )
}

/// `tables`: what is not the same.
pub(crate) fn copy_differs(tables: &str) -> String {
    format!("a cópia não é igual ao original: {tables}")
}

pub(crate) fn not_empty(tables: impl std::fmt::Display) -> String {
    format!(
        "o banco de dados não está vazio ({tables} tabelas): indique um vazio (createdb), para que nada de lá se perca"
    )
}

pub(crate) fn damaged_page(table: &str) -> String {
    format!(
        "há dados danificados no disco ({table}): volte ao último backup em ordem (agendad backup list, agendad restore), e \
         examine o disco"
    )
}

pub(crate) fn no_programs(oldest: u32) -> String {
    format!(
        "não foram encontrados os programas do servidor PostgreSQL (initdb e postgres, versão {oldest} ou mais nova, em PATH ou em \
         /usr/lib/postgresql/*/bin): instale-os (Debian, Ubuntu: apt-get install postgresql; Fedora: dnf install \
         postgresql-server; Arch, Alpine: pacote postgresql), ou aponte database.url para um servidor que já está no ar"
    )
}

pub(crate) fn older_cluster(dir: &Path, cluster: u32, found: &str) -> String {
    format!(
        "o banco de dados próprio em {} foi criado pelo PostgreSQL {cluster}, e esta máquina tem o {found}; leve-o para a versão \
         mais nova com agendad database upgrade (--dry-run ensaia; o antigo fica guardado), ou instale de novo o PostgreSQL \
         {cluster} (Debian: apt-get install postgresql-{cluster})",
        dir.display()
    )
}

pub(crate) fn newer_cluster(dir: &Path, cluster: u32, found: &str) -> String {
    format!(
        "o banco de dados próprio em {} foi criado pelo PostgreSQL {cluster}, e esta máquina só tem o {found}, que é mais antigo e \
         não o lê: instale o PostgreSQL {cluster} (Debian: apt-get install postgresql-{cluster})",
        dir.display()
    )
}

pub(crate) fn in_use(dir: &Path) -> String {
    format!(
        "o banco de dados próprio em {} está em uso: há um agendad no ar, ou outro comando; pare-o antes (systemctl stop agendad)",
        dir.display()
    )
}

pub(crate) fn served_elsewhere(dir: &Path) -> String {
    format!(
        "o servidor do banco de dados próprio em {} está em outro contêiner, com o mesmo volume; pare-o antes, ou dê a cada um \
         um state_dir só seu",
        dir.display()
    )
}

pub(crate) fn no_cluster(dir: &Path) -> String {
    format!(
        "não há banco de dados próprio em {}: indique em state_dir (AGENDAD_STATE_DIR) a pasta do agendad que está no ar, ou \
         database.url se o banco de dados é de outro servidor",
        dir.display()
    )
}

pub(crate) fn no_tools(program: &str, version: u32) -> String {
    format!(
        "não foi encontrado o {program} do PostgreSQL {version} ou mais novo, em PATH ou em /usr/lib/postgresql/*/bin (Debian: \
         apt-get install postgresql-client-{version})"
    )
}

pub(crate) fn no_room(dir: &Path, needed: u64, free: u64) -> String {
    format!(
        "falta espaço em {}: são necessários {needed} MB e há {free} MB livres; libere espaço, ou mude a pasta para um disco maior",
        dir.display()
    )
}

pub(crate) const NO_USER: &str = "o root não pode executar o PostgreSQL, e esta máquina não tem nem o usuário postgres nem nobody; \
     execute o agendad como um usuário comum, ou configure database.url";

pub(crate) fn foreign(path: &Path, owner: &str) -> String {
    format!(
        "{} pertence a {owner}: execute o agendad como esse usuário ou como root, ou escolha outra pasta em state_dir",
        path.display()
    )
}

pub(crate) fn closed(at: &Path, user: &str) -> String {
    let (is_of_the_service, at) = (is_of_the_service(at), at.display());
    if is_of_the_service {
        return format!("em {at} o systemd só deixa entrar o próprio serviço");
    }
    format!(
        "{at} está fechado para {user}, o usuário que executa o PostgreSQL (o root não pode): chmod o+x {at}, ou escolha em \
         state_dir uma pasta que {user} alcance"
    )
}

/// Standard output is cut short; `error`: why.
pub(crate) fn output_cut(error: &std::io::Error) -> Sentence<String> {
    let Sentence { pt, en } = trouble::of(error);
    sentence!(
        "a saída não pôde ser escrita, e o que devia estar nela não está inteiro: {pt}",
        "standard output could not be written, and what was to be said there is not whole: {en}"
    )
}

/// Where any server of the private database would do.
pub(crate) const START_THE_SERVICE: Sentence = both(
    "o serviço não está no ar: systemctl start agendad",
    "the service does not run: systemctl start agendad",
);

/// Whoever asks may be the service's user, or a person.
pub(crate) fn closed_configuration(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "se é o serviço que não o lê: chmod 644 {file} (segredos não ficam nele, e sim em /etc/agendad/credentials); se é você: o \
         mesmo comando com sudo na frente",
        "if it is the service that cannot read it: chmod 644 {file} (secrets do not belong there but in \
         /etc/agendad/credentials); if it is you: the same command with sudo in front of it"
    )
}

/// `line`: the command as the service's own user runs it.
pub(crate) fn as_the_service(line: &str) -> Sentence<String> {
    sentence!(
        "execute o comando com o usuário do serviço:\n    {line}",
        "run the command as the service's own user:\n    {line}"
    )
}

pub(crate) const BAD_KEY: &str =
    "vault.key não é uma chave: 32 bytes em base64 (crie uma com: agendad vault init --print)";

/// `is_empty`: the file may have been cut short when it was made.
pub(crate) fn bad_key_file(path: &Path, is_empty: bool) -> String {
    let path = path.display();
    if is_empty {
        format!(
            "o arquivo da chave {path} está vazio: ponha nele a cópia da chave. Se nenhuma senha foi guardada e nenhum backup foi \
             feito ainda (a primeira partida foi interrompida), apague-o: a próxima partida cria outro"
        )
    } else {
        format!(
            "o arquivo da chave {path} não contém uma chave (32 bytes em base64): ponha nele a cópia da chave"
        )
    }
}

pub(crate) fn key_file(path: &Path) -> String {
    format!(
        "o arquivo da chave {} não pode ser usado; confira se existe e se o usuário do agendad o lê e grava, ou indique outra \
         pasta em state_dir (AGENDAD_STATE_DIR)",
        path.display()
    )
}

pub(crate) fn other_key(sealed: &str, ours: &str) -> String {
    format!(
        "a senha guardada está cifrada com a chave {sealed}, e a chave configurada é {ours}; configure aquela, ou grave a senha de novo"
    )
}

pub(crate) const DAMAGED_SECRET: &str = "a senha guardada está danificada ou é de outro perito; grave-a de novo (agendad users set-password)";

pub(crate) fn no_key(accounts: i64, key: &str, file: &Path) -> String {
    format!(
        "{accounts} senhas guardadas estão cifradas com a chave {key}, e esta máquina não tem chave: ponha a chave em {}, ou \
         configure vault.key",
        file.display()
    )
}

pub(crate) fn wrong_key(accounts: i64, sealed: &str, ours: &str) -> String {
    format!(
        "{accounts} senhas guardadas estão cifradas com a chave {sealed}, mas a chave daqui é {ours}: configure aquela \
         (vault.key), ou grave as senhas de novo"
    )
}

pub(crate) const NO_AUTHORITIES: &str = "esta máquina não tem os certificados das autoridades, pelos quais se reconhece o portal: apt-get install ca-certificates, ou \
     indique em SSL_CERT_FILE um arquivo com eles";

pub(crate) fn other_portal(dir: &Path, remembered: &str, configured: &str) -> String {
    format!(
        "a pasta {} é do portal {remembered}, mas portal.base_url leva a {configured}: nada foi consultado. Ponha \
         {remembered}/ em portal.base_url (AGENDAD_PORTAL__BASE_URL) ou escolha outra pasta em state_dir (AGENDAD_STATE_DIR)",
        dir.display()
    )
}

pub(crate) fn no_demo(dir: &Path) -> String {
    format!(
        "{} é a pasta de uma instalação de verdade, e a demonstração misturaria nela peritos inventados: escolha outra para --keep",
        dir.display()
    )
}

pub(crate) fn twice(table: &str, used: &str, other: &str, role: &str) -> String {
    format!(
        "a tabela {table} existe duas vezes: {used}.{table}, que seria usada, e {other}.{table}. Uma delas é cópia: se {used} só \
         tem o que o agendad criou ali, apague-o (DROP SCHEMA {used} CASCADE); se não, tire do caminho o esquema que não é o \
         certo (ALTER ROLE {role} SET search_path = …). Depois: agendad migrate"
    )
}

/// A table of the application where nobody looks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elsewhere<'a> {
    pub(crate) table: &'a str,
    pub(crate) elsewhere: &'a str,
    pub(crate) made: &'a str,
    pub(crate) path: &'a str,
    pub(crate) role: &'a str,
}

pub(crate) fn elsewhere(found: &Elsewhere<'_>) -> String {
    let Elsewhere {
        table,
        elsewhere,
        made,
        path,
        role,
    } = found;
    format!(
        "a tabela {table} da aplicação está no esquema {elsewhere}, fora do caminho de busca ({path}); uma {made}.{table} vazia \
         seria criada ao lado. Inclua-o: ALTER ROLE {role} SET search_path = {path}, {elsewhere} (e GRANT USAGE ON SCHEMA \
         {elsewhere} TO {role}); se aquela tabela é de outro programa, configure database.schema"
    )
}

pub(crate) fn nowhere(role: &str) -> String {
    format!(
        "nenhum esquema do caminho de busca existe: configure database.schema, ou ALTER ROLE {role} SET search_path = public"
    )
}

pub(crate) const MIGRATION_FAILED: &str = "uma mudança das tabelas falhou e foi desfeita";
pub(crate) const QUEUE_FAILED: &str =
    "as tabelas da fila não puderam ser examinadas, ou uma mudança delas falhou";
pub(crate) const NOT_ADOPTED: &str =
    "as linhas do sistema anterior não puderam ser aproveitadas (execute de novo: agendad migrate)";

pub(crate) const LOOKING_FAILED: &str =
    "o banco de dados falhou enquanto suas tabelas eram examinadas";
pub(crate) const OVERTAKEN: &str = "alguém mudou os ajustes enquanto isso; olhe de novo";
pub(crate) const BAD_REDIS: &str =
    "redis.url não é um endereço como redis://:senha@servidor:6379/0";

pub(crate) fn no_redis(place: &str) -> String {
    format!("o Redis em {place} não pode ser usado")
}

pub(crate) fn not_listening(address: &str) -> String {
    format!(
        "não é possível atender em http.listen = {address} (há outro agendad no ar? escolha outra porta, ou \"\" para nenhuma)"
    )
}

pub(crate) const DATABASE_FAILED: &str = "o banco de dados falhou";

pub(crate) fn cpf_taken(user: i32) -> String {
    format!("o perito nº {user} já tem uma conta com este CPF, que é lida automaticamente")
}

pub(crate) fn user_refused(by: &str) -> String {
    format!(
        "a tabela usuarios do sistema da clínica exige mais do que nome e e-mail ({by}): crie o usuário nesse sistema e depois dê a \
         conta a ele: agendad users add --user N"
    )
}

pub(crate) fn encoding(encoding: &str) -> String {
    format!(
        "as letras do banco de dados são {encoding}, e o agendad só trabalha com UTF8, LATIN1 e WIN1252; nada foi mudado: crie um \
         banco de dados com ENCODING 'UTF8' e leve as tabelas para lá (pg_dump, pg_restore)"
    )
}

pub(crate) fn bad_value(user: i32) -> String {
    format!("um dado do perito nº {user} no banco de dados não pode ser lido")
}
