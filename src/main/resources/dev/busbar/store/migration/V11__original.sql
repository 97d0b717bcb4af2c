-- The message of a redelivery as the broker delivered it first, for the dead letter that may come of it: the copies
-- that the relay sends have other headers and another place. The payload only where it is not the event's data.
alter table busbar_outgoing add column original_headers text;
alter table busbar_outgoing add column original_payload ${blob};
alter table busbar_outgoing add column original_broker varchar;
alter table busbar_outgoing add column original_destination varchar;
alter table busbar_outgoing add column original_partition integer;
alter table busbar_outgoing add column original_position bigint;
