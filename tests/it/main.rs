//! Docket from outside: each test starts the real program on a directory of its own.

mod app;
mod assets;
mod bad_input;
mod browser;
mod changes;
mod cli;
mod durability;
mod errors;
mod events;
mod external_tokens;
mod forge;
mod forged_tokens;
mod isolation;
mod isolation_accounts;
mod issuer;
mod layering;
mod limits;
mod lists;
mod model;
mod openapi;
mod openapi_accounts;
mod readme;
mod retries;
mod revocation;
mod tasks;
mod trash;
