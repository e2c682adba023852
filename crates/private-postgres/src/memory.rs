//! How much memory this machine has, and what of it the server is given.

use std::fs;

use nix::sys::sysinfo::sysinfo;

/// What the server is told if the memory cannot be found out.
const UNKNOWN: u64 = 512;

/// The settings for a machine with so many megabytes. The daemon itself needs about 100 of them, and other programs
/// may run beside it: the server gets an eighth for itself, and trusts in half of it as the system's cache.
pub(super) fn settings(megabytes: u64) -> Vec<String> {
    let part = |of: u64, least: u64, most: u64| (megabytes / of).clamp(least, most);
    let wal = if megabytes < 4096 { 256 } else { 1024 };
    vec![
        format!("shared_buffers={}MB", part(8, 32, 4096)),
        format!("effective_cache_size={}MB", part(2, 64, 32_768)),
        format!("work_mem={}MB", part(512, 2, 32)),
        format!("maintenance_work_mem={}MB", part(32, 16, 512)),
        format!("max_wal_size={wal}MB"),
    ]
}

/// Megabytes of this machine, or of the container or unit that this process runs in.
pub(super) fn of_this_machine() -> u64 {
    // Asked of the kernel: systemd may hide /proc/meminfo from a unit.
    let machine = sysinfo().ok().map(|known| known.ram_total() / 1_048_576);
    match (machine, limit()) {
        (Some(machine), Some(limit)) => machine.min(limit),
        (Some(known), None) | (None, Some(known)) => known,
        (None, None) => UNKNOWN,
    }
}

/// The lowest limit of this process's control groups (version 2).
fn limit() -> Option<u64> {
    let own = fs::read_to_string("/proc/self/cgroup").ok()?;
    let own = own.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let mut groups = vec![String::new()];
    for name in own.split('/').filter(|name| !name.is_empty()) {
        let above = groups.last().cloned().unwrap_or_default();
        groups.push(format!("{above}/{name}"));
    }
    let limits = groups.iter().filter_map(|group| {
        let text = fs::read_to_string(format!("/sys/fs/cgroup{group}/memory.max")).ok()?;
        Some(text.trim().parse::<u64>().ok()? / 1_048_576)
    });
    limits.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_grows_with_the_machine_from_a_small_one_to_a_large_one() {
        let of = |megabytes| settings(megabytes).join(" ");
        assert_eq!(
            of(256),
            "shared_buffers=32MB effective_cache_size=128MB work_mem=2MB maintenance_work_mem=16MB max_wal_size=256MB"
        );
        assert_eq!(
            of(4096),
            "shared_buffers=512MB effective_cache_size=2048MB work_mem=8MB maintenance_work_mem=128MB max_wal_size=1024MB"
        );
        assert_eq!(
            of(65_536),
            "shared_buffers=4096MB effective_cache_size=32768MB work_mem=32MB maintenance_work_mem=512MB max_wal_size=1024MB"
        );
        assert!(of_this_machine() >= 64);
    }
}
