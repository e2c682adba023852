//! What reading costs: result pages of twelve and forty rows, the other pages, and the slots made of a day. The
//! target for the day is two and a half times a bare pass of lol_html over the same bytes: see `yardstick`.

mod yardstick;

use std::hint::black_box;

use agendad::config::portal::Profile;
use agendad::config::{Config, layers};
use agendad::domain::slot::slots_of_day;
use agendad::domain::{DayReading, ExamStatuses, Unit};
use agendad::portal::offline;
use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use yardstick::Subject;

const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day of the calendar");

/// The seeds of the fuzzer are pages of every kind, as the simulator writes them; these are as long as the
/// portal's.
const RESULT: &[u8] = include_bytes!("../../fuzz/seeds/portal_page/whole-result-12.html");
const FULL_RESULT: &[u8] = include_bytes!("../../fuzz/seeds/portal_page/whole-result-40.html");
const SEARCH: &[u8] = include_bytes!("../../fuzz/seeds/portal_page/whole-search.html");
const ENTRY: &[u8] = include_bytes!("../../fuzz/seeds/portal_page/whole-entry.html");
const LOGIN: &[u8] = include_bytes!("../../fuzz/seeds/portal_page/whole-login.html");

fn profile() -> Profile {
    let built_in = layers::built_in().expect("the defaults are well-formed");
    let config = Config::from_layers(vec![built_in]).expect("the defaults are possible");
    *config.portal.profile
}

fn unit() -> Unit {
    Unit {
        code: "18".to_owned(),
        name: String::new(),
    }
}

/// A page whose forty rows stand there again and again.
fn result_page(rows: usize) -> Vec<u8> {
    let (page, _, _) = encoding_rs::WINDOWS_1252.decode(FULL_RESULT);
    let head = page.find("</th>\r\n</tr>").expect("the table has a head");
    let table = &page[head..];
    let first = head + table.find("<tr>\r\n").expect("the page has rows");
    let end = head + table.find("</table>").expect("the table ends");
    let lines: Vec<&str> = page[first..end].split_inclusive("</tr>\r\n").collect();
    let grown: String = lines.iter().cycle().take(rows).copied().collect();
    let grown = format!("{}{grown}{}", &page[..first], &page[end..]);
    encoding_rs::WINDOWS_1252.encode(&grown).0.into_owned()
}

fn read(page: &[u8], profile: &Profile) -> DayReading {
    offline::read_day(page, None, profile, &unit(), DAY).expect("the page states the day")
}

fn parsing(criterion: &mut Criterion) {
    let profile = profile();
    for rows in [12, 40, 500] {
        let page = match rows {
            12 => RESULT.to_vec(),
            _ => result_page(rows),
        };
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
    let statuses = ExamStatuses::new(&["Realizado".to_owned()], &[]);
    criterion.bench_function("slots of 40 rows, with identity and hash", |bencher| {
        bencher.iter(|| slots_of_day(3, black_box(&day), &statuses));
    });
}

fn beside_others(_: &mut Criterion) {
    let subject = |name, page: &[u8], has_rows| Subject {
        name,
        page: page.to_vec(),
        has_rows,
    };
    let subjects = [
        subject("result, 12 rows", RESULT, true),
        subject("result, 25 rows", &result_page(25), true),
        subject("result, 40 rows", FULL_RESULT, true),
        subject("search page", SEARCH, false),
        subject("entry page", ENTRY, false),
        subject("login page", LOGIN, false),
    ];
    yardstick::compare(&subjects, &profile());
}

criterion_group!(benches, parsing, slots, beside_others);
criterion_main!(benches);
