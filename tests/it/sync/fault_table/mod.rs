//! Every fault of the portal, what a run reports of it, and what the database holds afterwards.
//!
//! Each row has an examiner of its own: a clean sync; the agenda changes; the fault; a sync, which is
//! judged; the fault goes (and the pause, if there is one); a sync, after which the database equals the
//! truth and nothing that the portal lists was ever marked removed.

mod judge;
mod row;
mod rows;

use std::collections::HashSet;
use std::time::Duration;

use agendad::simulator::FaultKind::{
    AnswerLost, Blocked, Captcha, ChangePassword, ChoiceEmpty, ChoiceProfiles, Cut,
    DatesForAllUnits, DuplicateRows, EmptyList, EmptyTable, Expired, FarDate, Firewall,
    FirewallFrame, FirewallScript, ForeignRedirect, GzipBomb, Latency, Layout,
    ListIgnoresReference, Maintenance, MalformedRows, MetaRefresh, NoDate, NotAList, NotJson,
    OddDialog, Oversized, PageAsList, RedirectLoop, RefusedAlert, RefusedRedirect, RefusedSilently,
    Reset, Slow, Status, Taken, Truncated, TwinForms, UnknownAfterPassword, UnknownStatus,
    WrongDate, WrongPassword,
};
use agendad::simulator::{Fault, FaultKind, Place};

use judge::run;
use row::failed;
use rows::{what_is_slow, what_is_spelt_oddly, what_leads_away, what_passes, what_stays};

#[test]
fn the_table_leaves_out_no_fault() {
    let rows = [
        what_passes(),
        what_stays(),
        what_is_slow(),
        what_is_spelt_oddly(),
        what_leads_away("http://localhost/"),
    ];
    let faults = rows.iter().flatten().flat_map(|row| &row.faults);
    let kinds: HashSet<usize> = faults.map(|fault| number(&fault.kind)).collect();
    let missing: Vec<usize> = (0..KINDS).filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

const KINDS: usize = 44;

/// A new kind does not compile here until it has a number, and then needs a row.
fn number(kind: &FaultKind) -> usize {
    match kind {
        Latency(_) => 0,
        Status { .. } => 1,
        Reset => 2,
        Truncated(_) => 3,
        Cut(_) => 4,
        Slow(_) => 5,
        Expired => 6,
        WrongPassword => 7,
        Blocked => 8,
        Captcha => 9,
        Maintenance => 10,
        Layout => 11,
        EmptyTable => 12,
        WrongDate => 13,
        DuplicateRows => 14,
        MalformedRows => 15,
        Oversized(_) => 16,
        GzipBomb(_) => 17,
        RedirectLoop => 18,
        ForeignRedirect(_) => 19,
        MetaRefresh => 20,
        AnswerLost => 21,
        Taken => 22,
        Firewall(_) => 23,
        FirewallFrame => 24,
        FirewallScript => 25,
        RefusedSilently => 26,
        RefusedRedirect => 27,
        RefusedAlert => 28,
        ChangePassword => 29,
        UnknownAfterPassword => 30,
        OddDialog(_) => 31,
        TwinForms => 32,
        ChoiceEmpty => 33,
        ChoiceProfiles => 34,
        ListIgnoresReference => 35,
        EmptyList => 36,
        NotJson => 37,
        NotAList => 38,
        FarDate => 39,
        PageAsList(_) => 40,
        DatesForAllUnits => 41,
        NoDate => 42,
        UnknownStatus => 43,
    }
}

#[tokio::test]
async fn a_fault_that_passes_costs_tries_and_nothing_else() {
    run(what_passes(), Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_fault_that_stays_is_reported_by_its_kind_and_leaves_the_database_true() {
    run(what_stays(), Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_portal_that_is_too_slow_is_a_timeout_and_leaves_the_database_true() {
    run(what_is_slow(), Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_changed_login_page_is_a_changed_layout() {
    let page = Fault::always(Layout).at(Place::Agenda);
    let answer = Fault::always(Layout).at(Place::Login);
    let rows = vec![
        failed(page, "layout", false).logging_in(0),
        // What answers a password is never only a page that is not understood.
        failed(answer, "auth", false)
            .logging_in(1)
            .leaving_session(),
    ];
    run(rows, Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_dialog_in_whatever_spelling_is_the_same_dialog() {
    run(what_is_spelt_oddly(), Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = format!("http://{}/", elsewhere.local_addr().unwrap());
    run(what_leads_away(&to), Duration::from_secs(10)).await;
    let called = tokio::time::timeout(Duration::ZERO, elsewhere.accept()).await;
    assert!(called.is_err(), "the other host was called");
}
