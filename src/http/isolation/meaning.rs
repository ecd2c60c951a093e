//! What the parameters and members of the document mean: whose thing each can
//! name. One that is not known here is not guessed at.

use super::document::{Operation, Parameter, Place};
use super::people::Name;

/// What a parameter or a member is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It names a thing of one of these kinds; the first is what one has oneself.
    Names(&'static [Name]),
    /// It names nothing of anybody's.
    Plain,
    /// It takes the caller's own password.
    OwnPassword,
    /// It takes an address that nobody has yet.
    NewEmail,
}

use Meaning::{Names, NewEmail, OwnPassword, Plain};
use Place::{Body, Header, Path, Query};

/// Where it is (the beginning of the address, and of the request what), its name,
/// and its meaning. The first that fits holds.
const KNOWN: &[(&str, Place, &str, Meaning)] = &[
    ("/api/tasks/", Path, "id", Names(&[Name::Task, Name::TrashedTask])),
    ("/api/lists/", Path, "id", Names(&[Name::List, Name::TrashedList])),
    ("/api/users/", Path, "user_id", Names(&[Name::User])),
    ("/api/users/", Path, "task_id", Names(&[Name::Task, Name::TrashedTask])),
    ("/api/me/tokens/", Path, "token_id", Names(&[Name::AccessToken])),
    ("/api/", Query, "list", Names(&[Name::List, Name::TrashedList])),
    ("/api/trash", Query, "cursor", Names(&[Name::TrashCursor])),
    ("/api/me/activity", Query, "cursor", Names(&[Name::ActivityCursor])),
    ("/api/", Query, "cursor", Names(&[Name::TaskCursor])),
    ("/api/", Query, "since", Names(&[Name::ChangesCursor])),
    ("/api/", Header, "Last-Event-ID", Names(&[Name::ChangesCursor])),
    ("/api/", Header, "Idempotency-Key", Names(&[Name::RetryKey])),
    ("/api/", Query, "q", Names(&[Name::Word])),
    ("/api/", Query, "due_before", Plain),
    ("/api/", Query, "due_after", Plain),
    ("/api/", Header, "If-Match", Plain),
    ("/api/", Header, "If-None-Match", Plain),
    ("/api/", Body, "list_id", Names(&[Name::List, Name::TrashedList])),
    ("/api/lists", Body, "before", Names(&[Name::List, Name::TrashedList])),
    ("/api/lists", Body, "after", Names(&[Name::List, Name::TrashedList])),
    ("/api/", Body, "before", Names(&[Name::Task, Name::TrashedTask])),
    ("/api/", Body, "after", Names(&[Name::Task, Name::TrashedTask])),
    ("/api/", Body, "title", Plain),
    ("/api/", Body, "name", Plain),
    ("/api/", Body, "description", Plain),
    ("/api/", Body, "due", Plain),
    ("/api/", Body, "scopes", Plain),
    ("/api/", Body, "expires_at", Plain),
    // A mailed token is the right to what it does, whoever brings it; that to
    // delete an account works for its own person alone.
    ("/api/auth/delete-user", Query, "token", Names(&[Name::DeletionLink])),
    ("/api/auth/delete-user", Body, "token", Names(&[Name::DeletionLink])),
    ("/api/auth/reset-password", Path, "token", Plain),
    ("/api/auth/reset-password", Query, "token", Plain),
    ("/api/auth/reset-password", Body, "token", Plain),
    ("/api/auth/verify-email", Query, "token", Plain),
    ("/api/auth/revoke-session", Body, "token", Names(&[Name::SessionToken, Name::Session])),
    ("/api/auth/sign-up", Body, "email", NewEmail),
    ("/api/auth/sign-up", Body, "inviteToken", Plain),
    ("/api/auth/", Body, "email", Names(&[Name::Email])),
    ("/api/auth/change-email", Body, "newEmail", Names(&[Name::Email])),
    ("/api/auth/unlink-account", Body, "accountId", Names(&[Name::User])),
    ("/api/auth/two-factor/", Body, "code", Names(&[Name::RecoveryCode])),
    // A right password for a wrong account is another matter: it is wrong there.
    ("/api/auth/sign-in/email", Body, "password", Plain),
    ("/api/auth/sign-up", Body, "password", Plain),
    ("/api/auth/", Body, "password", OwnPassword),
    ("/api/auth/", Body, "currentPassword", OwnPassword),
    ("/api/auth/", Body, "newPassword", Plain),
    ("/api/auth/", Body, "image", Plain),
    ("/api/auth/", Body, "issuer", Plain),
    ("/api/auth/", Body, "provider", Plain),
    ("/api/auth/", Body, "providerId", Plain),
    ("/api/auth/", Body, "callbackURL", Plain),
    ("/api/auth/", Body, "redirectTo", Plain),
    ("/api/auth/", Query, "callbackURL", Plain),
    ("/api/auth/error", Query, "error", Plain),
];

/// Types whose values can name nothing.
const NAMELESS: [&str; 3] = ["boolean", "integer", "number"];

/// What a parameter or a member of an operation is for, if that is known.
pub(super) fn of(operation: &Operation, parameter: &Parameter) -> Option<Meaning> {
    let fits = |(path, place, name, _): &&(&str, Place, &str, Meaning)| {
        operation.path.starts_with(path)
            && *place == parameter.place
            && name.eq_ignore_ascii_case(&parameter.name)
    };
    if let Some((.., meaning)) = KNOWN.iter().find(fits) {
        return Some(*meaning);
    }
    let schema = &parameter.schema;
    let is_nameless = match &schema["type"] {
        serde_json::Value::Array(types) => {
            types.iter().all(|one| one == "null" || NAMELESS.iter().any(|name| one == name))
        }
        one => NAMELESS.iter().any(|name| one == name),
    };
    let is_chosen = schema.get("enum").is_some() || schema.get("const").is_some();
    (is_nameless || is_chosen).then_some(Plain)
}
