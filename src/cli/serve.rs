//! `docket serve`.

use super::log::Log;
use super::output;
use crate::config::{self, Config, Flags};

pub(super) fn run(config: &Config, flags: &Flags, log: &Log) -> anyhow::Result<()> {
    let ready = |url: &str| {
        // The server goes on without anybody to read its one line.
        if let Err(error) = output::print(&format!("Docket is ready at {url}")) {
            tracing::warn!(%error, "cannot print");
        }
    };
    Ok(crate::http::serve(config, ready, || reload(flags, log))?)
}

/// Takes what can be changed while serving from the settings as they are now.
fn reload(flags: &Flags, log: &Log) {
    match config::load(flags) {
        Ok(loaded) => {
            log.set_level(loaded.config.log);
            tracing::info!(
                "the settings were read anew: the level of the log is {}",
                loaded.config.log
            );
        }
        Err(error) => tracing::error!("the settings from before go on: {error}"),
    }
}
