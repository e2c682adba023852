//! Arguments → configuration → telemetry → app; the exit code.

use std::process::ExitCode;

use agendad::cli;
use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    cli::main(cli)
}
