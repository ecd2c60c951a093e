//! Better Auth's objects.

use serde::Serialize;

use crate::auth::session::Session;
use crate::auth::user::User;
use crate::time::Timestamp;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserObject<'a> {
    id: &'a str,
    name: &'a str,
    email: &'a str,
    email_verified: bool,
    image: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
    two_factor_enabled: bool,
}

impl<'a> From<&'a User> for UserObject<'a> {
    fn from(user: &'a User) -> UserObject<'a> {
        UserObject {
            id: user.id.as_str(),
            name: &user.name,
            email: user.email.as_deref().unwrap_or_default(),
            email_verified: user.email_verified,
            image: user.image.as_deref(),
            created_at: user.created_at,
            updated_at: user.updated_at,
            two_factor_enabled: user.two_factor_enabled,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionObject<'a> {
    id: &'a str,
    token: &'a str,
    user_id: &'a str,
    expires_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
    ip_address: &'a str,
    user_agent: &'a str,
}

impl<'a> SessionObject<'a> {
    pub(super) fn new(session: &'a Session, token: &'a str, user: &'a User) -> SessionObject<'a> {
        SessionObject {
            id: &session.id,
            token,
            user_id: user.id.as_str(),
            expires_at: session.expires_at,
            created_at: session.created_at,
            updated_at: session.updated_at,
            ip_address: &session.address,
            user_agent: &session.user_agent,
        }
    }
}

/// The one account of somebody with a password.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountObject<'a> {
    id: &'a str,
    account_id: &'a str,
    provider_id: &'static str,
    user_id: &'a str,
    created_at: Timestamp,
    updated_at: Timestamp,
    scopes: [&'a str; 0],
}

impl<'a> From<&'a User> for AccountObject<'a> {
    fn from(user: &'a User) -> AccountObject<'a> {
        let id = user.id.as_str();
        AccountObject {
            id,
            account_id: id,
            provider_id: "credential",
            user_id: id,
            created_at: user.created_at,
            updated_at: user.updated_at,
            scopes: [],
        }
    }
}
