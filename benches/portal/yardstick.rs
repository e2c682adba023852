//! Our reading beside others', on the same pages in the same run: bytes decoded and no more, a streaming pass of
//! lol_html over the tags and texts that are needed, html5ever's tree, and cheerio if Node.js has it.

#![expect(clippy::print_stdout, reason = "a bench prints its results")]

use std::cell::Cell;
use std::fs;
use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use agendad::config::portal::Profile;
use agendad::portal::offline;
use lol_html::{HtmlRewriter, Settings, element, text};

/// All contenders take turns so often, so that what else the machine does meets all alike.
const ROUNDS: usize = 81;

/// A page, and whether its rows are read or only its kind.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) page: Vec<u8>,
    pub(crate) has_rows: bool,
}

/// Prints the table.
pub(crate) fn compare(subjects: &[Subject], profile: &Profile) {
    println!(
        "\nA page, in microseconds of one core, and in brackets as a multiple of lol_html's bare pass:\n"
    );
    println!(
        "{:<22}{:>9}{:>14}{:>10}{:>16}{:>16}{:>18}",
        "page", "bytes", "decoded", "lol_html", "html5ever", "agendad", "cheerio"
    );
    for subject in subjects {
        println!("{}", line(subject, profile));
    }
    println!(
        "\nhtml5ever: its tree alone. agendad: bytes to rows, for pages without rows bytes to what the page is."
    );
}

fn line(subject: &Subject, profile: &Profile) -> String {
    let page = &subject.page;
    let ours = || {
        if subject.has_rows {
            black_box(super::read(page, profile).rows.len())
        } else {
            black_box(offline::classify(page, None, profile).is_ok().into())
        }
    };
    let tree = || {
        let text = decoded(page);
        black_box(scraper::Html::parse_document(&text).tree.values().count())
    };
    let decode = || black_box(decoded(page).len());
    let pass = || lol_html_pass(page);
    let contenders: [&dyn Fn() -> usize; 4] = [&decode, &pass, &tree, &ours];
    let [decode, pass, tree, ours] = medians(contenders);
    let cheerio = if subject.has_rows {
        cheerio(page)
    } else {
        None
    };
    let times = |time: Duration| {
        let ratio = time.as_secs_f64() / pass.as_secs_f64();
        format!("{} ({ratio:.2})", time.as_micros())
    };
    format!(
        "{:<22}{:>9}{:>14}{:>10}{:>16}{:>16}{:>18}",
        subject.name,
        page.len(),
        times(decode),
        pass.as_micros(),
        times(tree),
        times(ours),
        cheerio.map_or_else(|| "not there".to_owned(), times),
    )
}

fn medians<const N: usize>(contenders: [&dyn Fn() -> usize; N]) -> [Duration; N] {
    let mut times = [(); N].map(|()| Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        for (contender, times) in contenders.iter().zip(&mut times) {
            let start = Instant::now();
            contender();
            times.push(start.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    })
}

fn decoded(page: &[u8]) -> String {
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(page);
    text.into_owned()
}

/// Tags and texts that a page is read by, and nothing done with them.
fn lol_html_pass(page: &[u8]) -> usize {
    let found = Cell::new(0);
    let cells = "table tr td, table tr th";
    let tags = format!("{cells}, form, input, select, option, title, script, a, legend");
    let settings = Settings::new()
        .append_element_content_handler(element!(tags, |tag| {
            found.set(found.get() + tag.tag_name().len());
            Ok(())
        }))
        .append_element_content_handler(text!(cells, |chunk| {
            found.set(found.get() + chunk.as_str().len());
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(page).expect("a page has no limits there");
    rewriter.end().expect("a page has no limits there");
    black_box(found.get())
}

/// `None` where Node.js or cheerio is not there; `NODE_PATH` says where it is.
fn cheerio(page: &[u8]) -> Option<Duration> {
    let file = tempfile::NamedTempFile::new().ok()?;
    fs::write(file.path(), page).ok()?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/portal/cheerio.cjs");
    let answer = Command::new("node").arg(script).arg(file.path()).output();
    let answer = answer.ok().filter(|answer| answer.status.success())?;
    let micros: f64 = String::from_utf8(answer.stdout).ok()?.trim().parse().ok()?;
    Some(Duration::from_secs_f64(micros / 1e6))
}
