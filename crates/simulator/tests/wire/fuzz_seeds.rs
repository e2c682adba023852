//! The fuzzer's seeds: one page of every kind that the portal has. Each run writes them beside the build
//! and compares their names with those that are committed; after a change of the pages, write the
//! committed ones anew with `UPDATE_SEEDS=1 cargo test -p agendad-simulator fuzz_seeds`.
//!
//! The pages that the benchmarks read are as long as the portal's; the others are without most of what
//! says nothing, because short seeds are mutated faster.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use agendad_simulator::{
    EmptyDay, Examiner, Fault, Place, Refusal, Simulator, SimulatorConfig, parse_faults,
};
use chrono::NaiveDate;

use crate::stranger::{
    CHOICE, ENTRY, ENTRY_FORM, LOGIN, Page, Stranger, config, dotted, start, today,
};

/// The unit that the fuzz target asks for.
const UNIT: &str = "18";
/// Rows of the days that the benchmarks read.
const ROWS: [usize; 2] = [12, 40];

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/portal_page")
}

fn seeds() -> PathBuf {
    match std::env::var_os("UPDATE_SEEDS") {
        Some(_) => committed(),
        None => Path::new(env!("CARGO_TARGET_TMPDIR")).join("seeds"),
    }
}

fn names(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn write_whole(name: &str, page: &Page) {
    fs::write(seeds().join(name), &page.bytes).unwrap();
}

fn write(name: &str, page: &Page) {
    fs::write(seeds().join(name), shortened(&page.bytes)).unwrap();
}

/// Without the lines of styles, scripts and menus that pages are long of.
fn shortened(page: &[u8]) -> Vec<u8> {
    let still = [
        &b".navbar"[..],
        b"\tfunction valida",
        b"\t\tif (campo",
        b"\t\t\tcampo.",
        b"\t\t\treturn false",
        b"\t\t}\r",
        b"\t\treturn true",
        b"\tajuda[",
        b"\t<li class=\"item",
        b"\t\t<a href=\"#\" class=\"menu\"",
        b"\t</li>",
    ];
    let lines = page.split_inclusive(|byte| *byte == b'\n');
    let mut lines: Vec<&[u8]> = lines
        .filter(|line| still.iter().all(|start| !line.starts_with(start)))
        .map(without_padding)
        .collect();
    lines.dedup();
    lines.concat()
}

fn without_padding(line: &[u8]) -> &[u8] {
    let padded = line.windows(6).position(|part| part == b"<!--  ");
    let end = line.windows(5).position(|part| part == b"  -->");
    match (padded, end) {
        (Some(_), Some(end)) => &line[end + 5..],
        (None, _) | (_, None) => line,
    }
}

fn small() -> SimulatorConfig {
    SimulatorConfig {
        empty_day_ratio: 0.0,
        slots_per_day: (3, 3),
        ..config()
    }
}

async fn scene(config: SimulatorConfig) -> (Simulator, Stranger, Examiner) {
    let simulator = start(config).await;
    simulator.set_password(0, "Ipê-invenção'1").unwrap();
    let person = Stranger::at(&simulator);
    let examiner = simulator.examiners()[0].clone();
    (simulator, person, examiner)
}

/// The pages of the way to a day, and back.
async fn pages_in_order() {
    let (simulator, person, examiner) = scene(small()).await;
    let day: NaiveDate = today();
    write("frameset.html", &person.get("/").await);
    write("unauthorized.html", &person.get(LOGIN).await);
    write("entry.html", &person.get(ENTRY).await);
    write("login.html", &person.post(LOGIN, &ENTRY_FORM).await);
    write("search.html", &person.log_in(&examiner).await);
    write("dates.json", &person.dates(&examiner, "").await);
    let result = person.result(&examiner, UNIT, day).await;
    write("result.html", &result);
    let utf8 = result.html.replace("iso-8859-1", "utf-8");
    let utf8 = shortened(utf8.as_bytes());
    fs::write(seeds().join("result-utf8.html"), utf8).unwrap();
    simulator.set_day(0, UNIT, day, Vec::new()).unwrap();
    let empty = person.result(&examiner, UNIT, day).await;
    write("empty-day.html", &empty);
    let physician = &simulator.examiners()[1];
    let person = Stranger::at(&simulator);
    write("physician-search.html", &person.log_in(physician).await);
    let unit = simulator.units(1)[0].code;
    let result = person.result(physician, unit, day).await;
    write("physician-result.html", &result);
    simulator.stop().await;
}

async fn an_empty_day_by_its_head() {
    let mut config = small();
    config.variants.empty_day = EmptyDay::Head;
    let (simulator, person, examiner) = scene(config).await;
    simulator.set_day(0, UNIT, today(), Vec::new()).unwrap();
    person.log_in(&examiner).await;
    let empty = person.result(&examiner, UNIT, today()).await;
    write("empty-day-head.html", &empty);
}

/// What can answer a password.
async fn answers_to_a_login() {
    for (refusal, name) in [
        (Refusal::Errors, "refused.html"),
        (Refusal::Silent, "refused-silently.html"),
        (Refusal::Alert, "refused-alert.html"),
    ] {
        let mut config = small();
        config.variants.refusal = refusal;
        let (_simulator, person, examiner) = scene(config).await;
        write(name, &person.try_log_in(&examiner.cpf, "errada").await);
    }
    let mut config = small();
    config.units_of = [(0, 2)].into();
    config.variants.inline_dialogs = true;
    let (simulator, person, examiner) = scene(config).await;
    let Examiner {
        cpf,
        senha: password,
        ..
    } = &examiner;
    write("entry-inline-dialogs.html", &person.get(ENTRY).await);
    write(
        "choice-dialog.html",
        &person.try_log_in(cpf, password).await,
    );
    write("choice.html", &person.get(CHOICE).await);
    simulator.examiner_logs_in(0).unwrap();
    write(
        "session-dialog.html",
        &person.try_log_in(cpf, password).await,
    );
    let faults = "blocked,change-password,unknown-after-password,odd-dialog=double,odd-dialog=hex,\
                  odd-dialog=attribute,odd-dialog=spaces,odd-dialog=lines";
    for fault in parse_faults(faults).unwrap() {
        let (kind, value) = fault.kind.name_and_value();
        let name = value.map_or(kind.clone(), |value| format!("{kind}-{value}"));
        simulator.inject(fault);
        let page = person.authenticate(&dotted(cpf), password, &[]).await;
        write(&format!("{name}.html"), &page);
        simulator.clear_faults();
    }
    for fault in parse_faults("choice-empty,choice-profiles,twin-forms@agenda").unwrap() {
        let name = fault.kind.name_and_value().0;
        let choice = fault.place == Place::Any;
        simulator.inject(fault);
        let page = if choice {
            person.get(CHOICE).await
        } else {
            person.agenda_login().await
        };
        write(&format!("{name}.html"), &page);
        simulator.clear_faults();
    }
}

/// Each fault of lists and days, one after the other.
async fn faults() {
    let (simulator, person, examiner) = scene(small()).await;
    for fault in parse_faults("not-json,not-a-list,far-date,empty-list").unwrap() {
        let name = fault.kind.name_and_value().0;
        person.log_in(&examiner).await;
        simulator.inject(fault);
        write(&format!("{name}.json"), &person.dates(&examiner, "").await);
        simulator.clear_faults();
    }
    let faults = "captcha,maintenance,layout,empty-table,wrong-date,duplicate-rows,malformed-rows,\
                  meta-refresh,expired,cut,no-date,unknown-status,firewall,firewall-frame,\
                  firewall-script,503";
    for fault in parse_faults(faults).unwrap() {
        let name = fault.kind.name_and_value().0;
        person.log_in(&examiner).await;
        simulator.inject(fault);
        let page = person.result(&examiner, UNIT, today()).await;
        write(&format!("{name}.html"), &page);
        simulator.clear_faults();
    }
    let formless = parse_faults("layout@login").unwrap().remove(0);
    simulator.inject(Fault { ..formless });
    write("layout-search.html", &person.log_in(&examiner).await);
}

/// Pages as long as the portal's.
async fn whole_pages() {
    for rows in ROWS {
        let mut config = small();
        config.slots_per_day = (rows, rows);
        let (_simulator, person, examiner) = scene(config).await;
        if rows == ROWS[0] {
            write_whole("whole-entry.html", &person.get(ENTRY).await);
            let login = person.post(LOGIN, &ENTRY_FORM).await;
            write_whole("whole-login.html", &login);
            write_whole("whole-search.html", &person.log_in(&examiner).await);
        } else {
            person.log_in(&examiner).await;
        }
        let result = person.result(&examiner, UNIT, today()).await;
        write_whole(&format!("whole-result-{rows}.html"), &result);
    }
}

#[tokio::test]
async fn the_seeds_hold_a_page_of_every_kind() {
    if seeds().exists() {
        fs::remove_dir_all(seeds()).unwrap();
    }
    fs::create_dir_all(seeds()).unwrap();
    pages_in_order().await;
    an_empty_day_by_its_head().await;
    answers_to_a_login().await;
    faults().await;
    whole_pages().await;
    assert_eq!(names(&seeds()), names(&committed()));
}
