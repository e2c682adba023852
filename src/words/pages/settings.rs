//! Words about what operators set in the browser.

use crate::domain::Channel;
use crate::words::{Sentence, both, trouble};

pub(crate) const SETTINGS: Sentence = both("Ajustes", "Settings");
pub(crate) const INTRODUCTION: Sentence = both(
    "O que se guarda aqui vale na hora, sem reiniciar, e fica anotado na auditoria. O resto está no config.toml.",
    "What is saved here counts at once, without a restart, and is written to the audit. The rest is in config.toml.",
);
pub(crate) const SAVE: Sentence = both("Salvar", "Save");
pub(crate) const SEE_CHECK: Sentence = both(
    "O exame completo da instalação: ",
    "To look at the whole installation: ",
);
pub(crate) const OTHER_SYSTEMS: Sentence = both("Outros sistemas", "Other systems");
pub(crate) const WEBHOOKS: Sentence = both(
    "Webhooks: sistemas avisados de cada mudança da agenda",
    "Webhooks: systems that are told of each change of the agenda",
);

pub(crate) const CONTACT: Sentence = both("Contato da clínica", "The clinic's contact");
pub(crate) const CONTACT_EMAIL: Sentence = both("E-mail", "E-mail");
pub(crate) const CONTACT_HINT: Sentence = both(
    "Vai junto em cada consulta ao portal, para que o DETRAN saiba com quem falar.",
    "Sent along with each request to the portal, so that DETRAN knows whom to ask.",
);
pub(crate) const READING: Sentence = both("Quando a agenda é lida", "When the agenda is read");
pub(crate) const READING_HINT: Sentence = both(
    "Os dias se contam a partir de hoje, que é o dia 0. Horas vazias: o dia inteiro. Ler mais vezes pesa no portal.",
    "Days are counted from today, which is day 0. No hours: all day. Reading more often is a burden on the portal.",
);
pub(crate) const EMAIL: Sentence = both("Avisos por e-mail", "Alerts by e-mail");
pub(crate) const EMAIL_HINT: Sentence = both(
    "Servidor, usuário e senha são os que o provedor do seu e-mail dá para enviar (SMTP). Os e-mails para peritos saem por este mesmo \
     servidor. Porta 0: a de costume.",
    "Server, user and password are those that your mail provider gives for sending (SMTP). Mails to examiners go out through this \
     server too. Port 0: the usual one.",
);
pub(crate) const SLACK: Sentence = both("Avisos no Slack", "Alerts by Slack");
pub(crate) const NTFY: Sentence = both("Avisos pelo ntfy", "Alerts by ntfy");
pub(crate) const TELEGRAM: Sentence = both("Avisos no Telegram", "Alerts by Telegram");
pub(crate) const WEBHOOK: Sentence = both("Avisos para outro sistema", "Alerts for another system");
pub(crate) const WEBHOOK_HINT: Sentence = both(
    "Endereço e segredo andam juntos: os dois, ou nenhum.",
    "Address and secret belong together: both, or neither.",
);
pub(crate) const FOR_EXAMINERS: Sentence = both("E-mails para peritos", "Mails to examiners");
pub(crate) const EXAMINERS_HINT: Sentence = both(
    "Só recebe quem quer: na página de cada perito. À noite nenhuma mudança é avisada; as duas horas iguais: não há noite.",
    "Only who wants them gets them: on each examiner's page. No change is told at night; both hours the same: no night.",
);
pub(crate) const BACKUP: Sentence = both("Chave e backup", "Key and backup");
pub(crate) const LAST_BACKUP: Sentence = both("Último backup: ", "Last backup: ");
pub(crate) const ADDRESS_HINT: Sentence = both(
    "O endereço pelo qual navegadores e celulares chegam aqui, como https://agenda.example.org, com um proxy que cuida do \
     TLS (/usr/share/doc/agendad/pt/seguranca.md). Aparece nos endereços de calendários e planilhas.",
    "The address at which browsers and phones reach this, such as https://agenda.example.org, with a proxy that does TLS \
     (/usr/share/doc/agendad/security.md). It stands in the addresses of calendars and sheets.",
);

pub(crate) const IS_SET: Sentence = both("está definido", "is set");
pub(crate) const IS_NOT_SET: Sentence = both("não definido", "not set");
pub(crate) const TAKE_AWAY: Sentence = both("Tirar:", "Take away:");
pub(crate) const FIXED_BY: Sentence = both("fixado por ", "fixed by ");

pub(crate) const ADD_WINDOW: Sentence = both("Acrescentar", "Add");
pub(crate) const FROM_DAY: Sentence = both("Do dia", "From day");
pub(crate) const TO_DAY: Sentence = both("até o dia", "to day");
pub(crate) const HOW_OFTEN: Sentence = both("Com que frequência", "How often");
pub(crate) const FROM_HOUR: Sentence = both("Das (hora)", "From (hour)");
pub(crate) const TO_HOUR: Sentence = both("às (hora)", "to (hour)");
pub(crate) const AT_HOUR: Sentence = both("Se uma vez por dia, às", "If once a day, at");
pub(crate) const AS_IT_IS: Sentence = both("como está", "as it is");
pub(crate) const REMOVE_WINDOW: Sentence = both("Remover", "Remove");
pub(crate) const BAD_DAYS: Sentence = both(
    "Dias são números, como de 0 a 3.",
    "Days are numbers, such as 0 to 3.",
);
pub(crate) const BAD_RHYTHM: Sentence = both(
    "As horas não se entendem: das 6 às 20, por exemplo, na ordem; uma vez por dia, às 06:30.",
    "The hours are not understood: from 6 to 20, say, in their order; once a day, at 06:30.",
);
pub(crate) const BAD_EMAIL: Sentence = both(
    "Não é um endereço de e-mail como clinica@example.com.",
    "This is no e-mail address such as clinica@example.com.",
);
pub(crate) const EXAMPLE_EMAIL: Sentence = both(
    "Este endereço é o do exemplo que vem com o programa, e não é de ninguém. Escreva o da clínica.",
    "This address is that of the example that comes with the program, and nobody's. Write the clinic's.",
);
pub(crate) const OTHER_PATH: Sentence = both(
    "Este endereço tem outro caminho depois do nome, e estas páginas mudariam de lugar. O caminho se muda no config.toml, com \
     o proxy: http.public_url.",
    "This address has another path behind the name, and these pages would move. The path is changed in config.toml, together \
     with the proxy: http.public_url.",
);
pub(crate) const SECRET_AGAIN: Sentence = both(
    "Com outro servidor, digite também a senha (ou a chave) de novo: a que está guardada não é mandada a outro lugar sem isso.",
    "With another server, type the password (or the key) again too: the one that is kept is not sent elsewhere without that.",
);
pub(crate) const REFUSED: Sentence = both(
    "Não foi salvo, e nada mudou:",
    "It was not saved, and nothing has changed:",
);
pub(crate) const OVERTAKEN: Sentence = both(
    "Alguém mudou os ajustes enquanto esta página estava aberta. Confira o que há agora e guarde de novo.",
    "Somebody has changed the settings while this page was open. Look at them as they are now, and save again.",
);
pub(crate) const NOT_WRITTEN: Sentence = both(
    "Não foi possível salvar. Os detalhes estão no registro do agendad (journalctl -u agendad).",
    "It could not be saved. Details are in agendad's log.",
);
pub(crate) const SEND_TRIAL: Sentence = both("Enviar mensagem de teste", "Send a test message");
pub(crate) const NO_SUCH_CHANNEL: Sentence = both(
    "Este canal não está configurado.",
    "This channel is not set up.",
);

pub(crate) const YES_NO: [(&str, Sentence); 2] =
    [("true", both("sim", "yes")), ("false", both("não", "no"))];
pub(crate) const SECURITIES: [(&str, Sentence); 3] = [
    (
        "starttls",
        both("STARTTLS (de costume)", "STARTTLS (the usual)"),
    ),
    ("tls", both("TLS desde o começo", "TLS from the first byte")),
    (
        "none",
        both("nenhuma (só nesta máquina)", "none (this machine only)"),
    ),
];
pub(crate) const RHYTHMS: [(&str, Sentence); 12] = [
    ("5m", both("a cada 5 minutos", "every 5 minutes")),
    ("10m", both("a cada 10 minutos", "every 10 minutes")),
    ("15m", both("a cada 15 minutos", "every 15 minutes")),
    ("20m", both("a cada 20 minutos", "every 20 minutes")),
    ("30m", both("a cada 30 minutos", "every 30 minutes")),
    ("1h", both("de hora em hora", "every hour")),
    ("2h", both("a cada 2 horas", "every 2 hours")),
    ("3h", both("a cada 3 horas", "every 3 hours")),
    ("4h", both("a cada 4 horas", "every 4 hours")),
    ("6h", both("a cada 6 horas", "every 6 hours")),
    ("12h", both("a cada 12 horas", "every 12 hours")),
    ("dia", both("uma vez por dia", "once a day")),
];

/// In the order in which they are offered.
pub(crate) const CHANNELS: [Channel; 5] = [
    Channel::Email,
    Channel::Slack,
    Channel::Ntfy,
    Channel::Telegram,
    Channel::Webhook,
];

/// What messages by a channel are called.
pub(crate) fn channel(channel: Channel) -> Sentence {
    match channel {
        Channel::Email => EMAIL,
        Channel::Slack => SLACK,
        Channel::Ntfy => NTFY,
        Channel::Telegram => TELEGRAM,
        Channel::Webhook => WEBHOOK,
    }
}

/// What a setting is called.
pub(crate) fn label(key: &str) -> Option<Sentence> {
    Some(match key {
        "portal.user_agent" => CONTACT,
        "windows" => READING,
        "http.public_url" => both("Endereço", "Address"),
        "backup.at" => both("Backup todo dia às", "Backup every day at"),
        "tomorrow.enabled" => both("Enviar a agenda de amanhã", "Send tomorrow's agenda"),
        "tomorrow.hour" => both("às", "at"),
        "changes.enabled" => both("Avisar as mudanças do dia", "Tell the day's changes"),
        "changes.quiet_from" => both("noite das", "night from"),
        "changes.quiet_until" => both("até as", "until"),
        "alerts.email.host" => both("Servidor de e-mail (SMTP)", "Mail server (SMTP)"),
        "alerts.email.port" => both("Porta", "Port"),
        "alerts.email.security" => both("Proteção", "Protection"),
        "alerts.email.username" => both("Usuário", "User name"),
        "alerts.email.password" => both("Senha", "Password"),
        "alerts.email.from" => both("Remetente", "Sender"),
        "alerts.email.to" => both(
            "Destinatários (separados por vírgula)",
            "Recipients (with commas between them)",
        ),
        "alerts.slack.webhook" => both("Endereço do webhook", "Address of the webhook"),
        "alerts.ntfy.url" => both("Endereço do tópico", "Address of the topic"),
        "alerts.ntfy.token" => both("Chave de acesso", "Access token"),
        "alerts.telegram.token" => both("Chave do robô", "The bot's token"),
        "alerts.telegram.chat" => both("Número da conversa", "Number of the chat"),
        "alerts.webhook.url" => both("Endereço do outro sistema", "The other system's address"),
        "alerts.webhook.secret" => both("Segredo (whsec_…)", "Secret (whsec_…)"),
        _ => return None,
    })
}

pub(crate) fn fixed(key: &str, by: &str) -> Sentence<String> {
    sentence!(
        "{key} está fixado por {by} e se muda lá.",
        "{key} is fixed by {by} and is changed there."
    )
}

/// The secret is fixed elsewhere, so that it cannot be typed for another server here.
pub(crate) fn server_elsewhere(place: &str, secret: &str, by: &str) -> Sentence<String> {
    sentence!(
        "A senha ou chave ({secret}) está fixada por {by}: o servidor que a recebe ({place}) se define lá também, não aqui.",
        "The password or token ({secret}) is fixed by {by}: the server that it is sent to ({place}) is set there too, not here."
    )
}

/// A test message was taken; `answer`: what the other side said to it.
pub(crate) fn taken(target: &Sentence<String>, answer: &str) -> Sentence<String> {
    let Sentence { pt, en } = target;
    let pt = trouble::detailed(&format!("{pt}: aceita"), answer);
    sentence!("{pt}.", "{en}: taken ({answer}).")
}

/// A message was not taken, and why.
pub(crate) fn not_delivered(target: &Sentence<String>, why: &Sentence<String>) -> Sentence<String> {
    Sentence {
        pt: format!("{}: não foi entregue: {}", target.pt, why.pt),
        en: format!("{}: not delivered: {}", target.en, why.en),
    }
}

/// What became of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum SettingsNotice {
    Saved,
    NotYet,
    Nothing,
}

impl SettingsNotice {
    pub(crate) fn is_good(self) -> bool {
        match self {
            Self::Saved | Self::Nothing => true,
            Self::NotYet => false,
        }
    }

    pub(crate) fn sentence(self) -> Sentence {
        match self {
            Self::Saved => both("Salvo, e já vale.", "Saved, and in force."),
            Self::NotYet => both(
                "Salvo, mas ainda não está em vigor: veja o registro do agendad (journalctl -u agendad).",
                "Saved, but not in force yet: see agendad's log.",
            ),
            Self::Nothing => both("Nada mudou.", "Nothing has changed."),
        }
    }
}
