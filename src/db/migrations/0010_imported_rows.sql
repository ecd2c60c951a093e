-- Lists and tasks that were brought in from a file, by their import, so that it
-- can be taken back but for what has changed since.

create table imported_rows (
    owner integer not null references users (owner) on delete cascade,
    kind text not null check (kind in ('list', 'task')),
    id blob not null check (length(id) = 16),
    import integer not null references imports (id),
    -- The row's own when it was brought: while it has that, nobody changed it.
    revision integer not null,
    primary key (owner, kind, id)
) strict, without rowid;

-- What an import brought.
create index imported_rows_by_import on imported_rows (import, owner);
