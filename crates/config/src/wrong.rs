//! What can be wrong with a setting. The English is here; whoever speaks another language has a sentence for each.

use std::time::Duration;

use super::value_kind::ValueKind;
use agendad_domain::window::InvalidCron;

/// What is wrong and what is allowed, as a fragment after the key.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Wrong {
    /// A name that is none: the known ones.
    #[error("is unknown here; known are {0}")]
    Unknown(String),
    /// A value that is none of several: it, and those.
    #[error("is {0:?}; allowed are {1}")]
    NoneOf(String, String),
    /// A part is missing.
    #[error("lacks {0}")]
    Lacks(String),
    /// What the reader of settings says of it.
    #[error("is refused: {0}")]
    Refused(String),
    /// A variable that is no text.
    #[error("is not UTF-8")]
    NotUtf8,
    /// A name that no setting has.
    #[error("there is no such setting; config.toml lists all of them")]
    NoSetting,
    /// A variable of a section.
    #[error("is a section; name one of its keys after `__`")]
    SectionInVariable,
    /// A value in the place of a section.
    #[error("is a section; name one of its keys (its value is not shown here)")]
    Section,
    /// Another type than the default's: that type, and what was given, as TOML writes it.
    #[error("must be {0}, this is {1}")]
    Type(ValueKind, String),
    /// A duration that is none, as TOML writes it.
    #[error(
        "is {0}; give a time with its unit, such as \"1500ms\", \"45s\", \"15m\", \"2h\" or \"7d\""
    )]
    Time(String),
    /// `timezone`, as TOML writes it.
    #[error("is {0}; give the name of a time zone, such as \"America/Sao_Paulo\"")]
    Zone(String),
    /// Kept, although nobody keeps it.
    #[error("is no setting that is made in the browser or by agendad config set")]
    NotKept,
    /// A secret and its file.
    #[error("both {0} and {0}_file are set; keep one")]
    Both(String),
    /// A secret that is no text.
    #[error("must be a text in quotes (its value is not shown here)")]
    NoText,
    /// The file of a secret: its path, and why not, by kind and as the system says it.
    #[error("the file {0} cannot be read: {2}")]
    SecretFile(String, std::io::ErrorKind, String),
    /// The same of what may be the secret itself: its key, and why not.
    #[error(
        "{0}_file names a file that cannot be read: {2} (its value is not shown here: a path begins with / or ./, and a secret \
         itself belongs into {0})"
    )]
    HiddenFile(String, std::io::ErrorKind, String),
    /// The file of a secret holds nothing: its path.
    #[error("the file {0} is empty; write the secret into it, or delete it and whatever names it")]
    EmptyFile(String),
    /// A path that is no text.
    #[error("{0}_file must be a path in quotes")]
    NoPath(String),
    /// Outside of what is allowed: what it is, the least and the most.
    #[error("is {0}; allowed are {1} to {2}")]
    Range(String, &'static str, &'static str),
    /// Too small: what it is, and the least.
    #[error("is {0}; at least {1}")]
    AtLeast(String, &'static str),
    /// Too large: what it is, and the most.
    #[error("is {0}; at most {1}")]
    AtMost(usize, usize),
    /// A time of day that is none, and an example.
    #[error("is {0:?}; give a time such as \"{1}\"")]
    TimeOfDay(String, &'static str),
    /// An hour after which the wait for a reading does not end on the same day: it, and the wait.
    #[error(
        "is {0:?}, and with tomorrow.wait, {1:?}, the day ends before its mail goes out; give an earlier hour"
    )]
    PastMidnight(String, Duration),
    /// Mails of changes that come too late.
    #[error("is {0:?}; at most 6h, or it would be no news")]
    NoNews(Duration),
    /// `database.schema`
    #[error(
        "is {0:?}; allowed are small letters, digits and _, at most 63, not beginning with a digit or pg_, \
         and neither river nor information_schema"
    )]
    Schema(String),
    /// A directory that cannot be meant: what it is, and an example.
    #[error(
        "is {0:?}; give a directory such as {1:?}, as it is (~ and $HOME are not expanded here), not beginning with a quotation \
         mark and without control characters"
    )]
    Directory(String, &'static str),
    /// A backup counts as old before there can be another.
    #[error("is {0:?}; there is one backup a day: at least 1d")]
    BackupAge(Duration),
    /// Nothing would be read.
    #[error("is empty: nothing would ever be synchronised")]
    NoWindows,
    /// A window without a name.
    #[error("has a window without a name")]
    NamelessWindow,
    /// Two windows of one name.
    #[error("has two windows named {0:?}")]
    TwoWindows(String),
    /// A window's days: its name, the first and the last one.
    #[error("{0:?}: days {1} to {2} are not a range within a year")]
    WindowDays(String, u16, u16),
    /// A window's cron expression: its name, and why not.
    #[error("{0:?}: {1}")]
    Cron(String, InvalidCron),
    /// A window that is never due: its name and its cron expression.
    #[error("{0:?}: cron {1:?} never fires: no day to come is what it names, such as 30 February")]
    NeverFires(String, String),
    /// A run is shorter than a request.
    #[error(
        "is {0:?}, shorter than portal.request_timeout ({1:?}): one slow page would end every run"
    )]
    RunTimeout(Duration, Duration),
    /// `scheduler.busy_delay`
    #[error("is {0:?}, shorter than 100ms: a busy examiner would be asked for in a tight loop")]
    BusyDelay(Duration),
    /// `appointments.area_code`
    #[error("is {0:?}; give one of Brazil's area codes such as \"11\", or \"\" for none")]
    AreaCode(String),
    /// `log.level`
    #[error("is {0:?}; give error, warn, info, debug or trace")]
    LogLevel(String),
    /// One of two: the other.
    #[error("and {0} belong together: set both, or neither")]
    Together(&'static str),
    /// A pause that is none.
    #[error("is {0:?}; at least 1s")]
    NoPause(Duration),
    /// `alerts.clock.max_difference`
    #[error("is {0:?}; clocks of two machines always differ a little: at least 1s")]
    ClockDifference(Duration),
    /// A part of the runs.
    #[error("is {0}; allowed is a part of the runs, above 0 and at most 1")]
    Part(f64),
    /// A window of a rule that looks at nothing.
    #[error("is 0: no run would ever be looked at")]
    NothingLookedAt,
    /// Mails for nobody.
    #[error("is empty although alerts.email.host is set; name at least one recipient")]
    NoRecipient,
    /// `alerts.email.from`
    #[error("is {0:?}; give an address such as \"agendad <agendad@example.com>\"")]
    Sender(String),
    /// One of `alerts.email.to`
    #[error("has {0:?}; give addresses such as \"operador@example.com\"")]
    Recipient(String),
    /// Mails in clear text across a network, to this host.
    #[error(
        "is \"none\", and {0} is not this machine: messages and password would travel unencrypted; use \"starttls\" or \"tls\""
    )]
    ClearMail(String),
    /// `alerts.ntfy.url`, which is a secret.
    #[error(
        "names no topic of 1 to 64 letters, digits, - and _, as https://ntfy.sh/topic does (its value is not shown here)"
    )]
    NoTopic,
    /// A secret that signs nothing.
    #[error(
        "is no signing secret: whsec_ and the base64 of 24 to 64 bytes (its value is not shown here)"
    )]
    SigningSecret,
    /// `vault.key`
    #[error(
        "is not base64 of 32 bytes, nor several of these with spaces between them; agendad vault init --print makes one (its \
         value is not shown here)"
    )]
    VaultKey,
    /// A file that is not there: its path.
    #[error("names the file {0}, which does not exist")]
    NoFile(String),
    /// `alerts.email.helo_name`
    #[error("is {0:?}; give a name with a domain such as \"clinica.example.com\", or \"\"")]
    HeloName(String),
    /// `alerts.telegram.token`
    #[error("is none such as @BotFather gives (its value is not shown here)")]
    TelegramToken,
    /// `alerts.telegram.chat`
    #[error("is empty although alerts.telegram.token is set; give the chat's number")]
    NoChat,
    /// A secret address that is none.
    #[error("is no address such as https://… (its value is not shown here)")]
    NoAddress,
    /// A secret address across a network in clear text.
    #[error(
        "must begin with https:// (http:// is for this machine only; its value is not shown here)"
    )]
    NoHttps,
    /// `http.listen`
    #[error("is {0:?}; give an address and port such as 127.0.0.1:8787, or \"\" for none")]
    Listen(String),
    /// `http.request_timeout`
    #[error("is {0:?}, shorter than 100ms: no request could be answered")]
    NoAnswer(Duration),
    /// Times of a session of the dashboard.
    #[error("is {0:?}, shorter than 1m: nobody could finish a form")]
    NoForm(Duration),
    /// `http.public_url`
    #[error("is {0:?}; give an address such as https://agenda.example.org, or \"\" for none")]
    PublicUrl(String),
    /// The path of the dashboard.
    #[error("has the path {0:?}; give one such as \"/agenda\", of letters, digits, - _ . ~")]
    Path(String),
    /// A path of our own.
    #[error("has the path {0:?}, which begins as addresses of agendad's own do; give another")]
    OwnPath(String),
    /// Two paths.
    #[error("is {0:?}, but http.public_url has the path {1:?}; leave one of them out")]
    TwoPaths(String, String),
    /// `http.operator_token`
    #[error(
        "begins with sha256: but 64 hexadecimal digits do not follow (printf %s TOKEN | sha256sum)"
    )]
    TokenDigest,
    /// An address that is shown, with a login in it.
    #[error(
        "has a login, or another @, in it: it would stand in logs and on pages; take it away (its value is not shown here)"
    )]
    Login,
    /// `portal.base_url`
    #[error("is {0}; give an address such as https://www.e-cnhsp.sp.gov.br/")]
    Portal(String),
    /// Passwords in clear text across a network.
    #[error(
        "is {0}: passwords would travel unencrypted; use https (http is for this machine only)"
    )]
    ClearPasswords(String),
    /// `portal.user_agent`
    #[error("has a line break or another control character: no request could be sent")]
    ControlCharacter,
    /// A time-out of the portal.
    #[error("is 0; a request needs time, e.g. 30s")]
    NoTime,
    /// `portal.proxy`
    #[error(
        "is no proxy's address; give http://host:port, https://host:port or socks5://host:port, with \
         user:password@ before the host if it asks for them (its value is not shown here)"
    )]
    Proxy,
    /// `portal.firewall_pause`
    #[error("is 0: a firewall that turns this process away would be asked again at once")]
    FirewallPause,
    /// A format of dates.
    #[error("is {0:?}, which spells no date; give one such as \"%d/%m/%Y\"")]
    DateFormat(String),
    /// A text that every page contains.
    #[error("has an empty text, which every page contains")]
    EmptyText,
    /// A column without a header.
    #[error("names no header; without this column nothing can be read")]
    NoHeader,
    /// A field without a name.
    #[error("is empty; give the name of the field")]
    NoField,
    /// The first of two delays is the longer one: it, the other's key, and that.
    #[error("is {0:?}, longer than {1} ({2:?})")]
    LongerThan(Duration, String, Duration),
    /// `session.store`
    #[error(
        "is \"redis\", but redis.url is empty; set it, such as redis://127.0.0.1:6379/0, or use \"postgres\""
    )]
    NoRedis,
    /// `redis.url`
    #[error(
        "is no address of a Redis; give redis://user:password@host:6379/0, with TLS rediss://…, or redis+unix:///path"
    )]
    Redis,
    /// `session.ttl`
    #[error("is {0:?}, shorter than 1s: every run would log in")]
    SessionLife(Duration),
    /// `session.portal_idle`
    #[error("is {0:?}, shorter than 1s: no session would ever count as ours")]
    SessionIdle(Duration),
    /// `webhooks.give_up_after`
    #[error("is {0:?}; at least 1m")]
    GiveUp(Duration),
}

impl Wrong {
    /// A time outside of what is allowed.
    pub(super) fn duration(given: Duration, from: &'static str, to: &'static str) -> Self {
        Self::Range(format!("{given:?}"), from, to)
    }
}
