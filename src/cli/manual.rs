//! `agendad completions` and `agendad man`: made from the commands themselves.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use super::language::language;
use super::{Exit, output};
use crate::words::Language;
use crate::words::cli::help::MANUAL_HEADINGS;

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

pub(super) fn completions(args: &CompletionsArgs, mut program: Command) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut program, "agendad", &mut script);
    output::text(&script);
    Ok(Exit::Done)
}

pub(super) fn man(args: &ManArgs, program: Command) -> anyhow::Result<Exit> {
    match &args.dir {
        Some(dir) => {
            std::fs::create_dir_all(dir)
                .map_err(anyhow::Error::from)
                .and_then(|()| write_all(&program, dir))
                .with_context(|| format!("cannot write man pages to {}", dir.display()))?;
        }
        None => output::text(&page(&Man::new(program))?),
    }
    Ok(Exit::Done)
}

fn write_all(command: &Command, dir: &Path) -> anyhow::Result<()> {
    for below in command.get_subcommands() {
        write_all(below, dir)?;
    }
    let man = Man::new(command.clone());
    std::fs::write(dir.join(man.get_filename()), page(&man)?)?;
    Ok(())
}

/// One page; its headings have no other place where they could be said in Portuguese.
fn page(man: &Man) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    man.render(&mut page)?;
    if language() == Language::English {
        return Ok(page);
    }
    let mut translated = String::new();
    for line in String::from_utf8(page)?.lines() {
        let heading = line.strip_prefix(".SH ");
        let known =
            heading.and_then(|heading| MANUAL_HEADINGS.iter().find(|(en, _)| *en == heading));
        match known {
            Some((_, pt)) => translated.extend([".SH ", pt]),
            None => translated.push_str(line),
        }
        translated.push('\n');
    }
    Ok(translated.into_bytes())
}
