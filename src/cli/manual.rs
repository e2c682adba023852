//! `agendad completions` and `agendad man`: made from the commands themselves.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Exit, output};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad completions bash > /etc/bash_completion.d/agendad\n  \
    agendad completions zsh > \"${fpath[1]}/_agendad\"\n  agendad completions fish > ~/.config/fish/completions/agendad.fish"
)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  agendad man | man -l -\n  agendad man --dir /usr/local/share/man/man1"
)]
pub(super) struct ManArgs {
    /// Write a page for agendad and one for each command into this directory
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "agendad", &mut script);
    output::text(&script);
    Ok(Exit::Done)
}

pub(super) fn man(args: &ManArgs) -> anyhow::Result<Exit> {
    let command = Cli::command();
    match &args.dir {
        Some(dir) => write_all(command, dir)?,
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command).render(&mut page)?;
            output::text(&page);
        }
    }
    Ok(Exit::Done)
}

fn write_all(command: clap::Command, dir: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir)
        .and_then(|()| clap_mangen::generate_to(command, dir))
        .with_context(|| format!("cannot write man pages to {}", dir.display()))
}
