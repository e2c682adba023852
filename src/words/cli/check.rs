//! What `agendad check` finds, and what to do about it.
//!
//! Names of settings and of parts of the installation are the same in both languages, and so is what the system itself
//! said of an error.

use std::fmt::Display;

use crate::words::{Sentence, both};

/// The same in both languages, such as what the system said.
pub(crate) fn as_it_is(text: impl Display) -> Sentence<String> {
    sentence!("{text}", "{text}")
}

pub(crate) const OK: Sentence = both("ok  ", "ok  ");
pub(crate) const WARN: Sentence = both("veja", "warn");
pub(crate) const FAIL: Sentence = both("ERRO", "FAIL");

/// A part that was looked at, by its name in the JSON.
pub(crate) fn part(name: &'static str) -> Sentence {
    let pt = match name {
        "accounts" => "contas",
        "alerts" => "alertas",
        "appointments" => "agendamentos",
        "backups" => "backup",
        "clock" => "relógio",
        "configuration" => "configuração",
        "daemon" => "serviço",
        "database" => "banco de dados",
        "encoding" => "codificação",
        "key" => "chave",
        "locks" => "travas",
        "migrations" => "tabelas",
        "passwords" => "senhas",
        "rights" => "permissões",
        "room" => "espaço",
        "sessions" => "sessões",
        "state_dir" => "pasta",
        "tables" => "onde estão",
        "time zone" => "fuso horário",
        "windows" => "períodos",
        other => other,
    };
    both(pt, name)
}

pub(crate) fn no_answer(seconds: u64) -> Sentence<String> {
    sentence!(
        "sem resposta em {seconds} s",
        "no answer within {seconds} s"
    )
}

pub(crate) const SILENT: Sentence = both(
    "alguém aceita a conexão e não responde: o endereço está certo, o servidor está bem?",
    "somebody accepts the connection and stays silent: is it the right address, is the server well?",
);

pub(crate) mod local {
    //! This machine: windows, state directory, key.

    use std::path::Path;

    use crate::words::{Sentence, both};

    pub(crate) fn configuration(zone: &str) -> Sentence<String> {
        sentence!(
            "todas as configurações são válidas; fuso {zone}",
            "every setting is understood; zone {zone}"
        )
    }

    /// A window: its name, how it is called, its days, its times.
    pub(crate) fn window(
        name: &str,
        label: &Sentence<String>,
        (from, to): (u16, u16),
        cron: &str,
    ) -> Sentence<String> {
        let pt = &label.pt;
        sentence!(
            "{pt} ({name}, {cron})",
            "{name} (days {from} to {to}, {cron})"
        )
    }

    pub(crate) fn share(a: &str, b: &str, from: u16, to: u16) -> Sentence<String> {
        sentence!(
            "{a} e {b} têm em comum os dias {from} a {to}",
            "{a} and {b} share days {from} to {to}"
        )
    }

    pub(crate) const SHARE_CURE: Sentence = both(
        "não faz mal, mas esses dias são lidos duas vezes: que um período comece onde o outro termina",
        "harmless, but these days are asked for twice: let one window begin where the other ends",
    );

    pub(crate) fn gap(from: u16, to: u16) -> Sentence<String> {
        sentence!(
            "nenhum período lê os dias {from} a {to}",
            "no window reads days {from} to {to}"
        )
    }

    pub(crate) const GAP_CURE: Sentence = both(
        "se os horários desses dias importam, aumente um período ou acrescente outro",
        "widen a window, or add one, if slots of these days matter",
    );

    pub(crate) fn no_dir(dir: &Path) -> Sentence<String> {
        let dir = dir.display();
        sentence!("{dir} não existe", "{dir} does not exist")
    }

    pub(crate) const NO_DIR_CURE: Sentence = both(
        "agendad run ou agendad migrate a criam; se o agendad já rodou, indique em state_dir (AGENDAD_STATE_DIR) a mesma pasta",
        "agendad run or agendad migrate makes it; if the daemon has run already, set state_dir (AGENDAD_STATE_DIR) \
         to the daemon's",
    );

    pub(crate) fn dir(dir: &Path) -> Sentence<String> {
        let dir = dir.display();
        sentence!("{dir} aceita gravações", "{dir} can be written")
    }

    pub(crate) fn dir_fails(dir: &Path, error: &std::io::Error) -> Sentence<String> {
        let dir = dir.display();
        sentence!(
            "{dir} não aceita gravações: {error}",
            "{dir} cannot be written: {error}"
        )
    }

    pub(crate) const DIR_CURE: Sentence = both(
        "rode com o usuário dono da pasta, ou mude state_dir (AGENDAD_STATE_DIR)",
        "run as the user who owns it, or set state_dir (AGENDAD_STATE_DIR)",
    );

    pub(crate) fn key_file(file: &Path, id: &str) -> Sentence<String> {
        let file = file.display();
        sentence!(
            "{file} guarda a chave {id} (tenha uma cópia: sem ela as senhas gravadas se perdem)",
            "{file} holds key {id} (keep a copy: without it the stored passwords are lost)"
        )
    }

    /// Others than its owner may read it.
    pub(crate) fn key_readable(file: &Path, mode: u32) -> Sentence<String> {
        let file = file.display();
        sentence!(
            "{file} pode ser lido por outros usuários desta máquina (modo {mode:03o}): quem o lê abre todas as senhas gravadas",
            "{file} can be read by other users of this machine (mode {mode:03o}): whoever reads it opens every stored password"
        )
    }

    pub(crate) fn key_readable_cure(file: &Path) -> Sentence<String> {
        let file = file.display();
        sentence!("chmod 600 {file}", "chmod 600 {file}")
    }

    pub(crate) fn key_configured(id: &str) -> Sentence<String> {
        sentence!(
            "vault.key está configurada: chave {id}",
            "vault.key is configured: key {id}"
        )
    }

    pub(crate) fn no_key(file: &Path) -> Sentence<String> {
        let file = file.display();
        sentence!(
            "ainda nenhuma; {file} é criado no primeiro início, ou por: agendad vault init",
            "none yet; {file} is made at the first start, or by: agendad vault init"
        )
    }
}

pub(crate) mod alerts {
    //! Who is told.

    use crate::words::{Sentence, both};

    pub(crate) const OFF: Sentence = both(
        "desligados (alerts.enabled é false): ninguém é avisado de nada",
        "off (alerts.enabled is false)",
    );
    pub(crate) const NOBODY: Sentence = both(
        "ninguém é avisado: nem alerts.slack.webhook nem alerts.email.host estão configurados",
        "nobody is told: neither alerts.slack.webhook nor alerts.email.host is set",
    );
    pub(crate) const NOBODY_CURE: Sentence = both(
        "configure um dos dois (docs/pt/alertas.md); depois: agendad alerts test",
        "set one of the two (docs/alerts.md); then: agendad alerts test",
    );
    pub(crate) const OFF_CURE: Sentence = both(
        "alerts.enabled = true, e um caminho até as pessoas: alerts.slack.webhook ou alerts.email.host",
        "alerts.enabled = true, and a way to people: alerts.slack.webhook or alerts.email.host",
    );
    pub(crate) const EMAIL_CURE: Sentence = both(
        "veja alerts.email em config.toml: host, port, security, trusted_ca, helo_name, username, password, from, to",
        "see alerts.email in config.toml: host, port, security, trusted_ca, helo_name, username, password, from, to",
    );

    pub(crate) fn heartbeat(every: &str) -> Sentence<String> {
        sentence!(
            "sinal de vida: enviado a cada {every} enquanto tudo está bem",
            "heartbeat: called every {every} while all is well"
        )
    }

    pub(crate) fn untried(found: &str) -> Sentence<String> {
        sentence!(
            "{found} (para experimentar: agendad alerts test)",
            "{found} (try it: agendad alerts test)"
        )
    }

    pub(crate) fn good(found: &str) -> Sentence<String> {
        sentence!(
            "{found}, deixa entrar e aceita remetente e destinatários",
            "{found}, lets us in and takes sender and recipients"
        )
    }
}

pub(crate) mod backups {
    //! Backups and room.

    use std::path::Path;

    use crate::words::{Sentence, both};

    pub(crate) fn none_yet(dir: &Path, at: &str) -> Sentence<String> {
        let dir = dir.display();
        sentence!(
            "ainda nenhum em {dir}; agendad run faz um toda noite às {at}",
            "none yet in {dir}; agendad run makes one every night at {at}"
        )
    }

    pub(crate) const NOW: Sentence = both("agora: agendad backup", "now: agendad backup");

    /// Where this installation makes none.
    pub(crate) const NOT_HERE: Sentence = both(
        "o agendad não faz backup deste banco de dados (backup.of); alguém faz?",
        "agendad makes no backups of this database (backup.of); does anybody?",
    );
    pub(crate) const NOT_HERE_CURE: Sentence = both(
        "backup.of = \"any\" para que faça toda noite; ou o backup de quem cuida do PostgreSQL",
        "backup.of = \"any\" has it make one every night; else those of whoever looks after PostgreSQL",
    );

    pub(crate) fn found(
        n: usize,
        dir: &Path,
        newest: &str,
        verified: Option<&str>,
    ) -> Sentence<String> {
        let dir = dir.display();
        match verified {
            Some(at) => sentence!(
                "{n} em {dir}, o mais novo de {newest}; um foi restaurado e comparado em {at}",
                "{n} in {dir}, the newest of {newest}; one was put back and compared on {at}"
            ),
            None => sentence!(
                "{n} em {dir}, o mais novo de {newest}; nenhum foi restaurado ainda para ver se abre",
                "{n} in {dir}, the newest of {newest}; none was put back yet to see whether it can be"
            ),
        }
    }

    pub(crate) const TOO_OLD: Sentence = both(
        "o mais novo é antigo demais: o agendad está no ar, o que diz o registro dele (journalctl -u agendad)? agora: agendad backup",
        "the newest is too old: is the daemon running, what does its log say? now: agendad backup",
    );

    pub(crate) fn key_needed(file: &Path) -> Sentence<String> {
        let file = file.display();
        sentence!(
            "só abrem com {file}: guarde uma cópia dele, e de um backup, em outra máquina",
            "they open only with {file}: keep a copy of it, and of a backup, on another machine"
        )
    }

    pub(crate) fn versions(cluster: u32, newest: u32) -> Sentence<String> {
        sentence!(
            "o banco de dados próprio é da versão {cluster}, a mais nova nesta máquina é a {newest}",
            "the private database is of {cluster}, the newest on this machine is {newest}"
        )
    }

    pub(crate) const UPGRADE: Sentence = both(
        "quando houver tempo: agendad database upgrade --dry-run, depois sem ele",
        "when there is time: agendad database upgrade --dry-run, then without",
    );

    pub(crate) fn few_files(left: u64, dir: &Path) -> Sentence<String> {
        let dir = dir.display();
        sentence!(
            "só mais {left} arquivos podem ser criados em {dir}",
            "only {left} more files can be made in {dir}"
        )
    }

    pub(crate) fn little_room(megabytes: u64, dir: &Path) -> Sentence<String> {
        let dir = dir.display();
        sentence!(
            "só {megabytes} MB livres em {dir}",
            "only {megabytes} MB are free in {dir}"
        )
    }

    pub(crate) const ROOM_CURE: Sentence = both(
        "libere espaço, ou mude a pasta para um disco maior: o PostgreSQL para quando o disco enche, e não perde nada",
        "make room, or move the state directory to a larger disk: PostgreSQL stops when the disk is full, and loses nothing",
    );

    pub(crate) fn free(megabytes: u64) -> Sentence<String> {
        sentence!(
            "{megabytes} MB livres; quanto o banco de dados cresce, se sabe depois de alguns backups",
            "{megabytes} MB are free; how fast the database grows is known after some backups"
        )
    }

    /// `left`: for how many days there is room, where that is soon.
    pub(crate) fn growth(
        megabytes: u64,
        grown: f64,
        days: f64,
        left: Option<f64>,
    ) -> Sentence<String> {
        match left {
            Some(left) => sentence!(
                "{megabytes} MB livres; o banco de dados cresceu {grown:.1} MB em {days:.0} dias: há espaço para {left:.0} dias",
                "{megabytes} MB are free; the database grew by {grown:.1} MB in {days:.0} days: room for {left:.0} days"
            ),
            None => sentence!(
                "{megabytes} MB livres; o banco de dados cresceu {grown:.1} MB em {days:.0} dias",
                "{megabytes} MB are free; the database grew by {grown:.1} MB in {days:.0} days"
            ),
        }
    }

    pub(crate) const GROWTH_CURE: Sentence = both(
        "um disco maior, ou retention.runs menor",
        "a larger disk, or a shorter retention.runs",
    );
}

pub(crate) mod database {
    //! The database and its server.

    use crate::words::{Sentence, both};

    pub(crate) fn answers(place: &str, private: bool) -> Sentence<String> {
        if private {
            sentence!("{place} (próprio) responde", "{place} (private) answers")
        } else {
            sentence!("{place} responde", "{place} answers")
        }
    }

    pub(crate) const UP_TO_DATE: Sentence =
        both("as tabelas estão em dia", "the schema is up to date");

    pub(crate) fn missing(n: usize) -> Sentence<String> {
        sentence!("faltam {n} mudanças", "{n} are missing")
    }

    pub(crate) const MIGRATE: Sentence = both(
        "agendad migrate (o agendad também faz isso quando inicia)",
        "agendad migrate (the daemon does it too, at its start)",
    );

    pub(crate) const NO_DAEMON: Sentence = both(
        "nenhum agendad está no ar com este banco de dados: nada é lido por si",
        "no daemon is running on this database: nothing is read by itself",
    );
    pub(crate) const START_DAEMON: Sentence = both(
        "agendad run, ou como serviço: systemctl start agendad",
        "agendad run, or as a service: systemctl start agendad",
    );

    pub(crate) fn daemons(n: i64) -> Sentence<String> {
        if n == 1 {
            both("1 agendad no ar", "1 is running").owned()
        } else {
            sentence!("{n} agendads no ar", "{n} are running")
        }
    }

    pub(crate) fn duplicate(user: i32, older: i32, more: usize) -> Sentence<String> {
        let others = match more {
            0 => both("", "").owned(),
            n => sentence!(", e mais {n}", ", and {n} more"),
        };
        let Sentence { pt, en } = others;
        sentence!(
            "o perito nº {user} tem o mesmo CPF que o nº {older} e não é lido{pt}",
            "user {user} has the same CPF as user {older} and is not synchronised{en}"
        )
    }

    pub(crate) fn duplicate_cure(user: i32) -> Sentence<String> {
        sentence!(
            "corrija um dos CPFs, ou: agendad users disable --user {user}",
            "correct a CPF, or: agendad users disable --user {user}"
        )
    }

    pub(crate) fn letters(name: &str) -> Sentence<String> {
        sentence!(
            "{name}: textos que não cabem nela são gravados com as letras mais próximas",
            "{name}: texts that it cannot hold are stored with the nearest letters"
        )
    }

    pub(crate) fn rights(role: &str) -> Sentence<String> {
        sentence!(
            "{role} pode tudo o que é preciso, e vê todas as linhas",
            "{role} may do all that runs need, and sees every row"
        )
    }

    pub(crate) fn sealed(n: i64) -> Sentence<String> {
        sentence!(
            "{n} cifradas, com a chave à mão",
            "{n} sealed with a key at hand"
        )
    }

    pub(crate) fn sealed_elsewhere(n: i64, key: &str) -> Sentence<String> {
        sentence!(
            "{n} senhas estão cifradas com a chave {key}, que não está configurada: essas contas não entram no portal",
            "{n} passwords are sealed with key {key}, which is not configured: these accounts cannot log in"
        )
    }

    pub(crate) const SEALED_ELSEWHERE_CURE: Sentence = both(
        "acrescente essa chave em vault.key, ou grave as senhas de novo",
        "add that key to vault.key, or set the passwords anew",
    );

    pub(crate) fn in_clear(n: i64) -> Sentence<String> {
        sentence!(
            "{n} senhas estão gravadas sem cifra pelo sistema da clínica",
            "{n} passwords are stored in clear text by the earlier application"
        )
    }

    pub(crate) const IN_CLEAR_CURE: Sentence = both(
        "quando ele não precisar mais delas: agendad vault seal",
        "once it no longer needs them: agendad vault seal",
    );

    pub(crate) const READ_ONLY: Sentence = both(
        "não aceita gravações: é uma réplica, ou está em modo somente leitura",
        "takes no writes: it is a standby, or set to read-only",
    );
    pub(crate) const READ_ONLY_CURE: Sentence = both(
        "que database.url leve ao servidor principal; vários podem ser dados, separados por vírgulas",
        "let database.url lead to the primary; several hosts may be named, with commas between them",
    );

    pub(crate) fn no_room(error: &str) -> Sentence<String> {
        sentence!(
            "sem espaço para um arquivo temporário: {error}",
            "no room for a temporary file: {error}"
        )
    }

    pub(crate) const NO_ROOM_CURE: Sentence = both(
        "libere espaço no disco do servidor do banco de dados",
        "make room on the disk of the database's server",
    );
    pub(crate) const LOCKS_SAME: Sentence = both(
        "database.lock_url leva ao mesmo servidor",
        "database.lock_url leads to the same server",
    );
    pub(crate) const LOCKS_ELSEWHERE: Sentence = both(
        "database.lock_url leva a outro servidor que não o de database.url",
        "database.lock_url leads to another server than database.url",
    );
    pub(crate) const LOCKS_CURE: Sentence = both(
        "que os dois levem ao mesmo: travas em outro lugar não protegem nada",
        "let both lead to the same server: locks elsewhere protect nothing",
    );

    /// `ahead`: this machine's clock is ahead of the database's.
    pub(crate) fn clock(length: &str, ahead: bool) -> Sentence<String> {
        let (pt, en) = if ahead {
            ("adiantado", "ahead of")
        } else {
            ("atrasado", "behind")
        };
        sentence!(
            "o relógio desta máquina está {length} {pt} em relação ao do banco de dados",
            "this machine's clock is {length} {en} the database's"
        )
    }

    pub(crate) const CLOCK_CURE: Sentence = both(
        "acerte os dois e mantenha-os certos (NTP: timedatectl)",
        "put both right and keep them right (NTP: timedatectl)",
    );
}

pub(crate) mod http {
    //! Who can log in over HTTP.

    use crate::words::{Sentence, both};

    pub(crate) const OFF: Sentence = both(
        "desligado (http.listen está vazio)",
        "off (http.listen is empty)",
    );
    pub(crate) const HEALTH_ONLY: Sentence = both(
        "só para ver se está no ar: nem http.operator_token nem http.jwt_secret estão configurados",
        "health checks only: neither http.operator_token nor http.jwt_secret is set",
    );
    pub(crate) const OPERATORS: Sentence = both("para operadores", "for operators");
    pub(crate) const EXAMINERS: Sentence = both("para peritos", "for examiners");
    pub(crate) const BOTH: Sentence =
        both("para operadores e peritos", "for operators and examiners");

    pub(crate) fn listens(address: &str, who: Sentence) -> Sentence<String> {
        let Sentence { pt, en } = who;
        sentence!("{address}, {pt}", "{address}, {en}")
    }

    pub(crate) fn short_token(least: usize) -> Sentence<String> {
        sentence!(
            "http.operator_token tem menos de {least} caracteres e pode ser adivinhada",
            "http.operator_token is shorter than {least} characters and may be guessed"
        )
    }

    pub(crate) const SHORT_TOKEN_CURE: Sentence = both(
        "faça uma longa: openssl rand -hex 32",
        "make a long one: openssl rand -hex 32",
    );

    pub(crate) fn short_secret(least: usize) -> Sentence<String> {
        sentence!(
            "http.jwt_secret tem menos de {least} caracteres: quem tem um token pode procurá-lo",
            "http.jwt_secret is shorter than {least} characters: whoever has one token can search for it"
        )
    }

    pub(crate) const SHORT_SECRET_CURE: Sentence = both(
        "dê ao sistema da clínica um mais longo, e depois o mesmo ao agendad",
        "give the application a longer one, and then agendad the same",
    );

    pub(crate) fn reachable(address: &str) -> Sentence<String> {
        sentence!(
            "{address} pode ser alcançado de outras máquinas, e as chaves passam sem cifra",
            "{address} can be reached from other machines, and tokens travel unencrypted"
        )
    }

    pub(crate) const REACHABLE_CURE: Sentence = both(
        "escute em 127.0.0.1 atrás de um proxy com TLS (e ponha http.behind_proxy)",
        "listen on 127.0.0.1 behind a reverse proxy with TLS (and set http.behind_proxy)",
    );
}

pub(crate) mod portal {
    //! The portal, and the way to it.

    use std::fmt::Display;

    use crate::words::{Sentence, both};

    /// Through this proxy, or directly.
    pub(crate) fn way(proxy: Option<&str>) -> Sentence<String> {
        match proxy {
            Some(proxy) => sentence!(
                "perguntado pelo proxy {proxy}",
                "asked through the proxy {proxy}"
            ),
            None => both("perguntado diretamente", "asked directly").owned(),
        }
    }

    pub(crate) fn answers(url: impl Display, way: &Sentence<String>) -> Sentence<String> {
        let Sentence { pt, en } = way;
        sentence!("{url} responde, {pt}", "{url} answers, {en}")
    }

    pub(crate) fn turned_away(
        url: impl Display,
        way: &Sentence<String>,
        error: &str,
    ) -> Sentence<String> {
        let Sentence { pt, en } = way;
        sentence!(
            "{url}: o firewall do portal recusa esta máquina, {pt}: {error}",
            "{url}: this machine was turned away by the portal's firewall, {en}: {error}"
        )
    }

    pub(crate) const TURNED_AWAY_CURE: Sentence = both(
        "o firewall não gosta de servidores em nuvem: use uma linha no Brasil, como a da clínica (portal.proxy leva um servidor por ela), ou outro portal.user_agent",
        "the firewall dislikes cloud hosts: use a line in Brazil, such as the clinic's own (portal.proxy lets a server go through it), or try another portal.user_agent",
    );

    pub(crate) fn fails(
        url: impl Display,
        way: &Sentence<String>,
        error: &str,
    ) -> Sentence<String> {
        let Sentence { pt, en } = way;
        sentence!("{url}, {pt}: {error}", "{url}, {en}: {error}")
    }

    pub(crate) const FAILS_CURE: Sentence = both(
        "portal.base_url está certo, o portal está no ar, algum firewall segura esta máquina, o proxy está no ar?",
        "is portal.base_url right, is the portal up, does a firewall let this machine out, is the proxy up?",
    );
}

pub(crate) mod sessions {
    //! Where sessions are kept.

    use crate::words::{Sentence, both};

    pub(crate) const IN_DATABASE: Sentence = both("no banco de dados", "the database");
    pub(crate) const IN_MEMORY: Sentence =
        both("na memória de cada processo", "each daemon's memory");

    pub(crate) fn in_redis(place: &str) -> Sentence<String> {
        sentence!("no Redis em {place}", "Redis at {place}")
    }

    pub(crate) fn kept(place: &Sentence<String>, ttl: &str) -> Sentence<String> {
        let Sentence { pt, en } = place;
        sentence!(
            "ficam {pt} por {ttl} a partir de cada entrada, cifradas",
            "are kept in {en} for {ttl} from each login, sealed"
        )
    }

    pub(crate) fn redis_unused(place: Sentence) -> Sentence<String> {
        let Sentence { pt, en } = place;
        sentence!(
            "redis.url está configurado, mas as sessões ficam {pt}",
            "redis.url is set, but sessions are kept in {en}"
        )
    }

    pub(crate) const REDIS_UNUSED_CURE: Sentence = both(
        "ponha session.store = \"redis\" para usá-lo, ou deixe redis.url vazio",
        "set session.store to \"redis\" to use it, or leave redis.url empty",
    );

    pub(crate) fn apart(n: i64) -> Sentence<String> {
        sentence!(
            "{n} processos do agendad usam este banco de dados, e cada um guarda as sessões na própria memória: encerram as uns dos outros",
            "{n} daemons work on this database, and each keeps its sessions in its own memory: they end each other's"
        )
    }

    pub(crate) const APART_CURE: Sentence = both(
        "ponha session.store = \"postgres\"",
        "set session.store to \"postgres\"",
    );

    pub(crate) fn redis_writes(place: &str) -> Sentence<String> {
        sentence!("{place} aceita gravações", "{place} takes writes")
    }

    pub(crate) const REDIS_CURE: Sentence = both(
        "inicie-o ou corrija redis.url; enquanto isso cada processo guarda as sessões na própria memória",
        "start it or correct redis.url; meanwhile every daemon keeps sessions in its own memory",
    );

    pub(crate) fn unencrypted(host: &str) -> Sentence<String> {
        sentence!(
            "a senha de redis.url vai até {host} sem cifra",
            "the password of redis.url travels to {host} unencrypted"
        )
    }

    pub(crate) const UNENCRYPTED_CURE: Sentence =
        both("use TLS: rediss://…", "use TLS: rediss://…");
}

pub(crate) mod zone {
    //! The table of the time zone.

    use std::fmt::Display;
    use std::path::Path;

    use crate::words::{Sentence, both};

    pub(crate) fn built_in(version: &str) -> Sentence<String> {
        sentence!(
            "a tabela embutida ({version})",
            "the table that is built in ({version})"
        )
    }

    pub(crate) fn unusable(
        zone: impl Display,
        built_in: &Sentence<String>,
        error: &str,
    ) -> Sentence<String> {
        let Sentence { pt, en } = built_in;
        sentence!("{zone}, por {pt}: {error}", "{zone} by {en}: {error}")
    }

    pub(crate) const UNUSABLE_CURE: Sentence = both(
        "reinstale o pacote tzdata do sistema",
        "install the system's package tzdata anew",
    );

    pub(crate) fn alone(zone: impl Display, built_in: &Sentence<String>) -> Sentence<String> {
        let Sentence { pt, en } = built_in;
        sentence!(
            "{zone}, por {pt}: o sistema não tem nenhuma (pacote tzdata)",
            "{zone} by {en}: the system has none (package tzdata)"
        )
    }

    pub(crate) fn of_system(zone: impl Display, path: &Path) -> Sentence<String> {
        let path = path.display();
        sentence!(
            "{zone}, pela tabela do sistema {path}",
            "{zone} by the system's table {path}"
        )
    }

    pub(crate) fn same(found: &Sentence<String>, built_in: &Sentence<String>) -> Sentence<String> {
        Sentence {
            pt: format!("{}, que diz o mesmo que {}", found.pt, built_in.pt),
            en: format!("{}, which says the same as {}", found.en, built_in.en),
        }
    }

    pub(crate) fn differs(
        found: &Sentence<String>,
        built_in: &Sentence<String>,
        system: &str,
        other: &str,
    ) -> Sentence<String> {
        Sentence {
            pt: format!(
                "{}; {} difere em {system}: diria {other}. Vale a do sistema",
                found.pt, built_in.pt
            ),
            en: format!(
                "{}; {} differs from {system} on, when it would say {other}. The system's counts",
                found.en, built_in.en
            ),
        }
    }

    pub(crate) const DIFFERS_CURE: Sentence = both(
        "se a do sistema é a antiga, atualize o pacote tzdata e reinicie o agendad",
        "if the system's table is the old one, bring the package tzdata up to date and restart agendad",
    );
}
