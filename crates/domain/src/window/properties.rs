//! Windows for any today, range of days and working days.

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::*;

/// Any day from 1970 on that a clock may show in our time, and long after.
fn a_day() -> impl Strategy<Value = NaiveDate> {
    (0..100_000_u64).prop_map(|days| NaiveDate::default() + Days::new(days))
}

/// Names as the application stores them; none: every day.
fn working() -> impl Strategy<Value = (Vec<&'static str>, WorkingDays)> {
    let names = [
        "segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo",
    ];
    subsequence(names.to_vec(), 0..=7).prop_map(|names| {
        let text = serde_json::json!(names).to_string();
        (names, WorkingDays::parse(Some(&text)).unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_window_has_its_number_of_days_from_its_first(today in a_day(), from in 0..=366_u16, more in 0..=366_u16) {
        let window = Window { name: "any".into(), from_day: from, to_day: from + more, cron: String::new() };
        let (first, last) = window.range(today);
        prop_assert_eq!((first - today).num_days(), i64::from(from));
        prop_assert_eq!((last - first).num_days(), i64::from(more));
    }

    /// Whatever the range, even one the wrong way round.
    #[test]
    fn a_day_is_wanted_once_if_it_is_in_the_range_worked_on_and_not_over(
        today in a_day(), from in -400..400_i64, to in -400..400_i64, (names, working) in working(),
    ) {
        let (from, to) = (today + TimeDelta::days(from), today + TimeDelta::days(to));
        let wanted = wanted_dates(from, to, today, working);
        prop_assert!(wanted.is_sorted_by(|a, b| a < b));
        let days = (-401..=401).map(|days| today + TimeDelta::days(days));
        for day in days {
            let works = names.is_empty() || names.contains(&name(day));
            let expected = works && day >= today && day >= from && day <= to;
            prop_assert_eq!(wanted.contains(&day), expected, "{}", day);
        }
        prop_assert_eq!(WorkingDays::parse(Some(&working.to_json())), Ok(working));
    }
}

/// Of the day of the week, counted from a Thursday: 1970-01-01.
fn name(day: NaiveDate) -> &'static str {
    let days = (day - NaiveDate::default()).num_days().rem_euclid(7);
    [
        "quinta", "sexta", "sabado", "domingo", "segunda", "terca", "quarta",
    ][days as usize]
}
