-- Indexes for those who have many tasks. A person's few lie together and are
-- sorted as they are read; each index that has them as well costs every task
-- that is made or changed a page or two to log and sync.

-- 1 once this person has had many tasks: from then on each of theirs says so too.
alter table revisions add column indexed integer not null default 0 check (indexed in (0, 1));
alter table tasks add column indexed integer not null default 0 check (indexed in (0, 1));

-- Everyone has an Inbox from the first moment; its id is a UUIDv7.
drop trigger users_have_an_inbox;
create trigger users_have_an_inbox after insert on users
begin
    insert into revisions (owner, revision) values (new.owner, 1);
    insert into lists
        (owner, id, name, is_inbox, position, version, revision, created_at, updated_at)
    values (
        new.owner,
        unhex(format('%012x7%03x%x%s', new.created_at, abs(random()) % 4096,
            8 + abs(random()) % 4, substr(hex(randomblob(8)), 2))),
        'Inbox', 1, 'a0', 1, 1, new.created_at, new.created_at
    );
end;

update revisions set indexed = 1
where owner in (select owner from tasks group by owner having count(*) > 500);
update tasks set indexed = 1
where owner in (select owner from revisions where indexed = 1);

drop index tasks_open_by_due;
drop index tasks_by_revision;

-- What is due: overdue, today, next; those without a date last.
create index tasks_open_by_due on tasks (owner, coalesce(due, '~'))
    where indexed = 1 and deleted_at is null and completed_at is null;
-- What has changed since, and the latest changes first.
create index tasks_by_revision on tasks (owner, revision) where indexed = 1;
