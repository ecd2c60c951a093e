-- Accounts, sessions, keys, lists, tasks, and what clients need to keep in step.
--
-- Times are milliseconds since 1970 in UTC; ids of lists and tasks are the 16
-- bytes of a UUIDv7. A person's rows lie together: `owner` leads every key.
--
-- Later features add to this without rebuilding it: a parent, a section, a
-- recurrence, an iCalendar UID with its bag of unknown properties are nullable
-- columns on tasks; labels, reminders and a change history with its origin are
-- tables of their own under (owner, task id, ...).

create table users (
    owner integer primary key autoincrement,
    id text not null unique check (length(id) between 1 and 255),
    -- Lower case; null for an account that exists through its issuer alone.
    email text unique check (email = lower(email)),
    name text not null default '',
    -- Whose subject this account is, when another issuer vouches for it.
    issuer text,
    subject text,
    password_hash text,
    disabled_at integer,
    -- Tokens issued before this second are refused.
    tokens_after integer not null default 0,
    -- Rises with every change to this person's lists and tasks.
    revision integer not null default 0,
    created_at integer not null,
    updated_at integer not null,
    check ((issuer is null) = (subject is null)),
    check (email is not null or issuer is not null)
) strict;

create unique index users_by_subject on users (issuer, subject) where issuer is not null;

-- Every token of our own names a session; ending it ends them.
create table sessions (
    id text primary key,
    owner integer not null references users (owner) on delete cascade,
    -- Where it came from: 'command' for `docket token issue`.
    origin text not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;

create index sessions_by_owner on sessions (owner);

create table signing_keys (
    kid text primary key,
    -- The 32 bytes of an Ed25519 seed (RFC 8032, 5.1.5).
    seed blob not null check (length(seed) = 32),
    created_at integer not null,
    -- No longer signs; still verifies until its last token has ended.
    retired_at integer
) strict, without rowid;

create table lists (
    owner integer not null references users (owner) on delete cascade,
    id blob not null check (length(id) = 16),
    name text not null check (length(name) between 1 and 200),
    is_inbox integer not null default 0 check (is_inbox in (0, 1)),
    position text not null,
    version integer not null,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer,
    -- Kept by the triggers below, so that a sidebar never counts.
    open_tasks integer not null default 0 check (open_tasks >= 0),
    completed_tasks integer not null default 0 check (completed_tasks >= 0),
    primary key (owner, id),
    check (is_inbox = 0 or deleted_at is null)
) strict, without rowid;

create unique index lists_inbox on lists (owner) where is_inbox = 1;
-- What has changed since.
create index lists_by_revision on lists (owner, revision);

create table tasks (
    owner integer not null,
    id blob not null check (length(id) = 16),
    list_id blob not null,
    title text not null check (length(title) between 1 and 500),
    description text not null default '' check (length(cast(description as blob)) <= 16384),
    completed_at integer,
    priority integer not null default 4 check (priority between 1 and 4),
    -- '2026-12-02', '2026-12-02T14:00:00' or '2026-12-02T14:00:00+01:00[Europe/Berlin]':
    -- its text sorts by the wall clock.
    due text check (due glob '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]*'),
    position text not null,
    version integer not null,
    revision integer not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer,
    -- It went to the trash with its list, and comes back with it.
    deleted_with_list integer not null default 0 check (deleted_with_list in (0, 1)),
    primary key (owner, id),
    foreign key (owner, list_id) references lists (owner, id) on delete cascade
) strict, without rowid;

-- What is due: overdue, today, next; those without a date last.
create index tasks_open_by_due on tasks (owner, coalesce(due, '~'))
    where deleted_at is null and completed_at is null;
-- What was done, latest first.
create index tasks_by_completion on tasks (owner, completed_at)
    where deleted_at is null and completed_at is not null;
-- What has changed since, and the latest changes first.
create index tasks_by_revision on tasks (owner, revision);
-- The trash, and what has been in it for 30 days.
create index tasks_by_deletion on tasks (owner, deleted_at) where deleted_at is not null;
-- A list in the order a person gave it, whatever the tasks' state (also for the
-- foreign key, and for a place at the end). Each further index costs every
-- write a page or two to log and sync, so what is open has none of its own here.
create index tasks_by_list on tasks (owner, list_id, position);

-- What is gone from a person's lists and tasks, in the trash or for good.
create table tombstones (
    owner integer not null references users (owner) on delete cascade,
    id blob not null check (length(id) = 16),
    kind text not null check (kind in ('list', 'task')),
    revision integer not null,
    -- Purged: the id is never used again.
    purged integer not null default 0 check (purged in (0, 1)),
    primary key (owner, kind, id)
) strict, without rowid;

create index tombstones_by_revision on tombstones (owner, revision);

-- Answers to POST requests that carried an Idempotency-Key, for a day.
create table replies (
    owner integer not null references users (owner) on delete cascade,
    key text not null,
    fingerprint blob not null,
    status integer not null,
    headers text not null,
    body text not null,
    created_at integer not null,
    primary key (owner, key)
) strict, without rowid;

create index replies_by_age on replies (created_at);

-- Commits made by other processes than the server; the server watches it.
create table other_writes (count integer not null) strict;
insert into other_writes values (0);

-- What the server last served as, for commands that make tokens beside it.
create table served (base_url text not null) strict;

create trigger tasks_counted_in after insert on tasks when new.deleted_at is null
begin
    update lists
    set open_tasks = open_tasks + (new.completed_at is null),
        completed_tasks = completed_tasks + (new.completed_at is not null)
    where owner = new.owner and id = new.list_id;
end;

create trigger tasks_counted_out after delete on tasks when old.deleted_at is null
begin
    update lists
    set open_tasks = open_tasks - (old.completed_at is null),
        completed_tasks = completed_tasks - (old.completed_at is not null)
    where owner = old.owner and id = old.list_id;
end;

create trigger tasks_counted_over after update of list_id, completed_at, deleted_at on tasks
begin
    update lists
    set open_tasks = open_tasks - (old.completed_at is null),
        completed_tasks = completed_tasks - (old.completed_at is not null)
    where owner = old.owner and id = old.list_id and old.deleted_at is null;
    update lists
    set open_tasks = open_tasks + (new.completed_at is null),
        completed_tasks = completed_tasks + (new.completed_at is not null)
    where owner = new.owner and id = new.list_id and new.deleted_at is null;
end;

-- Everyone has an Inbox from the first moment; its id is a UUIDv7.
create trigger users_have_an_inbox after insert on users
begin
    insert into lists
        (owner, id, name, is_inbox, position, version, revision, created_at, updated_at)
    values (
        new.owner,
        unhex(format('%012x7%03x%x%s', new.created_at, abs(random()) % 4096,
            8 + abs(random()) % 4, substr(hex(randomblob(8)), 2))),
        'Inbox', 1, 'a0', 1, 1, new.created_at, new.created_at
    );
    update users set revision = 1 where owner = new.owner;
end;
