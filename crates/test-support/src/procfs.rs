//! CPU time of this process and of the server that has our database, from Linux's `/proc`.

use std::fs;

/// A process: its parent, its own time, that of its children which have ended.
struct Process {
    pid: u32,
    parent: u32,
    own: f64,
    ended: f64,
}

/// Milliseconds; the clock ticks every ten.
pub fn of_this_process() -> f64 {
    ticks("self").unwrap_or_default()
}

/// Of all processes of the server, those that have ended among them: a connection that was let go has cost as much as one
/// that lives.
pub fn of_the_server() -> f64 {
    let processes: Vec<Process> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| process(entry.file_name().to_str()?))
        .collect();
    let Some(ours) = processes.iter().find(|process| serves_us(process.pid)) else {
        return 0.0;
    };
    let of_server = processes.iter().filter_map(|process| {
        if process.pid == ours.parent {
            Some(process.own + process.ended)
        } else {
            (process.parent == ours.parent).then_some(process.own)
        }
    });
    of_server.sum()
}

fn serves_us(pid: u32) -> bool {
    let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    command.starts_with("postgres: agendad agendad_bench")
}

/// Of a process.
pub fn ticks(pid: &str) -> Option<f64> {
    process(pid).map(|process| process.own)
}

fn process(pid: &str) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let number = stat.split_whitespace().next()?.parse().ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let time = |user: usize| {
        let of = |field: usize| fields.get(field)?.parse::<f64>().ok();
        Some((of(user)? + of(user + 1)?) * 10.0)
    };
    Some(Process {
        pid: number,
        parent: fields.get(1)?.parse().ok()?,
        own: time(11)?,
        ended: time(13)?,
    })
}
