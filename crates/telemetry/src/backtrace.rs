//! Where a failure of our own came from: for a bug or a database that fails, the record of the run says
//! which code was at work. Costs nothing until something fails.

use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::fmt::Write;
use std::panic;
use std::sync::Once;

/// More frames are not kept.
const LONGEST: usize = 30;
/// How our own crates are named; `agendad` itself and those that belong to it.
const OURS: [&str; 2] = ["agendad::", "agendad_"];

thread_local! {
    /// Of the last panic of this thread; its names are looked up only if somebody asks.
    static LAST_PANIC: RefCell<Option<Backtrace>> = const { RefCell::new(None) };
}

/// From now on panics leave their backtrace for [`of_last_panic`]; what was done before is done still.
pub fn watch_panics() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            LAST_PANIC.with_borrow_mut(|last| *last = Some(Backtrace::force_capture()));
            before(info);
        }));
    });
}

/// Where the panic came from that was caught just now, on this thread.
pub fn of_last_panic() -> Option<String> {
    let last = LAST_PANIC.with_borrow_mut(Option::take)?;
    Some(ours(&last.to_string()))
}

/// Where we are.
pub fn here() -> String {
    ours(&Backtrace::force_capture().to_string())
}

/// The frames of this program, innermost first, a line each: the others are the runtime's. All of them
/// if none is ours, as in a program without symbols.
fn ours(backtrace: &str) -> String {
    let frames = frames(backtrace);
    let is_ours = |frame: &&String| {
        OURS.iter().any(|ours| frame.contains(ours)) && !frame.contains("telemetry::backtrace::")
    };
    let mut kept: Vec<&String> = frames.iter().filter(is_ours).collect();
    if kept.is_empty() {
        kept = frames.iter().collect();
    }
    kept.truncate(LONGEST);
    kept.into_iter().fold(String::new(), |mut text, frame| {
        writeln!(text, "{frame}").expect("writing to a String cannot fail");
        text
    })
}

/// `12: name` and `at file:line` become one line.
fn frames(backtrace: &str) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    for line in backtrace.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ") {
            if let Some(frame) = frames.last_mut() {
                *frame = format!("{frame} at {place}");
            }
        } else if let Some((_, name)) = line.split_once(": ") {
            frames.push(name.to_owned());
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_frames_are_kept_with_their_places() {
        let text = "   0: std::rt::begin\n             at /rustc/x/rt.rs:1:2\n   1: agendad_store::slots::day\n             at ./crates/store/src/slots.rs:7:9\n   2: <agendad::sync::run::Run>::work\n";
        assert_eq!(
            ours(text),
            "agendad_store::slots::day at ./crates/store/src/slots.rs:7:9\n<agendad::sync::run::Run>::work\n"
        );
        assert_eq!(ours("   0: main\n"), "main\n");
    }

    #[test]
    fn a_caught_panic_says_where_it_came_from() {
        watch_panics();
        let caught = panic::catch_unwind(|| panic!("a bug"));
        assert!(caught.is_err());
        let place = of_last_panic().unwrap();
        assert!(
            place.contains("a_caught_panic_says_where_it_came_from"),
            "{place}"
        );
        assert_eq!(of_last_panic(), None, "told once");
    }
}
