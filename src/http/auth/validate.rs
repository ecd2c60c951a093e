//! Body members, with Better Auth's words for what is wrong with them.

use serde_json::Value;

use super::AuthError;
use crate::auth::user::Email;

/// Members of a body, and the problems so far.
pub(super) struct Members<'a> {
    body: &'a Value,
    problems: Vec<String>,
}

impl<'a> Members<'a> {
    pub(super) fn new(body: &'a Value) -> Members<'a> {
        let mut problems = Vec::new();
        if !body.is_object() {
            problems.push(format!(
                "[body] Invalid input: expected object, received {}",
                kind(Some(body))
            ));
        }
        Members { body, problems }
    }

    pub(super) fn string(&mut self, name: &str) -> String {
        match self.body.get(name) {
            Some(Value::String(text)) => text.clone(),
            other => self.wrong(name, "string", other),
        }
    }

    pub(super) fn optional_string(&mut self, name: &str) -> Option<String> {
        match self.body.get(name) {
            None => None,
            Some(Value::String(text)) => Some(text.clone()),
            other => Some(self.wrong(name, "string", other)),
        }
    }

    /// An address; what is wrong with it is among the problems.
    pub(super) fn email(&mut self, name: &str) -> crate::error::Result<Email> {
        let parsed = Email::parse(&self.string(name));
        if self.body.get(name).is_some_and(Value::is_string) && parsed.is_err() {
            self.problem(name, "Invalid email address");
        }
        parsed
    }

    pub(super) fn optional_bool(&mut self, name: &str) -> Option<bool> {
        match self.body.get(name) {
            None => None,
            Some(Value::Bool(value)) => Some(*value),
            other => {
                self.wrong(name, "boolean", other);
                None
            }
        }
    }

    /// Says of a body that is no object what Better Auth's sign-up says besides.
    pub(super) fn record(&mut self) {
        if !self.body.is_object() {
            let found = kind(Some(self.body));
            self.problems.push(format!("[body] Invalid input: expected record, received {found}"));
        }
    }

    pub(super) fn problem(&mut self, name: &str, reason: &str) {
        self.problems.push(format!("[body.{name}] {reason}"));
    }

    /// Refuses with every problem in one message.
    pub(super) fn done(self) -> Result<(), AuthError> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(AuthError::new(400, "VALIDATION_ERROR", self.problems.join("; ")))
    }

    fn wrong(&mut self, name: &str, expected: &str, found: Option<&Value>) -> String {
        if self.body.is_object() {
            let found = kind(found);
            self.problem(name, &format!("Invalid input: expected {expected}, received {found}"));
        }
        String::new()
    }
}

fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}
