//! What a window is called: by its days, which people know, and not by its name in the configuration.

use super::{Sentence, both};
use crate::domain::Window;

/// `hoje + 3 dias`, `dias 4 a 14`.
pub(crate) fn label(window: &Window) -> Sentence<String> {
    let (from, to) = (window.from_day, window.to_day);
    match (from, to) {
        (0, 0) => both("hoje", "today").owned(),
        (0, 1) => both("hoje e amanhã", "today and tomorrow").owned(),
        (1, 1) => both("amanhã", "tomorrow").owned(),
        (0, days) => sentence!("hoje + {days} dias", "today + {days} days"),
        (from, to) if from == to => sentence!("daqui a {from} dias", "in {from} days"),
        (from, to) => sentence!("dias {from} a {to}", "days {from} to {to}"),
    }
}

/// The window of this name: by its days, with its name where another one has the same days. One that is configured no
/// more has its name alone.
pub(crate) fn named(windows: &[Window], name: &str) -> Sentence<String> {
    let Some(window) = windows.iter().find(|window| window.name == name) else {
        return sentence!("{name}", "{name}");
    };
    let days = |window: &Window| (window.from_day, window.to_day);
    let twins = windows.iter().filter(|other| days(other) == days(window));
    let label = label(window);
    if twins.count() == 1 {
        return label;
    }
    let Sentence { pt, en } = label;
    sentence!("{pt} ({name})", "{en} ({name})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(name: &str, from_day: u16, to_day: u16) -> Window {
        Window {
            name: name.to_owned(),
            from_day,
            to_day,
            cron: "0 0 * * * *".to_owned(),
        }
    }

    #[test]
    fn a_window_is_called_by_its_days() {
        for (from, to, label) in [
            (0, 0, "hoje"),
            (0, 1, "hoje e amanhã"),
            (0, 3, "hoje + 3 dias"),
            (1, 1, "amanhã"),
            (4, 14, "dias 4 a 14"),
            (7, 7, "daqui a 7 dias"),
        ] {
            assert_eq!(super::label(&window("w", from, to)).pt, label);
        }
    }

    #[test]
    fn two_windows_of_the_same_days_keep_their_names() {
        let windows = [window("a", 0, 3), window("b", 0, 3), window("c", 4, 14)];
        assert_eq!(named(&windows, "a").pt, "hoje + 3 dias (a)");
        assert_eq!(named(&windows, "c").pt, "dias 4 a 14");
        assert_eq!(named(&windows, "gone").pt, "gone");
    }
}
