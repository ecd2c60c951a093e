//! `docket version`.

use clap::Args;
use serde_json::json;

use super::output::{print, print_json};
use crate::db;

/// Print which docket this is
///
/// The version, the schema it brings a database to, the SQLite in it, and what it
/// was built for.
#[derive(Args)]
#[command(after_long_help = "Examples:\n  docket version\n  docket version --json")]
pub(super) struct Version {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Version {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let version = env!("CARGO_PKG_VERSION");
        let (schema, sqlite) = (db::latest_schema(), db::sqlite_version());
        let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
        if self.json {
            return print_json(&json!({
                "version": version,
                "schema": schema,
                "sqlite": sqlite,
                "target": target,
            }));
        }
        print(&format!("docket {version}\nschema {schema}\nsqlite {sqlite}\ntarget {target}"))
    }
}
