//! How far Docket is open to others: what it is called, what stands before it, and
//! who may make an account.

use std::net::IpAddr;

use super::{Findings, Level};
use crate::config::{Config, Proxy, SignUp, Switch};

pub(super) fn look(config: &Config, found: &mut Findings) {
    address(config, found);
    proxies(config, found);
    sign_up(config, found);
    rate_limits(config, found);
}

/// True if others than this machine's own users come by.
fn is_public(config: &Config) -> bool {
    let named = config.base_url.as_ref().map(ToString::to_string).unwrap_or_default();
    let host = named.split("://").nth(1).unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_local = |host: &str| {
        host.is_empty()
            || host == "localhost"
            || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    !is_local(host) || !config.address.is_loopback()
}

fn is_https(config: &Config) -> bool {
    config.own_url(config.port).starts_with("https://")
}

fn address(config: &Config, found: &mut Findings) {
    let url = config.own_url(config.port);
    if config.base_url.is_none() && config.address.is_unspecified() {
        let what = format!("people are told {url}, which is no address that they can use");
        found.add(Level::Problem, "address", what, "set base_url to the address they use");
    } else if is_public(config) && !is_https(config) {
        let what = format!("{url} is plain http: passwords and tokens can be read on the way");
        let todo = "serve https (tls_cert and tls_key, or a reverse proxy) and set base_url to it";
        found.add(Level::Warning, "address", what, todo);
    } else {
        found.ok("address", url);
    }
}

fn proxies(config: &Config, found: &mut Findings) {
    for proxy in &config.trusted_proxies {
        let Proxy::Network(network) = proxy else { continue };
        let narrowest = if network.addr().is_ipv4() { 8 } else { 7 };
        let is_everybody = network.prefix_len() == 0;
        if is_everybody || network.prefix_len() < narrowest {
            let level = if is_everybody { Level::Problem } else { Level::Warning };
            let what =
                format!("{network} in trusted_proxies lets many say which address is theirs");
            let todo = "name your proxies alone, such as 10.0.0.2 or 172.18.0.0/16";
            found.add(level, "proxy", what, todo);
        }
    }
    let stands_before = is_https(config) && config.tls().is_none();
    if stands_before && config.trusted_proxies.is_empty() {
        let what = "base_url is https and Docket serves http, so a proxy stands before it, but \
                    trusted_proxies is empty: all its clients are limited as one";
        let own = if config.unix_socket().is_some() { "unix" } else { "127.0.0.1" };
        let todo = format!("set trusted_proxies to the proxy, such as [\"{own}\"]");
        found.add(Level::Warning, "proxy", what, todo);
    }
    found.fine_unless_found("proxy", "what is trusted fits the address");
}

fn sign_up(config: &Config, found: &mut Findings) {
    match config.signup {
        SignUp::Open if is_public(config) => {
            let what = "anybody who reaches Docket can make an account";
            let todo = "set signup to \"invite\" or \"closed\", unless that is meant";
            found.add(Level::Warning, "sign-up", what, todo);
        }
        SignUp::Open => found.ok("sign-up", "open to whoever is at this machine"),
        SignUp::Invite => found.ok("sign-up", "for who has a link of docket user invite"),
        SignUp::Closed => found.ok("sign-up", "closed"),
    }
}

fn rate_limits(config: &Config, found: &mut Findings) {
    if config.rate_limits == Switch::On {
        return found.ok("limits", "on");
    }
    let level = if is_public(config) { Level::Problem } else { Level::Warning };
    let what = "rate_limits is off: passwords can be tried without end";
    found.add(level, "limits", what, "set rate_limits to \"on\"");
}
