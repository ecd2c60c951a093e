//! Everyone sees and changes only what is theirs, at every address.

use std::collections::BTreeSet;

use docket::ids::{ListId, TaskId, UserId};
use serde_json::{Value, json};

use crate::app::{App, Person, Reply};
use crate::changes::altered;
use crate::errors::check;
use crate::isolation_accounts;
use crate::openapi::access_token;
use crate::tasks::{make, new_list, path, text};

/// What one may name of another person, or of nobody.
struct Names {
    user: String,
    task: String,
    trashed_task: String,
    list: String,
    trashed_list: String,
    task_cursor: String,
    trash_cursor: String,
    changes_cursor: String,
    /// The id of an access token.
    token: String,
    key: String,
    word: String,
}

/// One request that names something.
#[derive(Clone)]
struct Attempt {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

impl Attempt {
    fn new(method: &'static str, path: String) -> Attempt {
        Attempt { method, path, headers: Vec::new(), body: None }
    }

    fn body(mut self, body: &Value) -> Attempt {
        self.headers.push(("content-type", "application/json".into()));
        self.body = Some(body.to_string());
        self
    }

    fn header(mut self, name: &'static str, value: &str) -> Attempt {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn send(&self, person: &Person) -> Reply {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        person.send(self.method, &self.path, &headers, self.body.as_deref())
    }
}

/// Addresses that anybody may ask for: nothing in them names a person, but for
/// the token of a mailed link, and whoever has that is its person.
const PUBLIC: [&str; 13] = [
    "GET /healthz",
    "GET /readyz",
    "GET /api/info",
    "GET /api/auth/jwks",
    "GET /api/auth/ok",
    "GET /api/auth/error",
    "POST /api/auth/get-session",
    "POST /api/auth/sign-up/email",
    "GET /api/auth/reset-password/<token>",
    "POST /api/auth/reset-password",
    "GET /api/auth/verify-email",
    "GET /api/docs",
    "GET /api/openapi.json",
];

/// Every address of a person's data, and what may be tried there with names
/// that are not one's own. `own_task` and `own_list` are the caller's.
fn attempts(their: &Names, own_task: &str, own_list: &str) -> Vec<(&'static str, Vec<Attempt>)> {
    let at = |method, path: String| Attempt::new(method, path);
    let good = json!({ "title": "x" });
    let bad = json!({ "title": "", "what": 1 });
    let Names { user, task, trashed_task, list, trashed_list, .. } = their;
    let into = json!({ "title": "x", "list_id": list });
    let into_trash = json!({ "title": "x", "list_id": trashed_list });
    let before = json!({ "title": "x", "before": task });
    let after = json!({ "title": "x", "after": task });
    let bodies = [&into, &into_trash, &before, &after];
    let beside = [json!({ "name": "x", "before": list }), json!({ "name": "x", "after": list })];

    // Every way to write to a path: plain, faulty, and with each precondition.
    let write = |method: &'static str, path: &str, good: Option<&Value>| {
        let with = |body: Option<&Value>| match body {
            Some(body) => at(method, path.to_owned()).body(body),
            None => at(method, path.to_owned()),
        };
        let mut all = vec![with(good)];
        for tag in ["*", "\"1\"", "\"2\"", "\"99\""] {
            all.push(with(good).header("if-match", tag));
            all.push(with(good).header("if-none-match", tag));
        }
        if good.is_some() {
            all.push(with(Some(&bad)));
            all.push(with(Some(&bad)).header("if-match", "\"99\""));
            all.push(at(method, path.to_owned()));
        }
        all
    };
    let read = |path: &str| {
        let tags = ["*", "\"1\"", "\"2\"", "W/\"1\""];
        let conditional = tags.map(|tag| at("GET", path.to_owned()).header("if-none-match", tag));
        [vec![at("GET", path.to_owned())], conditional.to_vec()].concat()
    };
    let tasks = |id: &str| format!("/api/tasks/{id}");
    let lists = |id: &str| format!("/api/lists/{id}");
    let both = |make: &dyn Fn(&str) -> Vec<Attempt>| [make(task), make(trashed_task)].concat();
    let both_lists =
        |make: &dyn Fn(&str) -> Vec<Attempt>| [make(list), make(trashed_list)].concat();
    let own_with = |method: &'static str| bodies.map(|body| at(method, tasks(own_task)).body(body));
    let page = |base: &str| {
        let (cursor, word) = (&their.task_cursor, &their.word);
        [
            format!("list={list}"),
            format!("list={trashed_list}"),
            format!("cursor={cursor}"),
            format!("q={word}"),
            format!("list={list}&limit=0"),
        ]
        .map(|query| at("GET", format!("{base}?{query}")))
        .to_vec()
    };
    let post = |base: &str| {
        let mut all: Vec<Attempt> =
            bodies.iter().map(|body| at("POST", base.to_owned()).body(body)).collect();
        let key = &their.key;
        all.push(at("POST", base.to_owned()).body(&good).header("idempotency-key", key));
        all
    };
    let users = format!("/api/users/{user}/tasks");
    let their_task = format!("{users}/{task}");
    let mine = "/api/users/ME/tasks";

    vec![
        ("GET /api/me", vec![at("GET", "/api/me".into())]),
        (
            "GET /api/me/activity",
            [vec![at("GET", "/api/me/activity".into())], page("/api/me/activity")].concat(),
        ),
        ("GET /api/me/tokens", vec![at("GET", "/api/me/tokens".into())]),
        (
            "POST /api/me/tokens",
            vec![at("POST", "/api/me/tokens".into()).body(&json!({ "token_id": their.token }))],
        ),
        (
            "DELETE /api/me/tokens/<id>",
            vec![at("DELETE", format!("/api/me/tokens/{}", their.token))],
        ),
        ("GET /api/tasks", page("/api/tasks")),
        ("POST /api/tasks", post("/api/tasks")),
        ("GET /api/tasks/<id>", both(&|id| read(&tasks(id)))),
        (
            "PUT /api/tasks/<id>",
            [both(&|id| write("PUT", &tasks(id), Some(&good))), own_with("PUT").to_vec()].concat(),
        ),
        (
            "PATCH /api/tasks/<id>",
            [both(&|id| write("PATCH", &tasks(id), Some(&good))), own_with("PATCH").to_vec()]
                .concat(),
        ),
        ("DELETE /api/tasks/<id>", both(&|id| write("DELETE", &tasks(id), None))),
        (
            "POST /api/tasks/<id>/restore",
            both(&|id| write("POST", &format!("{}/restore", tasks(id)), None)),
        ),
        ("GET /api/lists", vec![at("GET", "/api/lists".into())]),
        ("GET /api/lists/counts", vec![at("GET", "/api/lists/counts".into())]),
        (
            "POST /api/lists",
            beside.iter().map(|b| at("POST", "/api/lists".into()).body(b)).collect(),
        ),
        ("GET /api/lists/<id>", both_lists(&|id| read(&lists(id)))),
        (
            "PUT /api/lists/<id>",
            [
                both_lists(&|id| write("PUT", &lists(id), Some(&json!({ "name": "x" })))),
                beside.iter().map(|body| at("PUT", lists(own_list)).body(body)).collect(),
            ]
            .concat(),
        ),
        (
            "PATCH /api/lists/<id>",
            [
                both_lists(&|id| write("PATCH", &lists(id), Some(&json!({ "name": "x" })))),
                beside.iter().map(|body| at("PATCH", lists(own_list)).body(body)).collect(),
            ]
            .concat(),
        ),
        ("DELETE /api/lists/<id>", both_lists(&|id| write("DELETE", &lists(id), None))),
        (
            "POST /api/lists/<id>/restore",
            both_lists(&|id| write("POST", &format!("{}/restore", lists(id)), None)),
        ),
        ("GET /api/trash", vec![at("GET", format!("/api/trash?cursor={}", their.trash_cursor))]),
        ("DELETE /api/trash", vec![at("DELETE", "/api/trash".into())]),
        (
            "GET /api/changes",
            vec![at("GET", format!("/api/changes?since={}", their.changes_cursor))],
        ),
        (
            "GET /api/events",
            vec![at("GET", "/api/events".into()).header("last-event-id", &their.changes_cursor)],
        ),
        (
            "GET /api/users/<_>/tasks",
            [vec![at("GET", users.clone())], page(&users), page(mine)].concat(),
        ),
        (
            "POST /api/users/<_>/tasks",
            [write("POST", &users, Some(&good)), post(&users), post(mine)].concat(),
        ),
        (
            "GET /api/users/<_>/tasks/<task>",
            [read(&their_task), read(&format!("{mine}/{task}"))].concat(),
        ),
        (
            "PUT /api/users/<_>/tasks/<task>",
            [
                write("PUT", &their_task, Some(&good)),
                write("PUT", &format!("{mine}/{task}"), Some(&good)),
            ]
            .concat(),
        ),
        (
            "PATCH /api/users/<_>/tasks/<task>/complete",
            [&users, mine]
                .map(|base| {
                    let path = format!("{base}/{task}/complete");
                    write("PATCH", &path, Some(&json!({ "completed": true })))
                })
                .concat(),
        ),
        (
            "DELETE /api/users/<_>/tasks/<task>",
            [write("DELETE", &their_task, None), write("DELETE", &format!("{mine}/{task}"), None)]
                .concat(),
        ),
    ]
}

/// The cursor where the trash or a list of tasks goes on.
fn cursor(person: &Person, path: &str) -> String {
    text(&person.get(path).body["next_cursor"]).to_owned()
}

/// Somebody with two of everything.
fn furnish(bob: &Person) -> Names {
    let (list, trashed_list) = (new_list(bob, "their list"), new_list(bob, "their trashed list"));
    let task = make(bob, json!({ "title": "zebra", "list_id": list }));
    bob.patch(&path(&task), &json!({ "description": "xylophone" }));
    make(bob, json!({ "title": "done", "completed": true }));
    let trashed = bob.add("their trashed task");
    bob.delete(&path(&trashed));
    bob.delete(&format!("/api/lists/{trashed_list}"));
    let key = [("content-type", "application/json"), ("idempotency-key", "their-key")];
    assert_eq!(bob.send("POST", "/api/tasks", &key, Some(r#"{"title":"x"}"#)).status, 201);
    Names {
        user: bob.id.to_string(),
        task: text(&task["id"]).to_owned(),
        trashed_task: text(&trashed["id"]).to_owned(),
        list,
        trashed_list,
        task_cursor: cursor(bob, "/api/tasks?limit=1"),
        trash_cursor: cursor(bob, "/api/trash?limit=1"),
        changes_cursor: cursor(bob, "/api/changes?limit=3"),
        token: access_token(bob, &["tasks:read"]).0,
        key: "their-key".into(),
        word: "zebra".into(),
    }
}

/// The like of it that nobody has.
fn of_nobody(their: &Names) -> Names {
    let with_id = |cursor: &str, index: usize| {
        altered(cursor, |json| json["keys"][index] = json!(TaskId::new()))
    };
    Names {
        user: UserId::new().to_string(),
        task: TaskId::new().to_string(),
        trashed_task: TaskId::new().to_string(),
        list: ListId::new().to_string(),
        trashed_list: ListId::new().to_string(),
        task_cursor: with_id(&their.task_cursor, 0),
        trash_cursor: with_id(&their.trash_cursor, 1),
        changes_cursor: altered(&with_id(&their.changes_cursor, 2), |json| {
            json["keys"][3] = json!("ffffffffffff");
        }),
        token: "f".repeat(32),
        key: "nobodys-key".into(),
        word: "quagga".into(),
    }
}

/// Everything a person can see, as it is sent.
pub fn everything(person: &Person) -> Vec<String> {
    let mut paths: Vec<String> = [
        "/api/me/tokens",
        "/api/me",
        "/api/tasks?limit=200",
        "/api/tasks?limit=200&sort=position",
        "/api/lists",
        "/api/lists/counts",
        "/api/trash?limit=200",
        "/api/changes?limit=200",
    ]
    .map(str::to_owned)
    .to_vec();
    for task in person.get("/api/tasks").body["items"].as_array().unwrap() {
        paths.push(path(task));
    }
    let reply = |path: String| {
        let reply = person.get(&path);
        format!("{path} {} {:?} {}", reply.status, lasting(&reply), reply.text)
    };
    paths.into_iter().map(reply).collect()
}

/// The headers but for those of the one request.
fn lasting(reply: &Reply) -> Vec<(String, String)> {
    let passing = ["date", "x-request-id"];
    reply.headers.iter().filter(|(name, _)| !passing.contains(&name.as_str())).cloned().collect()
}

/// An answer without what differs between any two requests: the request's id,
/// and the id and times of a task that was made.
fn comparable(reply: &Reply) -> (u16, Vec<(String, String)>, Value) {
    let mut body = reply.body.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("instance");
        if reply.status == 201 {
            for name in ["id", "created_at", "updated_at"] {
                members.remove(name);
            }
        }
    }
    let mut headers = lasting(reply);
    for (name, value) in &mut headers {
        if name == "location" {
            value.truncate(value.rfind('/').unwrap());
        }
    }
    (reply.status, headers, body)
}

/// Sends an attempt, and takes back what it made.
fn attempt(person: &Person, attempt: &Attempt) -> Reply {
    let reply = attempt.send(person);
    if reply.status == 201 {
        let made = reply.header("location").unwrap().to_owned();
        assert_eq!(person.delete(&made).status, 204);
        assert_eq!(person.delete("/api/trash").status, 204);
    }
    reply
}

fn mounted() -> BTreeSet<String> {
    let name = |route: &_| route_name(route);
    docket::http::routes().iter().map(name).collect()
}

fn route_name(route: &rocket::Route) -> String {
    format!("{} {}", route.method, route.uri.path())
}

// SECURITY-BAR A4
#[test]
fn every_address_is_listed_here() {
    let nobody = Names {
        user: String::new(),
        task: String::new(),
        trashed_task: String::new(),
        list: String::new(),
        trashed_list: String::new(),
        task_cursor: String::new(),
        trash_cursor: String::new(),
        changes_cursor: String::new(),
        token: String::new(),
        key: String::new(),
        word: String::new(),
    };
    let tried = attempts(&nobody, "", "");
    let named = tried.iter().map(|(route, _)| *route).chain(PUBLIC).map(str::to_owned);
    let listed: BTreeSet<String> = named.chain(isolation_accounts::routes()).collect();
    let mounted = mounted();
    assert_eq!(mounted, listed, "a new address needs an attempt with another person's names");
}

// SECURITY-BAR A1, A2, A3, A4, A8, A9
#[test]
fn another_persons_names_are_as_good_as_nobodys() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let own_list = new_list(&ada, "mine");
    let own_task =
        text(&make(&ada, json!({ "title": "mine", "list_id": own_list }))["id"]).to_owned();
    let theirs = furnish(&bob);
    let nobodys = of_nobody(&theirs);
    let before = everything(&bob);
    let mine = everything(&ada).len();

    let with = |names: &Names| attempts(names, &own_task, &own_list);
    let mut count = 0;
    for ((route, of_bob), (_, of_nobody)) in with(&theirs).into_iter().zip(with(&nobodys)) {
        assert_eq!(of_bob.len(), of_nobody.len());
        for (mut one, mut other) in of_bob.into_iter().zip(of_nobody) {
            for attempt in [&mut one, &mut other] {
                attempt.path = attempt.path.replace("/ME/", &format!("/{}/", ada.id));
            }
            let (got, expected) = (attempt(&ada, &one), attempt(&ada, &other));
            assert_eq!(comparable(&got), comparable(&expected), "{route}: {}", one.path);
            assert!(got.status < 500, "{route}: {}", got.text);
            let names = [&theirs.user, &theirs.list, "their", "xylophone"];
            if got.status < 300 {
                // What somebody names a new list of theirs comes back to them.
                let told = |name: &str| got.text.contains(name) && !one.path.contains(name);
                assert!(!names.iter().any(|name| told(name)), "{}", got.text);
            }
            count += 1;
        }
        // A8: not one byte of theirs has changed, ETags and the feed included.
        assert_eq!(everything(&bob), before, "{route}");
    }
    assert!(count > 150, "{count} attempts");
    assert_eq!(everything(&ada).len(), mine);
    assert_eq!(ada.get(&format!("/api/tasks/{own_task}")).body["version"], 1);
}

// SECURITY-BAR A5
#[test]
fn every_address_but_the_public_ones_needs_a_token() {
    let app = App::start();
    let bob = app.user("bob");
    let theirs = furnish(&bob);
    let before = everything(&bob);
    for (route, tried) in attempts(&theirs, &theirs.task, &theirs.list) {
        for one in tried {
            let headers: Vec<(&str, &str)> =
                one.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = app.request(one.method, &one.path, &headers, one.body.as_deref());
            assert_eq!(reply.status, 401, "{route}");
            check(&reply, 401, "unauthorized");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{route}");
        }
    }
    assert_eq!(everything(&bob), before);
}

// SECURITY-BAR A4
#[test]
fn methods_that_are_not_served_change_nothing() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let theirs = furnish(&bob);
    let before = everything(&bob);
    let mounted = mounted();
    for route in &mounted {
        let (_, path) = route.split_once(' ').unwrap();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
            if mounted.contains(&format!("{method} {path}")) {
                continue;
            }
            let id = if path.starts_with("/api/lists") { &theirs.list } else { &theirs.task };
            let path = path.replace("<id>", id).replace("<task>", &theirs.task);
            let path = path.replace("<_>", &theirs.user).replace("<token>", "x");
            let reply = ada.json(method, &path, &json!({ "title": "x" }));
            assert!((400..500).contains(&reply.status), "{method} {path}: {}", reply.status);
        }
    }
    assert_eq!(everything(&bob), before);
}
