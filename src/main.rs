//! Arguments → configuration → telemetry → app; the exit code.

use std::process::ExitCode;

use agendad::cli;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::main(cli::Cli::read())
}
