//! First fills: ours beside the plain statements.

use super::SECONDS;
use super::measure::{Bench, Way};
use super::plain::Writes;
use super::server::Server;

/// Ours always writes the log, and with it begins and ends a run.
pub(crate) async fn compare(server: &Server, bench: &Bench) {
    let mut table = comfy_table::Table::new();
    table.set_header([
        "new dates of 40 slots, 15 a run",
        "plain: a second",
        "server CPU ms",
        "WAL kB",
        "agendad: a second",
        "server CPU ms",
        "WAL kB",
        "ratio",
        "ratio by server CPU",
        "ratio of WAL",
    ]);
    let pairs = [
        ("plain: slots", Writes::Slots, Way::FillSlots),
        ("plain: slots, log", Writes::Log, Way::FillSlots),
        (
            "plain: slots, log, appointments",
            Writes::Appointments,
            Way::Fill,
        ),
    ];
    let time = std::time::Duration::from_secs(SECONDS);
    for (what, writes, ours) in pairs {
        for clients in [1, 4] {
            let rate = async |way| {
                bench
                    .dates_per_second(&server.url, clients, time, way)
                    .await
            };
            let plain = rate(Way::Plain(writes)).await;
            let ours = rate(ours).await;
            table.add_row([
                format!("{what}; {clients} connections"),
                format!("{:.0}", plain.per_second),
                format!("{:.2}", plain.server),
                format!("{:.1}", plain.wal),
                format!("{:.0}", ours.per_second),
                format!("{:.2}", ours.server),
                format!("{:.1}", ours.wal),
                format!("{:.2}", ours.per_second / plain.per_second),
                format!("{:.2}", plain.server / ours.server),
                format!("{:.2}", ours.wal / plain.wal),
            ]);
        }
    }
    println!("{table}");
}
