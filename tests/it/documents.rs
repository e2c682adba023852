//! What the documents point to is there: files behind links, headings behind `#`, tests that are cited.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Those at the top, `migrations/README.md` and everything below `docs`.
fn documents() -> Vec<PathBuf> {
    let named = [
        "README.md",
        "README.pt.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "migrations/README.md",
    ];
    let mut found: Vec<PathBuf> = named.iter().map(|name| root().join(name)).collect();
    let mut open = vec![root().join("docs")];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// The targets of `[text](target)`, code aside.
fn links(text: &str) -> Vec<String> {
    let prose = text.lines().filter(|line| !line.starts_with("    "));
    prose
        .flat_map(|line| {
            line.match_indices("](")
                .filter_map(|(at, _)| line[at + 2..].split_once(')'))
                .map(|(target, _)| target.to_owned())
        })
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .collect()
}

/// A heading as GitHub makes an anchor of it.
fn anchor(heading: &str) -> String {
    let heading = heading.trim_start_matches('#').trim().to_lowercase();
    heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn has_heading(path: &Path, wanted: &str) -> bool {
    let text = fs::read_to_string(path).unwrap();
    let mut headings = text.lines().filter(|line| line.starts_with('#'));
    headings.any(|line| anchor(line) == wanted)
}

/// Why a link of a document leads nowhere; `None` if it leads somewhere.
fn complaint(document: &Path, link: &str) -> Option<String> {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        document.to_owned()
    } else {
        document.parent().unwrap().join(file)
    };
    let name = document.strip_prefix(root()).unwrap().display();
    if !target.exists() {
        return Some(format!("{name}: there is no {link}"));
    }
    let is_there = heading.is_empty() || has_heading(&target, heading);
    (!is_there).then(|| format!("{name}: there is no such heading: {link}"))
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let complaints: Vec<String> = documents()
        .iter()
        .flat_map(|document| {
            let text = fs::read_to_string(document).unwrap();
            let complaints = links(&text).into_iter();
            complaints
                .filter_map(|link| complaint(document, &link))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// `tests/…`, or `tests/….rs::the_name_of_a_test`, in backticks; the same of a crate's tests.
#[test]
fn every_test_that_is_cited_exists() {
    let is_citation = |code: &&str| {
        let is_path = !code.contains([' ', '\n']);
        let is_crates = code.starts_with("crates/") && code.contains("/tests/");
        is_path && (code.starts_with("tests/") || is_crates)
    };
    let mut cited = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for citation in text.split('`').filter(is_citation) {
            let (file, test) = citation.split_once("::").unwrap_or((citation, ""));
            let path = root().join(file);
            let source = || fs::read_to_string(&path).unwrap_or_default();
            let is_there =
                path.exists() && (test.is_empty() || source().contains(&format!("fn {test}(")));
            let name = document.strip_prefix(root()).unwrap().display();
            assert!(is_there, "{name}: there is no {citation}");
            cited += 1;
        }
    }
    assert!(cited > 20, "{cited}");
}

/// Where the first link leads whose text begins so.
fn linked(path: &Path, text: &str) -> Option<PathBuf> {
    let page = fs::read_to_string(path).unwrap();
    let (_, after) = page.split_once(text)?;
    let (target, _) = after.split_once("](")?.1.split_once(')')?;
    path.parent().unwrap().join(target).canonicalize().ok()
}

#[test]
fn every_page_in_portuguese_and_its_english_twin_lead_to_each_other() {
    let is_portuguese = |path: &PathBuf| {
        path.parent().unwrap().ends_with("docs/pt") || path.ends_with("README.pt.md")
    };
    let portuguese: Vec<PathBuf> = documents().into_iter().filter(is_portuguese).collect();
    assert!(portuguese.len() > 10, "{portuguese:?}");
    for page in portuguese {
        let name = page.strip_prefix(root()).unwrap().display();
        let english = linked(&page, "[In English");
        let english = english.unwrap_or_else(|| panic!("{name} leads to no English twin"));
        let back = linked(&english, "[Em português");
        assert_eq!(back, page.canonicalize().ok(), "{name}");
    }
}

/// What the map of the code names is there: below `src/`, in a crate of that name (`store/…`), or in the sources of the
/// crate that its row is about.
#[test]
fn every_room_of_the_map_exists() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let mut sources: Vec<PathBuf> = crates.map(|dir| dir.unwrap().path().join("src")).collect();
    sources.extend([root().join("src"), root().to_owned()]);
    let rows = text.lines().filter(|line| line.starts_with('|'));
    for path in rows.flat_map(|row| row.split('`').skip(1).step_by(2)) {
        let is_path = path.ends_with('/') || path.ends_with(".rs") || path.ends_with(".sql");
        let is_source = is_path && !path.contains(' ') && !path.starts_with("tests/");
        let inside = path.strip_prefix("crates/").unwrap_or(path);
        let (room, file) = inside.split_once('/').unwrap_or((inside, ""));
        let in_crate = root().join("crates").join(room).join("src").join(file);
        let is_there = in_crate.exists() || sources.iter().any(|dir| dir.join(path).exists());
        assert!(!is_source || is_there, "there is no {path}");
    }
}

#[test]
fn a_container_may_start_for_as_long_as_the_documents_say() {
    let dockerfile = fs::read_to_string(root().join("deploy/docker/Dockerfile")).unwrap();
    let check = dockerfile
        .lines()
        .find(|line| line.starts_with("HEALTHCHECK"));
    let (_, period) = check.unwrap().split_once("--start-period=").unwrap();
    let minutes = period.split_once('m').unwrap().0;
    for (page, unit) in [
        ("docs/install.md", "minutes"),
        ("docs/pt/instalar.md", "minutos"),
    ] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let line = text.lines().find(|line| line.contains("`agendad health`;"));
        let said = format!(" {minutes} {unit}");
        assert!(line.unwrap().contains(&said), "{page}: {said}");
    }
}
