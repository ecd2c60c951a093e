-- Personal access tokens, for scripts and phones. Only a token's hash is kept.
create table access_tokens (
    owner integer not null references users (owner) on delete cascade,
    -- Names it when it is listed or revoked; of no use as a credential.
    id text not null unique,
    token_hash blob not null unique check (length(token_hash) = 32),
    name text not null check (length(name) between 1 and 100),
    can_read integer not null check (can_read in (0, 1)),
    can_write integer not null check (can_write in (0, 1)),
    created_at integer not null,
    -- Null: until it is revoked.
    expires_at integer,
    last_used_at integer,
    -- The network it was last used from.
    last_used_from text not null default '',
    primary key (owner, id),
    check (can_read or can_write)
) strict, without rowid;
