//! A JSON body, read with suspicion.

use rocket::data::{Data, FromData, Outcome};
use rocket::{Request, http::Method};
use serde_json::Value;

use super::{bridge, error};
use crate::error::{Error, Result};

/// The JSON of a body, and its bytes as they came.
pub(super) struct Body {
    pub json: Value,
    pub bytes: Vec<u8>,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Body {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Body> {
        match read(request, data).await {
            Ok(body) => Outcome::Success(body),
            Err(error) => Outcome::Error(error::refuse(request, error)),
        }
    }
}

async fn read(request: &Request<'_>, data: Data<'_>) -> Result<Body> {
    check_type(request)?;
    let limit = rocket::data::ByteUnit::from(bridge::LARGEST_BODY);
    let bytes = data
        .open(limit)
        .into_bytes()
        .await
        .map_err(|error| Error::Malformed(format!("the body cannot be read: {error}")))?;
    if bytes.is_empty() {
        return Err(Error::Malformed("a JSON body is needed".into()));
    }
    let bytes = bytes.into_inner();
    let json = serde_json::from_slice(&bytes).map_err(|error| {
        let what = if error.is_eof() { "ends too early" } else { "is not valid" };
        Error::Malformed(format!("the JSON body {what}"))
    })?;
    Ok(Body { json, bytes })
}

/// `application/json`, or for PATCH also a merge patch (RFC 7396, 4).
fn check_type(request: &Request<'_>) -> Result<()> {
    let must = || Error::UnsupportedMediaType("the body must be application/json".into());
    if request.headers().get_one("content-encoding").is_some() {
        return Err(Error::UnsupportedMediaType("the body must not be compressed".into()));
    }
    let mut given = request.headers().get("content-type");
    let (Some(given), None) = (given.next(), given.next()) else { return Err(must()) };
    let mut parts = given.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default();
    let is_json = kind.eq_ignore_ascii_case("application/json");
    let is_patch = kind.eq_ignore_ascii_case("application/merge-patch+json");
    let utf8 = parts.all(|part| {
        let part = part.to_ascii_lowercase();
        !part.starts_with("charset=")
            || matches!(part.as_str(), "charset=utf-8" | "charset=\"utf-8\"")
    });
    if utf8 && (is_json || is_patch && request.method() == Method::Patch) {
        Ok(())
    } else {
        Err(must())
    }
}
