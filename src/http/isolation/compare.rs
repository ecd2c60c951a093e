//! Whether an answer about another's thing is that about nobody's.
//!
//! Some of an answer is new each time: a token, a time, the id of what was made.
//! Nobody needs to list that: the same is asked about two things of nobody's, and
//! where those two answers differ, the third may too, if only in its value.

use serde_json::Value;

use super::people::{Name, Person};
use super::request::encode;
use crate::time::Timestamp;

/// Replaces what was sent of a person, and all times, by what they are.
pub(super) fn masked(mut answer: Value, sent: &[Name], of: &Person) -> Value {
    mask(&mut answer, &|text| {
        if Timestamp::parse(text).is_some() {
            return "(time)".into();
        }
        let mut text = text.to_owned();
        for name in sent {
            let known = of.name(*name);
            text = text.replace(known, name.text()).replace(&encode(known), name.text());
        }
        text
    });
    answer
}

fn mask(value: &mut Value, with: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = with(text),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, with)),
        Value::Object(members) => members.values_mut().for_each(|member| mask(member, with)),
        _ => {}
    }
}

/// Where the answer about theirs differs from that about nobody's, in words.
pub(super) fn differences(theirs: &Value, one: &Value, other: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look("", theirs, one, other, &mut found);
    found
}

fn look(at: &str, theirs: &Value, one: &Value, other: &Value, found: &mut Vec<String>) {
    if theirs == one || theirs == other {
        return;
    }
    let within = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
    match (theirs, one, other) {
        (Value::Object(theirs), Value::Object(one), Value::Object(other)) => {
            let gone = one.keys().filter(|name| !theirs.contains_key(*name));
            for name in theirs.keys().chain(gone) {
                let of = |members: &serde_json::Map<String, Value>| {
                    members.get(name).cloned().unwrap_or_default()
                };
                look(&within(name), &of(theirs), &of(one), &of(other), found);
            }
        }
        (Value::Array(theirs), Value::Array(one), Value::Array(other))
            if theirs.len() == one.len() && one.len() == other.len() =>
        {
            for (index, theirs) in theirs.iter().enumerate() {
                look(&within(&index.to_string()), theirs, &one[index], &other[index], found);
            }
        }
        // It is new each time, and still of one kind.
        (Value::String(_), Value::String(one), Value::String(other)) if one != other => {}
        (Value::Number(_), Value::Number(one), Value::Number(other))
            if one != other && at != "status" => {}
        _ => found.push(format!("{at} is {}, not {}", short(theirs), short(one))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What of a person's an answer tells, apart from what was sent.
pub(super) fn told(answer: &Value, sent: &[Name], of: &Person) -> Vec<String> {
    let text = answer.to_string();
    let known = of.names().filter(|(name, _)| !sent.contains(name));
    let known = known.filter(|(_, known)| text.contains(*known));
    known.map(|(name, _)| format!("it tells their {}", name.text())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn differ(theirs: Value, one: Value, other: Value) -> bool {
        !differences(&theirs, &one, &other).is_empty()
    }

    #[test]
    fn only_what_is_new_each_time_may_differ() {
        let answer = |status: u16, id: &str, title: Value| json!({ "status": status, "body": { "id": id, "title": title } });
        let (one, other) = (answer(404, "a", json!("x")), answer(404, "b", json!("x")));
        assert!(!differ(answer(404, "c", json!("x")), one.clone(), other.clone()));
        assert!(differ(answer(200, "c", json!("x")), one.clone(), other.clone()));
        assert!(differ(answer(404, "c", json!("y")), one.clone(), other.clone()));
        assert!(differ(answer(404, "c", json!(null)), one.clone(), other.clone()));
        assert!(differ(json!({ "status": 404, "body": { "id": "c" } }), one, other));
        assert!(differ(json!([1, 2]), json!([1]), json!([2])));
        assert!(differ(
            json!({ "status": 200 }),
            json!({ "status": 404 }),
            json!({ "status": 409 })
        ));
    }
}
