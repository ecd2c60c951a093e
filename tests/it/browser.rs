//! A browser as far as `/api/auth` can tell: it keeps cookies and names its origin.

use serde_json::{Value, json};

use crate::app::{App, Person, Reply, request};

/// What everybody here signs in with, unless a test says otherwise.
pub const PASSWORD: &str = "correct-horse-9";

/// Every sign-in counts against the address it comes from, and in the tests
/// that is one and the same.
pub const UNLIMITED: (&str, &str) = ("DOCKET_RATE_LIMITS", "off");

/// Cookies of one person.
#[derive(Clone)]
pub struct Browser {
    url: String,
    pub cookies: Vec<(String, String)>,
    pub email: String,
    /// The session's token, as the last sign-in gave it.
    pub token: String,
}

impl Browser {
    pub fn new(app: &App) -> Browser {
        let (email, token) = (String::new(), String::new());
        Browser { url: app.url.clone(), cookies: Vec::new(), email, token }
    }

    /// Somebody with a new account.
    pub fn signed_up(app: &App, name: &str) -> Browser {
        let mut browser = Browser::new(app);
        let email = format!("{name}@example.org");
        let body = json!({ "name": name, "email": email, "password": PASSWORD });
        let reply = browser.post("/sign-up/email", &body);
        assert_eq!(reply.status, 200, "{}\n{}", reply.text, app.log());
        browser.took(&email, &reply)
    }

    /// Somebody with an account, in another browser.
    pub fn signed_in(app: &App, name: &str) -> Browser {
        let mut browser = Browser::new(app);
        let email = format!("{name}@example.org");
        let reply = browser.sign_in(&email, PASSWORD);
        assert_eq!(reply.status, 200, "{}\n{}", reply.text, app.log());
        browser.took(&email, &reply)
    }

    fn took(mut self, email: &str, reply: &Reply) -> Browser {
        self.email = email.to_owned();
        self.token = reply.body["token"].as_str().unwrap_or_default().to_owned();
        self
    }

    pub fn sign_in(&mut self, email: &str, password: &str) -> Reply {
        self.post("/sign-in/email", &json!({ "email": email, "password": password }))
    }

    pub fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        self.send("POST", path, &json, Some(&body.to_string()))
    }

    /// Any request below `/api/auth`, from a page of the server's own.
    pub fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Reply {
        let origin = self.url.clone();
        self.send_from(&origin, method, path, headers, body)
    }

    /// The same, from a page of another origin; from nowhere if that is empty.
    pub fn send_from(
        &mut self,
        origin: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut all = headers.to_vec();
        if !origin.is_empty() {
            all.push(("origin", origin));
        }
        if !cookies.is_empty() {
            all.push(("cookie", &cookies));
        }
        let reply = request(&self.url, method, &format!("/api/auth{path}"), &all, body);
        self.keep(&reply);
        reply
    }

    fn keep(&mut self, reply: &Reply) {
        for line in set_cookies(reply) {
            let (pair, attributes) = line.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            self.cookies.retain(|(known, _)| known != name);
            if !attributes.contains("Max-Age=0;") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// The value of a cookie, if it is kept.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(known, _)| known == name)?;
        Some(&found.1)
    }

    pub fn is_signed_in(&mut self) -> bool {
        let reply = self.get("/get-session");
        assert_eq!(reply.status, 200, "{}", reply.text);
        !reply.body.is_null()
    }

    /// The person for the task API, with a new JWT.
    pub fn person(&mut self, app: &App) -> Person {
        let reply = self.get("/token");
        assert_eq!(reply.status, 200, "{}", reply.text);
        app.bearer(reply.body["token"].as_str().expect("a token"))
    }
}

/// The cookies that a reply sets, in order, each as its whole line.
pub fn set_cookies(reply: &Reply) -> Vec<&str> {
    let lines = reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    lines.map(|(_, line)| line.as_str()).collect()
}

/// The status and code of a refusal.
pub fn refusal(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.body["code"].as_str().unwrap_or_default())
}
