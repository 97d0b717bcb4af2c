-- The results of an event are found by the handling that its row in the inbox names, and by its key among the few
-- events that were handled together. Keys are digests, in no order: an index that begins with them has each row on a
-- page of its own, which is read and written for it; handlings rise. Rows of an older version say 0.
alter table busbar_outbox add column handling bigint default 0 not null;
create index busbar_outbox_handling on busbar_outbox (handling, cause_key);
drop index busbar_outbox_cause;
