//! What Rocket itself refuses, in the same words as everything else.

use rocket::http::{Method, Status};
use rocket::{Catcher, Request, catch, catchers};

use super::auth::AuthError;
use super::error::{self, Problem};
use super::reply::Reply;

pub(super) fn all() -> Vec<Catcher> {
    catchers![any]
}

#[catch(default)]
fn any(status: Status, request: &Request<'_>) -> Reply {
    let id = error::id_of(request);
    if let Some(reply) = error::take(request) {
        return reply;
    }
    let path = request.uri().path();
    if path.starts_with("/api/auth/") && matches!(status.code, 404 | 405) {
        return AuthError::not_found().reply();
    }
    let allowed = allowed_methods(request);
    let (status, code, detail) = match status.code {
        404 | 405 if !allowed.is_empty() => {
            let detail = format!("{} is not served here", request.method());
            (Status::MethodNotAllowed, "method_not_allowed", detail)
        }
        404 => (Status::NotFound, "not_found", "nothing is served at this address".into()),
        400 => (Status::BadRequest, "malformed", "the request cannot be read".into()),
        422 => (Status::UnprocessableEntity, "invalid", "a value is not valid here".into()),
        code if code < 500 => (status, "refused", "the request is refused".into()),
        _ => {
            tracing::error!(request = id, status = status.code, "a handler failed");
            let detail = "something went wrong inside; the log has it under this request's id";
            (Status::InternalServerError, "internal", detail.to_owned())
        }
    };
    let reply = if path.as_str() == "/api" || path.starts_with("/api/") {
        Problem::new(status, code, detail, id).reply()
    } else {
        Reply::bytes("text/plain; charset=utf-8", format!("{detail}\n").into_bytes()).status(status)
    };
    if status == Status::MethodNotAllowed { reply.header("Allow", allowed) } else { reply }
}

/// The methods that some route serves at this path, for `Allow`.
fn allowed_methods(request: &Request<'_>) -> String {
    let path = request.uri().path();
    let mut methods: Vec<Method> = request
        .rocket()
        .routes()
        .filter(|route| matches(route.uri.path(), path.as_str()))
        .map(|route| route.method)
        .collect();
    if methods.contains(&Method::Get) {
        methods.push(Method::Head);
    }
    methods.sort_unstable_by_key(|method| method.as_str());
    methods.dedup();
    let names: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
    names.join(", ")
}

/// True if a route's path, with `<parts>` that stand for anything, is this one.
fn matches(route: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    for wanted in route.split('/') {
        if wanted.starts_with('<') && wanted.ends_with("..>") {
            return true;
        }
        match parts.next() {
            Some(part) if wanted.starts_with('<') && !part.is_empty() => {}
            Some(part) if part == wanted => {}
            _ => return false,
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use rocket::local::blocking::Client;
    use rocket::{get, routes};

    use super::*;

    #[get("/api/panics")]
    fn panics() -> &'static str {
        panic!("on purpose")
    }

    // SECURITY-BAR H4: tests may add a route that the program does not have.
    #[test]
    fn a_panic_is_a_500_and_the_next_request_is_served() {
        let config =
            rocket::Config { log_level: rocket::config::LogLevel::Off, ..Default::default() };
        let rocket = rocket::custom(config).mount("/", routes![panics]).register("/", all());
        let client = Client::untracked(rocket).unwrap();
        for _ in 0..2 {
            let reply = client.get("/api/panics").dispatch();
            assert_eq!(reply.status(), Status::InternalServerError);
            let body = reply.into_string().unwrap();
            assert!(body.contains("\"code\":\"internal\""), "{body}");
            assert!(!body.contains("on purpose"), "{body}");
        }
        assert_eq!(client.get("/api/else").dispatch().status(), Status::NotFound);
    }
}
