//! The map of the house, kept by a test: every external crate has one home, and the arrows between
//! our modules point one way, where no crate's wall sees to it. It reads the sources as text, which is enough to notice
//! a slip: `names` which paths code names, `uses` whose they are, `circles` where that goes round.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

mod circles;
mod names;
mod uses;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use circles::circles;
use uses::Crate;

/// External crates, and the only places (beginnings of paths below `src/` or `crates/`) that may name them.
const HOMES: &[(&str, &[&str])] = &[
    (
        "sqlx",
        // `telemetry/discreet.rs`, here and below: only as names of log targets, in texts.
        &[
            "store/",
            "scheduler/river.rs",
            "scheduler/river/",
            "private-postgres/",
            "test-support/",
            "telemetry/discreet.rs",
            // The vocabulary as columns, for the store alone.
            "domain/column.rs",
        ],
    ),
    (
        "riverqueue",
        // `telemetry/lib.rs`: only as the name of a log target.
        &[
            "scheduler/river.rs",
            "scheduler/river/wire.rs",
            "store/migrate.rs",
            "telemetry/lib.rs",
        ],
    ),
    ("redis", &["session/", "test-support/"]),
    ("reqwest", &["portal/", "alerts/web.rs", "webhooks/post.rs"]),
    ("lettre", &["alerts/email"]),
    // For tests only: another parser judges ours.
    (
        "scraper",
        &["portal/browser/html/tests.rs", "simulator/pages/"],
    ),
    (
        "axum",
        &[
            "http/",
            "api/",
            "dashboard/",
            "web/",
            "simulator/",
            "invariants/",
        ],
    ),
    (
        "maud",
        &["dashboard/", "tomorrow/mail.rs", "changes/mail.rs"],
    ),
    ("icalendar", &["calendar/"]),
    ("argon2", &["staff/"]),
    ("rust_xlsxwriter", &["clinic/"]),
    // The crate `metrics` itself cannot be told from our module of that name.
    ("signal_hook", &["lifecycle"]),
    ("signal_hook_tokio", &["lifecycle"]),
];

/// Rooms at the bottom of the program, and the only ones that they may use. The crates below them anybody may.
const MAY_USE: &[(&str, &[&str])] = &[
    ("trouble", &[]),
    ("vault", &[]),
    ("slot_body", &[]),
    ("words", &["trouble"]),
    ("session", &["vault"]),
    ("staff", &["vault"]),
    ("credentials", &["vault"]),
    ("backup", &["vault"]),
    ("calendar", &["vault", "words"]),
    ("clinic", &["vault", "words"]),
    ("webhooks", &["slot_body", "trouble", "vault", "words"]),
];

/// Rooms further up, where no crate's wall keeps the arrows: they may not use these others.
const MUST_NOT_USE: &[(&str, &[&str])] = &[
    (
        "alerts",
        &[
            "sync",
            "scheduler",
            "web",
            "api",
            "dashboard",
            "http",
            "cli",
            "app",
        ],
    ),
    (
        "sync",
        &["scheduler", "web", "api", "dashboard", "http", "cli", "app"],
    ),
    (
        "scheduler",
        &["web", "api", "dashboard", "http", "cli", "app"],
    ),
    ("web", &["api", "dashboard", "http", "cli", "app"]),
    ("api", &["dashboard", "http", "cli", "app"]),
    ("dashboard", &["api", "http", "cli", "app"]),
    ("http", &["cli", "app"]),
];

/// A source file: its path below `src/`, or below `crates/` without the `src`, and its text.
struct Source {
    path: String,
    text: String,
    /// The directory of its crate below `crates/`; none for the program itself.
    of_crate: Option<String>,
}

impl Source {
    /// The module at the top of its path: `store` for both `store/mod.rs` and `store.rs`.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// The module that it is in its crate: `words::pages`; the root has no name.
    fn module_path(&self) -> String {
        let of_crate = self.of_crate.as_ref();
        let root = of_crate.map_or_else(String::new, |name| format!("{name}/"));
        let file = self.path.strip_prefix(&root).unwrap_or(&self.path);
        let file = file.trim_end_matches(".rs");
        let module = file.trim_end_matches("/mod").replace('/', "::");
        if module == "lib" {
            String::new()
        } else {
            module
        }
    }

    /// The lines that are not comments.
    fn code(&self) -> impl Iterator<Item = &str> {
        self.text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
    }

    /// Whether a path of the code begins with `name`.
    fn names(&self, name: &str) -> bool {
        let is_part_of_name = |c: char| c.is_alphanumeric() || c == '_';
        let start = format!("{name}::");
        self.code().any(|line| {
            let starts = line.match_indices(&start);
            let mut before = starts.map(|(at, _)| line[..at].chars().next_back());
            before.any(|c| !c.is_some_and(is_part_of_name))
        })
    }
}

/// Every Rust file below these directories: its path and its text.
fn files(dirs: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open: Vec<_> = dirs.iter().map(|dir| root.join(dir)).collect();
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_str().unwrap();
                found.push((path.to_owned(), text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

/// The files of program and crates but for directories of tests.
fn sources() -> Vec<Source> {
    let source = |(path, text): (String, String)| {
        let path = path.replacen("/src/", "/", 1);
        let room = path
            .trim_start_matches("src/")
            .trim_start_matches("crates/");
        let of_crate = path.strip_prefix("crates/");
        let of_crate = of_crate.and_then(|inside| inside.split_once('/'));
        Source {
            path: room.to_owned(),
            text,
            of_crate: of_crate.map(|(name, _)| name.to_owned()),
        }
    };
    files(&["src", "crates"])
        .into_iter()
        .filter(|(path, _)| !path.contains("/tests/"))
        .map(source)
        .collect()
}

/// Fails with every complaint at once.
fn report(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_external_crate_has_one_home() {
    let mut complaints = Vec::new();
    for source in sources() {
        for (name, homes) in HOMES {
            let is_home = homes.iter().any(|home| source.path.starts_with(home));
            if !is_home && source.names(name) {
                complaints.push(format!("{} uses {name}, at home in {homes:?}", source.path));
            }
        }
    }
    report(&complaints);
}

#[test]
fn no_rooms_use_each_other_in_a_circle_and_each_only_what_is_below_it() {
    let sources = sources();
    let program = Crate::of(sources.iter().filter(|source| source.of_crate.is_none()));
    let rooms = program.rooms();
    // Whoever reads nothing finds no circle.
    assert!(rooms["dashboard"].contains_key("words"), "{rooms:?}");
    let mut complaints = circles(&rooms);
    for (name, others) in MAY_USE.iter().chain(MUST_NOT_USE) {
        let named = others.iter().chain([name]);
        let unknown = named.filter(|room| !rooms.contains_key(**room));
        complaints.extend(unknown.map(|room| format!("no room is called {room}")));
    }
    for (me, uses) in &rooms {
        for (other, seen) in uses {
            let may = MAY_USE.iter().find(|(room, _)| room == me);
            let must_not = MUST_NOT_USE.iter().find(|(room, _)| room == me);
            let is_bad = may.is_some_and(|(_, rooms)| !rooms.contains(&other.as_str()))
                || must_not.is_some_and(|(_, rooms)| rooms.contains(&other.as_str()));
            if is_bad {
                complaints.push(format!("{me} must not use {other}: {seen:?}"));
            }
        }
    }
    report(&complaints);
}

#[test]
fn no_files_of_a_crate_use_each_other_in_a_circle() {
    let sources = sources();
    let crates: BTreeSet<_> = sources.iter().map(|source| &source.of_crate).collect();
    let mut complaints = Vec::new();
    for of_crate in crates {
        let of_it = sources.iter().filter(|source| source.of_crate == *of_crate);
        complaints.extend(circles(&Crate::of(of_it).files()));
    }
    report(&complaints);
}

/// Rooms whose words people read in Portuguese.
const SPEAKERS: [&str; 6] = ["alerts", "api", "calendar", "dashboard", "http", "web"];

/// What is said in Portuguese, or in two languages, stands in `words`: found by the letters that only Portuguese has, and
/// by sentences that are made elsewhere.
#[test]
fn every_sentence_in_two_languages_lives_in_one_room() {
    let is_portuguese = |line: &str| line.contains(|c| "áàâãéêíóôõúçÁÀÂÃÉÊÍÓÔÕÚÇ".contains(c));
    let is_made = |line: &str| line.contains("both(") || line.contains("sentence!(");
    let mut complaints = Vec::new();
    for source in sources() {
        let is_speaker = SPEAKERS.contains(&source.module());
        let tested = source
            .code()
            .take_while(|line| !line.starts_with("#[cfg(test)]"));
        // Examples of the API's description are no sentences of ours.
        let mut said = tested.filter(|line| !line.contains("example = "));
        let is_strange = said.any(|line| {
            (is_speaker && is_portuguese(line)) || (source.module() != "words" && is_made(line))
        });
        if is_strange {
            complaints.push(format!(
                "{} says something: say it in src/words",
                source.path
            ));
        }
    }
    report(&complaints);
}

/// The pool's own `begin` must not be dropped half-way; `Store::begin` may be.
#[test]
fn transactions_begin_in_one_place() {
    let begins = |source: &&Source| {
        source.path != "store/store.rs" && source.code().any(|line| line.contains("pool.begin()"))
    };
    let others: Vec<_> = sources()
        .iter()
        .filter(begins)
        .map(|source| format!("{} begins a transaction on the pool", source.path))
        .collect();
    report(&others);
}

#[test]
fn every_file_opens_with_what_lives_there() {
    let silent = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//!"));
    report(
        &silent
            .map(|source| format!("{} has no `//!`", source.path))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn no_file_is_too_long_to_be_read() {
    let mut all = files(&["src", "crates", "tests", "benches", "examples", "fuzz"]);
    all.retain(|(_, text)| text.lines().count() > 500);
    report(
        &all.iter()
            .map(|(path, _)| format!("{path} is too long"))
            .collect::<Vec<_>>(),
    );
}
