//! The mail server: which settings belong together.

use super::{Config, Secret, SmtpTls, Switch};

impl Config {
    /// The mail server, if one is set.
    pub fn smtp_host(&self) -> Option<&str> {
        self.smtp_host.as_deref().filter(|host| !host.is_empty())
    }

    /// The name and the password to sign in to it with, if they are set.
    pub fn smtp_login(&self) -> Option<(&str, &Secret)> {
        self.smtp_user().zip(self.smtp_password())
    }

    fn smtp_user(&self) -> Option<&str> {
        self.smtp_user.as_deref().filter(|user| !user.is_empty())
    }

    fn smtp_password(&self) -> Option<&Secret> {
        self.smtp_password.as_ref().filter(|password| !password.is_empty())
    }

    /// The port that was set, or the usual one.
    pub fn smtp_port(&self) -> u16 {
        self.smtp_port.unwrap_or(match self.smtp_tls {
            SmtpTls::Implicit => 465,
            SmtpTls::Starttls => 587,
            SmtpTls::Off => 25,
        })
    }
}

/// Refuses what could not be sent, and what would show a password to the network.
pub(super) fn check(config: &Config) -> Result<(), (&'static str, String)> {
    let Some(host) = config.smtp_host() else {
        if config.require_email_verification == Switch::On && config.mail_outbox.is_none() {
            return Err(("require_email_verification", "needs mail: set smtp_host".into()));
        }
        return Ok(());
    };
    if config.mail_from.as_deref().unwrap_or_default().is_empty() {
        let why = "is needed for smtp_host, such as Docket <docket@example.org>";
        return Err(("mail_from", why.into()));
    }
    if config.smtp_user().is_some() != config.smtp_password().is_some() {
        return Err(("smtp_user", "belongs together with smtp_password".into()));
    }
    let is_here = ["localhost", "127.0.0.1", "::1"].contains(&host);
    if config.smtp_tls == SmtpTls::Off && config.smtp_login().is_some() && !is_here {
        let why = "\"off\" would send smtp_password in the clear; only to this machine it may";
        return Err(("smtp_tls", why.into()));
    }
    Ok(())
}
