-- What waits for a remote handler, or is with one, is a redelivery of the kind REMOTE, which no relay sends. It is
-- ready from a time on, if nothing before it waits at its gate; while a client has it on a lease, that is the time
-- at which the lease ends.
alter table busbar_outgoing add column ready timestamp with time zone;
alter table busbar_outgoing add column lease uuid;
create index busbar_outgoing_ready on busbar_outgoing (application, detail, ready, number);
create index busbar_outgoing_lease on busbar_outgoing (lease);
