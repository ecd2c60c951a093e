//! What connections send.

use std::sync::Arc;

use crate::drive::Script;
use crate::seed::{Person, Seeded};

/// A request without a body.
pub fn get(person: &Person, path: &str, header: &str) -> Vec<u8> {
    let token = &person.token;
    format!(
        "GET {path} HTTP/1.1\r\nhost: docket.test\r\nauthorization: Bearer {token}\r\n{header}\r\n"
    )
    .into_bytes()
}

/// A request with a JSON body.
fn send(request: &mut Vec<u8>, person: &Person, method: &str, path: &str, body: &str) {
    use std::io::Write;
    let (token, length) = (&person.token, body.len());
    write!(
        request,
        "{method} {path} HTTP/1.1\r\nhost: docket.test\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .expect("memory");
}

/// Sends these in turn; each connection begins elsewhere.
pub fn rotate(requests: &[Vec<u8>], connections: usize) -> impl Fn(usize) -> Script + use<> {
    let requests: Arc<[Vec<u8>]> = requests.into();
    move |index| {
        let requests = requests.clone();
        let mut next = index * requests.len() / connections;
        Box::new(move |request| {
            request.extend_from_slice(&requests[next]);
            next = (next + 1) % requests.len();
        })
    }
}

/// One person's task after another's, each request another task.
pub fn one_task_each(seeded: &Seeded) -> Vec<Vec<u8>> {
    let one = |(index, person): (usize, &Person)| {
        get(person, &format!("/api/tasks/{}", person.tasks[index % person.tasks.len()]), "")
    };
    seeded.people.iter().enumerate().map(one).collect()
}

/// The ways of writing that are measured.
#[derive(Clone, Copy)]
pub enum Write {
    Create,
    Complete,
    Patch,
}

impl Write {
    pub const ALL: [Write; 3] = [Write::Create, Write::Complete, Write::Patch];

    pub fn name(self) -> &'static str {
        match self {
            Write::Create => "create",
            Write::Complete => "complete",
            Write::Patch => "patch",
        }
    }

    /// What a success answers.
    pub fn status(self) -> u16 {
        if matches!(self, Write::Create) { 201 } else { 200 }
    }

    /// Each connection writes for people of its own. A task is completed and
    /// then reopened, so that every request changes something.
    pub fn script(self, seeded: &Seeded, connections: usize) -> impl Fn(usize) -> Script {
        let people: Arc<[Person]> = seeded.people.as_slice().into();
        move |index| {
            let people = people.clone();
            let own = people.len() / connections;
            let mut count = 0;
            Box::new(move |request| {
                let person = &people[index * own + count % own];
                let turn = count / own;
                let task = person.tasks[turn / 2 % person.tasks.len()];
                let done = turn.is_multiple_of(2);
                count += 1;
                match self {
                    Write::Create => {
                        let body = format!(r#"{{"title":"Buy milk {count}","due":"2026-12-02"}}"#);
                        send(request, person, "POST", "/api/tasks", &body);
                    }
                    Write::Complete => {
                        let body = format!(r#"{{"completed":{done}}}"#);
                        send(request, person, "PATCH", &format!("/api/tasks/{task}"), &body);
                    }
                    Write::Patch => {
                        let body = format!(r#"{{"title":"Buy {count} pints"}}"#);
                        send(request, person, "PATCH", &format!("/api/tasks/{task}"), &body);
                    }
                }
            })
        }
    }
}
