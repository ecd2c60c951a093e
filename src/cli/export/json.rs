//! All of it, as `docket import json` takes it back.

use serde_json::json;

use super::Kept;

/// The version of the format; another one is refused when it comes back.
pub(in crate::cli) const VERSION: u64 = 1;

pub(super) fn write(Kept { user, content, at }: &Kept) -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(&json!({
        "format": "docket",
        "version": VERSION,
        "exported_at": at,
        "account": { "id": user.id, "email": user.email, "name": user.name },
        "lists": content.lists,
        "tasks": content.tasks,
    }))?;
    text.push('\n');
    Ok(text)
}
