//! Where sessions are kept.

use crate::words::{Sentence, both};

pub(crate) const IN_DATABASE: Sentence = both("no banco de dados", "the database");
pub(crate) const IN_MEMORY: Sentence = both("na memória de cada processo", "each daemon's memory");

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

pub(crate) const UNENCRYPTED_CURE: Sentence = both("use TLS: rediss://…", "use TLS: rediss://…");
