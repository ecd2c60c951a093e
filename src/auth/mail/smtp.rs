//! A mail server, spoken to by SMTP (RFC 5321) over TLS.

use std::error::Error as _;
use std::time::Duration;

use lettre::address::AddressError;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{self, SmtpTransport};
use lettre::{Address, Transport};

use super::sender::Failure;
use super::{Mail, text};
use crate::config::{Config, SmtpTls};
use crate::error::{Error, Result};

/// For the connection, and then for each command.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The server that takes our mail, and who it is from.
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Smtp {
    /// As the settings have it. Nothing is connected yet.
    pub(super) fn open(config: &Config) -> Result<Option<Smtp>> {
        let Some(host) = config.smtp_host() else { return Ok(None) };
        let from = config.mail_from.as_deref().unwrap_or_default();
        let from = from.parse().map_err(|error: AddressError| {
            let like = "write it as Docket <docket@example.org>";
            Error::Setup(format!("setting mail_from: {error}; {like}"))
        })?;
        let mut builder = SmtpTransport::builder_dangerous(host)
            .port(config.smtp_port())
            .tls(tls(config, host)?)
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = config.smtp_login() {
            let credentials = Credentials::new(user.to_owned(), password.text().to_owned());
            builder = builder.credentials(credentials);
        }
        Ok(Some(Smtp { transport: builder.build(), from }))
    }

    pub(super) fn send(&self, mail: &Mail) -> Result<String, Failure> {
        let message = self.write(mail)?;
        let response = self.transport.send(&message).map_err(|error| failure(&error))?;
        let lines: Vec<&str> = response.message().collect();
        Ok(format!("{} {}", response.code(), lines.join(" ")))
    }

    fn write(&self, mail: &Mail) -> Result<Message, Failure> {
        let unwritable = |why: String| Failure {
            may_pass: false,
            reason: "the mail cannot be written".into(),
            detail: why,
        };
        let to: Address =
            mail.to.parse().map_err(|error: AddressError| unwritable(error.to_string()))?;
        let (subject, body) = text::of(mail);
        let id = format!("<{}@{}>", uuid::Uuid::now_v7().simple(), self.from.email.domain());
        // RFC 3834, 5: nobody's absence is answered to us.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(id))
            .raw_header(HeaderValue::new(automatic, "auto-generated".into()))
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(|error| unwritable(error.to_string()))
    }
}

/// What `smtp_tls` asks for. A server that offers no STARTTLS gets no mail where
/// it is asked for: nothing is ever sent in the clear instead.
fn tls(config: &Config, host: &str) -> Result<Tls> {
    let failed = |why: String| Error::Setup(format!("setting smtp_ca_file: {why}"));
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = &config.smtp_ca_file {
        let pem = std::fs::read(path)
            .map_err(|error| failed(format!("cannot read {}: {error}", path.display())))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| failed(error.to_string()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters =
        parameters.build().map_err(|error| Error::Setup(format!("setting smtp_host: {error}")))?;
    Ok(match config.smtp_tls {
        SmtpTls::Implicit => Tls::Wrapper(parameters),
        SmtpTls::Starttls => Tls::Required(parameters),
        SmtpTls::Off => Tls::None,
    })
}

fn failure(error: &smtp::Error) -> Failure {
    let mut detail = error.to_string();
    if let Some(source) = error.source() {
        // Some say it themselves already.
        let source = source.to_string();
        if !detail.contains(&source) {
            detail = format!("{detail}: {source}");
        }
    }
    let reason = match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_response() => "the mail server's answer cannot be read".into(),
        None => detail.clone(),
    };
    Failure { may_pass: !error.is_permanent(), reason, detail }
}
