//! CPU time of this process and of the server's processes of our database, from Linux's `/proc`.

use std::fs;

/// Milliseconds; the clock ticks every ten.
pub fn of_this_process() -> f64 {
    ticks("self").unwrap_or_default()
}

/// Those that serve this database.
pub fn of_the_server() -> f64 {
    let Ok(processes) = fs::read_dir("/proc") else {
        return 0.0;
    };
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|pid| {
            let command = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            command.starts_with("postgres: agendad agendad_bench")
        })
        .filter_map(|pid| ticks(&pid))
        .sum()
}

/// Of a process.
pub fn ticks(pid: &str) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let (user, system): (f64, f64) = (fields[11].parse().ok()?, fields[12].parse().ok()?);
    Some((user + system) * 10.0)
}
