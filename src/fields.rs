//! Reading a JSON object member by member, so that every fault is told at once.
//!
//! | member | `required` | `optional` | `nullable` |
//! | --- | --- | --- | --- |
//! | absent | fault | `None` | `None` |
//! | `null` | fault | fault | `Some(None)` |
//! | a good value | `Some(v)` | `Some(v)` | `Some(Some(v))` |
//! | a bad value | fault | fault | fault |
//!
//! A member that nobody asked for is a fault too.

use serde_json::{Map, Value};

use crate::error::{Error, Fault, Result};

/// A value that can be read from one member, or says what it must be.
pub trait Field: Sized {
    fn read(value: &Value) -> Result<Self, String>;
}

/// The members of an object that have not been read yet, and the faults so far.
pub struct Fields {
    members: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Fields {
    /// Takes a body apart; anything but an object is refused.
    pub fn new(body: Value) -> Result<Fields> {
        match body {
            Value::Object(members) => Ok(Fields { members, faults: Vec::new() }),
            _ => Err(Error::invalid("", "must be an object")),
        }
    }

    pub fn required<T: Field>(&mut self, name: &str) -> Option<T> {
        match self.members.remove(name) {
            None => self.fault(name, "is missing"),
            Some(value) => self.parse(name, &value),
        }
    }

    pub fn optional<T: Field>(&mut self, name: &str) -> Option<T> {
        let value = self.members.remove(name)?;
        self.parse(name, &value)
    }

    pub fn nullable<T: Field>(&mut self, name: &str) -> Option<Option<T>> {
        match self.members.remove(name)? {
            Value::Null => Some(None),
            value => self.parse(name, &value).map(Some),
        }
    }

    /// Adds a fault of the caller's own.
    pub fn fault<T>(&mut self, name: &str, detail: impl Into<String>) -> Option<T> {
        self.faults.push(Fault::new(pointer(name), detail));
        None
    }

    /// Refuses what is left over, tells every fault, or else makes the value.
    pub fn done<T>(mut self, make: impl FnOnce() -> Option<T>) -> Result<T> {
        for name in self.members.keys() {
            self.faults.push(Fault::new(pointer(name), "is not a known field"));
        }
        if !self.faults.is_empty() {
            return Err(Error::Invalid(self.faults));
        }
        make().ok_or_else(|| Error::Internal("a required field was not asked for".into()))
    }

    fn parse<T: Field>(&mut self, name: &str, value: &Value) -> Option<T> {
        match T::read(value) {
            Ok(value) => Some(value),
            Err(detail) => self.fault(name, detail),
        }
    }
}

/// The JSON Pointer of a member (RFC 6901, 3).
fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

impl Field for bool {
    fn read(value: &Value) -> Result<bool, String> {
        value.as_bool().ok_or_else(|| "must be true or false".into())
    }
}

/// The text of a member, or the sentence that refuses another type.
pub fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "must be a string".into())
}

/// Text that may be stored: any but NUL, which ends a string elsewhere.
pub fn storable(text: &str) -> Result<&str, String> {
    if text.contains('\0') { Err("must not contain NUL".into()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tells_every_fault_at_once() {
        let mut fields = Fields::new(json!({ "a": 1, "b": null, "x/y": 0 })).unwrap();
        let _: Option<bool> = fields.required("a");
        let _: Option<bool> = fields.optional("b");
        let _: Option<bool> = fields.required("c");
        let Err(Error::Invalid(faults)) = fields.done(|| Some(())) else { panic!("refused") };
        let pointers: Vec<_> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a", "/b", "/c", "/x~1y"]);
    }

    #[test]
    fn absent_is_not_null() {
        let mut fields = Fields::new(json!({ "b": null })).unwrap();
        assert_eq!(fields.nullable::<bool>("a"), None);
        assert_eq!(fields.nullable::<bool>("b"), Some(None));
        assert!(fields.done(|| Some(())).is_ok());
    }
}
