//! `docket completions` and `docket man`: made from the same description as the help.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::output::{print, tell};

/// Print what makes a shell complete docket's commands
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket completions bash > docket.bash
  docket completions zsh > _docket
  docket completions fish > docket.fish")]
pub(super) struct Completions {
    shell: Shell,
}

/// Print the manual page, or write one for every command
///
/// Without a directory docket(1) is printed. With one, docket.1,
/// docket-user-add.1 and all the others are written there.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket man > docket.1
  mkdir -p man1 && docket man man1")]
pub(super) struct Man {
    /// Write a page for every command into this directory
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl Completions {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "docket", &mut script);
        print(String::from_utf8(script)?.trim_end())
    }
}

impl Man {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let command = Cli::command();
        if let Some(directory) = &self.directory {
            clap_mangen::generate_to(command, directory)
                .with_context(|| format!("cannot write pages to {}", directory.display()))?;
            tell(&format!("pages are in {}", directory.display()));
            return Ok(());
        }
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        print(String::from_utf8(page)?.trim_end())
    }
}
