//! `docket config`.

use clap::Args;
use serde_json::{Value, json};

use super::output::{print, print_json, table};
use crate::config::{Loaded, SETTINGS};

/// Print every setting, its value and where it came from
///
/// Secrets are masked. A flag wins over the environment (DOCKET_ and the
/// setting's name in capitals), that over Rocket.toml, that over the default.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket config
  docket config --json
  DOCKET_PORT=9000 docket config")]
pub(super) struct Print {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Print {
    pub(super) fn run(&self, loaded: &Loaded) -> anyhow::Result<()> {
        let rows = SETTINGS.iter().map(|setting| setting.name);
        if self.json {
            let rows: Vec<Value> = rows
                .map(|name| {
                    json!({ "name": name, "value": loaded.shown(name), "origin": loaded.origin(name) })
                })
                .collect();
            return print_json(&rows);
        }
        let shown = |name| match loaded.shown(name) {
            Value::String(text) => text,
            Value::Null => "(none)".into(),
            other => other.to_string(),
        };
        let rows: Vec<Vec<String>> =
            rows.map(|name| vec![name.to_owned(), shown(name), loaded.origin(name)]).collect();
        print(&table(&rows))
    }
}
