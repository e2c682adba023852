//! The fuzzer's seeds: one page of every kind and style that the portal has. Each run writes them beside
//! the build and compares their names with those that are committed; after a change of the pages, write
//! the committed ones anew with `UPDATE_SEEDS=1 cargo test --test simulator fuzz_seeds`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use agendad::simulator::{
    DatesStyle, Fault, FaultKind, LinkStyle, Place, SimulatorConfig, Variants, parse_faults,
};
use chrono::NaiveDate;

use crate::stranger::{AGENDA, ENTRY, Page, Stranger, config, start};

/// The day and the unit that the fuzz target asks for.
const DAY: &str = "2026-11-24";
const UNIT: &str = "1001";

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/portal_page")
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

fn write(name: &str, page: &Page) {
    fs::write(seeds().join(format!("{name}.html")), &page.bytes).unwrap();
}

fn small() -> SimulatorConfig {
    SimulatorConfig {
        empty_day_ratio: 0.0,
        slots_per_day: (3, 3),
        units: 2,
        ..config()
    }
}

/// The pages of one walk, by name; faults of the result page strike one after the other.
async fn walk(style: &str, config: SimulatorConfig, results: &str) {
    let day: NaiveDate = DAY.parse().unwrap();
    let simulator = start(config).await;
    let person = Stranger::at(&simulator);
    write(&format!("{style}-frameset"), &person.get("/").await);
    write(&format!("{style}-entry"), &person.get(ENTRY).await);
    write(&format!("{style}-login"), &person.get(AGENDA).await);
    let examiner = simulator.examiners()[0].clone();
    let refused = person.try_log_in(&examiner.cpf, "errada").await;
    write(&format!("{style}-refused"), &refused);
    let mut search = person.log_in(&examiner).await;
    write(&format!("{style}-search"), &search);
    write(
        &format!("{style}-dates"),
        &person.dates(&search, UNIT, day).await,
    );
    let result = person.result(&search, UNIT, day).await;
    write(&format!("{style}-result"), &result);
    let utf8 = result.html.replace("iso-8859-1", "utf-8");
    fs::write(seeds().join(format!("{style}-result-utf8.html")), utf8).unwrap();
    let far = day + chrono::Days::new(300);
    write(
        &format!("{style}-empty"),
        &person.result(&search, UNIT, far).await,
    );
    simulator.set_day(0, UNIT, day, Vec::new()).unwrap();
    write(
        &format!("{style}-empty-day"),
        &person.result(&search, UNIT, day).await,
    );
    for fault in parse_faults(results).unwrap() {
        simulator.book(0, day).unwrap();
        let name = format!("{style}-{}", fault.kind.name_and_value().0);
        simulator.inject(fault);
        write(&name, &person.result(&search, UNIT, day).await);
        simulator.clear_faults();
        search = person.log_in(&examiner).await;
    }
    simulator.stop().await;
}

#[tokio::test]
async fn the_seeds_hold_a_page_of_every_kind() {
    if seeds().exists() {
        fs::remove_dir_all(seeds()).unwrap();
    }
    fs::create_dir_all(seeds()).unwrap();
    let faults = "captcha,maintenance,layout,empty-table,wrong-date,duplicate-rows,malformed-rows,\
                  meta-refresh,expired";
    walk("plain", small(), faults).await;
    let variants = Variants {
        agenda_link: LinkStyle::Call,
        dates: DatesStyle::Fragment,
        ..Variants::default()
    };
    walk(
        "call",
        SimulatorConfig {
            variants,
            ..small()
        },
        "cut",
    )
    .await;
    let variants = Variants {
        agenda_link: LinkStyle::Href,
        dates: DatesStyle::Iso,
        ..Variants::default()
    };
    let mut layout = small();
    layout.variants = variants;
    walk("href", layout, "").await;
    let mut layout = small();
    let changed = [Place::Search, Place::Dates].map(|p| Fault::always(FaultKind::Layout).at(p));
    layout.faults = changed.to_vec();
    let simulator = start(layout).await;
    let person = Stranger::at(&simulator);
    let examiner = simulator.examiners()[0].clone();
    let search = person.try_log_in(&examiner.cpf, &examiner.senha).await;
    write("layout-search", &search);
    simulator.stop().await;
    assert_eq!(names(&seeds()), names(&committed()));
}
