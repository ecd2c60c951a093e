-- Accounts that a command has deleted: out at once, and gone with all that is in
-- them after thirty days. Until then they can come back.

-- An account that is deleted is disabled too; if at the very same time, then by that.
alter table users add column deleted_at integer
    check (deleted_at is null or disabled_at is not null);

-- Which have been deleted for long enough.
create index users_by_deletion on users (deleted_at) where deleted_at is not null;
