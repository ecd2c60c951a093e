-- What is mailed besides links to a new password.

-- The same links, of more kinds.
create table links_of_more_kinds (
    token_hash blob primary key check (length(token_hash) = 32),
    kind text not null check (kind in ('reset-password', 'delete-account')),
    owner integer not null references users (owner) on delete cascade,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;

insert into links_of_more_kinds (token_hash, kind, owner, created_at, expires_at)
select token_hash, kind, owner, created_at, expires_at from links;

drop table links;
alter table links_of_more_kinds rename to links;
create index links_by_owner on links (owner, kind);

-- The code that was mailed last to somebody who needs a second factor.
create table mailed_codes (
    owner integer primary key references users (owner) on delete cascade,
    -- Under the server's secret, which is not in this file: six digits alone
    -- would soon be found again.
    code_mac text not null,
    expires_at integer not null
) strict;

-- Whether an authenticator ever showed a right code: who has none is not asked for it.
alter table two_factors add column has_app integer not null default 0
    check (has_app in (0, 1));
update two_factors set has_app = verified;
