//! `/api/changes`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use docket::ids::TaskId;
use serde_json::{Value, json};

use crate::app::{App, Person};
use crate::tasks::{faults, make, new_list, path, text};

/// What a page says, in short: `+title` for what is there, `-id` for what went.
fn told(page: &Value) -> Vec<String> {
    let one = |item: &Value| {
        let kind = text(&item["type"]);
        let thing = &item[kind];
        assert_eq!(item["deleted"], thing.is_null(), "{item}");
        if thing.is_null() {
            return format!("-{}", text(&item["id"]));
        }
        assert_eq!(item["id"], thing["id"]);
        let name = if kind == "task" { "title" } else { "name" };
        format!("+{}", text(&thing[name]))
    };
    page["items"].as_array().unwrap().iter().map(one).collect()
}

/// A cursor at this moment.
pub fn now(person: &Person) -> String {
    let page = person.get("/api/changes?limit=200").body;
    assert_eq!(page["has_more"], false);
    text(&page["next_cursor"]).to_owned()
}

fn since(person: &Person, cursor: &str) -> Value {
    let reply = person.get(&format!("/api/changes?since={cursor}"));
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body
}

#[test]
fn tells_what_changed_and_what_went_in_order() {
    let app = App::start();
    let ada = app.user("ada");
    let [a, b, c] = ["a", "b", "c"].map(|title| ada.add(title));
    let all = ada.get("/api/changes").body;
    assert_eq!(told(&all), ["+Inbox", "+a", "+b", "+c"]);
    assert_eq!(all["has_more"], false);

    let cursor = text(&all["next_cursor"]);
    assert_eq!(since(&ada, cursor)["items"], json!([]));
    ada.patch(&path(&a), &json!({ "completed": true }));
    ada.delete(&path(&b));
    new_list(&ada, "home");
    ada.patch(&path(&a), &json!({ "title": "a again" }));
    ada.patch(&path(&c), &json!({ "title": "c" }));

    let page = since(&ada, cursor);
    // A thing that changed twice stands where it changed last; what did not, nowhere.
    assert_eq!(told(&page), [format!("-{}", text(&b["id"])), "+home".into(), "+a again".into()]);
    assert_eq!(page["items"][2]["task"], ada.get(&path(&a)).body);
}

#[test]
fn an_empty_page_gives_a_cursor_to_go_on_from() {
    let app = App::start();
    let ada = app.user("ada");
    let cursor = now(&ada);
    let page = since(&ada, &cursor);
    assert_eq!(page["items"], json!([]));
    assert_eq!(page["has_more"], false);
    ada.add("later");
    assert_eq!(told(&since(&ada, text(&page["next_cursor"]))), ["+later"]);
}

#[test]
fn what_came_back_is_there_again() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("a");
    let cursor = now(&ada);
    ada.delete(&path(&task));
    let gone = since(&ada, &cursor);
    assert_eq!(told(&gone), [format!("-{}", text(&task["id"]))]);

    ada.post(&format!("{}/restore", path(&task)), &json!({}));
    assert_eq!(told(&since(&ada, &cursor)), ["+a"]);
    assert_eq!(told(&since(&ada, text(&gone["next_cursor"]))), ["+a"]);
}

#[test]
fn many_changes_at_one_revision_come_in_pages() {
    let app = App::start();
    let ada = app.user("ada");
    let list = new_list(&ada, "home");
    for number in 0..23 {
        make(&ada, json!({ "title": format!("t{number}"), "list_id": list }));
    }
    let before = now(&ada);
    let address = format!("/api/lists/{list}");

    for (act, sign) in [("delete", '-'), ("restore", '+')] {
        match act {
            "delete" => assert_eq!(ada.delete(&address).status, 204),
            _ => assert_eq!(ada.post(&format!("{address}/restore"), &json!({})).status, 200),
        }
        let (mut cursor, mut seen, mut pages) = (before.clone(), Vec::new(), 0);
        loop {
            let page = ada.get(&format!("/api/changes?limit=5&since={cursor}")).body;
            seen.extend(told(&page));
            pages += 1;
            cursor = text(&page["next_cursor"]).to_owned();
            if page["has_more"] == false {
                break;
            }
        }
        assert_eq!(pages, 5);
        assert_eq!(seen.len(), 24);
        assert!(seen.iter().all(|one| one.starts_with(sign)), "{seen:?}");
        let list_first = if sign == '-' { format!("-{list}") } else { "+home".into() };
        assert_eq!(seen[0], list_first, "a list goes before its tasks");
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 24, "none twice");
    }
}

#[test]
fn what_is_purged_stays_told_as_gone() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("a");
    let (first, cursor) = (now(&ada), format!("-{}", text(&task["id"])));
    ada.delete(&path(&task));
    ada.delete("/api/trash");

    assert_eq!(told(&since(&ada, &first)), [cursor]);
}

#[test]
fn replaying_the_feed_gives_the_state() {
    let app = App::start();
    let ada = app.user("ada");
    let home = new_list(&ada, "home");
    let [a, b] = ["a", "b"].map(|title| ada.add(title));
    ada.patch(&path(&a), &json!({ "list_id": home }));
    ada.delete(&path(&b));
    ada.add("c");

    let mut tasks = std::collections::BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = match cursor.as_str() {
            "" => ada.get("/api/changes?limit=1").body,
            cursor => ada.get(&format!("/api/changes?limit=1&since={cursor}")).body,
        };
        for item in page["items"].as_array().unwrap() {
            if item["type"] == "task" {
                tasks.insert(text(&item["id"]).to_owned(), item["task"].clone());
            }
        }
        cursor = text(&page["next_cursor"]).to_owned();
        if page["has_more"] == false {
            break;
        }
    }
    tasks.retain(|_, task| !task.is_null());
    let mut listed = ada.get("/api/tasks").body["items"].as_array().unwrap().clone();
    listed.sort_by_key(|task| text(&task["id"]).to_owned());
    assert_eq!(tasks.into_values().collect::<Vec<_>>(), listed);
}

// SECURITY-BAR A1
#[test]
fn a_cursor_of_another_person_is_gone() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    bob.add("theirs");
    for _ in 0..3 {
        ada.add("mine");
    }
    // Behind one's own revision and ahead of it.
    for (asks, cursor) in [(&ada, now(&bob)), (&bob, now(&ada))] {
        let reply = asks.get(&format!("/api/changes?since={cursor}"));
        assert_eq!(reply.status, 410, "{}", reply.text);
        assert_eq!(reply.body["code"], "cursor_gone");
    }
}

/// A cursor that says something else than it did.
pub fn altered(cursor: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut json: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    change(&mut json);
    URL_SAFE_NO_PAD.encode(json.to_string())
}

#[test]
fn a_cursor_of_the_future_is_gone() {
    let app = App::start();
    let ada = app.user("ada");
    let cursor = altered(&now(&ada), |json| json["keys"][0] = json!(1_000_000));
    let reply = ada.get(&format!("/api/changes?since={cursor}"));
    assert_eq!((reply.status, text(&reply.body["code"])), (410, "cursor_gone"));
}

// SECURITY-BAR A7
#[test]
fn garbage_is_no_cursor() {
    let app = App::start();
    let ada = app.user("ada");
    ada.add("a");
    ada.add("b");
    let good = now(&ada);
    let of_tasks = ada.get("/api/tasks?limit=1").body["next_cursor"].clone();
    for bad in [
        "",
        "0",
        "garbage",
        "%00",
        &format!("{good}="),
        &format!("{good}A"),
        text(&of_tasks),
        &URL_SAFE_NO_PAD.encode("{\"of\":\"changes\",\"keys\":[]}"),
        &altered(&good, |json| json["keys"][2] = json!("no id")),
        &altered(&good, |json| json["keys"][0] = json!(1.5)),
        &TaskId::new().to_string(),
    ] {
        let reply = ada.get(&format!("/api/changes?since={bad}"));
        assert_eq!(reply.status, 422, "{bad}");
        assert_eq!(faults(&reply), ["since"], "{bad}");
    }
    for (query, named) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=x", "cursor"),
        (&format!("since={good}&since={good}"), "since"),
    ] {
        assert_eq!(faults(&ada.get(&format!("/api/changes?{query}"))), [named]);
    }
}
