//! What a window is called: by its days, which people know, and not by its name in the configuration.

use super::{Sentence, both};
use crate::domain::{Rhythm, Window};

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

/// The days in full: `hoje e os próximos 3 dias`.
fn days(window: &Window) -> Sentence<String> {
    match (window.from_day, window.to_day) {
        (0, days) if days > 1 => sentence!(
            "hoje e os próximos {days} dias",
            "today and the next {days} days"
        ),
        (from, to) if from < to && from > 0 => sentence!(
            "do {from}º ao {to}º dia depois de hoje",
            "the days {from} to {to} after today"
        ),
        _ => label(window),
    }
}

/// What is read, and how often: `hoje e os próximos 3 dias: a cada 15 minutos`.
pub(crate) fn said(window: &Window) -> Sentence<String> {
    let Sentence { pt, en } = days(window);
    let often = match Rhythm::of(&window.cron) {
        Some(rhythm) => often(rhythm),
        None => {
            let cron = &window.cron;
            sentence!("conforme {cron}", "as {cron} says")
        }
    };
    let (pt_often, en_often) = (often.pt, often.en);
    sentence!("{pt}: {pt_often}", "{en}: {en_often}")
}

fn often(rhythm: Rhythm) -> Sentence<String> {
    let (every, hours) = match rhythm {
        Rhythm::Daily(time) => {
            let time = time.format("%H:%M");
            return sentence!("uma vez por dia, às {time}", "once a day, at {time}");
        }
        Rhythm::Minutes(n, hours) => (
            sentence!("a cada {n} minutos", "every {n} minutes"),
            hours.map(|(from, to)| (from, format!("{to:02}:59"))),
        ),
        Rhythm::Hours(1, hours) => (
            both("de hora em hora", "every hour").owned(),
            hours.map(|(from, to)| (from, format!("{to:02}:00"))),
        ),
        Rhythm::Hours(n, hours) => (
            sentence!("a cada {n} horas", "every {n} hours"),
            hours.map(|(from, to)| (from, format!("{to:02}:00"))),
        ),
    };
    let Sentence { pt, en } = every;
    match hours {
        Some((from, to)) => sentence!(
            "{pt}, das {from:02}:00 às {to}",
            "{en}, from {from:02}:00 to {to}"
        ),
        None => Sentence { pt, en },
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
    fn what_is_read_and_how_often_is_said_in_full() {
        for (from, to, cron, words) in [
            (
                0,
                3,
                "0 */15 * * * *",
                "hoje e os próximos 3 dias: a cada 15 minutos",
            ),
            (
                4,
                14,
                "0 0 */2 * * *",
                "do 4º ao 14º dia depois de hoje: a cada 2 horas",
            ),
            (0, 0, "0 30 6 * * *", "hoje: uma vez por dia, às 06:30"),
            (
                0,
                1,
                "0 */10 6-20 * * *",
                "hoje e amanhã: a cada 10 minutos, das 06:00 às 20:59",
            ),
            (1, 1, "*/5 * * * * *", "amanhã: conforme */5 * * * * *"),
        ] {
            let cron = cron.to_owned();
            let window = Window {
                cron,
                ..window("w", from, to)
            };
            assert_eq!(said(&window).pt, words);
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
