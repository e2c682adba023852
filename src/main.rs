//! Arguments → configuration → telemetry → app; the exit code.

use std::process::ExitCode;

use agendad::cli;
use clap::Parser;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    cli::main(cli)
}
