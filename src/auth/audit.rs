//! What happened to an account: sign-ins, failures, changes, sessions ended.

use super::session::Device;
use super::store;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

/// Something worth remembering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    SignedUp,
    SignedIn,
    SignInFailed,
    SignedOut,
    SessionsEnded,
    ResetRequested,
    PasswordChanged,
    EmailChanged,
    AccountDeleted,
    TwoFactorEnabled,
    TwoFactorDisabled,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::SignedUp => "signed_up",
            Kind::SignedIn => "signed_in",
            Kind::SignInFailed => "sign_in_failed",
            Kind::SignedOut => "signed_out",
            Kind::SessionsEnded => "sessions_ended",
            Kind::ResetRequested => "reset_requested",
            Kind::PasswordChanged => "password_changed",
            Kind::EmailChanged => "email_changed",
            Kind::AccountDeleted => "account_deleted",
            Kind::TwoFactorEnabled => "two_factor_enabled",
            Kind::TwoFactorDisabled => "two_factor_disabled",
        }
    }
}

/// Notes it, in the same transaction as what happened.
pub fn note(
    tx: &Tx,
    owner: Option<Owner>,
    kind: Kind,
    device: &Device,
    now: Timestamp,
) -> Result<()> {
    tracing::info!(event = kind.name(), address = device.address, "account");
    store::insert_audit(tx, owner, kind.name(), &device.address, "http", now)
}

/// The same for what the machine's owner did by a command.
pub fn note_command(tx: &Tx, owner: Owner, kind: Kind, now: Timestamp) -> Result<()> {
    store::insert_audit(tx, Some(owner), kind.name(), "", "command", now)
}
