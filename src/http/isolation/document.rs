//! What the OpenAPI document says of each operation, as far as it must be
//! filled: its parameters, its body, and who may call it.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// One operation, references resolved.
pub(super) struct Operation {
    pub method: String,
    pub path: String,
    pub parameters: Vec<Parameter>,
    /// The JSON body, if it takes one.
    pub body: Option<Body>,
    pub caller: Caller,
}

/// Who it is for, by what it asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// A token for the API.
    Bearer,
    /// The session itself.
    Session,
    Anybody,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Body,
}

/// Something that a request can say.
pub(super) struct Parameter {
    pub place: Place,
    pub name: String,
    pub required: bool,
    pub schema: Value,
    pub example: Option<Value>,
}

pub(super) struct Body {
    pub members: Vec<Parameter>,
    /// The document's own example.
    pub example: Map<String, Value>,
}

/// Every operation, in the order of the document's paths.
pub(super) fn operations(document: &Value) -> Result<Vec<Operation>> {
    let mut found = Vec::new();
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            if METHODS.contains(&method.as_str()) {
                let read = read(document, path, &item["parameters"], method, operation);
                found.push(read.map_err(|why| {
                    Error::Setup(format!("the API's document says of {method} {path}: {why}"))
                })?);
            }
        }
    }
    Ok(found)
}

fn read(
    document: &Value,
    path: &str,
    shared: &Value,
    method: &str,
    operation: &Value,
) -> Result<Operation, String> {
    let mut parameters = Vec::new();
    for parameter in items(shared).chain(items(&operation["parameters"])) {
        parameters.push(parameter_of(document, resolve(document, parameter)?)?);
    }
    let body = match &operation["requestBody"] {
        Value::Null => None,
        body => Some(body_of(document, resolve(document, body)?)?),
    };
    let security = match &operation["security"] {
        Value::Null => &document["security"],
        own => own,
    };
    let method = method.to_uppercase();
    Ok(Operation { method, path: path.to_owned(), parameters, body, caller: caller(security) })
}

fn caller(security: &Value) -> Caller {
    let takes = |scheme: &str| items(security).any(|way| way.get(scheme).is_some());
    if takes("bearer") {
        Caller::Bearer
    } else if takes("sessionToken") {
        Caller::Session
    } else {
        Caller::Anybody
    }
}

fn parameter_of(document: &Value, parameter: &Value) -> Result<Parameter, String> {
    let name = parameter["name"].as_str().ok_or("a parameter has no name")?.to_owned();
    let place = match parameter["in"].as_str() {
        Some("path") => Place::Path,
        Some("query") => Place::Query,
        Some("header") => Place::Header,
        _ => return Err(format!("parameter {name} is in no known place")),
    };
    let schema = resolve(document, &parameter["schema"])?.clone();
    let example = parameter.get("example").cloned();
    let required = parameter["required"] == true;
    Ok(Parameter { place, name, required, schema, example })
}

fn body_of(document: &Value, body: &Value) -> Result<Body, String> {
    let json = body["content"].get("application/json").ok_or("its body is no JSON")?;
    let schema = resolve(document, &json["schema"])?;
    let required: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
    let mut found = Vec::new();
    for (name, member) in members(&schema["properties"]) {
        found.push(Parameter {
            place: Place::Body,
            name: name.clone(),
            required: required.contains(&name.as_str()),
            schema: resolve(document, member)?.clone(),
            example: member.get("example").cloned(),
        });
    }
    let example = match members(&json["examples"]).next() {
        Some((_, example)) => resolve(document, example)?["value"].as_object().cloned(),
        None => json["example"].as_object().cloned(),
    };
    Ok(Body { members: found, example: example.unwrap_or_default() })
}

/// What a reference within the document leads to.
fn resolve<'d>(document: &'d Value, value: &'d Value) -> Result<&'d Value, String> {
    let Some(reference) = value["$ref"].as_str() else { return Ok(value) };
    let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
    resolve(document, target.ok_or_else(|| format!("{reference} leads nowhere"))?)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
