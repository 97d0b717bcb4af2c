-- Who has cancelled a replay; when is its end.
alter table busbar_replay add column cancelled_by varchar;
