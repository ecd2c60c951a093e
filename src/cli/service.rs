//! `docket service`: what other programs need to run Docket, or to stand before it.

use clap::{Args, ValueEnum};

use super::output::print;

/// Print what runs Docket as a service, or puts a proxy before it
///
/// Each is a whole file to begin with, for tasks.example.org, with what else is
/// possible in its comments. Nothing is written and no setting is read.
#[derive(Args)]
#[command(after_long_help = "\
Examples:
  docket service systemd > docket.service
  docket service nginx
  docket service fail2ban")]
pub(super) struct Service {
    kind: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// A hardened unit file
    Systemd,
    /// A Caddyfile
    Caddy,
    /// A site of nginx
    Nginx,
    /// A dynamic configuration of Traefik
    Traefik,
    /// A filter that finds failed sign-ins
    Fail2ban,
}

impl Service {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let text = match self.kind {
            Kind::Systemd => include_str!("service/docket.service"),
            Kind::Caddy => include_str!("service/Caddyfile"),
            Kind::Nginx => include_str!("service/nginx.conf"),
            Kind::Traefik => include_str!("service/traefik.yml"),
            Kind::Fail2ban => include_str!("service/fail2ban.conf"),
        };
        print(text.trim_end())
    }
}
