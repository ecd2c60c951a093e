//! The only requests Docket makes by itself: for the keys of a configured issuer.

use std::io::Read;
use std::path::Path;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(5);
const LARGEST: u64 = 256 * 1024;

/// Fetches a JWK Set from exactly this URL: no redirects, no proxies, 5 s and
/// 256 kB at most. Blocks.
pub(super) fn url(url: &str) -> Result<String, String> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .http_status_as_error(false)
        .user_agent(concat!("docket/", env!("CARGO_PKG_VERSION")))
        .build();
    let agent: ureq::Agent = config.into();
    let mut response = agent.get(url).call().map_err(|error| error.to_string())?;
    if response.status() != 200 {
        return Err(format!("it answered {}", response.status()));
    }
    response.body_mut().with_config().limit(LARGEST).read_to_string().map_err(|e| e.to_string())
}

/// Reads a JWK Set from a file, with the same limit.
pub(super) fn file(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_string(&mut text))
        .map_err(|error| error.to_string())?;
    Ok(text)
}
