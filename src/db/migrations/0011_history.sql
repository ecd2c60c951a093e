-- The name of this file's history, in every mark of how far a client has come. It
-- changes when another copy is put in place, which knows nothing of what came after it.
create table history (name text not null) strict;
insert into history values (lower(hex(randomblob(6))));
