-- The results of an event are found by its handling, and by its key among the few events that were handled together.
-- Keys are digests, in no order: an index that begins with them has each row on a page of its own, which is read and
-- written for it; handlings rise. Apart from the new column, so that results can be read while the index is built.
create index busbar_outbox_handling on busbar_outbox (handling, cause_key);
drop index busbar_outbox_cause;
