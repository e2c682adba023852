//! What people read in Portuguese is Portuguese: no words of those who build the program.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::fs;
use std::path::{Path, PathBuf};

/// What means something to who builds the program, and nothing, or something else, to who works at a clinic.
const JARGON: [&str; 39] = [
    "disjuntor",
    "breaker",
    "daemon",
    "daemons",
    "near",
    "far",
    "auth",
    "execução",
    "execuções",
    "pedidos",
    "requisição",
    "requisições",
    "tick",
    "ticks",
    "job",
    "jobs",
    "worker",
    "workers",
    "thread",
    "lock",
    "locks",
    "timeout",
    "layout",
    "backtrace",
    "stack",
    "panic",
    "sighup",
    "sigterm",
    "cron",
    "log",
    "logs",
    "login",
    "orphaned",
    "vault",
    "network",
    "parser",
    "scraping",
    "schema",
    "upsert",
];

/// Whom the API speaks to builds programs.
const FOR_PROGRAMMERS: [&str; 3] = ["api.rs", "simulator.rs", "simulated.rs"];

fn sources() -> Vec<PathBuf> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/words")];
    let mut found = Vec::new();
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                open.push(path);
            } else if !FOR_PROGRAMMERS.contains(&name) {
                found.push(path);
            }
        }
    }
    found
}

/// The text literal that begins at the next quotation mark, if nothing but space and the beginning of a call lies
/// before it.
fn literal(code: &str) -> Option<String> {
    let code = code.trim_start();
    let code = code.strip_prefix("format!(").unwrap_or(code).trim_start();
    let mut text = String::new();
    let mut chars = code.strip_prefix('"')?.chars();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => match chars.next()? {
                '\n' => text.push(' '),
                'n' => text.push('\n'),
                other => text.push(other),
            },
            c => text.push(c),
        }
    }
}

/// Portuguese comes first, or after `pt`.
fn portuguese(code: &str) -> Vec<String> {
    let tested = code.split("#[cfg(test)]").next().unwrap();
    let code: String = tested
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let starts = ["both(", "sentence!(", "pt: "];
    let after = |start: &str| {
        let found = code.match_indices(start);
        found
            .filter_map(|(at, _)| literal(&code[at + start.len()..]))
            .collect::<Vec<_>>()
    };
    starts.iter().flat_map(|start| after(start)).collect()
}

/// What stands in Portuguese alone, as in the help of the commands: every text that begins as a sentence does.
fn alone(code: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), code);
    while let Some(at) = rest.find('"') {
        let Some(text) = literal(&rest[at..]) else {
            break;
        };
        let end = rest[at + 1..].replace("\\\"", "__").find('"');
        rest = &rest[at + 1 + end.unwrap_or(0) + 1..];
        if text.starts_with(char::is_uppercase) {
            found.push(text);
        }
    }
    found
}

/// Its words: not what is inserted, nor names of settings and files, options, and commands of agendad.
fn words(sentence: &str) -> Vec<String> {
    let (mut text, mut rest) = (String::new(), sentence);
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    // Examples of commands stand apart.
    let lines = text.lines().filter(|line| !line.starts_with("  "));
    let text = lines.collect::<Vec<_>>().join(" ");
    let mut words = Vec::new();
    let mut is_command = false;
    for token in text.split_whitespace() {
        let bare = token.trim_matches(|c: char| !c.is_alphanumeric() && c != '-');
        let is_name = bare.contains(['.', '_', '/', '=']) || bare.starts_with("--");
        if !is_command && !is_name {
            words.push(bare.to_lowercase());
        }
        is_command = token == "agendad";
    }
    words
}

#[test]
fn no_portuguese_sentence_has_a_word_of_the_trade() {
    let mut complaints = Vec::new();
    let mut seen = 0;
    for path in sources() {
        let code = fs::read_to_string(&path).unwrap();
        let is_help = path.parent().unwrap().ends_with("cli/help");
        let sentences = if is_help {
            alone(&code)
        } else {
            portuguese(&code)
        };
        for sentence in sentences {
            seen += 1;
            let words = words(&sentence);
            for jargon in words.iter().filter(|word| JARGON.contains(&word.as_str())) {
                complaints.push(format!("{}: {jargon:?} in {sentence:?}", path.display()));
            }
        }
    }
    assert!(seen > 500, "only {seen} sentences were found");
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_look_finds_words_of_the_trade_and_lets_commands_and_settings_be() {
    let code = r#"
        const A: Sentence = both("o disjuntor está aberto", "the breaker is open");
        // both("um daemon", "a daemon")
        let b = sentence!("{n} execuções em portal.near", "{n} runs");
        let c = Sentence { pt: format!("veja o log ({x})"), en: String::new() };
        const D: Sentence = both("a fila está parada: agendad jobs, agendad locks.", "…");
        const E: Sentence = both("o agendad espera o tick", "…");
    "#;
    let found: Vec<String> = portuguese(code)
        .iter()
        .flat_map(|sentence| words(sentence))
        .filter(|word| JARGON.contains(&word.as_str()))
        .collect();
    assert_eq!(found, ["disjuntor", "tick", "execuções", "log"]);
}
