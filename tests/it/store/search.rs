//! Whatever words are looked for, and by whichever way: the search finds what looking through all slots finds.

use std::time::{Duration, Instant};

use agendad::store::clinic::SearchedWords;
use chrono::{NaiveDate, TimeDelta};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::support::TestDatabase;

const SLOTS: usize = 2_000;
const LOOKS: usize = 150;
/// So long a whole search may be tried.
const LONG: Duration = Duration::from_secs(60);
const FIRST: [&str; 7] = [
    "JOÃO", "maria", "MARIANA", "Márcio", "BRUNO", "BRUNA", "JOSÉ",
];
const LAST: [&str; 6] = [
    "SILVA",
    "SILVÉRIO",
    "SANTOS",
    "santana",
    "GUIMARÃES",
    "GUIMARO",
];

/// A word that few have, or nobody.
fn rare(random: &mut StdRng) -> String {
    (0..random.random_range(2..4))
        .flat_map(|_| [b"KLMNRTZ".choose(random), b"AIU".choose(random)])
        .flatten()
        .map(|&letter| char::from(letter))
        .collect()
}

/// The latest first.
fn names(random: &mut StdRng) -> Vec<String> {
    let name = |_| {
        let mut name = vec![(*FIRST.choose(random).unwrap()).to_owned()];
        if random.random_bool(0.1) {
            name.push(rare(random));
        }
        name.push((*LAST.choose(random).unwrap()).to_owned());
        name.join(" ")
    };
    (0..SLOTS).map(name).collect()
}

/// The latest first: days close together and long apart, and now and then some beyond what the index tells apart.
fn days(random: &mut StdRng) -> Vec<NaiveDate> {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let mut days = Vec::new();
    if random.random_bool(0.5) {
        days.extend(["2150-01-01", "2100-01-01", "2099-12-31"].map(day));
    }
    let mut next = day("2026-11-28");
    for _ in 0..SLOTS / 100 {
        days.push(next);
        next -= TimeDelta::days(*[1, 1, 2, 3, 40, 700].choose(random).unwrap());
    }
    if random.random_bool(0.5) {
        days.extend(["1901-01-03", "1901-01-01", "1900-12-31", "1850-01-01"].map(day));
    }
    days
}

fn folded(name: &str) -> String {
    let plain = |letter| match letter {
        'ã' | 'á' => 'a',
        'é' => 'e',
        letter => letter,
    };
    name.to_lowercase().chars().map(plain).collect()
}

/// Words of one name or of several, or beginnings of them, or something that nobody has.
fn typed(random: &mut StdRng, names: &[String]) -> Vec<String> {
    let mut from: Vec<&str> = names.choose(random).unwrap().split(' ').collect();
    if random.random_bool(0.3) {
        from.extend(names.choose(random).unwrap().split(' '));
    }
    let mut words: Vec<String> = from.into_iter().map(folded).collect();
    if random.random_bool(0.2) {
        words.push(folded(&rare(random)));
    }
    let count = random.random_range(1..=words.len());
    let mut words: Vec<String> = words.choose_multiple(random, count).cloned().collect();
    for word in &mut words {
        if random.random_bool(0.7) {
            word.truncate(random.random_range(3..=word.len()));
        }
    }
    words
}

/// Whose name is at this place.
fn day(days: &[NaiveDate], at: usize) -> NaiveDate {
    days[(at + 1) * days.len() / (SLOTS + 1)]
}

/// Two examiners in turn.
fn examiner(at: usize) -> i32 {
    if at.is_multiple_of(2) { 1 } else { 2 }
}

/// The places of the names that have all words; where there is none, all beginnings.
fn meant(names: &[String], typed: &[String], whose: Option<&[i32]>) -> Vec<usize> {
    let such = |has: &dyn Fn(&str, &str) -> bool| -> Vec<usize> {
        let meant = |name: &String| {
            let name = folded(name);
            typed
                .iter()
                .all(|word| name.split(' ').any(|of| has(of, word)))
        };
        let is_theirs = |at| whose.is_none_or(|whose| whose.contains(&examiner(at)));
        let all = (0..names.len()).filter(|&at| is_theirs(at) && meant(&names[at]));
        all.collect()
    };
    let whole = such(&|of, word| of == word);
    if whole.is_empty() {
        such(&|of, word| of.starts_with(word))
    } else {
        whole
    }
}

async fn looks(
    db: &TestDatabase,
    random: &mut StdRng,
    names: &[String],
    days: &[NaiveDate],
    seed: u64,
) {
    for _ in 0..LOOKS {
        let typed = typed(random, names);
        let whose = [None, Some(&[1][..]), Some(&[2]), Some(&[1, 2])];
        let whose = *whose.choose(random).unwrap();
        let mut meant = meant(names, &typed, whose);
        let (limit, offset) = match random.random_bool(0.5) {
            true => (5_000, 0),
            false => (random.random_range(1..60), random.random_range(0..300)),
        };
        let text = format!("{} of {whose:?}", typed.join(" "));
        let mut words = SearchedWords::read(&typed.join(" ")).unwrap();
        let is_impatient = random.random_bool(0.3);
        if is_impatient {
            words = words.within(Duration::ZERO);
        }
        let page = (limit as i64, offset as i64);
        let started = Instant::now();
        let found = loop {
            let found = db.store.clinic_search(&words, whose, page.0, page.1);
            let found = found.await.unwrap();
            // On a busy machine two seconds may be too short for all days.
            if is_impatient || !found.cut || started.elapsed() > LONG {
                break found;
            }
        };
        assert!(is_impatient || !found.cut, "{text}, seed {seed}");
        assert_eq!(found.cut, found.from_day.is_some(), "{text}, seed {seed}");
        if let Some(from_day) = found.from_day {
            // Whoever has all words may be on an earlier day; then nobody's beginnings were looked for.
            let is_seen = |at: &usize| day(days, *at) >= from_day && !found.slots.is_empty();
            meant.retain(is_seen);
        }
        meant = meant.into_iter().skip(offset).take(limit).collect();
        let meant: Vec<&str> = meant.iter().map(|&at| names[at].as_str()).collect();
        let found = found.slots.iter().map(|slot| slot.nome.as_deref().unwrap());
        let found: Vec<&str> = found.collect();
        assert_eq!(found, meant, "{text}, seed {seed}");
    }
}

#[tokio::test]
async fn whatever_the_words_it_finds_what_a_look_through_all_slots_finds() {
    let seed: u64 = rand::random();
    let random = &mut StdRng::seed_from_u64(seed);
    let names = names(random);
    let days = days(random);
    let db = TestDatabase::new().await;
    sqlx::query(
        "WITH examiners AS (INSERT INTO usuarios (id, nome) VALUES (1, 'A'), (2, 'B'))
         INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
         SELECT 2 - n % 2, ($2::date[])[1 + n * cardinality($2) / (cardinality($1) + 1)],
                time '20:00' - make_interval(secs => n::int), n, jsonb_build_object('nome', nome), 1
         FROM unnest($1::text[]) WITH ORDINALITY AS all_names (nome, n)",
    )
    .bind(&names)
    .bind(&days)
    .execute(&db.pool)
    .await
    .unwrap();
    looks(&db, random, &names, &days, seed).await;
    // With statistics of the words.
    sqlx::raw_sql("VACUUM ANALYZE agenda_slots")
        .execute(&db.pool)
        .await
        .unwrap();
    looks(&db, random, &names, &days, seed).await;
    db.close().await;
}

#[tokio::test]
async fn words_that_many_have_and_few_together_are_first_looked_for_on_the_latest_days() {
    let db = TestDatabase::new().await;
    sqlx::query(
        "WITH examiner AS (INSERT INTO usuarios (id, nome) VALUES (1, 'A'))
         INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
         SELECT 1, date '2026-11-28' - n / 8, time '08:00' + make_interval(mins => n % 8), n, jsonb_build_object('nome',
                CASE WHEN n = 799 THEN 'RARA FINDA' WHEN n IN (0, 400) THEN 'ANA LIMA' WHEN n % 2 = 0 THEN 'ANA REIS' ELSE 'RUI LIMA' END), 1
         FROM generate_series(0, 799) n",
    )
    .execute(&db.pool)
    .await
    .unwrap();
    let search = async |text: &str, time_limit| {
        let words = SearchedWords::read(text).unwrap().within(time_limit);
        let found = db.store.clinic_search(&words, None, 50, 0).await.unwrap();
        (found.slots.len(), found.from_day.map(|day| day.to_string()))
    };
    let latest = Some("2026-11-28".to_owned());
    let long = Duration::from_secs(60);
    assert_eq!(
        search("ana lima", Duration::ZERO).await,
        (1, latest.clone())
    );
    assert_eq!(search("ana lima", long).await, (2, None));
    // Nobody has both; and no beginnings are looked for before that is known.
    assert_eq!(search("rui ana", Duration::ZERO).await, (0, latest.clone()));
    assert_eq!(search("rui ana", long).await, (0, None));
    assert_eq!(
        search("li an", Duration::ZERO).await,
        (1, latest),
        "beginnings"
    );
    assert_eq!(search("ana finda", Duration::ZERO).await, (0, None));
    assert_eq!(
        search("rara", Duration::ZERO).await,
        (1, None),
        "on the earliest day"
    );
    assert_eq!(search("find rar", Duration::ZERO).await, (1, None));
    db.close().await;
}
