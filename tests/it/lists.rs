//! `/api/lists`.

use docket::ids::ListId;
use serde_json::{Value, json};

use crate::app::{App, Person, Reply};
use crate::tasks::{faults, make, new_list, path, text, titles};

/// The names of a person's lists, in order.
fn names(person: &Person) -> String {
    let reply = person.get("/api/lists");
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["next_cursor"], Value::Null);
    let items = reply.body["items"].as_array().unwrap().clone();
    items.iter().map(|list| text(&list["name"]).to_owned()).collect::<Vec<_>>().join(" ")
}

/// The person's Inbox.
fn inbox(person: &Person) -> Value {
    person.get("/api/lists").body["items"][0].clone()
}

/// The address of a list.
fn at(list: &Value) -> String {
    format!("/api/lists/{}", text(&list["id"]))
}

#[test]
fn a_list_is_made_read_renamed_and_deleted() {
    let app = App::start();
    let ada = app.user("ada");

    let made = ada.post("/api/lists", &json!({ "name": "home 🏡" }));
    assert_eq!(made.status, 201);
    assert_eq!(made.body["name"], "home 🏡");
    assert_eq!(made.body["is_inbox"], false);
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(ada.get(&path).body, made.body);
    assert_eq!(ada.get(&path).header("etag"), made.header("etag"));

    let renamed = ada.patch(&path, &json!({ "name": "house" }));
    assert_eq!((renamed.status, &renamed.body["version"]), (200, &json!(2)));
    assert_eq!(ada.patch(&path, &json!({ "name": "house" })).body, renamed.body);
    assert_eq!(ada.patch(&path, &json!({})).body, renamed.body);

    assert_eq!(ada.delete(&path).status, 204);
    for reply in [ada.get(&path), ada.delete(&path), ada.patch(&path, &json!({ "name": "x" }))] {
        assert_eq!(reply.status, 404);
    }
    assert_eq!(names(&ada), "Inbox");
}

#[test]
fn a_put_makes_a_list_with_an_id_of_the_clients_once() {
    let app = App::start();
    let ada = app.user("ada");
    let home = new_list(&ada, "home");
    let path = format!("/api/lists/{}", ListId::new());
    let body = json!({ "name": "work", "before": home });

    let made = ada.put(&path, &body);
    let again = ada.put(&path, &body);
    let headers = [("content-type", "application/json"), ("if-none-match", "*")];
    let first_only = ada.send("PUT", &path, &headers, Some(r#"{"name":"office"}"#));

    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.header("location"), Some(path.as_str()));
    assert_eq!((again.status, &again.body), (200, &made.body));
    assert_eq!((first_only.status, &first_only.body["current"]), (412, &made.body));
    assert_eq!(names(&ada), "Inbox work home");
    let office = ada.put(&path, &json!({ "name": "office" }));
    assert_eq!((office.status, &office.body["version"]), (200, &json!(2)));
    assert_eq!(names(&ada), "Inbox office home");
}

#[test]
fn a_put_makes_no_list_of_what_is_another_or_was_one() {
    let app = App::start();
    let ada = app.user("ada");
    let path = format!("/api/lists/{}", ListId::new());
    let body = json!({ "name": "home" });
    let inbox = at(&inbox(&ada));
    assert_eq!(ada.put(&path, &body).status, 201);

    assert_eq!(ada.delete(&path).status, 204);
    let in_trash = ada.put(&path, &body);
    assert_eq!(ada.delete("/api/trash").status, 204);
    let purged = ada.put(&path, &body);
    let permanent = ada.put(&inbox, &body);
    let no_id = ada.put("/api/lists/7", &body);
    let nowhere = format!("/api/lists/{}", ListId::new());
    let headers = [("content-type", "application/json"), ("if-match", "*")];
    let absent = ada.send("PUT", &nowhere, &headers, Some(r#"{"name":"home"}"#));

    assert_eq!((in_trash.status, text(&in_trash.body["code"])), (409, "in_trash"));
    assert_eq!((purged.status, text(&purged.body["code"])), (409, "id_was_used"));
    assert_eq!((permanent.status, text(&permanent.body["code"])), (409, "inbox_is_permanent"));
    assert_eq!((no_id.status, faults(&no_id)), (422, vec!["id"]));
    assert_eq!(absent.status, 404);
    assert_eq!(names(&ada), "Inbox");
    // Ids are each person's own: to anybody else it is as free as any.
    assert_eq!(app.user("bob").put(&path, &body).status, 201);
}

#[test]
fn the_inbox_is_there_from_the_start_and_stays() {
    let app = App::start();
    let ada = app.user("ada");
    let list = inbox(&ada);
    assert_eq!(list["is_inbox"], true);
    assert!(text(&list["id"]).parse::<ListId>().is_ok());
    let other = new_list(&ada, "other");

    for body in [json!({ "name": "x" }), json!({ "name": "Inbox" }), json!({ "after": other })] {
        let reply = ada.patch(&at(&list), &body);
        assert_eq!((reply.status, &reply.body["code"]), (409, &json!("inbox_is_permanent")));
    }
    let reply = ada.delete(&at(&list));
    assert_eq!((reply.status, &reply.body["code"]), (409, &json!("inbox_is_permanent")));

    assert_eq!(ada.get(&at(&list)).body, list);
    assert_eq!(ada.add("lands in it")["list_id"], list["id"]);
}

#[test]
fn a_name_is_held_to_its_length() {
    let app = App::start();
    let ada = app.user("ada");
    for letter in ["x", "🦀"] {
        for (count, status) in [(1, 201), (200, 201), (201, 422)] {
            let made = ada.post("/api/lists", &json!({ "name": letter.repeat(count) }));
            assert_eq!(made.status, status, "{count} of {letter}");
        }
    }
    let path = format!("/api/lists/{}", new_list(&ada, "ok"));
    for bad in [json!(""), json!(" \n"), json!("a\u{0}"), json!(1), Value::Null] {
        assert_eq!(faults(&ada.post("/api/lists", &json!({ "name": bad }))), ["/name"]);
        assert_eq!(faults(&ada.patch(&path, &json!({ "name": bad }))), ["/name"]);
    }
    assert_eq!(faults(&ada.post("/api/lists", &json!({}))), ["/name"]);
}

// SECURITY-BAR A6
#[test]
fn what_the_server_sets_is_refused() {
    let app = App::start();
    let ada = app.user("ada");
    let body = json!({
        "name": "x", "id": ListId::new(), "is_inbox": true, "owner": 1, "position": "a0",
        "version": 9, "created_at": "2026-01-01T00:00:00Z",
    });
    let named = ["/created_at", "/id", "/is_inbox", "/owner", "/position", "/version"];
    assert_eq!(faults(&ada.post("/api/lists", &body)), named);
    let path = format!("/api/lists/{}", new_list(&ada, "ok"));
    assert_eq!(faults(&ada.patch(&path, &body)), named);
}

#[test]
fn lists_are_kept_in_the_order_they_are_put_in() {
    let app = App::start();
    let ada = app.user("ada");
    let [a, b, c] = ["a", "b", "c"].map(|name| new_list(&ada, name));
    assert_eq!(names(&ada), "Inbox a b c");

    for (moved, body, after) in [
        (&c, json!({ "before": a }), "Inbox c a b"),
        (&c, json!({ "after": a }), "Inbox a c b"),
        (&a, json!({ "after": b }), "Inbox c b a"),
        // Its own place, and where it is already.
        (&a, json!({ "after": a }), "Inbox c b a"),
        (&a, json!({ "after": b }), "Inbox c b a"),
        (&c, json!({ "before": b }), "Inbox c b a"),
        // The Inbox leads whatever is put before it.
        (&a, json!({ "before": inbox(&ada)["id"] }), "Inbox a c b"),
        (&b, json!({ "after": inbox(&ada)["id"] }), "Inbox b a c"),
    ] {
        let path = format!("/api/lists/{moved}");
        let (before, was) = (ada.get(&path).body, names(&ada));
        let reply = ada.patch(&path, &body);
        assert_eq!(reply.status, 200, "{}", reply.text);
        let order = names(&ada);
        assert_eq!(order, after);
        assert_eq!(was == after, reply.body == before, "a version for a move alone");
        assert_eq!(ada.patch(&path, &body).body, reply.body, "a retry moves nothing");
    }
    ada.post("/api/lists", &json!({ "name": "d", "before": c }));
    assert!(names(&ada).contains("d c"));
}

// SECURITY-BAR A3
#[test]
fn a_neighbour_must_be_a_list_of_ones_own() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let path = format!("/api/lists/{}", new_list(&ada, "mine"));
    let task = ada.add("no list")["id"].clone();
    for id in [json!(new_list(&bob, "theirs")), json!(ListId::new()), task] {
        for side in ["before", "after"] {
            let body = json!({ "name": "x", side: id });
            assert_eq!(faults(&ada.post("/api/lists", &body)), [format!("/{side}")]);
            assert_eq!(faults(&ada.patch(&path, &body)), [format!("/{side}")]);
        }
    }
    assert_eq!(names(&ada), "Inbox mine");
}

#[test]
fn a_deleted_list_takes_its_tasks_along_and_brings_them_back() {
    let app = App::start();
    let ada = app.user("ada");
    let home = new_list(&ada, "home");
    let make = |title: &str, done: bool| {
        make(&ada, json!({ "title": title, "list_id": home, "completed": done }))
    };
    let [open, done, gone] = [make("open", false), make("done", true), make("gone", false)];
    let elsewhere = ada.add("elsewhere");
    ada.delete(&path(&gone));

    let list = format!("/api/lists/{home}");
    assert_eq!(ada.delete(&list).status, 204);
    assert_eq!(ada.get(&path(&open)).status, 404);
    assert_eq!(titles(&ada.get("/api/tasks")), ["elsewhere"]);
    assert_eq!(ada.get(&path(&elsewhere)).body, elsewhere);
    let into = ada.post("/api/tasks", &json!({ "title": "x", "list_id": home }));
    assert_eq!(faults(&into), ["/list_id"]);

    let back = ada.post(&format!("{list}/restore"), &json!({}));
    assert_eq!((back.status, &back.body["name"]), (200, &json!("home")));
    let in_home = format!("/api/tasks?sort=position&list={home}");
    assert_eq!(titles(&ada.get(&in_home)), ["open", "done"], "what went before stays away");
    assert_eq!(ada.get(&path(&done)).body["completed_at"], done["completed_at"]);
    assert_eq!(ada.get(&path(&open)).body["position"], open["position"]);
    assert_eq!(ada.get(&path(&gone)).status, 404);

    let again = ada.post(&format!("{list}/restore"), &json!({}));
    assert_eq!(again.body, back.body, "restoring twice changes nothing");
    let one = ada.post(&format!("{}/restore", path(&gone)), &json!({}));
    assert_eq!(one.body["list_id"], json!(home));
}

#[test]
fn a_restored_list_leaves_alone_what_was_restored_before_it() {
    let app = App::start();
    let ada = app.user("ada");
    let home = new_list(&ada, "home");
    let task = make(&ada, json!({ "title": "a", "list_id": home }));
    ada.delete(&format!("/api/lists/{home}"));

    let alone = ada.post(&format!("{}/restore", path(&task)), &json!({})).body;
    assert_eq!(alone["list_id"], inbox(&ada)["id"]);
    ada.post(&format!("/api/lists/{home}/restore"), &json!({}));

    assert_eq!(ada.get(&path(&task)).body, alone);
}

fn tagged(person: &Person, method: &str, path: &str, header: (&str, &str)) -> Reply {
    let headers = [("content-type", "application/json"), header];
    let body = (method == "PATCH").then_some(r#"{"name":"x"}"#);
    person.send(method, path, &headers, body)
}

#[test]
fn a_list_has_an_etag_and_honours_if_match() {
    let app = App::start();
    let ada = app.user("ada");
    let path = format!("/api/lists/{}", new_list(&ada, "home"));
    let renamed = ada.patch(&path, &json!({ "name": "house" }));
    let etag = ada.get(&path).header("etag").unwrap().to_owned();
    assert_eq!(renamed.header("etag"), Some(etag.as_str()));

    for tag in [etag.clone(), format!("W/{etag}"), etag.replacen("\"", "\"x\", \"", 1)] {
        assert_eq!(tagged(&ada, "GET", &path, ("if-none-match", &tag)).status, 304, "{tag}");
    }
    for method in ["PATCH", "DELETE"] {
        let reply = tagged(&ada, method, &path, ("if-match", "\"1\""));
        assert_eq!(reply.status, 412);
        assert_eq!(reply.body["current"], renamed.body);
        assert_eq!(reply.header("etag"), Some(etag.as_str()));
    }
    assert_eq!(tagged(&ada, "PATCH", &path, ("if-match", &etag)).status, 200);
    assert_eq!(tagged(&ada, "DELETE", &path, ("if-match", "*")).status, 204);
    assert_eq!(tagged(&ada, "DELETE", &path, ("if-match", "*")).status, 404);
}

// SECURITY-BAR A8
#[test]
fn the_collections_have_etags_that_only_ones_own_changes_move() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    for path in ["/api/lists", "/api/lists/counts", "/api/trash"] {
        let etag = ada.get(path).header("etag").unwrap().to_owned();
        new_list(&bob, "theirs");
        let same = tagged(&ada, "GET", path, ("if-none-match", &etag));
        assert_eq!((same.status, same.text.as_str()), (304, ""), "{path}");
        new_list(&ada, "mine");
        assert_eq!(tagged(&ada, "GET", path, ("if-none-match", &etag)).status, 200, "{path}");
    }
}

// SECURITY-BAR A7
#[test]
fn parameters_nobody_knows_are_refused() {
    let app = App::start();
    let ada = app.user("ada");
    for path in ["/api/lists", "/api/lists/counts"] {
        assert_eq!(faults(&ada.get(&format!("{path}?limit=1&x=2"))), ["limit", "x"], "{path}");
    }
}

/// What `/api/lists/counts` must say, counted from the tasks themselves.
pub fn recount(person: &Person) -> Value {
    let lists = person.get("/api/lists").body["items"].clone();
    let counted = lists.as_array().unwrap().iter().map(|list| {
        let id = text(&list["id"]);
        let count = |completed: bool| {
            let path = format!("/api/tasks?limit=200&list={id}&completed={completed}");
            person.get(&path).body["items"].as_array().unwrap().len()
        };
        json!({ "list_id": id, "open": count(false), "completed": count(true) })
    });
    json!(counted.collect::<Vec<Value>>())
}

#[test]
fn counts_equal_a_recount_whatever_happened() {
    let app = App::start();
    let ada = app.user("ada");
    let lists = [text(&inbox(&ada)["id"]).to_owned(), new_list(&ada, "a"), new_list(&ada, "b")];
    let mut tasks: Vec<Value> = Vec::new();
    let mut seed: usize = 1;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for step in 0..150 {
        if tasks.len() < 5 {
            let body = json!({ "title": "t", "completed": random(2) == 0 });
            tasks.push(make(&ada, body));
        }
        let task = path(&tasks[random(tasks.len())]);
        let list = &lists[random(lists.len())];
        let reply = match random(9) {
            0 => {
                let made = ada.post("/api/tasks", &json!({ "title": "t", "list_id": list }));
                if made.status == 201 {
                    tasks.push(made.body.clone());
                }
                made
            }
            1 | 2 => ada.patch(&task, &json!({ "completed": random(2) == 0 })),
            3 | 4 => ada.patch(&task, &json!({ "list_id": list })),
            5 => ada.delete(&task),
            6 => ada.post(&format!("{task}/restore"), &json!({})),
            7 => ada.delete(&format!("/api/lists/{list}")),
            _ => ada.post(&format!("/api/lists/{list}/restore"), &json!({})),
        };
        assert!(reply.status < 500, "{}", reply.text);
        if step % 50 == 49 {
            ada.delete("/api/trash");
        }
        if step % 3 == 0 {
            assert_eq!(ada.get("/api/lists/counts").body["items"], recount(&ada));
        }
    }
    assert_eq!(ada.get("/api/lists/counts").body["items"], recount(&ada));
}
