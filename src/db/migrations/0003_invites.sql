-- Invitations to make an account, each used once. The token is kept as its hash.
create table invites (
    id integer primary key autoincrement,
    token_hash blob not null unique check (length(token_hash) = 32),
    -- Lower case; null where it is for whoever has it.
    email text check (email = lower(email)),
    created_at integer not null,
    expires_at integer not null
) strict;
