//! Docket: one executable that holds your tasks.
//!
//! There are two doors, three rooms and a cellar, and calls only go down.
//!
//! - [`cli`] and [`http`] are the doors. A command or a resource is a file:
//!   it reads what was asked, calls a room, and replies.
//! - [`auth`], [`tasks`] and [`sync`] are the rooms: who is asking, what they
//!   keep, and how their clients keep in step. Each keeps its SQL to itself.
//! - [`db`] is the cellar: one SQLite file, many readers, one writer.
//!
//! [`config`], [`error`], [`fields`], [`ids`] and [`time`] are for anyone.
//!
//! Completing a task, from the socket to the disk: `http::listener` accepts,
//! `http::bridge` reads the request and hands it to Rocket's router,
//! `http::caller` lets it in, `http::tasks` replies with what
//! [`tasks::update`] decides, and [`db::Db::write`] answers once the commit
//! that holds it is synced.

// Doc comments of settings and flags are also shown as help, where an address
// in angle brackets would be wrong.
#![allow(rustdoc::bare_urls)]

pub mod auth;
pub mod cli;
pub mod config;
pub mod db;
pub mod error;
pub mod fields;
pub mod http;
pub mod ids;
pub mod sync;
pub mod tasks;
pub mod time;
