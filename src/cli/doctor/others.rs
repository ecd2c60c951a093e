//! Those that Docket speaks to: issuers, and the mail server.

use super::{Findings, Level};
use crate::auth::{self, Published};
use crate::config::{Config, SmtpTls};

/// Whether each issuer's keys can be had now. Each is waited for five seconds.
pub(super) fn issuers(config: &Config, found: &mut Findings) {
    let published: Vec<Published> = std::thread::scope(|scope| {
        let asked: Vec<_> =
            config.issuers.iter().map(|issuer| scope.spawn(|| auth::published(issuer))).collect();
        asked.into_iter().filter_map(|asked| asked.join().ok()).collect()
    });
    for issuer in &published {
        let name = &issuer.issuer;
        match &issuer.failure {
            Some(why) => {
                let what = format!("the keys of {name} cannot be had: {why}");
                let todo = "docket issuer test tries again; known keys stay good meanwhile";
                found.add(Level::Problem, "issuers", what, todo);
            }
            None if issuer.keys.is_empty() => {
                let what = format!("{name} publishes no key that can be used");
                found.add(Level::Problem, "issuers", what, "docket issuer test says why");
            }
            None => found.ok("issuers", format!("{name}: {} keys", issuer.keys.len())),
        }
    }
    for issuer in &config.issuers {
        if issuer.jwks_url.as_ref().is_some_and(|url| is_open(url)) {
            let what = format!("the keys of {} come by plain http", issuer.issuer);
            found.add(Level::Warning, "issuers", what, "let jwks_url be https");
        }
    }
    found.fine_unless_found("issuers", "only tokens of our own are accepted");
}

/// True for http to another machine.
fn is_open(url: &str) -> bool {
    let own = ["http://127.", "http://localhost", "http://[::1]"];
    url.starts_with("http://") && !own.iter().any(|own| url.starts_with(own))
}

pub(super) fn mail(config: &Config, found: &mut Findings) {
    if let Some(file) = &config.mail_outbox {
        let what = format!("mail is written to {} instead of being sent", file.display());
        found.add(Level::Warning, "mail", what, "unset mail_outbox where people wait for mail");
    } else if let Some(host) = &config.smtp_host {
        if config.smtp_tls == SmtpTls::Off {
            let what = format!("mail goes to {host} unencrypted");
            found.add(Level::Warning, "mail", what, "set smtp_tls to implicit or starttls");
        }
        found.fine_unless_found("mail", format!("by {host}; docket mail test ADDRESS tries it"));
    } else {
        let what = "there is none: who forgets a password needs you";
        let todo = "docket user reset-link EMAIL makes a link for them; or set smtp_host";
        found.add(Level::Note, "mail", what, todo);
    }
}
