//! Words of the vocabulary that stand in statements as they are written: a statement that decides by them cannot be told
//! by the compiler of a new one, so these tests tell it. Where it costs no plan, statements are given the words instead.

use agendad_domain::{FailureKind, PauseReason, PortalContact};

/// The quoted words of the list that follows `start`.
fn listed(statement: &str, start: &str) -> Vec<String> {
    let (_, behind) = statement
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start}"));
    let (list, _) = behind.split_once(')').unwrap();
    let words = list.split('\'').skip(1).step_by(2);
    sorted(words.map(str::to_owned))
}

fn sorted(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut words: Vec<_> = words.collect();
    words.sort();
    words
}

fn reasons(wanted: impl Fn(PauseReason) -> bool) -> Vec<String> {
    let reasons = PauseReason::ALL.iter().filter(|reason| wanted(**reason));
    sorted(reasons.map(ToString::to_string))
}

#[test]
fn a_run_that_did_not_come_to_its_end_is_none_of_its_tick() {
    let cut_short = FailureKind::with(|contact| contact == PortalContact::CutShort);
    assert_eq!(
        listed(
            include_str!("sql/start_run.sql"),
            "coalesce(r.error_details ->> 'kind', '') NOT IN ("
        ),
        sorted(cut_short.iter().map(ToString::to_string)),
    );
}

#[test]
fn a_pause_that_ends_by_itself_is_shown_as_less_urgent() {
    assert_eq!(
        listed(include_str!("sql/overview.sql"), "WHEN pausa_motivo IN ("),
        reasons(|reason| !reason.condemns_password() && reason != PauseReason::Manual),
    );
}

#[test]
fn a_pause_of_another_account_of_the_person_counts_but_for_what_is_of_that_account_alone() {
    assert_eq!(
        listed(include_str!("refusals.rs"), "c.pausa_motivo IN ("),
        reasons(|reason| !reason.condemns_password() && reason != PauseReason::DuplicateCpf),
    );
}

#[test]
fn each_reason_of_a_pause_is_counted() {
    let statement = include_str!("figures.rs");
    let counted = statement.split("pause = '").skip(1);
    let counted = counted.map(|behind| behind.split('\'').next().unwrap().to_owned());
    assert_eq!(sorted(counted), reasons(|_| true));
}

#[test]
fn the_kind_that_a_statement_writes_or_looks_for_is_one() {
    let sources = [
        include_str!("sql/start_run.sql"),
        include_str!("sql/overview.sql"),
        include_str!("sql/day_states.sql"),
        include_str!("runs.rs"),
        include_str!("adopt/mod.rs"),
        include_str!("alerts/examiners.rs"),
    ];
    let marks = [
        "'kind', '",
        "'kind' = '",
        "last.kind = '",
        "'kind', '') = '",
        "\"kind\": \"",
        "@.kind == \"",
    ];
    let mut found = 0;
    for source in sources {
        for mark in marks {
            for behind in source.split(mark).skip(1) {
                let word = behind.split(['\'', '"']).next().unwrap();
                // `coalesce(… ->> 'kind', '')`.
                if !word.is_empty() {
                    let kind: Result<FailureKind, _> = word.parse();
                    assert!(kind.is_ok(), "{word:?} is no kind of failure");
                    found += 1;
                }
            }
        }
    }
    assert!(found >= 8, "{found} found");
}
