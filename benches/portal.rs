//! What reading costs: a result page of forty rows, the other pages, and the slots made of a day. The
//! target is a millisecond for the day.

use std::fmt::Write;
use std::hint::black_box;

use agendad::config::portal::Profile;
use agendad::config::{Config, layers};
use agendad::domain::slot::slots_of_day;
use agendad::domain::{DayReading, Unit};
use agendad::portal::offline;
use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};

const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day of the calendar");

/// The seeds of the fuzzer are pages of every kind, as the simulator writes them.
const RESULT: &[u8] = include_bytes!("../fuzz/seeds/portal_page/plain-result.html");
const SEARCH: &[u8] = include_bytes!("../fuzz/seeds/portal_page/plain-dates.html");
const LOGIN: &[u8] = include_bytes!("../fuzz/seeds/portal_page/plain-login.html");

fn profile() -> Profile {
    let built_in = layers::built_in().expect("the defaults are well-formed");
    let config = Config::from_layers(vec![built_in]).expect("the defaults are possible");
    config.portal.profile
}

fn unit() -> Unit {
    Unit {
        code: "1001".to_owned(),
        name: String::new(),
    }
}

/// The simulator's page of three rows, grown: its rows again and again, each time at other hours.
fn result_page(rows: usize) -> Vec<u8> {
    let (page, _, _) = encoding_rs::WINDOWS_1252.decode(RESULT);
    let first = page.find("<tr class=linha").expect("the page has rows");
    let end = page.find("</TABLE>").expect("the table ends");
    let block = &page[first..end];
    let mut grown = page[..first].to_owned();
    for n in 0..rows.div_ceil(3) {
        let hour = format!("{:02}:{:02}", 8 + n / 6 % 12, n % 6 * 10 + 5);
        let block = ["09:00", "09:50", "16:40"]
            .iter()
            .fold(block.to_owned(), |text, old| text.replace(old, &hour));
        let kept = if n == rows / 3 { rows % 3 } else { 3 };
        let starts = block.match_indices("<tr class=linha").map(|(at, _)| at);
        let ends = starts.chain([block.len()]).nth(kept).unwrap_or(0);
        write!(grown, "{}", &block[..ends]).expect("a String takes everything");
    }
    grown.push_str(&page[end..]);
    encoding_rs::WINDOWS_1252.encode(&grown).0.into_owned()
}

fn read(page: &[u8], profile: &Profile) -> DayReading {
    offline::read_day(page, None, profile, &unit(), DAY).expect("the page states the day")
}

fn parsing(criterion: &mut Criterion) {
    let profile = profile();
    for rows in [40, 500] {
        let page = result_page(rows);
        assert_eq!(read(&page, &profile).rows.len(), rows);
        criterion.bench_function(&format!("day of {rows} rows, page to rows"), |bencher| {
            bencher.iter(|| read(black_box(&page), &profile));
        });
    }
    for (name, page) in [("search page", SEARCH), ("login page", LOGIN)] {
        criterion.bench_function(&format!("{name}, classified"), |bencher| {
            bencher.iter(|| offline::classify(black_box(page), None, &profile));
        });
    }
}

fn slots(criterion: &mut Criterion) {
    let profile = profile();
    let day = read(&result_page(40), &profile);
    let closing = ["realizado".to_owned()];
    criterion.bench_function("slots of 40 rows, with identity and hash", |bencher| {
        bencher.iter(|| slots_of_day(3, black_box(&day), &closing));
    });
}

criterion_group!(benches, parsing, slots);
criterion_main!(benches);
