-- The handling of the event that caused a result, as its row in the inbox says it; 0 in rows of an older version.
alter table busbar_outbox add column handling bigint default 0 not null;
