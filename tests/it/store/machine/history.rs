//! What may happen, as proptest invents it.

use proptest::prelude::*;
use proptest::sample::Index;

pub(super) const USERS: usize = 2;
pub(super) const DAYS: usize = 3;
pub(super) const UNITS: [&str; 2] = ["7", "8"];
pub(super) const HOURS: [&str; 3] = ["08:00", "09:30", "14:00"];
pub(super) const NAMES: [&str; 3] = ["ANA", "BIA", "CLARA"];
pub(super) const PHONES: [&str; 3] = ["", "(11) 2345-6789", "(11) 98765-4321 / (11) 2345-6789"];

/// Events in their order.
#[derive(Clone)]
pub(super) struct History(pub(super) Vec<Event>);

// One line an event, however pretty the printing.
impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for event in &self.0 {
            writeln!(f, "\n  {event:?}")?;
        }
        Ok(())
    }
}

/// Configuration that does not change during a history.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) min_slots: i32,
    pub(super) confirmations: i32,
    pub(super) cancel_on_removed: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Event {
    /// The portal gets a row.
    Book(Booking),
    /// A row of the portal changes.
    Edit(usize, Index, Edit),
    /// A day of the portal gets many rows.
    Fill(usize, usize, usize),
    /// A day of the portal becomes empty.
    Clear(usize, usize, usize),
    /// What vanished from a user's agenda comes back: all of it, or one row.
    Restore(usize, Option<Index>),
    /// The second unit leaves the search form, or comes back.
    ListUnit(usize, bool),
    /// A run of a user on some of the days (a bit each).
    Run { user: usize, days: u8, fault: Fault },
    /// A person does something to an appointment.
    Person(usize, Index, Deed),
    /// A person makes an appointment.
    Handmade(usize, usize, usize, usize),
    /// Appointments are switched on or off in the configuration.
    Appointments(bool),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Booking {
    pub(super) user: usize,
    pub(super) day: usize,
    pub(super) unit: usize,
    pub(super) hour: usize,
    pub(super) candidate: usize,
    pub(super) name: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Edit {
    Name(usize),
    Phone(usize),
    Exam(bool),
    Cancel,
    MoveUnit,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    Confirm,
    Cancel,
    Reopen,
    Convert,
    /// Name and mobile number.
    Correct,
    Delete,
    Postpone,
}

/// What goes wrong in a run, at which of its steps.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    None,
    /// A row of one reading cannot be read.
    RowError(Index),
    /// A day cannot be read.
    DayFails(Index),
    /// The process dies; the run stays `running`.
    Crash(Index),
    /// Another process takes over, and the first one goes on.
    TakenOver(Index),
    /// The server breaks a statement off in the middle.
    Aborted(Index),
}

pub(super) fn rules() -> impl Strategy<Value = Rules> {
    (
        2i32..=4,
        prop::sample::select(vec![1, 1, 1, 0, 2]),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(min_slots, confirmations, cancel_on_removed)| Rules {
            min_slots,
            confirmations,
            cancel_on_removed,
        })
}

pub(super) fn history() -> impl Strategy<Value = History> {
    prop::collection::vec(event(), 1..32).prop_map(History)
}

// Few places, so that things happen to the same slots again and again.
fn user() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![0, 0, 0, 1])
}

fn day() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![0, 0, 0, 0, 1, 2])
}

fn unit() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![0, 0, 0, 1])
}

fn hour() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![0, 0, 1, 2])
}

fn candidate() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![0, 0, 0, 1, 2])
}

fn event() -> impl Strategy<Value = Event> {
    let days = prop::sample::select(vec![0b001, 0b001, 0b001, 0b011, 0b101, 0b111, 0b110]);
    prop_oneof![
        6 => booking().prop_map(Event::Book),
        2 => (user(), day(), unit()).prop_map(|(u, d, n)| Event::Fill(u, d, n)),
        6 => (user(), any::<Index>(), edit()).prop_map(|(u, i, e)| Event::Edit(u, i, e)),
        2 => (user(), day(), unit()).prop_map(|(u, d, n)| Event::Clear(u, d, n)),
        3 => (user(), prop::option::of(any::<Index>())).prop_map(|(u, i)| Event::Restore(u, i)),
        1 => (user(), any::<bool>()).prop_map(|(u, on)| Event::ListUnit(u, on)),
        10 => (user(), days, fault()).prop_map(|(user, days, fault)| Event::Run { user, days, fault }),
        3 => (user(), any::<Index>(), deed()).prop_map(|(u, i, d)| Event::Person(u, i, d)),
        1 => (user(), day(), hour(), candidate()).prop_map(|(u, d, h, c)| Event::Handmade(u, d, h, c)),
        1 => any::<bool>().prop_map(Event::Appointments),
    ]
}

fn booking() -> impl Strategy<Value = Booking> {
    (user(), day(), unit(), hour(), candidate(), 0..NAMES.len()).prop_map(
        |(user, day, unit, hour, candidate, name)| Booking {
            user,
            day,
            unit,
            hour,
            candidate,
            name,
        },
    )
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        2 => (0..NAMES.len()).prop_map(Edit::Name),
        2 => (0..PHONES.len()).prop_map(Edit::Phone),
        2 => any::<bool>().prop_map(Edit::Exam),
        4 => Just(Edit::Cancel),
        2 => Just(Edit::MoveUnit),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop::sample::select(vec![
        Deed::Confirm,
        Deed::Cancel,
        Deed::Reopen,
        Deed::Convert,
        Deed::Correct,
        Deed::Delete,
        Deed::Postpone,
    ])
}

fn fault() -> impl Strategy<Value = Fault> {
    let at = any::<Index>;
    prop_oneof![
        12 => Just(Fault::None),
        2 => at().prop_map(Fault::RowError),
        2 => at().prop_map(Fault::DayFails),
        2 => at().prop_map(Fault::Crash),
        2 => at().prop_map(Fault::TakenOver),
        1 => at().prop_map(Fault::Aborted),
    ]
}
