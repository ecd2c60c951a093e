-- What rises with every write lives in narrow tables: hundreds of people's
-- counters share a page, and a commit that serves many of them logs and syncs
-- a few pages where it had a page for each person and each list.

create table revisions (
    owner integer primary key references users (owner) on delete cascade,
    -- Rises with every change to this person's lists and tasks.
    revision integer not null
) strict;

insert into revisions select owner, revision from users;

-- Kept by the triggers below, so that a sidebar never counts.
create table list_counts (
    owner integer not null,
    list_id blob not null,
    open integer not null default 0 check (open >= 0),
    completed integer not null default 0 check (completed >= 0),
    primary key (owner, list_id),
    foreign key (owner, list_id) references lists (owner, id) on delete cascade
) strict, without rowid;

insert into list_counts select owner, id, open_tasks, completed_tasks from lists;

drop trigger tasks_counted_in;
drop trigger tasks_counted_out;
drop trigger tasks_counted_over;
drop trigger users_have_an_inbox;
alter table users drop column revision;
alter table lists drop column open_tasks;
alter table lists drop column completed_tasks;

create trigger lists_are_counted after insert on lists
begin
    insert into list_counts (owner, list_id) values (new.owner, new.id);
end;

create trigger tasks_counted_in after insert on tasks when new.deleted_at is null
begin
    update list_counts
    set open = open + (new.completed_at is null),
        completed = completed + (new.completed_at is not null)
    where owner = new.owner and list_id = new.list_id;
end;

create trigger tasks_counted_out after delete on tasks when old.deleted_at is null
begin
    update list_counts
    set open = open - (old.completed_at is null),
        completed = completed - (old.completed_at is not null)
    where owner = old.owner and list_id = old.list_id;
end;

create trigger tasks_counted_over after update of list_id, completed_at, deleted_at on tasks
when old.list_id <> new.list_id
    or (old.completed_at is null) <> (new.completed_at is null)
    or (old.deleted_at is null) <> (new.deleted_at is null)
begin
    update list_counts
    set open = open - (old.completed_at is null),
        completed = completed - (old.completed_at is not null)
    where owner = old.owner and list_id = old.list_id and old.deleted_at is null;
    update list_counts
    set open = open + (new.completed_at is null),
        completed = completed + (new.completed_at is not null)
    where owner = new.owner and list_id = new.list_id and new.deleted_at is null;
end;

-- Everyone has an Inbox from the first moment; its id is a UUIDv7.
create trigger users_have_an_inbox after insert on users
begin
    insert into revisions values (new.owner, 1);
    insert into lists
        (owner, id, name, is_inbox, position, version, revision, created_at, updated_at)
    values (
        new.owner,
        unhex(format('%012x7%03x%x%s', new.created_at, abs(random()) % 4096,
            8 + abs(random()) % 4, substr(hex(randomblob(8)), 2))),
        'Inbox', 1, 'a0', 1, 1, new.created_at, new.created_at
    );
end;
