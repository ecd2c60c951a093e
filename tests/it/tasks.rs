//! `/api/tasks`, and the form of it under `/api/users`.

use docket::ids::{ListId, TaskId};
use serde_json::{Value, json};

use crate::app::{App, Person, Reply};

/// The address of a task.
pub fn path(task: &Value) -> String {
    format!("/api/tasks/{}", text(&task["id"]))
}

/// A JSON string's text.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}"))
}

/// The titles of a page, in order.
pub fn titles(reply: &Reply) -> Vec<&str> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["items"].as_array().unwrap().iter().map(|task| text(&task["title"])).collect()
}

/// The pointers of a 422, in order.
pub fn faults(reply: &Reply) -> Vec<&str> {
    assert_eq!(reply.status, 422, "{}", reply.text);
    reply.body["errors"].as_array().unwrap().iter().map(|one| text(&one["pointer"])).collect()
}

/// Makes a list and gives its id.
pub fn new_list(person: &Person, name: &str) -> String {
    let made = person.post("/api/lists", &json!({ "name": name }));
    assert_eq!(made.status, 201, "{}", made.text);
    text(&made.body["id"]).to_owned()
}

/// Makes a task of this body, which must be accepted.
pub fn make(person: &Person, body: Value) -> Value {
    let made = person.post("/api/tasks", &body);
    assert_eq!(made.status, 201, "{}", made.text);
    made.body
}

/// Percent-encodes all but letters and digits.
pub fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let one =
        |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

#[test]
fn a_task_is_added_read_changed_and_deleted() {
    let app = App::start();
    let ada = app.user("ada");

    let made = ada.post("/api/tasks", &json!({ "title": "buy milk" }));
    assert_eq!(made.status, 201);
    let path = made.header("location").unwrap().to_owned();
    assert_eq!(ada.get(&path).body, made.body);

    let changed = ada.patch(&path, &json!({ "completed": true, "due": "2026-12-02" }));
    assert_eq!(changed.status, 200);
    assert_eq!(changed.body["completed"], true);
    assert_eq!(changed.body["version"], 2);

    assert_eq!(ada.delete(&path).status, 204);
    assert_eq!(ada.get(&path).status, 404);
}

#[test]
fn a_new_task_has_every_member_and_its_defaults() {
    let app = App::start();
    let ada = app.user("ada");

    let task = ada.add("buy milk");

    let inbox = ada.get("/api/lists").body["items"][0]["id"].clone();
    let mut names: Vec<&str> = task.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = [
        "completed",
        "completed_at",
        "created_at",
        "description",
        "due",
        "id",
        "list_id",
        "position",
        "priority",
        "title",
        "updated_at",
        "version",
    ];
    assert_eq!(names, expected);
    assert_eq!(task["list_id"], inbox);
    assert_eq!(task["completed"], false);
    assert_eq!(task["completed_at"], Value::Null);
    assert_eq!(task["description"], "");
    assert_eq!(task["due"], Value::Null);
    assert_eq!(task["priority"], 4);
    assert_eq!(task["version"], 1);
    assert_eq!(task["created_at"], task["updated_at"]);
    assert!(text(&task["created_at"]).ends_with('Z'));
    assert!(text(&task["id"]).parse::<TaskId>().is_ok());
}

// SECURITY-BAR A1
#[test]
fn another_persons_task_is_not_found() {
    let app = App::start();
    let task = app.user("ada").add("buy milk");

    let reply = app.user("bob").get(&format!("/api/tasks/{}", task["id"].as_str().unwrap()));

    assert_eq!(reply.status, 404);
}

#[test]
fn a_put_with_an_id_of_the_clients_is_made_once() {
    let app = App::start();
    let ada = app.user("ada");
    let neighbour = ada.add("neighbour");
    let path = format!("/api/tasks/{}", TaskId::new());
    let body = json!({ "title": "buy milk", "due": "2026-12-02", "before": neighbour["id"] });

    let made = ada.put(&path, &body);
    let again = ada.put(&path, &body);

    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.header("location"), Some(path.as_str()));
    assert_eq!(again.status, 200);
    assert_eq!(again.body, made.body);
    assert_eq!(again.header("etag"), made.header("etag"));
    assert_eq!(titles(&ada.get("/api/tasks?sort=position")), ["buy milk", "neighbour"]);
}

#[test]
fn a_put_replaces_all_but_the_list_and_the_place() {
    let app = App::start();
    let ada = app.user("ada");
    let list = new_list(&ada, "home");
    let body = json!({
        "title": "a", "list_id": list, "description": "b", "priority": 1, "due": "2026-12-02",
        "completed": true,
    });
    let before = make(&ada, body);

    let after = ada.put(&path(&before), &json!({ "title": "c" })).body;

    assert_eq!(after["title"], "c");
    assert_eq!(after["description"], "");
    assert_eq!(after["priority"], 4);
    assert_eq!(after["due"], Value::Null);
    assert_eq!(after["completed"], false);
    assert_eq!(after["completed_at"], Value::Null);
    assert_eq!(after["list_id"], before["list_id"]);
    assert_eq!(after["position"], before["position"]);
    assert_eq!(after["version"], 2);
    assert_eq!(after["created_at"], before["created_at"]);
}

#[test]
fn a_put_may_insist_on_being_the_first() {
    let app = App::start();
    let ada = app.user("ada");
    let path = format!("/api/tasks/{}", TaskId::new());
    let headers = [("content-type", "application/json"), ("if-none-match", "*")];
    let put = || ada.send("PUT", &path, &headers, Some(r#"{"title":"buy milk"}"#));

    let first = put();
    let second = put();

    assert_eq!(first.status, 201);
    assert_eq!(second.status, 412);
    assert_eq!(second.body["current"], first.body);
    assert_eq!(second.header("etag"), first.header("etag"));
}

#[test]
fn an_id_in_the_trash_or_purged_is_not_used_again() {
    let app = App::start();
    let ada = app.user("ada");
    let path = format!("/api/tasks/{}", TaskId::new());
    let body = json!({ "title": "buy milk" });
    assert_eq!(ada.put(&path, &body).status, 201);

    assert_eq!(ada.delete(&path).status, 204);
    let in_trash = ada.put(&path, &body);
    assert_eq!(ada.delete("/api/trash").status, 204);
    let purged = ada.put(&path, &body);

    assert_eq!((in_trash.status, text(&in_trash.body["code"])), (409, "in_trash"));
    assert_eq!((purged.status, text(&purged.body["code"])), (409, "id_was_used"));
    assert_eq!(ada.get(&path).status, 404);
    // Ids are each person's own: to anybody else it is as free as any.
    assert_eq!(app.user("bob").put(&path, &body).status, 201);
}

#[test]
fn a_put_needs_a_uuid_of_version_7() {
    let app = App::start();
    let ada = app.user("ada");
    let upper = TaskId::new().to_string().to_uppercase();
    for id in ["1", "936da01f-9abd-4d9d-80c7-02af85c822a8", upper.as_str(), "%00"] {
        let reply = ada.put(&format!("/api/tasks/{id}"), &json!({ "title": "x" }));
        assert_eq!(faults(&reply), ["id"], "{id}");
    }
}

#[test]
fn completing_twice_changes_nothing() {
    let app = App::start();
    let ada = app.user("ada");
    let path = path(&ada.add("buy milk"));

    let first = ada.patch(&path, &json!({ "completed": true }));
    let changes = ada.get("/api/changes").body;
    let second = ada.patch(&path, &json!({ "completed": true }));
    assert!(first.body["completed_at"].is_string());
    assert_eq!(second.status, 200);
    assert_eq!(second.body, first.body);
    assert_eq!(ada.get("/api/changes").body, changes);

    let reopened = ada.patch(&path, &json!({ "completed": false })).body;
    assert_eq!(reopened["completed_at"], Value::Null);
    assert_eq!(reopened["version"], 3);
}

#[test]
fn a_patch_tells_absent_from_null() {
    let app = App::start();
    let ada = app.user("ada");
    let list = new_list(&ada, "home");
    let task = make(
        &ada,
        json!({
            "title": "a", "list_id": list, "description": "b", "priority": 1,
            "due": "2026-12-02", "completed": true,
        }),
    );
    let path = path(&task);

    // Absent is left alone; nothing to change changes nothing.
    assert_eq!(ada.patch(&path, &json!({})).body, task);
    // Null clears what has an empty state of its own.
    for (member, cleared) in
        [("description", json!("")), ("priority", json!(4)), ("due", Value::Null)]
    {
        let before = ada.get(&path).body;
        let after = ada.patch(&path, &json!({ member: null })).body;
        assert_eq!(after[member], cleared);
        let unchanged = ["list_id", "title", "completed", "completed_at", "position"];
        assert!(unchanged.iter().all(|name| after[name] == before[name]), "{after}");
    }
    // And is refused where there is none.
    for member in ["title", "completed", "list_id", "before", "after"] {
        assert_eq!(faults(&ada.patch(&path, &json!({ member: null }))), [format!("/{member}")]);
    }
}

// SECURITY-BAR H2
#[test]
fn lengths_are_held_to_the_letter() {
    let app = App::start();
    let ada = app.user("ada");
    for letter in ["x", "ß", "🦀"] {
        for (count, status) in [(1, 201), (500, 201), (501, 422)] {
            let made = ada.post("/api/tasks", &json!({ "title": letter.repeat(count) }));
            assert_eq!(made.status, status, "{count} of {letter}");
        }
    }
    for empty in ["", " ", "\n\t", "\u{2003}"] {
        assert_eq!(faults(&ada.post("/api/tasks", &json!({ "title": empty }))), ["/title"]);
    }
    for (letter, fits) in [("x", 16384), ("ß", 8192), ("🦀", 4096)] {
        let body = |count| json!({ "title": "t", "description": letter.repeat(count) });
        assert_eq!(ada.post("/api/tasks", &body(fits)).status, 201);
        assert_eq!(faults(&ada.post("/api/tasks", &body(fits + 1))), ["/description"]);
    }
    let mut long = "x".repeat(16383);
    long.push('ß');
    let body = json!({ "title": "t", "description": long });
    assert_eq!(faults(&ada.post("/api/tasks", &body)), ["/description"]);
}

// SECURITY-BAR H2
#[test]
fn text_comes_back_as_it_went_in() {
    let app = App::start();
    let ada = app.user("ada");
    for sample in [
        " spaces around and  between ",
        "line\nline\r\nline\ttab\u{b}",
        "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪",
        "שלום \u{202e}rtl\u{202c} مرحبا",
        "e\u{301} is not é, Å is not Å, ﬁ",
        "\u{feff}bom \u{200b}zero \u{7f}\u{1}\u{1b}[31m \u{10ffff}",
        r#""quotes" \back\ \u0041 <b>&amp;</b> '; drop table tasks; --"#,
        "null",
    ] {
        let made = make(&ada, json!({ "title": sample, "description": sample }));
        let read = ada.get(&path(&made)).body;
        assert_eq!(read["title"], sample);
        assert_eq!(read["description"], sample);
    }
    let nul = json!({ "title": "a\u{0}b", "description": "\u{0}" });
    assert_eq!(faults(&ada.post("/api/tasks", &nul)), ["/title", "/description"]);
}

#[test]
fn a_due_is_one_of_three_kinds() {
    let app = App::start();
    let ada = app.user("ada");
    let path = path(&ada.add("buy milk"));
    for (given, kept) in [
        ("2026-12-02", "2026-12-02"),
        ("2026-12-02T14:00", "2026-12-02T14:00:00"),
        ("2026-12-02T00:00", "2026-12-02T00:00:00"),
        ("2026-12-02T14:00:30.75", "2026-12-02T14:00:30"),
        ("2026-12-02T14:00[Europe/Berlin]", "2026-12-02T14:00:00+01:00[Europe/Berlin]"),
        ("2026-07-02T14:00[Europe/Berlin]", "2026-07-02T14:00:00+02:00[Europe/Berlin]"),
        ("2026-12-02T14:00[UTC]", "2026-12-02T14:00:00+00:00[UTC]"),
        // An hour that the clocks leave out is the one after it.
        ("2026-03-29T02:30[Europe/Berlin]", "2026-03-29T03:30:00+02:00[Europe/Berlin]"),
        ("0000-01-01", "0000-01-01"),
        ("9999-12-31", "9999-12-31"),
    ] {
        let reply = ada.patch(&path, &json!({ "due": given }));
        assert_eq!(reply.status, 200, "{given}: {}", reply.text);
        assert_eq!(reply.body["due"], kept);
        let again = ada.patch(&path, &json!({ "due": kept }));
        assert_eq!(again.body, reply.body, "what is shown may be sent");
    }
}

#[test]
fn a_due_of_no_kind_is_refused() {
    let app = App::start();
    let ada = app.user("ada");
    let path = path(&ada.add("buy milk"));
    for bad in [
        json!(""),
        json!("tomorrow"),
        json!("2026-02-30"),
        json!("2026-12-02T"),
        json!("2026-12-02T25:00"),
        json!("2026-12-02T14:00Z"),
        json!("2026-12-02T14:00+01:00"),
        json!("2026-12-02T14:00[Mars/Base]"),
        json!("2026-12-02T14:00[+01:00]"),
        json!("2026-12-02T14:00+05:00[Europe/Berlin]"),
        // A day in a zone would be a faked midnight.
        json!("2026-12-02[Europe/Berlin]"),
        json!("20261202T1400[Europe/Berlin]"),
        json!("2026-12-02T14:00[Europe/Berlin"),
        json!("-2026-12-02"),
        json!("+002026-12-02"),
        json!("10000-01-01"),
        // Before the year 0 where it is read.
        json!("0000-01-01T00:00Z[America/New_York]"),
        json!("9999-12-31T23:59Z[Asia/Tokyo]"),
        json!(format!("2026-12-02T14:00[{}]", "x".repeat(300))),
        json!("2026-12-02\u{0}"),
        json!("２０２６-12-02"),
        json!(20_261_202),
        json!({ "date": "2026-12-02" }),
        json!(true),
    ] {
        let reply = ada.patch(&path, &json!({ "due": bad }));
        assert_eq!(reply.status, 422, "{bad}: {}", reply.text);
        assert_eq!(faults(&reply), ["/due"], "{bad}");
    }
    assert_eq!(ada.get(&path).body["version"], 1);
}

#[test]
fn a_task_goes_beside_its_neighbour() {
    let app = App::start();
    let ada = app.user("ada");
    let [a, b, c] = ["a", "b", "c"].map(|title| ada.add(title));
    let order = || {
        let reply = ada.get("/api/tasks?sort=position");
        titles(&reply).concat()
    };
    assert_eq!(order(), "abc");

    for (moved, body, after) in [
        (&c, json!({ "before": a["id"] }), "cab"),
        (&c, json!({ "after": a["id"] }), "acb"),
        (&a, json!({ "after": b["id"] }), "cba"),
        (&b, json!({ "before": c["id"] }), "bca"),
        // Its own place, and where it is already: nothing moves.
        (&b, json!({ "before": b["id"] }), "bca"),
        (&b, json!({ "before": c["id"] }), "bca"),
        (&a, json!({ "after": c["id"] }), "bca"),
    ] {
        let before = ada.get(&path(moved)).body;
        let was = order();
        let reply = ada.patch(&path(moved), &body);
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(order(), after);
        assert_eq!(was == after, reply.body == before, "a version for a move alone");
    }
    make(&ada, json!({ "title": "d", "before": b["id"] }));
    make(&ada, json!({ "title": "e", "after": b["id"] }));
    make(&ada, json!({ "title": "f" }));
    assert_eq!(order(), "dbecaf");
}

#[test]
fn a_hundred_moves_to_the_same_place_keep_their_order() {
    let app = App::start();
    let ada = app.user("ada");
    let (first, last) = (ada.add("first"), ada.add("last"));
    let mut expected = vec!["first".to_owned()];
    for number in 0..100 {
        let neighbour = if number % 2 == 0 { ("before", &last) } else { ("after", &first) };
        let title = format!("t{number}");
        make(&ada, json!({ "title": title, neighbour.0: neighbour.1["id"] }));
        let at = if number % 2 == 0 { expected.len() } else { 1 };
        expected.insert(at, title);
    }
    expected.push("last".into());
    assert_eq!(titles(&ada.get("/api/tasks?sort=position&limit=200")), expected);
}

#[test]
fn a_task_moves_between_lists() {
    let app = App::start();
    let ada = app.user("ada");
    let home = new_list(&ada, "home");
    let there = make(&ada, json!({ "title": "there", "list_id": home }));
    let task = ada.add("moving");

    let moved = ada.patch(&path(&task), &json!({ "list_id": home }));
    assert_eq!(moved.body["list_id"], json!(home));
    let in_home = format!("/api/tasks?sort=position&list={home}");
    assert_eq!(titles(&ada.get(&in_home)), ["there", "moving"]);

    let inbox = ada.get("/api/lists").body["items"][0]["id"].clone();
    ada.patch(&path(&task), &json!({ "list_id": inbox }));
    assert_eq!(titles(&ada.get(&in_home)), ["there"]);
    let body = json!({ "list_id": home, "before": there["id"] });
    let moved = ada.patch(&path(&task), &body);
    assert_eq!(titles(&ada.get(&in_home)), ["moving", "there"]);
    assert_eq!(ada.patch(&path(&task), &body).body, moved.body, "a retry moves nothing");
}

// SECURITY-BAR A3
#[test]
fn neighbours_and_lists_must_be_ones_own_and_there() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let task = ada.add("mine");
    let elsewhere = make(&ada, json!({ "title": "x", "list_id": new_list(&ada, "home") }));
    let trashed = ada.add("trashed");
    ada.delete(&path(&trashed));
    let (theirs, their_list) = (bob.add("theirs"), new_list(&bob, "secret"));

    let nobody = json!({ "id": TaskId::new() });
    for id in [&elsewhere, &trashed, &theirs, &nobody].map(|task| &task["id"]) {
        for side in ["before", "after"] {
            let pointer = format!("/{side}");
            let made = ada.post("/api/tasks", &json!({ "title": "t", side: id }));
            assert_eq!(faults(&made), [pointer.as_str()]);
            assert_eq!(faults(&ada.patch(&path(&task), &json!({ side: id }))), [pointer]);
        }
    }
    for list in [json!(their_list), json!(ListId::new())] {
        let body = json!({ "title": "t", "list_id": list });
        assert_eq!(faults(&ada.post("/api/tasks", &body)), ["/list_id"]);
        assert_eq!(faults(&ada.patch(&path(&task), &body)), ["/list_id"]);
        let put = ada.put(&format!("/api/tasks/{}", TaskId::new()), &body);
        assert_eq!(faults(&put), ["/list_id"]);
    }
    let both = json!({ "title": "t", "before": task["id"], "after": task["id"] });
    assert_eq!(faults(&ada.post("/api/tasks", &both)), ["/after"]);
    assert_eq!(ada.get(&path(&task)).body, task);
}

#[test]
fn filters_by_list_completion_and_due() {
    let app = App::start();
    let ada = app.user("ada");
    let home = new_list(&ada, "home");
    for (title, due) in [
        ("none", Value::Null),
        ("day", json!("2026-12-02")),
        ("local", json!("2026-12-02T14:00")),
        ("zoned", json!("2026-12-02T15:00[Europe/Berlin]")),
        ("next", json!("2026-12-03")),
    ] {
        make(&ada, json!({ "title": title, "due": due }));
    }
    make(&ada, json!({ "title": "done", "list_id": home, "completed": true }));

    for (query, expected) in [
        ("", "none day local zoned next done"),
        ("completed=true", "done"),
        ("completed=false", "none day local zoned next"),
        (&format!("list={home}"), "done"),
        (&format!("list={home}&completed=false"), ""),
        (&format!("list={}", ListId::new()), ""),
        ("due_before=2026-12-02", ""),
        ("due_before=2026-12-02T14:00", "day"),
        ("due_before=2026-12-02T15:00", "day local"),
        ("due_before=2026-12-03", "day local zoned"),
        ("due_before=9999-12-31", "day local zoned next"),
        ("due_after=2026-12-02", "day local zoned next"),
        ("due_after=2026-12-02T14:00", "local zoned next"),
        ("due_after=2026-12-02T15:00:00", "zoned next"),
        ("due_after=2026-12-03", "next"),
        ("due_after=2026-12-02T00:00&due_before=2026-12-03", "local zoned"),
        ("due_before=2026-12-03&completed=false&q=O", "local zoned"),
    ] {
        let reply = ada.get(&format!("/api/tasks?{query}"));
        assert_eq!(titles(&reply).join(" "), expected, "{query}");
    }
}

// SECURITY-BAR A7
#[test]
fn searches_for_words_that_mean_themselves() {
    let app = App::start();
    let ada = app.user("ada");
    for (title, description) in [
        ("100% sure", ""),
        ("snake_case", ""),
        ("say \"hi\" OR 'bye' *", ""),
        ("GRÜSSE aus Köln", ""),
        ("plain", "Милая МОСКВА and back\\slash"),
        ("both words", "here"),
    ] {
        make(&ada, json!({ "title": title, "description": description }));
    }
    for (words, expected) in [
        ("%", "100% sure"),
        ("_", "snake_case"),
        ("\"hi\"", "say \"hi\" OR 'bye' *"),
        ("'bye'", "say \"hi\" OR 'bye' *"),
        ("*", "say \"hi\" OR 'bye' *"),
        ("\\", "plain"),
        ("GRÜSSE", "GRÜSSE aus Köln"),
        ("grüsse kÖLN", "GRÜSSE aus Köln"),
        ("москва", "plain"),
        ("SURE", "100% sure"),
        ("words here", "both words"),
        ("words  nowhere", ""),
        ("NOT plain", ""),
        ("title:plain", ""),
    ] {
        let reply = ada.get(&format!("/api/tasks?q={}", encoded(words)));
        assert_eq!(titles(&reply).join("|"), expected, "{words}");
    }
}

#[test]
fn sorts_by_each_key_both_ways() {
    let app = App::start();
    let ada = app.user("ada");
    // Ties in each key, and tasks without a due.
    let bodies = [
        json!({ "title": "b", "priority": 2, "due": "2026-12-02", "completed": true }),
        json!({ "title": "A", "priority": 1, "completed": true }),
        json!({ "title": "a", "priority": 2, "due": "2026-12-02T09:00", "completed": true }),
        json!({ "title": "B", "priority": 4, "due": "2026-12-02", "completed": true }),
        json!({ "title": "é", "priority": 1, "completed": true }),
    ];
    let mut tasks: Vec<Value> = bodies.into_iter().map(|body| make(&ada, body)).collect();
    for index in [3, 0] {
        tasks[index] = ada.patch(&path(&tasks[index]), &json!({ "description": "x" })).body;
    }
    // The order in which they were last changed.
    let changed = [1, 2, 4, 3, 0].map(|index: usize| tasks[index]["id"].clone());

    let key = |name: &str, task: &Value| match name {
        "title" => json!(text(&task["title"]).to_ascii_lowercase()),
        "due" => json!(task["due"].as_str().unwrap_or("~")),
        "updated_at" => json!(changed.iter().position(|id| *id == task["id"])),
        name => task[name].clone(),
    };
    for name in ["created_at", "updated_at", "completed_at", "due", "priority", "title", "position"]
    {
        let mut expected = tasks.clone();
        expected.sort_by_key(|task| {
            let key = key(name, task);
            let padded = key.as_i64().map_or_else(|| text(&key).to_owned(), |n| format!("{n:09}"));
            (padded, text(&task["id"]).to_owned())
        });
        for sign in ["", "-"] {
            let mut found = Vec::new();
            let mut path = format!("/api/tasks?completed=true&sort={sign}{name}&limit=2");
            loop {
                let page = ada.get(&path);
                assert_eq!(page.status, 200, "{path}: {}", page.text);
                found.extend(page.body["items"].as_array().unwrap().clone());
                let Some(next) = page.body["next_cursor"].as_str() else { break };
                path = format!("/api/tasks?completed=true&sort={sign}{name}&limit=2&cursor={next}");
            }
            assert_eq!(found, expected, "{sign}{name}");
            expected.reverse();
        }
    }
}

// SECURITY-BAR A7
#[test]
fn a_bad_parameter_is_refused_by_name() {
    let app = App::start();
    let ada = app.user("ada");
    ada.add("one");
    ada.add("two");
    let other = ada.get("/api/tasks?sort=due&limit=1").body["next_cursor"].clone();
    let other = text(&other);
    for (query, named) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-1", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=", "limit"),
        ("limit=1e2", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=5&limit=5", "limit"),
        ("%6Cimit=5&limit=5", "limit"),
        ("completed=yes", "completed"),
        ("completed=True", "completed"),
        ("completed=true&completed=true", "completed"),
        ("list=inbox", "list"),
        ("due_before=soon", "due_before"),
        ("due_after=2026-12-02T14:00Z", "due_after"),
        ("due_after=2026-12-02T14:00%5BEurope/Berlin%5D", "due_after"),
        ("q=", "q"),
        ("q=%20", "q"),
        ("q=a%00b", "q"),
        ("sort=owner", "sort"),
        ("sort=--due", "sort"),
        ("sort=Due", "sort"),
        ("sort=due,title", "sort"),
        ("sort=completed_at", "sort"),
        ("cursor=", "cursor"),
        ("cursor=garbage", "cursor"),
        ("cursor=eyJ9", "cursor"),
        ("colour=red", "colour"),
        ("owner=1", "owner"),
        ("Limit=5", "Limit"),
        ("offset=5", "offset"),
        (&format!("sort=title&cursor={other}"), "cursor"),
        (&format!("sort=-due&cursor={other}"), "cursor"),
    ] {
        let reply = ada.get(&format!("/api/tasks?{query}"));
        assert_eq!(reply.status, 422, "{query}");
        assert_eq!(faults(&reply), [named], "{query}");
    }
    let long = "x".repeat(201);
    assert_eq!(faults(&ada.get(&format!("/api/tasks?q={long}"))), ["q"]);
    assert_eq!(
        faults(&ada.get("/api/tasks?limit=0&completed=1&what=ever")),
        ["completed", "limit", "what"]
    );
    assert_eq!(ada.get("/api/tasks?q=%FF").status, 400);
    for good in ["limit=1", "limit=200", "limit=007", "q=x&completed=true"] {
        assert_eq!(ada.get(&format!("/api/tasks?{good}")).status, 200, "{good}");
    }
}

#[test]
fn pages_neither_skip_nor_repeat_while_the_list_changes() {
    let app = App::start();
    let ada = app.user("ada");
    for sort in ["created_at", "-created_at", "due", "-due", "title", "-priority", "position"] {
        let list = new_list(&ada, sort);
        let add = |number: usize| {
            let due = (!number.is_multiple_of(3)).then(|| format!("2026-12-{:02}", 1 + number % 7));
            make(
                &ada,
                json!({
                    "title": format!("t{}", number % 5), "list_id": list, "due": due,
                    "priority": 1 + number % 4,
                }),
            )
        };
        let tasks: Vec<Value> = (0..24).map(add).collect();
        // Only those that are left alone must be seen once each.
        let (restless, calm) = tasks.split_at(8);
        let mut seen: Vec<String> = Vec::new();
        let mut next = Some(format!("/api/tasks?list={list}&sort={sort}&limit=5"));
        let mut round = 0;
        while let Some(path_now) = next {
            let page = ada.get(&path_now);
            assert_eq!(page.status, 200, "{}", page.text);
            let items = page.body["items"].as_array().unwrap();
            seen.extend(items.iter().map(|task| text(&task["id"]).to_owned()));
            next = page.header("link").map(next_link);
            add(100 + round);
            let one = path(&restless[round % 8]);
            match round % 3 {
                0 => assert_eq!(ada.delete(&one).status, 204),
                1 => drop(ada.patch(&one, &json!({ "before": calm[0]["id"], "title": "z" }))),
                _ => drop(ada.patch(&one, &json!({ "due": "2026-12-31", "priority": 1 }))),
            }
            round += 1;
        }
        for task in calm {
            let times = seen.iter().filter(|id| *id == text(&task["id"])).count();
            assert_eq!(times, 1, "{sort}");
        }
    }
}

/// The address in `Link: <...>; rel="next"`.
pub fn next_link(header: &str) -> String {
    let (address, relation) = header.split_once(">; ").expect("a link");
    assert_eq!(relation, "rel=\"next\"");
    address.strip_prefix('<').expect("a link").to_owned()
}

#[test]
fn a_link_leads_to_the_next_page_as_it_is() {
    let app = App::start();
    let ada = app.user("ada");
    for number in 0..5 {
        ada.add(&format!("50% & more #{number}"));
    }
    let mut next = Some("/api/tasks?q=50%25+%26&limit=2&sort=-created_at".to_owned());
    let mut seen = Vec::new();
    while let Some(path) = next {
        let page = ada.get(&path);
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        assert_eq!(page.header("link").is_some(), page.body["next_cursor"].is_string());
        next = page.header("link").map(next_link);
        assert!(next.as_ref().is_none_or(|next| next.matches("cursor=").count() == 1));
    }
    let expected: Vec<String> = (0..5).rev().map(|n| format!("50% & more #{n}")).collect();
    assert_eq!(seen, expected);
}

#[test]
fn an_etag_saves_reading_a_task_again() {
    let app = App::start();
    let ada = app.user("ada");
    let path = path(&ada.add("buy milk"));
    let known = |tag: &str| ada.send("GET", &path, &[("if-none-match", tag)], None);

    let etag = ada.get(&path).header("etag").unwrap().to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
    let bare = etag.trim_matches('"');
    for tag in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"{bare}-gzip\""),
        format!("W/\"{bare}-gzip\""),
        format!("\"other\", {etag}"),
        "*".into(),
    ] {
        let reply = known(&tag);
        assert_eq!((reply.status, reply.text.as_str()), (304, ""), "{tag}");
        assert_eq!(reply.header("etag"), Some(etag.as_str()));
        assert_eq!(reply.header("cache-control"), Some("private, no-cache"));
    }
    assert_eq!(known("\"other\"").status, 200);
    ada.patch(&path, &json!({ "title": "buy bread" }));
    assert_eq!(known(&etag).status, 200);
    assert_ne!(ada.get(&path).header("etag"), Some(etag.as_str()));
    ada.delete(&path);
    assert_eq!(known("*").status, 404);
}

// SECURITY-BAR A8, A9
#[test]
fn an_etag_saves_reading_a_page_again() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let task = ada.add("buy milk");
    let address = "/api/tasks?completed=false&sort=due";
    let known = |tag: &str| ada.send("GET", address, &[("if-none-match", tag)], None);
    let etag = ada.get(address).header("etag").unwrap().to_owned();
    let bare = etag.trim_matches('"').to_owned();

    bob.add("nothing to do with it");
    for tag in [etag.clone(), format!("W/{etag}"), format!("\"{bare}-gzip\""), "*".into()] {
        let reply = known(&tag);
        assert_eq!((reply.status, reply.text.as_str()), (304, ""), "{tag}");
        assert_eq!(reply.header("etag"), Some(etag.as_str()));
    }
    ada.patch(&path(&task), &json!({ "priority": 1 }));
    let fresh = known(&etag);
    assert_eq!(fresh.status, 200);
    assert_ne!(fresh.header("etag"), Some(etag.as_str()));
    // A bad request is not answered with "you have it".
    let bad = ada.send("GET", "/api/tasks?limit=0", &[("if-none-match", "*")], None);
    assert_eq!(bad.status, 422);
}

#[test]
fn if_match_meets_the_present_state_or_changes_nothing() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("buy milk");
    let path = path(&task);
    let current = ada.patch(&path, &json!({ "priority": 1 }));
    let etag = current.header("etag").unwrap().to_owned();
    let ask = |method: &str, tag: &str, body: Option<&str>| {
        let headers = [("content-type", "application/json"), ("if-match", tag)];
        ada.send(method, &path, &headers, body)
    };

    for stale in ["\"1\"", "W/\"1\"", "\"99\", \"98\"", "\"garbage\"", ""] {
        for (method, body) in [
            ("PATCH", Some(r#"{"title":"x"}"#)),
            ("PUT", Some(r#"{"title":"x"}"#)),
            ("DELETE", None),
        ] {
            let reply = ask(method, stale, body);
            assert_eq!(reply.status, 412, "{method} {stale}");
            assert_eq!(reply.body["code"], "precondition_failed");
            assert_eq!(reply.body["current"], current.body);
            assert_eq!(reply.header("etag"), Some(etag.as_str()));
        }
    }
    assert_eq!(ada.get(&path).body, current.body);

    let bare = etag.trim_matches('"');
    for good in [format!("W/{etag}"), format!("\"{bare}-gzip\""), format!("\"7\", {etag}")] {
        assert_eq!(ask("PATCH", &good, Some(r#"{"priority":1}"#)).status, 200, "{good}");
    }
    assert_eq!(ask("PATCH", "*", Some(r#"{"title":"y"}"#)).status, 200);
    assert_eq!(ask("DELETE", "*", None).status, 204);
    assert_eq!(ask("PATCH", "*", Some(r#"{"title":"y"}"#)).status, 404);
    let nowhere = format!("/api/tasks/{}", TaskId::new());
    let headers = [("content-type", "application/json"), ("if-match", "*")];
    let put = ada.send("PUT", &nowhere, &headers, Some(r#"{"title":"x"}"#));
    assert_eq!(put.status, 404, "nothing there to match");
}

#[test]
fn the_user_scoped_form_does_the_same() {
    let app = App::start();
    let ada = app.user("ada");
    let base = format!("/api/users/{}/tasks", ada.id);

    let made = ada.post(&base, &json!({ "title": "buy milk" }));
    assert_eq!(made.status, 201);
    let at = made.header("location").unwrap().to_owned();
    assert_eq!(at, format!("{base}/{}", text(&made.body["id"])));
    assert_eq!(ada.get(&at).body, made.body);
    assert_eq!(ada.get(&path(&made.body)).body, made.body);
    assert_eq!(ada.get(&base).body["items"], json!([made.body]));
    assert_eq!(faults(&ada.get(&format!("{base}?limit=0"))), ["limit"]);

    let replaced = ada.put(&at, &json!({ "title": "buy bread" }));
    assert_eq!((replaced.status, text(&replaced.body["title"])), (200, "buy bread"));
    assert_eq!(ada.delete(&at).status, 204);
    for reply in [ada.get(&at), ada.put(&at, &json!({ "title": "x" })), ada.delete(&at)] {
        assert_eq!(reply.status, 404);
    }
}

#[test]
fn the_user_scoped_pages_link_to_themselves() {
    let app = App::start();
    let ada = app.user("ada");
    let base = format!("/api/users/{}/tasks", ada.id);
    let made = [ada.add("one"), ada.add("two")];

    let first = ada.get(&format!("{base}?limit=1"));
    let next = next_link(first.header("link").unwrap());

    assert!(next.starts_with(&base), "{next}");
    assert_eq!(ada.get(&next).body["items"], json!([made[1]]));
}

#[test]
fn complete_sets_and_does_not_flip() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("buy milk");
    let at = format!("/api/users/{}/tasks/{}/complete", ada.id, text(&task["id"]));

    let first = ada.patch(&at, &json!({ "completed": true }));
    let second = ada.patch(&at, &json!({ "completed": true }));
    assert_eq!(first.body["completed"], true);
    assert_eq!(second.body, first.body);
    assert_eq!(ada.patch(&at, &json!({ "completed": false })).body["completed"], false);

    assert_eq!(faults(&ada.patch(&at, &json!({}))), ["/completed"]);
    assert_eq!(faults(&ada.patch(&at, &json!({ "completed": 1 }))), ["/completed"]);
    let more = json!({ "completed": true, "title": "x" });
    assert_eq!(faults(&ada.patch(&at, &more)), ["/title"]);
}

// SECURITY-BAR A2, A5
#[test]
fn a_path_of_another_user_is_forbidden_before_anything_is_read() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let task = bob.add("theirs");
    let id = text(&task["id"]);
    for whose in [bob.id.to_string(), "nobody".into(), "%20".into(), ada.id.0.to_uppercase()] {
        let base = format!("/api/users/{whose}/tasks");
        for (method, path) in [
            ("GET", base.clone()),
            ("GET", format!("{base}?limit=0")),
            ("POST", base.clone()),
            ("GET", format!("{base}/{id}")),
            ("PUT", format!("{base}/{id}")),
            ("DELETE", format!("{base}/{id}")),
            ("PATCH", format!("{base}/{id}/complete")),
        ] {
            let without = app.request(method, &path, &[], Some("not json"));
            assert_eq!(without.status, 401, "{method} {path}");
            let bad = careless(&ada, method, &path);
            assert_eq!(bad.status, 403, "{method} {path}");
            assert_eq!(bad.body["code"], "forbidden");
        }
    }
    assert_eq!(bob.get(&path(&task)).body, task);
}

/// A body of the wrong type that is not JSON either, and a stale precondition.
fn careless(person: &Person, method: &str, path: &str) -> Reply {
    let headers = [("content-type", "text/plain"), ("if-match", "\"99\"")];
    person.send(method, path, &headers, Some("{"))
}
