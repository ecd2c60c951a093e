//! `/api/trash`, and what comes back from it.

use docket::ids::TaskId;
use serde_json::{Value, json};

use crate::app::{App, Person, Reply};
use crate::tasks::{faults, make, new_list, next_link, path, text};

/// What lies in the trash, by title or name.
fn contents(person: &Person) -> Vec<String> {
    let reply = person.get("/api/trash");
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["items"].as_array().unwrap().iter().map(label).collect()
}

fn label(item: &Value) -> String {
    match text(&item["type"]) {
        "task" => text(&item["task"]["title"]).to_owned(),
        "list" => text(&item["list"]["name"]).to_owned(),
        other => panic!("a {other} in the trash"),
    }
}

fn restore(person: &Person, path: &str) -> Reply {
    person.post(&format!("{path}/restore"), &json!({}))
}

#[test]
fn what_is_deleted_lies_in_the_trash_and_comes_back_as_it_was() {
    let app = App::start();
    let ada = app.user("ada");
    let task = make(
        &ada,
        json!({ "title": "a", "description": "b", "due": "2026-12-02", "completed": true }),
    );
    let path = path(&task);

    assert_eq!(ada.delete(&path).status, 204);
    let trash = ada.get("/api/trash").body;
    assert_eq!(trash["next_cursor"], Value::Null);
    assert_eq!(trash["items"][0]["type"], "task");
    assert!(trash["items"][0]["deleted_at"].is_string());
    assert_eq!(trash["items"][0]["task"]["id"], task["id"]);
    assert_eq!(ada.delete(&path).status, 404, "it is gone already");

    let back = restore(&ada, &path);
    assert_eq!(back.status, 200);
    for name in ["id", "list_id", "title", "description", "due", "completed_at", "position"] {
        assert_eq!(back.body[name], task[name], "{name}");
    }
    assert_eq!(back.body["version"], 3);
    assert!(contents(&ada).is_empty());
    assert_eq!(restore(&ada, &path).body, back.body, "restoring twice changes nothing");
}

#[test]
fn a_list_stands_for_the_tasks_that_went_with_it() {
    let app = App::start();
    let ada = app.user("ada");
    let home = new_list(&ada, "home");
    let make = |title: &str| make(&ada, json!({ "title": title, "list_id": home }));
    let (before, _with) = (make("before"), make("with"));
    ada.delete(&path(&before));
    ada.delete(&format!("/api/lists/{home}"));

    let mut found = contents(&ada);
    found.sort_unstable();
    assert_eq!(found, ["before", "home"]);
}

#[test]
fn a_task_whose_list_is_in_the_trash_comes_back_to_the_inbox() {
    let app = App::start();
    let ada = app.user("ada");
    let home = new_list(&ada, "home");
    let make = |title: &str| make(&ada, json!({ "title": title, "list_id": home }));
    let (alone, with) = (make("alone"), make("with"));
    let last = ada.add("last in the inbox");
    ada.delete(&path(&alone));
    ada.delete(&format!("/api/lists/{home}"));

    for task in [&alone, &with] {
        let back = restore(&ada, &path(task)).body;
        assert_eq!(back["list_id"], last["list_id"]);
        assert!(text(&back["position"]) > text(&last["position"]));
    }
    assert_eq!(contents(&ada), ["home"]);
}

#[test]
fn purging_is_for_good() {
    let app = App::start();
    let ada = app.user("ada");
    let (kept, gone) = (ada.add("kept"), ada.add("gone"));
    let home = new_list(&ada, "home");
    let with = make(&ada, json!({ "title": "with", "list_id": home }));
    ada.delete(&path(&gone));
    ada.delete(&format!("/api/lists/{home}"));

    assert_eq!(ada.delete("/api/trash").status, 204);

    assert!(contents(&ada).is_empty());
    for task in [&gone, &with] {
        assert_eq!(restore(&ada, &path(task)).status, 404);
    }
    assert_eq!(restore(&ada, &format!("/api/lists/{home}")).status, 404);
    assert_eq!(ada.get(&path(&kept)).body, kept);
    // An empty trash is not a change.
    let changes = ada.get("/api/changes").body;
    let etag = ada.get("/api/trash").header("etag").unwrap().to_owned();
    assert_eq!(ada.delete("/api/trash").status, 204);
    assert_eq!(ada.get("/api/trash").header("etag"), Some(etag.as_str()));
    assert_eq!(ada.get("/api/changes").body, changes);
}

// SECURITY-BAR A8
#[test]
fn emptying_the_trash_empties_nobody_elses() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let (mine, theirs) = (ada.add("mine"), bob.add("theirs"));
    ada.delete(&path(&mine));
    bob.delete(&path(&theirs));
    let before = bob.get("/api/trash");

    ada.delete("/api/trash");

    let after = bob.get("/api/trash");
    assert_eq!(after.body, before.body);
    assert_eq!(after.header("etag"), before.header("etag"));
    assert_eq!(restore(&ada, &path(&theirs)).status, 404);
    assert_eq!(restore(&bob, &path(&theirs)).status, 200);
}

#[test]
fn the_trash_comes_in_pages_latest_first() {
    let app = App::start();
    let ada = app.user("ada");
    for number in 0..7 {
        let task = ada.add(&format!("t{number}"));
        ada.delete(&path(&task));
        ada.delete(&format!("/api/lists/{}", new_list(&ada, &format!("l{number}"))));
    }
    let mut seen = Vec::new();
    let mut next = Some("/api/trash?limit=4".to_owned());
    while let Some(address) = next {
        let page = ada.get(&address);
        assert_eq!(page.header("link").is_some(), page.body["next_cursor"].is_string());
        next = page.header("link").map(next_link);
        seen.extend(page.body["items"].as_array().unwrap().clone());
        // What goes there meanwhile is later than all the pages that follow.
        let task = ada.add("meanwhile");
        ada.delete(&path(&task));
    }
    let times: Vec<&str> = seen.iter().map(|item| text(&item["deleted_at"])).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let mut labels: Vec<String> = seen.iter().map(label).collect();
    labels.sort_unstable();
    let expected: Vec<String> =
        ["l", "t"].iter().flat_map(|kind| (0..7).map(move |n| format!("{kind}{n}"))).collect();
    assert_eq!(labels, expected);
}

// SECURITY-BAR A7
#[test]
fn a_bad_parameter_of_the_trash_is_refused_by_name() {
    let app = App::start();
    let ada = app.user("ada");
    ada.add("a");
    ada.add("b");
    let of_tasks = ada.get("/api/tasks?limit=1").body["next_cursor"].clone();
    for (query, named) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1&limit=1", "limit"),
        ("cursor=garbage", "cursor"),
        (&format!("cursor={}", text(&of_tasks)), "cursor"),
        ("sort=title", "sort"),
    ] {
        assert_eq!(faults(&ada.get(&format!("/api/trash?{query}"))), [named], "{query}");
    }
}

#[test]
fn what_never_was_cannot_be_restored() {
    let app = App::start();
    let ada = app.user("ada");
    for path in [format!("/api/tasks/{}", TaskId::new()), "/api/lists/nothing".into()] {
        assert_eq!(restore(&ada, &path).status, 404);
    }
}
