//! Circles in what uses what.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// So many places show where an arrow is.
const SHOWN: usize = 4;

/// From each to all that it uses, with where that is seen.
pub(super) type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Circles, described by their arrows; wherever there are some, the shortest through the first name of all.
pub(super) fn circles(arrows: &Arrows) -> Vec<String> {
    let describe = |(from, to): (&str, &str)| {
        let seen = &arrows[from][to];
        let shown: Vec<&str> = seen.iter().take(SHOWN).map(String::as_str).collect();
        let rest = if seen.len() > SHOWN { ", …" } else { "" };
        format!("  {from} → {to}: {}{rest}", shown.join(", "))
    };
    let mut found = Vec::new();
    for start in arrows.keys() {
        let Some(circle) = shortest(arrows, start) else {
            continue;
        };
        if circle.iter().all(|(from, _)| *from >= start.as_str()) {
            let lines: Vec<String> = circle.into_iter().map(describe).collect();
            found.push(format!("A circle:\n{}", lines.join("\n")));
        }
    }
    found
}

/// The arrows of the shortest way from `start` back to itself.
fn shortest<'a>(arrows: &'a Arrows, start: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut reached_from = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(from) = open.pop_front() {
        for to in arrows.get(from).into_iter().flat_map(BTreeMap::keys) {
            if !reached_from.contains_key(to.as_str()) {
                reached_from.insert(to.as_str(), from);
                open.push_back(to);
            }
        }
    }
    let mut circle = Vec::new();
    let mut to = start;
    while circle.is_empty() || to != start {
        let from = *reached_from.get(to)?;
        circle.push((from, to));
        to = from;
    }
    circle.reverse();
    Some(circle)
}

#[test]
fn a_circle_is_found_with_its_arrows_and_what_leads_there_is_none() {
    let mut arrows = Arrows::new();
    for (from, to) in [
        ("a", "b"),
        ("b", "c"),
        ("c", "d"),
        ("d", "b"),
        ("c", "e"),
        ("e", "f"),
    ] {
        let seen = format!("{from}.rs");
        let uses = arrows.entry(from.to_owned()).or_default();
        uses.insert(to.to_owned(), BTreeSet::from([seen]));
    }
    assert_eq!(
        circles(&arrows),
        ["A circle:\n  b → c: b.rs\n  c → d: c.rs\n  d → b: d.rs"]
    );
    arrows.remove("d");
    assert!(circles(&arrows).is_empty());
}
