//! `docket export`.

mod csv;
mod ics;
mod json;
mod todo_txt;

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
pub(super) use json::VERSION;

use super::Opened;
use super::output::tell;
use super::progress::Bar;
use crate::auth::user::{self, User};
use crate::config::Config;
use crate::db;
use crate::ids::ListId;
use crate::tasks::{self, Content, KeptTask};
use crate::time::Timestamp;

/// Write out all that a person keeps
///
/// The format json holds everything, the trash too, and comes back without loss by
/// `docket import json`. The others are for other programs: csv for a
/// spreadsheet, todo.txt, and ics (iCalendar) for calendars; they leave the trash out.
/// To standard output, unless --output names a file, which must not be there yet.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket export ada@example.org > ada.json
  docket export ada@example.org --format csv --output ada.csv
  docket export ada@example.org --format todo.txt
  docket export ada@example.org --format ics")]
pub(super) struct Export {
    /// The account's e-mail address or id
    account: String,

    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,

    /// Write to this file
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Json,
    Csv,
    #[value(name = "todo.txt")]
    TodoTxt,
    Ics,
}

/// What is written, whose it is and when.
struct Kept {
    user: User,
    content: Content,
    at: Timestamp,
}

impl Export {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<()> {
        let (at, bar) = (Timestamp::now(), Bar::new());
        bar.begin("reading");
        let kept = Opened::new(config)?.read_now(|conn| {
            let owner = user::find(conn, &self.account)?;
            let content = tasks::export(conn, owner)?;
            Ok(Kept { user: user::get(conn, owner)?, content, at })
        })?;
        bar.begin("writing");
        let text = match self.format {
            Format::Json => json::write(&kept)?,
            Format::Csv => csv::write(&kept),
            Format::TodoTxt => todo_txt::write(&kept),
            Format::Ics => ics::write(&kept),
        };
        bar.done();
        match &self.output {
            Some(file) => save(file, &text)?,
            None => send(&text)?,
        }
        let Content { lists, tasks } = &kept.content;
        if self.output.is_some() {
            tell(&format!("{} tasks in {} lists", tasks.len(), lists.len()));
        }
        Ok(())
    }
}

/// Into a new file, for its owner's eyes alone.
fn save(file: &Path, text: &str) -> anyhow::Result<()> {
    let written = db::new_private_file(file)?.write_all(text.as_bytes());
    written.with_context(|| format!("cannot write {}", file.display()))
}

/// A reader that went away is no failure.
fn send(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

impl Kept {
    /// Tasks that are not in the trash, each with the name of its list.
    fn tasks(&self) -> impl Iterator<Item = (&KeptTask, &str)> {
        let lists = self.content.lists.iter();
        let names: HashMap<ListId, &str> =
            lists.map(|list| (list.id, list.name.as_str())).collect();
        let live = self.content.tasks.iter().filter(|task| task.deleted_at.is_none());
        live.map(move |task| (task, names.get(&task.list_id).copied().unwrap_or_default()))
    }
}
