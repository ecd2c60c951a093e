-- People who sign up and sign in: what Better Auth's objects need, sessions
-- with a token of their own, and a record of what happened to each account.

alter table users add column email_verified integer not null default 0
    check (email_verified in (0, 1));
alter table users add column image text;

-- The SHA-256 of the session's token; null for a session of `docket token issue`.
alter table sessions add column token_hash blob;
-- The token encrypted with the server's secret, which is not in this file:
-- list-sessions shows it to its own person.
alter table sessions add column token_sealed blob;
-- Last slid: Better Auth's `updatedAt`.
alter table sessions add column updated_at integer not null default 0;
alter table sessions add column address text not null default '';
alter table sessions add column user_agent text not null default '';
-- False for `rememberMe: false`: a day, and never slid.
alter table sessions add column remembered integer not null default 1
    check (remembered in (0, 1));

create unique index sessions_by_token on sessions (token_hash) where token_hash is not null;

-- Sign-ins, failures, changes of password and e-mail, sessions ended.
create table audit (
    id integer primary key autoincrement,
    at integer not null,
    -- Null when nobody's account was meant, or when it is gone.
    owner integer references users (owner) on delete set null,
    kind text not null,
    address text not null default '',
    -- 'http' or 'command'.
    origin text not null,
    detail text not null default ''
) strict;

create index audit_by_owner on audit (owner, id);

-- Links that are used once: to set a new password. The token is kept as its hash.
create table links (
    token_hash blob primary key check (length(token_hash) = 32),
    kind text not null check (kind in ('reset-password')),
    owner integer not null references users (owner) on delete cascade,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;

create index links_by_owner on links (owner, kind);

-- The second factor: a TOTP secret, sealed, and the hashes of recovery codes.
create table two_factors (
    owner integer primary key references users (owner) on delete cascade,
    secret_sealed blob not null,
    -- SHA-256 of each unused code, one after the other.
    backup_hashes blob not null,
    -- Off until a first code was right.
    verified integer not null default 0 check (verified in (0, 1)),
    -- The latest time step whose code was used: each works once.
    last_step integer not null default 0,
    failures integer not null default 0,
    locked_until integer not null default 0
) strict;

-- Sign-ins that wait for the second factor, and devices that need none for a while.
create table challenges (
    id_hash blob primary key check (length(id_hash) = 32),
    kind text not null check (kind in ('sign-in', 'trust')),
    owner integer not null references users (owner) on delete cascade,
    attempts integer not null default 0,
    expires_at integer not null
) strict, without rowid;

create index challenges_by_owner on challenges (owner);
