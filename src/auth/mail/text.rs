//! What the mails say, in plain text.
//!
//! Nothing in them was written by the one who asked for the mail: a stranger's
//! words must not reach people as ours.

use super::{Kind, Mail};

/// The subject and the body.
pub(super) fn of(mail: &Mail) -> (&'static str, String) {
    let url = &mail.url;
    match mail.kind {
        Kind::ResetPassword => (
            "Set a new password",
            format!(
                "Somebody, most likely you, asked for a new password in Docket.\n\n\
                 To choose one, open this link within an hour. It works once:\n\n{url}\n\n\
                 If it was not you, do nothing: your password stays as it is.\n"
            ),
        ),
        Kind::VerifyEmail => (
            "Confirm your e-mail address",
            format!(
                "Somebody, most likely you, uses this address in Docket.\n\n\
                 To confirm that it is yours, open this link within an hour:\n\n{url}\n\n\
                 If it was not you, do nothing.\n"
            ),
        ),
        Kind::ChangeEmail => (
            "Confirm your new e-mail address",
            format!(
                "Somebody, most likely you, wants to use this address in Docket from now on.\n\n\
                 To make the change, open this link within an hour:\n\n{url}\n\n\
                 If it was not you, do nothing: nothing changes then.\n"
            ),
        ),
        Kind::DeleteAccount => (
            "Delete your account",
            format!(
                "Somebody, most likely you, asked to delete your account in Docket and all \
                 that is in it.\n\n\
                 To do so, open this link within a day, in the browser you are signed in \
                 with:\n\n{url}\n\n\
                 If it was not you, do nothing, and change your password: somebody is signed \
                 in as you.\n"
            ),
        ),
        Kind::Otp => (
            "Your code",
            format!(
                "Your code for Docket is {}. It is good for five minutes.\n\n\
                 If you are not signing in, change your password: somebody knows it.\n",
                mail.token
            ),
        ),
        Kind::Test => (
            "Docket can send mail",
            "This is the mail that `docket mail test` sends: the settings are right.\n".into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Lines that end in CR LF are the sender's work, and long ones are broken there.
    #[test]
    fn a_link_stands_on_a_line_of_its_own() {
        let url = "https://tasks.example.org/api/auth/reset-password/x?callbackURL=".to_owned();
        let mail = Mail {
            kind: Kind::ResetPassword,
            to: "ada@example.org".into(),
            token: "x".into(),
            url: url.clone(),
        };
        let (subject, body) = of(&mail);
        assert!(!subject.is_empty());
        assert!(body.lines().any(|line| line == url), "{body}");
    }
}
