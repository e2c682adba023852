//! What a person sees who waits for a sync at a terminal, and that programs see nothing of it.

use std::process::Stdio;

use agendad::simulator::parse_faults;
use tokio::process::Command;

use crate::cli::program::{Place, Said, say};

/// Runs a command at a terminal that is so wide. `script` is its keeper: it is where PostgreSQL's tools are.
pub(crate) async fn at_a_terminal(place: &Place, width: usize, args: &str) -> Said {
    let inner = place.command(&[]);
    let program = env!("CARGO_BIN_EXE_agendad");
    let line = format!("stty cols {width} rows 24; exec '{program}' {args}");
    let mut command = Command::new("script");
    command
        .args(["-q", "-e", "-c", &line, "/dev/null"])
        .env_clear();
    for (name, value) in inner.as_std().get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::null());
    say(command, "").await
}

/// What has been on a screen: each state of its last line, and what is left on it in the end.
#[derive(Debug, Default)]
struct Screen {
    lines: Vec<Vec<char>>,
    line: usize,
    column: usize,
    width: usize,
    /// Lines before they were wiped.
    wiped: Vec<String>,
    /// A line went on at the beginning of the next before it was wiped.
    wrapped: bool,
}

impl Screen {
    fn shows(written: &str, width: usize) -> Self {
        let mut screen = Self {
            width,
            lines: vec![Vec::new()],
            ..Self::default()
        };
        let mut rest = written.chars();
        while let Some(c) = rest.next() {
            match c {
                '\r' => screen.column = 0,
                '\n' => screen.down(1),
                '\u{1b}' => {
                    // Up to the letter that ends it; first comes a bracket.
                    let mut command = String::new();
                    for c in rest.by_ref().skip(1) {
                        command.push(c);
                        if c.is_ascii_alphabetic() {
                            break;
                        }
                    }
                    screen.obey(&command);
                }
                c => screen.put(c),
            }
        }
        screen
    }

    fn down(&mut self, by: usize) {
        self.line += by;
        while self.lines.len() <= self.line {
            self.lines.push(Vec::new());
        }
    }

    fn put(&mut self, c: char) {
        if self.column >= self.width {
            self.wrapped |= c != ' ';
            self.down(1);
            self.column = 0;
        }
        let line = &mut self.lines[self.line];
        line.resize(line.len().max(self.column + 1), ' ');
        line[self.column] = c;
        self.column += 1;
    }

    fn obey(&mut self, command: &str) {
        let (number, kind) = command.split_at(command.len() - 1);
        let number = number.parse().unwrap_or(1);
        match kind {
            "A" => self.line -= number,
            "B" => self.down(number),
            "K" => {
                let line = std::mem::take(&mut self.lines[self.line]);
                self.wiped.push(line.into_iter().collect());
            }
            // Colour.
            "m" => {}
            other => panic!("the terminal does not know {other:?}"),
        }
    }

    fn text(&self) -> Vec<String> {
        let lines = self.lines.iter();
        let lines = lines.map(|line| line.iter().collect::<String>().trim_end().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    }
}

#[tokio::test]
async fn the_progress_of_a_sync_moves_fits_its_terminal_and_leaves_nothing_behind() {
    let place = Place::new(1).await;
    let users = place.add_examiners().await;
    place
        .simulator
        .inject(parse_faults("latency=300ms").unwrap().remove(0));
    let user = users[0].to_string();
    let args = format!("sync --user {user} --window near");
    for width in [100, 40] {
        let cleared = place.run(&["sessions", "clear", "--user", &user]).await;
        assert_eq!(cleared.code, 0, "{cleared:?}");
        let said = at_a_terminal(&place, width, &args).await;
        assert_eq!(said.code, 0, "{said:?}");
        let screen = Screen::shows(&said.out, width);
        for what in ["logging in", "reading"] {
            let lines = screen.wiped.iter().filter(|line| line.contains(what));
            let mut frames: Vec<char> = lines.filter_map(|line| line.chars().next()).collect();
            frames.dedup();
            assert!(
                frames.len() >= 3,
                "{what} stands still: {frames:?} {said:?}"
            );
        }
        let (last, end) = said.out.rsplit_once("near ").unwrap();
        let bars = Screen::shows(last, width);
        assert!(!bars.wrapped, "wider than {width}: {said:?}");
        assert_eq!(bars.text(), [""; 0], "something is left of the progress");
        let left = screen.text().concat();
        assert!(
            left.starts_with("near ") && !end.contains("reading"),
            "{left}"
        );
    }
    // A run that fails leaves nothing behind either, although the log speaks meanwhile.
    place.simulator.clear_faults();
    place
        .simulator
        .inject(parse_faults("maintenance").unwrap().remove(0));
    let said = at_a_terminal(&place, 60, &args).await;
    assert_eq!(said.code, 1, "{said:?}");
    let left = Screen::shows(&said.out, 60).text().concat();
    assert!(
        left.contains("unavailable") && left.contains("WARN"),
        "{left}"
    );
    for what in ["logging in", "reading", "days  "] {
        assert!(!left.contains(what), "{what} is left: {left}");
    }
    place.close().await;
}

#[tokio::test]
async fn a_program_that_reads_what_a_sync_says_sees_no_progress() {
    let place = Place::new(1).await;
    let users = place.add_examiners().await;
    let user = users[0].to_string();
    for args in [
        &["sync", "--user", &user][..],
        &["sync", "--user", &user, "--json"],
    ] {
        let said = place.run(args).await;
        assert_eq!(said.code, 0, "{said:?}");
        for (what, text) in [("output", &said.out), ("errors", &said.err)] {
            assert!(
                !text.contains('\u{1b}') && !text.contains('\r'),
                "{what}: {text:?}"
            );
            assert!(!text.contains("logging in"), "{what}: {text:?}");
        }
    }
    place.close().await;
}

#[tokio::test]
async fn whoever_asks_at_a_terminal_for_what_is_being_read_follows_that_reading() {
    let place = Place::new(1).await;
    let users = place.add_examiners().await;
    // Two more programs must have started before it ends.
    place
        .simulator
        .inject(parse_faults("latency=2s").unwrap().remove(0));
    let user = users[0].to_string();
    let args = ["sync", "--user", &user, "--window", "near"];
    let other = async {
        let running = "SELECT count(*) FROM agenda_sync_runs WHERE status = 'running'";
        while place.sql_count(running).await == 0 {
            tokio::task::yield_now().await;
        }
        // A program is told at once.
        let program = place.run(&args).await;
        assert_eq!(program.code, 75, "{program:?}");
        at_a_terminal(&place, 100, &args.join(" ")).await
    };
    let (first, followed) = tokio::join!(place.run(&args), other);
    assert_eq!(
        (first.code, followed.code),
        (0, 0),
        "{first:?} {followed:?}"
    );
    let runs = place.sql_count("SELECT count(*) FROM agenda_sync_runs");
    assert_eq!(runs.await, 1, "{followed:?}");
    let screen = Screen::shows(&followed.out, 100);
    let left = screen.text().join("\n");
    assert!(left.contains("following it"), "{left}");
    // How the other one went, as it said itself.
    assert!(left.contains("near") && left.contains("(run 1)"), "{left}");
    assert!(
        screen.wiped.iter().any(|line| line.contains("reading")),
        "{followed:?}"
    );
    place.close().await;
}
