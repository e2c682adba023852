//! What the server programs print.

/// Where a program or the server begins to quote rows and statements, which may go on for lines.
const QUOTES: [&str; 5] = [
    "DETAIL:",
    "CONTEXT:",
    "STATEMENT:",
    "QUERY:",
    "Command was:",
];
/// Where it speaks of itself again.
const SPEAKS: [&str; 9] = [
    "pg_restore:",
    "pg_dump:",
    "ERROR:",
    "FATAL:",
    "PANIC:",
    "WARNING:",
    "NOTICE:",
    "HINT:",
    "LOG:",
];

/// The end of what a program said, without what it quotes of the tables: that is people's data, and what is returned
/// goes into logs.
pub(super) fn last_lines(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut quotes = false;
    let mut lines = Vec::new();
    for line in text.trim().lines() {
        quotes = match first(line) {
            Some(begins_to_quote) => begins_to_quote,
            None => quotes,
        };
        if !quotes {
            lines.push(line);
        }
    }
    lines[lines.len().saturating_sub(10)..].join("\n")
}

/// Which of the two a line begins with, if with any: behind what a log puts before it.
fn first(line: &str) -> Option<bool> {
    let at = |words: &[&str]| words.iter().filter_map(|word| line.find(word)).min();
    match (at(&QUOTES), at(&SPEAKS)) {
        (Some(quote), Some(speech)) => Some(quote < speech),
        (Some(_), None) => Some(true),
        (None, Some(_)) => Some(false),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::last_lines;

    #[test]
    fn what_is_quoted_of_the_tables_is_left_out() {
        let said = "pg_restore: error: COPY failed for table \"agendamentos\": ERROR:  function valida(text) does not exist\n\
                    HINT:  No function matches the given name.\n\
                    DETAIL:  Failing row contains (1, ANA LIMA,\nRUA A, 529).\n\
                    CONTEXT:  COPY agendamentos, line 1: \"1\tANA LIMA\"\n\
                    pg_restore: warning: errors ignored on restore: 1";
        let shown = last_lines(said.as_bytes());
        assert!(!shown.contains("ANA") && !shown.contains("RUA"), "{shown}");
        assert_eq!(shown.lines().count(), 3, "{shown}");

        let log = "2026-11-30 05:00:00 UTC [7] ERROR:  duplicate key\n\
                   2026-11-30 05:00:00 UTC [7] DETAIL:  Key (cpf)=(1) already exists.\n\
                   2026-11-30 05:00:00 UTC [7] STATEMENT:  INSERT INTO t\n\tVALUES ('ANA')\n\
                   2026-11-30 05:00:01 UTC [1] LOG:  shutting down";
        let shown = last_lines(log.as_bytes());
        assert!(!shown.contains("ANA") && !shown.contains("Key"), "{shown}");
        assert!(shown.ends_with("LOG:  shutting down"), "{shown}");

        // Without such marks everything is said.
        assert_eq!(last_lines(b"initdb: error: a\nb\n"), "initdb: error: a\nb");
    }
}
