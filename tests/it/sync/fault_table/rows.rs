//! The rows of the table.

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
use agendad::simulator::{DialogSpelling, Fault, FaultKind, Place};

use super::row::{Row, failed, fine};

const ERROR_500: FaultKind = Status {
    code: 500,
    retry_after: None,
};

fn status(code: u16, retry_after: Option<u64>) -> FaultKind {
    Status { code, retry_after }
}

/// What passes by itself or with another try.
pub(super) fn what_passes() -> Vec<Row> {
    let mut rows: Vec<Row> = [
        ERROR_500,
        status(502, None),
        status(503, Some(0)),
        status(429, Some(1)),
        status(408, None),
        Reset,
        Truncated(None),
        Truncated(Some(0)),
        Maintenance,
    ]
    .into_iter()
    .map(|kind| fine([Fault::next(kind, 2)], true))
    .collect();
    for place in [Place::Dates, Place::Result] {
        rows.push(fine([Fault::next(Cut(None), 3).at(place)], true));
        rows.push(fine([Fault::next(Expired, 1).at(place)], false).logins(1));
    }
    for place in [Place::Entry, Place::Login] {
        rows.push(fine([Fault::next(ERROR_500, 2).at(place)], true).logging_in(1));
        rows.push(fine([Fault::next(Maintenance, 2).at(place)], true).logging_in(1));
        rows.push(fine([Fault::next(Cut(None), 2).at(place)], true).logging_in(1));
    }
    rows.extend([
        fine([Fault::always(Latency(Duration::from_millis(5)))], false),
        fine([Fault::always(Slow(1_000_000))], false),
        fine([Fault::always(DuplicateRows)], false),
        fine([Fault::always(MetaRefresh).at(Place::Result)], false),
        fine([Fault::always(MetaRefresh).at(Place::Entry)], false).logging_in(1),
        fine([Fault::sometimes(ERROR_500, 0.2)], true),
        // The answer to a password that was accepted before may be asked for again.
        fine([Fault::next(AnswerLost, 1).at(Place::Login)], true).logging_in(1),
        fine([Fault::always(TwinForms)], false).logging_in(1),
        fine([Fault::always(ListIgnoresReference)], false),
        fine([Fault::always(FarDate)], false),
        // A list that says that there is nothing is not believed while slots are stored.
        fine([Fault::always(EmptyList)], false),
        fine([Fault::always(NoDate)], false),
        fine([Fault::always(UnknownStatus)], false).inventing(),
        fine([Fault::always(DatesForAllUnits)], false)
            .units(2)
            .logins(1),
        fine(
            [
                Fault::next(ERROR_500, 1),
                Fault::next(Expired, 1).at(Place::Result),
                Fault::next(Reset, 1),
                Fault::always(DuplicateRows),
            ],
            true,
        )
        .logins(1),
    ]);
    rows
}

/// What does not pass: the kind decides.
pub(super) fn what_stays() -> Vec<Row> {
    let on_result = |kind| Fault::always(kind).at(Place::Result);
    let on_login = |kind| Fault::always(kind).at(Place::Login);
    vec![
        failed(Fault::always(ERROR_500), "unavailable", true),
        failed(on_result(ERROR_500), "unavailable", true),
        failed(Fault::always(status(429, Some(3600))), "unavailable", false),
        failed(Fault::always(status(404, None)), "layout", false),
        failed(Fault::always(Maintenance), "unavailable", true),
        failed(on_result(Maintenance), "unavailable", true),
        // Nothing else is answered: that is how a firewall turns machines away.
        failed(Fault::always(Reset), "firewall", true),
        failed(Fault::always(Firewall(200)), "firewall", false),
        failed(on_result(Firewall(403)), "firewall", false),
        failed(Fault::always(FirewallFrame), "firewall", false),
        failed(Fault::always(FirewallScript), "firewall", false),
        failed(Fault::always(NotJson), "layout", false),
        failed(Fault::always(NotAList), "layout", false),
        failed(Fault::always(PageAsList(150_000)), "layout", false),
        failed(Fault::always(PageAsList(5_000_000)), "layout", false),
        failed(Fault::next(Taken, 1).at(Place::Result), "in_use", false)
            .logins(1)
            .leaving_session(),
        // The passwords were accepted before: one answer that nobody can explain is forgiven.
        failed(Fault::always(RefusedSilently), "auth", false).logging_in(1),
        failed(Fault::always(UnknownAfterPassword), "auth", false).logging_in(1),
        failed(Fault::always(RefusedRedirect), "auth", false)
            .logging_in(1)
            .pausing("refused"),
        failed(Fault::always(RefusedAlert), "auth", false)
            .logging_in(1)
            .pausing("refused"),
        failed(Fault::always(ChangePassword), "auth", false)
            .logging_in(1)
            .pausing("change_password"),
        failed(Fault::always(ChoiceEmpty), "layout", false)
            .units(2)
            .logging_in(1),
        failed(Fault::always(ChoiceProfiles), "layout", false)
            .units(2)
            .logging_in(1),
        failed(on_result(Reset), "network", true),
        failed(on_result(Truncated(None)), "unavailable", true),
        failed(on_result(Cut(None)), "unavailable", true),
        failed(on_result(Cut(Some(0))), "unavailable", true),
        failed(
            Fault::always(Expired).at(Place::Dates),
            "session_expired",
            false,
        )
        .logins(3),
        failed(on_result(Expired), "session_expired", false).logins(3),
        failed(Fault::always(WrongPassword), "auth", false)
            .logging_in(1)
            .pausing("refused"),
        failed(Fault::always(Blocked), "auth", false)
            .logging_in(1)
            .pausing("blocked"),
        failed(on_result(Captcha), "captcha", false).pausing("captcha"),
        failed(on_login(Captcha), "captcha", false)
            .logging_in(1)
            .pausing("captcha"),
        failed(on_result(Layout), "layout", false),
        failed(Fault::always(EmptyTable), "layout", false),
        failed(Fault::next(EmptyTable, 1), "layout", false).partial(),
        failed(Fault::always(WrongDate), "layout", false),
        failed(Fault::next(WrongDate, 1), "layout", false).partial(),
        failed(Fault::always(MalformedRows), "layout", false).partial(),
        failed(on_result(Oversized(1_000_000)), "layout", false),
        failed(on_result(GzipBomb(10_000_000)), "layout", false),
        failed(Fault::always(RedirectLoop), "layout", false),
        failed(on_result(RedirectLoop), "layout", false),
    ]
}

/// What takes longer than 400 ms.
pub(super) fn what_is_slow() -> Vec<Row> {
    let latency = Latency(Duration::from_secs(5));
    vec![
        failed(Fault::always(latency), "timeout", true),
        failed(Fault::always(Slow(200)).at(Place::Result), "timeout", true),
        fine([Fault::next(Slow(200), 1).at(Place::Result)], true),
    ]
}

pub(super) fn what_leads_away(to: &str) -> Vec<Row> {
    let foreign = |place| Fault::always(ForeignRedirect(to.to_owned())).at(place);
    vec![
        failed(foreign(Place::Result), "layout", false),
        failed(foreign(Place::Entry), "layout", false).logging_in(0),
        failed(foreign(Place::Login), "auth", false).logging_in(1),
    ]
}

/// A dialog in whatever spelling is the same dialog: the session elsewhere is one of ours, and is taken over.
pub(super) fn what_is_spelt_oddly() -> Vec<Row> {
    use DialogSpelling::{Attribute, Defined, Double, Hex, Lines, Plain, Spaces};
    [Plain, Double, Hex, Attribute, Spaces, Lines, Defined]
        .into_iter()
        .map(|spelling| fine([Fault::always(OddDialog(spelling))], false).losing_cookies(1))
        .collect()
}
