//! Requests: an operation with one's own things filled in, and in one place
//! perhaps somebody else's.

use serde_json::{Map, Value, json};

use super::document::{Operation, Parameter, Place};
use super::meaning::{self, Meaning};
use super::people::{Name, PASSWORD, Person, word};

/// What is sent, but for who sends it.
pub(super) struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Value>,
}

impl Request {
    pub(super) fn new(method: &str, target: &str) -> Request {
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn body(mut self, body: Value) -> Request {
        self.body = Some(body);
        self
    }
}

/// One way to name somebody else in a request.
#[derive(Clone, Copy)]
pub(super) enum Attempt<'o> {
    /// In place of one's own.
    Instead { of: &'o Parameter, kind: Name, how: How },
    /// In parameters or members that nobody asked for.
    Besides(Place),
}

/// What else is odd about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Plainly,
    /// With a precondition.
    If(&'static str, &'static str),
    /// With a body that is refused.
    Faulty,
}

impl Attempt<'_> {
    /// What is tried, in words.
    pub(super) fn text(&self) -> String {
        match self {
            Attempt::Instead { of, kind, how } => {
                let how = match how {
                    How::Plainly => String::new(),
                    How::If(header, value) => format!(" with {header} {value}"),
                    How::Faulty => " with a faulty body".into(),
                };
                format!("{} = their {}{how}", of.name, kind.text())
            }
            Attempt::Besides(Place::Body) => "their names among the members".into(),
            Attempt::Besides(_) => "their names in the query".into(),
        }
    }

    /// The names that it sends.
    pub(super) fn sends(&self) -> Vec<Name> {
        match self {
            Attempt::Instead { kind, .. } => vec![*kind],
            Attempt::Besides(_) => BESIDES.iter().map(|(_, name)| *name).collect(),
        }
    }
}

/// What might be believed although nobody asks for it.
const BESIDES: [(&str, Name); 8] = [
    ("id", Name::User),
    ("userId", Name::User),
    ("user_id", Name::User),
    ("owner", Name::User),
    ("email", Name::Email),
    ("sessionId", Name::Session),
    ("sid", Name::Session),
    ("token", Name::SessionToken),
];

/// Every way to name somebody else in an operation, or what is not known of it.
pub(super) fn attempts(operation: &Operation) -> Result<Vec<Attempt<'_>>, Vec<String>> {
    let members = operation.body.iter().flat_map(|body| &body.members);
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for parameter in operation.parameters.iter().chain(members) {
        match meaning::of(operation, parameter) {
            Some(Meaning::Names(kinds)) => {
                let each = kinds.iter().flat_map(|kind| ways(operation, parameter, *kind));
                found.extend(each);
            }
            Some(_) if fill_plainly(operation, parameter).is_none() && parameter.required => {
                unknown.push(format!("{} has no example to fill it with", parameter.name));
            }
            Some(_) => {}
            None => unknown.push(format!("nobody knows what {} names", parameter.name)),
        }
    }
    if !unknown.is_empty() {
        return Err(unknown);
    }
    found.push(Attempt::Besides(Place::Query));
    if operation.body.is_some() {
        found.push(Attempt::Besides(Place::Body));
    }
    Ok(found)
}

fn ways<'o>(operation: &'o Operation, of: &'o Parameter, kind: Name) -> Vec<Attempt<'o>> {
    let mut all = vec![How::Plainly];
    if of.place == Place::Path {
        let takes = |name: &str| {
            operation.parameters.iter().any(|other| other.name.eq_ignore_ascii_case(name))
        };
        if takes("if-match") {
            all.extend(["*", "\"1\"", "\"99\""].map(|tag| How::If("if-match", tag)));
        }
        if takes("if-none-match") {
            all.extend(["*", "\"1\""].map(|tag| How::If("if-none-match", tag)));
        }
        if operation.body.is_some() {
            all.push(How::Faulty);
        }
    }
    all.into_iter().map(|how| Attempt::Instead { of, kind, how }).collect()
}

/// The request of somebody who names only what is theirs, or tries something with
/// what is `other`'s.
pub(super) fn build(
    operation: &Operation,
    own: &Person,
    tried: Option<(Attempt<'_>, &Person)>,
) -> Request {
    let value = |parameter: &Parameter| match tried {
        Some((Attempt::Instead { of, kind, .. }, other)) if std::ptr::eq(of, parameter) => {
            Some(other.name(kind).into())
        }
        _ if !parameter.required => None,
        _ => match meaning::of(operation, parameter) {
            Some(Meaning::Names(kinds)) => Some(own.name(own_kind(operation, kinds)).into()),
            _ => fill_plainly(operation, parameter),
        },
    };
    let mut request = Request::new(&operation.method, &operation.path);
    let mut query = Vec::new();
    for parameter in &operation.parameters {
        let Some(value) = value(parameter) else { continue };
        let (name, text) =
            (&parameter.name, value.as_str().map_or(value.to_string(), str::to_owned));
        match parameter.place {
            Place::Path => {
                request.target = request.target.replace(&format!("{{{name}}}"), &encode(&text));
            }
            Place::Header => request.headers.push((name.to_lowercase(), text)),
            Place::Query | Place::Body => query.push((name.clone(), text)),
        }
    }
    if let Some(body) = &operation.body {
        // What an example names is nobody's here.
        let names = |parameter: &&Parameter| {
            matches!(meaning::of(operation, parameter), Some(Meaning::Names(_)))
        };
        let mut members = body.example.clone();
        body.members.iter().filter(names).for_each(|member| drop(members.remove(&member.name)));
        for member in &body.members {
            if let Some(value) = value(member) {
                members.insert(member.name.clone(), value);
            }
        }
        request.body = Some(members.into());
    }
    if let Some((attempt, other)) = tried {
        add_oddities(&mut request, &mut query, attempt, other);
    }
    if !query.is_empty() {
        let pairs: Vec<String> =
            query.iter().map(|(name, text)| format!("{name}={}", encode(text))).collect();
        request.target = format!("{}?{}", request.target, pairs.join("&"));
    }
    request
}

fn add_oddities(
    request: &mut Request,
    query: &mut Vec<(String, String)>,
    attempt: Attempt<'_>,
    other: &Person,
) {
    let besides = BESIDES.map(|(name, kind)| (name.to_owned(), other.name(kind).to_owned()));
    match attempt {
        Attempt::Instead { how: How::If(header, tag), .. } => {
            request.headers.push((header.to_owned(), tag.to_owned()));
        }
        Attempt::Instead { how: How::Faulty, .. } => {
            request.body = Some(json!({ "title": "", "completed": 7, "what": 1 }));
        }
        Attempt::Instead { .. } => {}
        Attempt::Besides(Place::Body) => {
            let mut members = Map::new();
            members.extend(besides.map(|(name, text)| (name, text.into())));
            // What is asked for stays.
            let asked = request.body.as_ref().and_then(Value::as_object).cloned();
            members.extend(asked.unwrap_or_default());
            request.body = Some(members.into());
        }
        Attempt::Besides(_) => {
            let asked: Vec<String> = query.iter().map(|(name, _)| name.clone()).collect();
            query.extend(besides.into_iter().filter(|(name, _)| !asked.contains(name)));
        }
    }
}

/// What one has oneself of these kinds: what can be restored is in the trash.
fn own_kind(operation: &Operation, kinds: &[Name]) -> Name {
    let trashed = operation.path.ends_with("/restore");
    let fits = |kind: &&Name| trashed == matches!(kind, Name::TrashedTask | Name::TrashedList);
    *kinds.iter().find(fits).unwrap_or(&kinds[0])
}

/// A value for what names nobody's things: the document's own.
fn fill_plainly(operation: &Operation, parameter: &Parameter) -> Option<Value> {
    match meaning::of(operation, parameter) {
        Some(Meaning::OwnPassword) => return Some(PASSWORD.into()),
        Some(Meaning::NewEmail) => return Some(format!("{}@docket.invalid", word()).into()),
        _ => {}
    }
    let schema = &parameter.schema;
    let in_body = operation.body.as_ref().and_then(|body| body.example.get(&parameter.name));
    let of_body = in_body.filter(|_| parameter.place == Place::Body).cloned();
    let written = of_body.or_else(|| parameter.example.clone());
    written
        .or_else(|| ["example", "default", "const"].iter().find_map(|key| schema.get(key).cloned()))
        .or_else(|| schema["enum"].get(0).cloned())
}

/// Percent-encodes all but what an address may have anywhere (RFC 3986, 2.3).
pub(super) fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let each = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(each).collect()
}
