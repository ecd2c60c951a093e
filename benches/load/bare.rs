//! What the real server is held against: a Rocket application that answers
//! from memory, and a socket that answers without reading what it is asked.
//!
//! Both run in a child process: this program, called again with an argument.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use rocket::http::ContentType;
use rocket::{State, get, routes};

#[get("/")]
fn from_memory(bytes: &State<&'static [u8]>) -> (ContentType, &'static [u8]) {
    (ContentType::JSON, bytes)
}

/// Rocket as it comes, in release mode, without its log.
pub fn serve_rocket(port: &str) {
    let figment = rocket::Config::figment()
        .merge(("port", port.parse::<u16>().expect("a port")))
        .merge(("log_level", "off"));
    let app = rocket::custom(figment).manage(body()).mount("/api/tasks", routes![from_memory]);
    // It ends by being killed.
    let _ = rocket::execute(app.launch());
}

/// The least a server can do: shows that the load generator is not what is measured.
pub fn serve_socket(port: &str) {
    let body = body();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    let answer: &'static [u8] = [head.as_bytes(), body].concat().leak();
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).expect("a port");
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer_all(stream, answer));
    }
}

fn answer_all(mut stream: TcpStream, answer: &[u8]) {
    let mut buffer = [0; 4096];
    // A request comes in one piece here, so every read is one request.
    while stream.read(&mut buffer).is_ok_and(|length| length > 0) {
        if stream.write_all(answer).is_err() {
            return;
        }
    }
}

/// What to answer, from standard input.
fn body() -> &'static [u8] {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body).expect("a body");
    body.leak()
}
