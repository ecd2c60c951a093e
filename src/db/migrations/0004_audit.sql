-- The record of what happened to accounts, completed: whose it was even when
-- the account is gone, by which program, and which sessions it concerned.

-- The account's id.
alter table audit add column account text not null default '';
alter table audit add column user_agent text not null default '';
-- The ids of sessions that began or ended with it, with blanks between.
alter table audit add column sessions text not null default '';
-- Failures of the same kind that came together are one row.
alter table audit add column count integer not null default 1 check (count > 0);

update audit set account = coalesce((select id from users where users.owner = audit.owner), '');
-- By a browser, by another program over HTTP, or by a command.
update audit set origin = case origin when 'command' then 'cli' else 'web' end;

-- One's own, latest first. The table's numbers are not for them: they tell how
-- much goes on with others.
drop index audit_by_owner;
create index audit_by_owner on audit (owner, at);

-- For what is older than `audit_days`, and for `docket audit list --since`.
create index audit_by_time on audit (at);

-- For counting failures, of which only so many are kept.
create index audit_failures on audit (id) where kind glob '*_failed';
