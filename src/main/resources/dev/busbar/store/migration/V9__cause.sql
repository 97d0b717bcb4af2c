-- The id of the event that the event came of, for who looks at its way.
alter table busbar_inbox add column cause_id varchar;
