-- Accounts that were brought in from elsewhere, a file at a time, so that a file
-- is not brought in twice, and what came with it can be taken back.

create table imports (
    id integer primary key autoincrement,
    at integer not null,
    -- The file's name, for its owner to recognise.
    file text not null,
    undone_at integer
) strict;

create table imported_users (
    -- The account's id, there and here. It stays when the person deletes the
    -- account, or the same file would bring it back.
    user_id text primary key,
    import integer not null references imports (id),
    owner integer references users (owner) on delete set null
) strict, without rowid;

-- What an import brought.
create index imported_users_by_import on imported_users (import);
-- Which row an account that is deleted has here.
create index imported_users_by_owner on imported_users (owner);
