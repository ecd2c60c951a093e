//! `GET /api/auth/error?error=CODE`: where a redirect that failed may lead.

use rocket::{Route, get, routes};

use crate::http::params::Query;
use crate::http::reply::Reply;

pub(super) fn routes() -> Vec<Route> {
    routes![page]
}

/// Anything but a code is shown as no code, so that nobody can put words here.
#[get("/error")]
fn page(query: Query<'_>) -> Reply {
    let is_code = |text: &String| {
        (1..=60).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let code = query.get("error").filter(is_code).unwrap_or_else(|| "UNKNOWN".into());
    let html = format!(
        "<!doctype html>\n\
         <html lang=\"en\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Docket: it did not work</title>\n\
         </head>\n\
         <body>\n\
         <h1>It did not work</h1>\n\
         <p>The link you followed failed with <code>{code}</code>. It may be too old, or used before.</p>\n\
         <p><a href=\"/\">Go to Docket</a></p>\n\
         </body>\n\
         </html>\n"
    );
    Reply::bytes("text/html; charset=utf-8", html.into_bytes()).header("Cache-Control", "no-store")
}
