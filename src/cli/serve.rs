//! `docket serve`.

use super::output;
use crate::config::Config;

pub(super) fn run(config: &Config) -> anyhow::Result<()> {
    let ready = |url: &str| {
        // The server goes on without anybody to read its one line.
        if let Err(error) = output::print(&format!("Docket is ready at {url}")) {
            tracing::warn!(%error, "cannot print");
        }
    };
    Ok(crate::http::serve(config, ready)?)
}
