//! `/api/tasks`.

use serde_json::json;

use crate::app::App;

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

// SECURITY-BAR A1
#[test]
fn another_persons_task_is_not_found() {
    let app = App::start();
    let task = app.user("ada").add("buy milk");

    let reply = app.user("bob").get(&format!("/api/tasks/{}", task["id"].as_str().unwrap()));

    assert_eq!(reply.status, 404);
}
