//! Random operations by two people, compared with a model that fits on a page.

use std::cell::Cell;
use std::collections::BTreeMap;

use docket::ids::TaskId;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::app::{App, Person};
use crate::lists::recount;
use crate::tasks::{new_list, next_link, text};

/// What somebody tries. Numbers choose among all the ids there have been, the
/// other person's included.
#[derive(Clone, Debug)]
enum Action {
    Create { list: usize, title: u8 },
    Put { slot: usize, title: u8 },
    Change { task: usize, priority: Option<u8>, due: Option<Option<u8>> },
    Complete { task: usize, completed: bool },
    Move { task: usize, list: usize, beside: Option<(bool, usize)> },
    Delete { task: usize },
    Restore { task: usize },
    MakeList,
    DeleteList { list: usize },
    RestoreList { list: usize },
    Purge,
}

fn action() -> impl Strategy<Value = Action> {
    let some = 0..64_usize;
    let beside = proptest::option::of((any::<bool>(), some.clone()));
    let due = proptest::option::of(proptest::option::of(1..29_u8));
    prop_oneof![
        6 => (some.clone(), 0..5_u8).prop_map(|(list, title)| Action::Create { list, title }),
        3 => (0..4_usize, 0..5_u8).prop_map(|(slot, title)| Action::Put { slot, title }),
        4 => (some.clone(), proptest::option::of(1..5_u8), due)
            .prop_map(|(task, priority, due)| Action::Change { task, priority, due }),
        4 => (some.clone(), any::<bool>())
            .prop_map(|(task, completed)| Action::Complete { task, completed }),
        5 => (some.clone(), some.clone(), beside)
            .prop_map(|(task, list, beside)| Action::Move { task, list, beside }),
        3 => some.clone().prop_map(|task| Action::Delete { task }),
        5 => some.clone().prop_map(|task| Action::Restore { task }),
        3 => Just(Action::MakeList),
        4 => some.clone().prop_map(|list| Action::DeleteList { list }),
        3 => some.prop_map(|list| Action::RestoreList { list }),
        1 => Just(Action::Purge),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Live,
    Trashed { with_list: bool },
    Purged,
}

#[derive(Clone, Debug, PartialEq)]
struct Task {
    list: String,
    title: String,
    priority: u8,
    due: Option<String>,
    completed: bool,
    version: u64,
    state: State,
}

/// One person's side of the model.
struct Model {
    inbox: String,
    /// In their order, with those in the trash.
    lists: Vec<(String, State)>,
    tasks: BTreeMap<String, Task>,
    /// The tasks of each list in their order, with those in the trash.
    order: BTreeMap<String, Vec<String>>,
}

impl Model {
    fn new(inbox: String) -> Model {
        let lists = vec![(inbox.clone(), State::Live)];
        Model { inbox, lists, tasks: BTreeMap::new(), order: BTreeMap::new() }
    }

    fn some_tasks(&self, which: impl Fn(State) -> bool) -> Vec<String> {
        self.tasks.iter().filter(|(_, task)| which(task.state)).map(|(id, _)| id.clone()).collect()
    }

    fn some_lists(&self, which: impl Fn(State) -> bool) -> Vec<String> {
        self.lists.iter().filter(|(_, state)| which(*state)).map(|(id, _)| id.clone()).collect()
    }

    fn has_list(&self, id: &str) -> bool {
        self.lists.contains(&(id.to_owned(), State::Live))
    }

    fn state(&self, id: &str) -> Option<State> {
        self.tasks.get(id).map(|task| task.state)
    }

    fn is_live(&self, id: &str) -> bool {
        self.state(id) == Some(State::Live)
    }

    fn add(&mut self, id: &str, list: &str, title: String) {
        let list = list.to_owned();
        self.order.entry(list.clone()).or_default().push(id.to_owned());
        let new = Task {
            list,
            title,
            priority: 4,
            due: None,
            completed: false,
            version: 1,
            state: State::Live,
        };
        self.tasks.insert(id.to_owned(), new);
    }

    /// Changes a live task; its version rises if that made a difference.
    fn change(&mut self, id: &str, change: impl FnOnce(&mut Task)) -> u16 {
        match self.tasks.get_mut(id) {
            Some(task) if task.state == State::Live => {
                let before = task.clone();
                change(task);
                task.version += u64::from(*task != before);
                200
            }
            _ => 404,
        }
    }

    fn leave(&mut self, id: &str) {
        for order in self.order.values_mut() {
            order.retain(|other| other != id);
        }
    }

    fn relocate(&mut self, id: &str, list: &str, beside: Option<(bool, &str)>) -> u16 {
        if !self.is_live(id) {
            return 404;
        }
        if !self.has_list(list) {
            return 422;
        }
        if let Some((_, other)) = beside
            && other != id
            && !(self.is_live(other) && self.tasks[other].list == list)
        {
            return 422;
        }
        let before = (self.tasks[id].list.clone(), self.order.clone());
        if before.0 != list {
            self.leave(id);
            self.order.entry(list.to_owned()).or_default().push(id.to_owned());
        }
        if let Some((after, other)) = beside.filter(|(_, other)| *other != id) {
            self.leave(id);
            let order = self.order.get_mut(list).expect("the neighbour is in it");
            let at = order.iter().position(|known| known == other).expect("it is in it");
            order.insert(at + usize::from(after), id.to_owned());
        }
        let moved = before != (list.to_owned(), self.order.clone());
        let task = self.tasks.get_mut(id).expect("it is live");
        task.list = list.to_owned();
        task.version += u64::from(moved);
        200
    }

    fn trash(&mut self, id: &str) -> u16 {
        let status = self.change(id, |task| task.state = State::Trashed { with_list: false });
        if status == 200 { 204 } else { status }
    }

    fn restore(&mut self, id: &str) -> u16 {
        match self.state(id) {
            Some(State::Live) => 200,
            Some(State::Trashed { .. }) => {
                if !self.has_list(&self.tasks[id].list) {
                    self.leave(id);
                    let inbox = self.inbox.clone();
                    self.order.entry(inbox).or_default().push(id.to_owned());
                    self.tasks.get_mut(id).expect("known").list = self.inbox.clone();
                }
                let task = self.tasks.get_mut(id).expect("known");
                task.state = State::Live;
                task.version += 1;
                200
            }
            _ => 404,
        }
    }

    fn turn_list(&mut self, id: &str, from: State, to: State) {
        for (_, state) in self.lists.iter_mut().filter(|(known, _)| known == id) {
            *state = to;
        }
        for task in self.tasks.values_mut().filter(|task| task.list == id && task.state == from) {
            task.state = to;
            task.version += 1;
        }
    }

    fn trash_list(&mut self, id: &str) -> u16 {
        if id == self.inbox {
            return 409;
        }
        if !self.has_list(id) {
            return 404;
        }
        self.turn_list(id, State::Live, State::Trashed { with_list: true });
        204
    }

    fn restore_list(&mut self, id: &str) -> u16 {
        let gone = State::Trashed { with_list: true };
        if self.lists.contains(&(id.to_owned(), gone)) {
            self.turn_list(id, gone, State::Live);
            return 200;
        }
        if self.has_list(id) { 200 } else { 404 }
    }

    fn purge(&mut self) {
        for task in self.tasks.values_mut().filter(|task| task.state != State::Live) {
            task.state = State::Purged;
        }
        for (_, state) in self.lists.iter_mut().filter(|(_, state)| *state != State::Live) {
            *state = State::Purged;
        }
        let live = |id: &String| self.tasks[id].state == State::Live;
        for order in self.order.values_mut() {
            order.retain(live);
        }
    }
}

/// A person, what they should see, and what the feed has told them.
struct Side {
    person: Person,
    model: Model,
    cursor: Option<String>,
    told: BTreeMap<String, Value>,
}

/// Everybody's ids, so that each is tried by both.
#[derive(Default)]
struct Known {
    tasks: Vec<String>,
    lists: Vec<String>,
    slots: Vec<String>,
}

/// Mostly one of the person's own, where an action does something, and now and
/// then anybody's.
fn pick(all: &[String], own: Vec<String>, number: usize) -> String {
    let from = if own.is_empty() || number.is_multiple_of(4) { all } else { &own };
    from[number % from.len()].clone()
}

impl Side {
    fn new(app: &App, name: &str) -> Side {
        let person = app.user(name);
        let inbox = person.get("/api/lists").body["items"][0]["id"].clone();
        let mut model = Model::new(text(&inbox).to_owned());
        for _ in 0..2 {
            model.lists.push((new_list(&person, "l"), State::Live));
        }
        Side { person, model, cursor: None, told: BTreeMap::new() }
    }

    /// Does it to the server and to the model; both must say the same.
    fn act(&mut self, action: &Action, known: &mut Known) {
        let (person, model) = (&self.person, &mut self.model);
        let at = |id: &str| format!("/api/tasks/{id}");
        let list_at = |id: &str| format!("/api/lists/{id}");
        let task_id = |number: &usize| pick(&known.tasks, model.some_tasks(|_| true), *number);
        let list_id = |number: &usize| pick(&known.lists, model.some_lists(|_| true), *number);
        let in_trash = |state: State| matches!(state, State::Trashed { .. });
        let (reply, expected) = match action {
            Action::Create { list, title } => {
                let (list, title) = (list_id(list), format!("t{title}"));
                let reply = person.post("/api/tasks", &json!({ "title": title, "list_id": list }));
                let expected = if model.has_list(&list) { 201 } else { 422 };
                if expected == 201 && reply.status == 201 {
                    let id = text(&reply.body["id"]).to_owned();
                    model.add(&id, &list, title);
                    known.tasks.push(id);
                }
                (reply, expected)
            }
            Action::Put { slot, title } => {
                let (id, title) = (known.slots[*slot].clone(), format!("p{title}"));
                let reply = person.put(&at(&id), &json!({ "title": title }));
                let expected = match model.state(&id) {
                    None => {
                        let inbox = model.inbox.clone();
                        model.add(&id, &inbox, title);
                        201
                    }
                    Some(State::Live) => model.change(&id, |task| {
                        let (list, version) = (task.list.clone(), task.version);
                        let (priority, due, completed) = (4, None, false);
                        let state = State::Live;
                        *task = Task { list, title, priority, due, completed, version, state };
                    }),
                    Some(_) => 409,
                };
                (reply, expected)
            }
            Action::Change { task, priority, due } => {
                let id = task_id(task);
                let due = due.map(|day| day.map(|day| format!("2026-12-{day:02}")));
                let mut body = json!({});
                if let Some(priority) = priority {
                    body["priority"] = json!(priority);
                }
                if let Some(due) = &due {
                    body["due"] = json!(due);
                }
                let expected = model.change(&id, |task| {
                    task.priority = priority.unwrap_or(task.priority);
                    task.due = due.unwrap_or(task.due.clone());
                });
                (person.patch(&at(&id), &body), expected)
            }
            Action::Complete { task, completed } => {
                let id = task_id(task);
                let expected = model.change(&id, |task| task.completed = *completed);
                (person.patch(&at(&id), &json!({ "completed": completed })), expected)
            }
            Action::Move { task, list, beside } => {
                let (id, list) = (task_id(task), list_id(list));
                let beside = beside.map(|(after, other)| (after, task_id(&other)));
                let mut body = json!({ "list_id": list });
                if let Some((after, other)) = &beside {
                    body[if *after { "after" } else { "before" }] = json!(other);
                }
                let beside = beside.as_ref().map(|(after, other)| (*after, other.as_str()));
                (person.patch(&at(&id), &body), model.relocate(&id, &list, beside))
            }
            Action::Delete { task } => {
                let id = task_id(task);
                (person.delete(&at(&id)), model.trash(&id))
            }
            Action::Restore { task } => {
                let id = pick(&known.tasks, model.some_tasks(in_trash), *task);
                let reply = person.post(&format!("{}/restore", at(&id)), &json!({}));
                (reply, model.restore(&id))
            }
            Action::MakeList => {
                let reply = person.post("/api/lists", &json!({ "name": "l" }));
                let id = text(&reply.body["id"]).to_owned();
                model.lists.push((id.clone(), State::Live));
                known.lists.push(id);
                (reply, 201)
            }
            Action::DeleteList { list } => {
                let id = list_id(list);
                (person.delete(&list_at(&id)), model.trash_list(&id))
            }
            Action::RestoreList { list } => {
                let id = pick(&known.lists, model.some_lists(in_trash), *list);
                let reply = person.post(&format!("{}/restore", list_at(&id)), &json!({}));
                (reply, model.restore_list(&id))
            }
            Action::Purge => {
                model.purge();
                (person.delete("/api/trash"), 204)
            }
        };
        assert_eq!(reply.status, expected, "{action:?}: {}", reply.text);
    }

    /// Everything the person can see is what the model says.
    fn check(&mut self) {
        let model = &self.model;
        let items = |path: &str| self.person.get(path).body["items"].as_array().unwrap().clone();
        let ids = |items: &[Value]| {
            items.iter().map(|item| text(&item["id"]).to_owned()).collect::<Vec<String>>()
        };
        let live = |state: &State| *state == State::Live;

        let lists: Vec<String> =
            model.lists.iter().filter(|(_, state)| live(state)).map(|(id, _)| id.clone()).collect();
        assert_eq!(ids(&items("/api/lists")), lists);
        assert_eq!(json!(items("/api/lists/counts")), recount(&self.person));

        let mut listed = BTreeMap::new();
        for list in &lists {
            let found = self.pages(&format!("/api/tasks?list={list}&sort=position&limit=3"));
            let mut expected = model.order.get(list).cloned().unwrap_or_default();
            expected.retain(|id| model.is_live(id));
            assert_eq!(ids(&found), expected, "the order of {list}");
            for item in found {
                let task = &model.tasks[text(&item["id"])];
                let shown = Task {
                    list: text(&item["list_id"]).to_owned(),
                    title: text(&item["title"]).to_owned(),
                    priority: u8::try_from(item["priority"].as_u64().unwrap()).unwrap(),
                    due: item["due"].as_str().map(str::to_owned),
                    completed: item["completed"].as_bool().unwrap(),
                    version: item["version"].as_u64().unwrap(),
                    state: State::Live,
                };
                assert_eq!(shown, *task);
                assert_eq!(item["completed_at"].is_string(), task.completed);
                listed.insert(text(&item["id"]).to_owned(), item);
            }
        }
        let all = model.tasks.values().filter(|task| live(&task.state)).count();
        let latest = ids(&self.pages("/api/tasks?limit=7&sort=-updated_at"));
        let mut earliest = ids(&self.pages("/api/tasks?limit=3&sort=updated_at"));
        earliest.reverse();
        assert_eq!((latest.len(), &latest), (all, &earliest));
        let open = model.tasks.iter().filter(|(_, task)| live(&task.state) && !task.completed);
        let mut due: Vec<(&str, &String)> =
            open.map(|(id, task)| (task.due.as_deref().unwrap_or("~"), id)).collect();
        due.sort_unstable();
        let due: Vec<String> = due.into_iter().map(|(_, id)| id.clone()).collect();
        assert_eq!(ids(&self.pages("/api/tasks?limit=4&sort=due&completed=false")), due);

        let mut trash: Vec<String> = self
            .pages("/api/trash?limit=4")
            .iter()
            .map(|item| text(&item[text(&item["type"])]["id"]).to_owned())
            .collect();
        let alone = State::Trashed { with_list: false };
        let tasks = model.tasks.iter().filter(|(_, task)| task.state == alone).map(|(id, _)| id);
        let with = State::Trashed { with_list: true };
        let lists = model.lists.iter().filter(|(_, state)| *state == with).map(|(id, _)| id);
        let mut expected: Vec<String> = tasks.chain(lists).cloned().collect();
        trash.sort_unstable();
        expected.sort_unstable();
        assert_eq!(trash, expected);

        self.follow();
        assert_eq!(self.told, listed, "the feed and the lists disagree");
    }

    /// Every page, by its links.
    fn pages(&self, path: &str) -> Vec<Value> {
        let (mut items, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(path) = next {
            let page = self.person.get(&path);
            items.extend(page.body["items"].as_array().unwrap().clone());
            next = page.header("link").map(next_link);
        }
        items
    }

    /// Applies what the feed tells since the last time.
    fn follow(&mut self) {
        loop {
            let since = self.cursor.as_ref().map(|cursor| format!("&since={cursor}"));
            let path = format!("/api/changes?limit=5{}", since.unwrap_or_default());
            let page = self.person.get(&path).body;
            for item in page["items"].as_array().unwrap() {
                let id = text(&item["id"]).to_owned();
                match text(&item["type"]) {
                    "task" if item["deleted"] == true => drop(self.told.remove(&id)),
                    "task" => drop(self.told.insert(id, item["task"].clone())),
                    _ => {}
                }
            }
            self.cursor = Some(text(&page["next_cursor"]).to_owned());
            if page["has_more"] == false {
                break;
            }
        }
    }
}

#[test]
fn two_people_see_what_a_simple_model_says() {
    let app = App::start();
    let cases = Cell::new(0);
    let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
    let actions = proptest::collection::vec((any::<bool>(), action()), 25..=40);
    let mut runner = TestRunner::new(config);
    let outcome = runner.run(&actions, |actions| {
        cases.set(cases.get() + 1);
        let mut sides =
            ["ada", "bob"].map(|name| Side::new(&app, &format!("{name}{}", cases.get())));
        // Bob's are found by what only those with many tasks have.
        let email = format!("bob{}@example.org", cases.get());
        app.change(move |tx| {
            let sql = "update revisions set indexed = 1
                where owner = (select owner from users where email = ?1)";
            tx.execute(sql, [email])
        });
        let mut known = Known {
            lists: sides.iter().flat_map(|side| side.model.some_lists(|_| true)).collect(),
            slots: (0..4).map(|_| TaskId::new().to_string()).collect(),
            ..Known::default()
        };
        known.tasks.clone_from(&known.slots);
        for (number, (first, action)) in actions.iter().enumerate() {
            sides[usize::from(*first)].act(action, &mut known);
            if number % 8 == 7 {
                sides.iter_mut().for_each(Side::check);
            }
        }
        sides.iter_mut().for_each(Side::check);
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}
