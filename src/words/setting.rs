//! What is wrong with a setting: the English is the error's own.

use super::trouble::{self, detailed};
use super::{Sentence, both};
use crate::config::wrong::Wrong;
use crate::config::{Place, Problem, ValueKind};
use crate::domain::Concealed;
use crate::domain::window::InvalidCron;

/// With its place and its key, in a line.
pub(crate) fn problem(problem: &Problem) -> Sentence<String> {
    let (place, key) = (place(&problem.place).pt, &problem.key);
    let pt = wrong_pt(&problem.wrong);
    sentence!("{place}: {key} {pt}", "{problem}")
}

/// Alone, where the key stands beside it.
pub(crate) fn wrong(wrong: &Wrong) -> Sentence<String> {
    let pt = wrong_pt(wrong);
    sentence!("{pt}", "{wrong}")
}

/// What the reader of settings says of one that it cannot read.
pub(crate) fn unread(said: &str) -> Sentence<String> {
    let pt = detailed("não foi entendido", said);
    sentence!("{pt}", "{said}")
}

/// Where a value comes from; a file's name is the same.
pub(crate) fn place(place: &Place) -> Sentence<String> {
    let pt = match place {
        Place::BuiltIn => "padrões do programa".to_owned(),
        Place::File(name) => name.to_string(),
        Place::Credentials(directory) => format!("credenciais em {}", directory.display()),
        Place::Environment => "variáveis de ambiente".to_owned(),
        Place::Variable(name) => format!("variável de ambiente {name}"),
        Place::Given => "o valor dado".to_owned(),
    };
    sentence!("{pt}", "{place}")
}

/// In place of a value. In English as in the record.
pub(crate) const fn concealed(why: Concealed) -> Sentence {
    match why {
        Concealed::NotSet => both("(não definido)", "(not set)"),
        Concealed::Hidden => both("(oculto)", "(hidden)"),
        Concealed::Unknown => both("(desconhecido, oculto)", "(unknown, hidden)"),
        Concealed::NoPath => both("(não é um caminho, oculto)", "(no path, hidden)"),
    }
}

const fn kind(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Integer => "um número inteiro",
        ValueKind::Float => "um número",
        ValueKind::Boolean => "true ou false",
        ValueKind::String => "um texto entre aspas",
        ValueKind::Array => "uma lista",
        ValueKind::Table => "uma seção",
        ValueKind::Datetime => "uma data",
    }
}

fn known(kind: std::io::ErrorKind) -> String {
    let known = crate::trouble::of_kind(kind);
    known.map_or_else(String::new, |known| {
        format!(": {}", trouble::kind(known).pt)
    })
}

fn wrong_pt(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Unknown(known) => format!("não existe aqui; existem {known}"),
        Wrong::NoneOf(given, allowed) => format!("é {given:?}; pode ser {allowed}"),
        Wrong::Lacks(part) => format!("não tem {part}"),
        Wrong::Refused(why) => detailed("não serve", why),
        Wrong::NotUtf8 => "não é texto em UTF-8".to_owned(),
        Wrong::NoSetting => "não é uma opção; config.toml lista todas".to_owned(),
        Wrong::SectionInVariable => "é uma seção; indique uma das suas opções depois de `__`".to_owned(),
        Wrong::Section => "é uma seção; indique uma das suas opções (o valor não é mostrado)".to_owned(),
        Wrong::Type(expected, given) => format!("tem de ser {}, e isto é {given}", kind(*expected)),
        Wrong::Time(given) => {
            format!("é {given}; indique um tempo com a unidade, como \"1500ms\", \"45s\", \"15m\", \"2h\" ou \"7d\"")
        }
        Wrong::Zone(given) => format!("é {given}; indique o nome de um fuso, como \"America/Sao_Paulo\""),
        Wrong::NotKept => "não é uma opção que se muda no painel ou com agendad config set".to_owned(),
        Wrong::Both(key) => format!("está duas vezes, em {key} e em {key}_file; deixe uma"),
        Wrong::NoText => "tem de ser um texto entre aspas (o valor não é mostrado)".to_owned(),
        Wrong::SecretFile(path, kind, why) => {
            let known = known(*kind);
            detailed(&format!("está no arquivo {path}, que não pode ser lido{known}"), why)
        }
        Wrong::HiddenFile(key, kind, why) => {
            let known = known(*kind);
            detailed(
                &format!(
                    "está no arquivo que {key}_file indica, que não pode ser lido{known} (o valor não é mostrado: um caminho começa \
                     com / ou ./, e o próprio segredo vai em {key})"
                ),
                why,
            )
        }
        Wrong::EmptyFile(path) => {
            format!("está no arquivo {path}, que está vazio; escreva o segredo nele, ou apague o arquivo e o que o indica")
        }
        Wrong::NoPath(key) => format!("está em {key}_file, que tem de ser um caminho entre aspas"),
        Wrong::Range(given, from, to) => format!("é {given}; pode ir de {from} a {to}"),
        Wrong::AtLeast(given, least) => format!("é {given}; no mínimo {least}"),
        Wrong::AtMost(given, most) => format!("é {given}; no máximo {most}"),
        Wrong::TimeOfDay(given, example) => format!("é {given:?}; dê uma hora como \"{example}\""),
        Wrong::PastMidnight(given, wait) => format!(
            "é {given:?}, e com tomorrow.wait, {wait:?}, o dia acaba antes de o e-mail sair; dê uma hora mais cedo"
        ),
        Wrong::NoNews(given) => format!("é {given:?}; no máximo 6h, ou deixaria de ser novidade"),
        Wrong::Schema(given) => format!(
            "é {given:?}; pode ter letras minúsculas, algarismos e _, no máximo 63, sem começar com algarismo ou pg_, e não pode \
             ser river nem information_schema"
        ),
        Wrong::Directory(given, example) => format!(
            "é {given:?}; dê uma pasta como {example:?}, por extenso (~ e $HOME não são expandidos aqui), sem aspas no começo e sem \
             caracteres de controle"
        ),
        Wrong::BackupAge(given) => format!("é {given:?}; há um backup por dia: no mínimo 1d"),
        Wrong::NoWindows => "está vazio: nada seria lido".to_owned(),
        Wrong::NamelessWindow => "tem um período sem nome".to_owned(),
        Wrong::TwoWindows(name) => format!("tem dois períodos com o nome {name:?}"),
        Wrong::WindowDays(name, from, to) => {
            format!("{name:?}: os dias {from} a {to} não são um período dentro de um ano")
        }
        Wrong::Cron(name, InvalidCron { text, reason }) => detailed(
            &format!("{name:?}: {text:?} não são os seis campos de cron (segundo, minuto, hora, dia, mês, dia da semana)"),
            reason,
        ),
        Wrong::NeverFires(name, cron) => format!(
            "{name:?}: {cron:?} nunca acontece: nenhum dia que vem é o que ele indica, como 30 de fevereiro"
        ),
        Wrong::RunTimeout(run, request) => format!(
            "é {run:?}, menos que portal.request_timeout ({request:?}): uma página lenta encerraria toda leitura"
        ),
        Wrong::BusyDelay(given) => {
            format!("é {given:?}, menos que 100ms: um perito ocupado seria procurado sem parar")
        }
        Wrong::AreaCode(given) => format!("é {given:?}; dê um DDD do Brasil, como \"11\", ou \"\" para nenhum"),
        Wrong::LogLevel(given) => format!("é {given:?}; dê error, warn, info, debug ou trace"),
        Wrong::Together(other) => format!("e {other} andam juntos: configure os dois, ou nenhum"),
        Wrong::NoPause(given) => format!("é {given:?}; no mínimo 1s"),
        Wrong::ClockDifference(given) => {
            format!("é {given:?}; relógios de duas máquinas sempre diferem um pouco: no mínimo 1s")
        }
        Wrong::Part(given) => format!("é {given}; pode ser uma parte das leituras, acima de 0 e no máximo 1"),
        Wrong::NothingLookedAt => "é 0: nenhuma leitura seria examinada".to_owned(),
        Wrong::NoRecipient => {
            "está vazio, embora alerts.email.host esteja configurado; indique ao menos um destinatário".to_owned()
        }
        Wrong::Sender(given) => format!("é {given:?}; dê um endereço como \"agendad <agendad@example.com>\""),
        Wrong::Recipient(given) => format!("tem {given:?}; dê endereços como \"operador@example.com\""),
        Wrong::ClearMail(host) => format!(
            "é \"none\", e {host} não é esta máquina: mensagens e senha iriam sem cifra; use \"starttls\" ou \"tls\""
        ),
        Wrong::NoTopic => {
            "não indica um tópico de 1 a 64 letras sem acento, algarismos, - e _, como em https://ntfy.sh/topico (o valor não é \
             mostrado aqui)"
                .to_owned()
        }
        Wrong::SigningSecret => {
            "não é um segredo de assinatura: whsec_ e o base64 de 24 a 64 bytes (o valor não é mostrado aqui)".to_owned()
        }
        Wrong::VaultKey => "não é uma chave: dê o base64 de 32 bytes, ou vários separados por espaços; agendad vault init --print \
             cria uma (o valor não é mostrado aqui)"
            .to_owned(),
        Wrong::NoFile(path) => format!("indica o arquivo {path}, que não existe"),
        Wrong::HeloName(given) => {
            format!("é {given:?}; dê um nome com domínio, como \"clinica.example.com\", ou \"\"")
        }
        Wrong::TelegramToken => "não é um dos que o @BotFather dá (o valor não é mostrado)".to_owned(),
        Wrong::NoChat => {
            "está vazio, embora alerts.telegram.token esteja configurado; dê o número da conversa".to_owned()
        }
        Wrong::NoAddress => "não é um endereço como https://… (o valor não é mostrado)".to_owned(),
        Wrong::NoHttps => {
            "tem de começar com https:// (http:// só serve para esta máquina; o valor não é mostrado)".to_owned()
        }
        Wrong::Listen(given) => {
            format!("é {given:?}; dê um endereço com porta, como 127.0.0.1:8787, ou \"\" para nenhum")
        }
        Wrong::NoAnswer(given) => format!("é {given:?}, menos que 100ms: nada poderia ser respondido"),
        Wrong::NoForm(given) => format!("é {given:?}, menos que 1m: ninguém terminaria um formulário"),
        Wrong::PublicUrl(given) => {
            format!("é {given:?}; dê um endereço como https://agenda.example.org, ou \"\" para nenhum")
        }
        Wrong::Path(path) => {
            format!("tem o caminho {path:?}; dê um como \"/agenda\", de letras, algarismos, - _ . ~")
        }
        Wrong::OwnPath(path) => {
            format!("tem o caminho {path:?}, que começa como endereços do próprio agendad; dê outro")
        }
        Wrong::TwoPaths(path, public) => {
            format!("é {path:?}, mas http.public_url tem o caminho {public:?}; deixe um só")
        }
        Wrong::TokenDigest => {
            "começa com sha256:, mas não seguem 64 dígitos hexadecimais (printf %s TOKEN | sha256sum)".to_owned()
        }
        Wrong::Login => {
            "tem usuário e senha, ou outro @, que apareceriam no registro e nas páginas; tire-os do endereço (o valor não é mostrado)"
                .to_owned()
        }
        Wrong::Portal(given) => format!("é {given}; dê um endereço como https://www.e-cnhsp.sp.gov.br/"),
        Wrong::ClearPasswords(given) => {
            format!("é {given}: as senhas iriam sem cifra; use https (http só serve para esta máquina)")
        }
        Wrong::ControlCharacter => {
            "tem uma quebra de linha ou outro caractere de controle: nada poderia ser enviado".to_owned()
        }
        Wrong::NoTime => "é 0; uma consulta precisa de tempo, como 30s".to_owned(),
        Wrong::Proxy => {
            "não é o endereço de um proxy; dê http://servidor:porta, https://servidor:porta ou socks5://servidor:porta, com \
             usuario:senha@ antes do servidor se ele os pede (o valor não é mostrado)"
                .to_owned()
        }
        Wrong::FirewallPause => {
            "é 0: um firewall que não deixa o agendad passar seria procurado de novo no mesmo instante".to_owned()
        }
        Wrong::DateFormat(given) => {
            format!("é {given:?}, que não escreve uma data; dê um como \"%d/%m/%Y\"")
        }
        Wrong::EmptyText => "tem um texto vazio, que toda página contém".to_owned(),
        Wrong::NoHeader => "não indica nenhum título; sem esta coluna nada pode ser lido".to_owned(),
        Wrong::NoField => "está vazio; dê o nome do campo".to_owned(),
        Wrong::LongerThan(given, other, longest) => format!("é {given:?}, mais que {other} ({longest:?})"),
        Wrong::NoRedis => {
            "é \"redis\", mas redis.url está vazio; configure-o, como redis://127.0.0.1:6379/0, ou use \"postgres\"".to_owned()
        }
        Wrong::Redis => {
            "não é o endereço de um Redis; dê redis://usuario:senha@servidor:6379/0, com TLS rediss://…, ou redis+unix:///caminho"
                .to_owned()
        }
        Wrong::SessionLife(given) => {
            format!("é {given:?}, menos que 1s: toda leitura entraria de novo no portal")
        }
        Wrong::SessionIdle(given) => format!("é {given:?}, menos que 1s: nenhuma sessão contaria como nossa"),
        Wrong::GiveUp(given) => format!("é {given:?}; no mínimo 1m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_hidden_value_is_english_in_records_and_portuguese_for_who_reads_it() {
        for &why in Concealed::ALL {
            let Sentence { pt, en } = concealed(why);
            assert_eq!((en.parse(), en), (Ok(why), why.to_string().as_str()));
            assert!(pt.starts_with('(') && pt != en, "{pt}");
        }
    }
}
