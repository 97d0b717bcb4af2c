-- What the version with all migrations but the last did. It writes each column of that version's tables: where a
-- migration has come, the columns of the one before it belong here, as the statements of that time wrote them.

select event_key, digest, state, token from busbar_inbox where event_key = :bytes;

insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts, reached,
	handling, place, cause_id)
values (:bytes, 'shop', '/s', '1', 'order.placed', :bytes, 'HANDLED', 1, :now, 1, 0, '0');

insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts, reached,
	handling, place, token, cause_id)
values (:others, 'shop', '/s', '2', 'order.placed', :bytes, 'HANDLED', 1, :now, 2, 0, null, null);

update busbar_inbox set state = 'DELAYED', token = :id, attempts = 2, reached = :now, handling = null, place = null
where event_key = :others and handling = 2;

update busbar_inbox set state = 'DEAD', token = null, reached = :now, handling = null, place = null,
	attempts = cast(3 as integer) + case when state = 'REPLAYING' then attempts else 0 end
where event_key = :others and digest = :bytes and state <> 'HANDLED' and (token is null or token = :id);

update busbar_inbox set state = 'REPLAYING', token = :id, digest = :bytes, reached = :now
where event_key = :others and state = 'DEAD';

select nextval('busbar_handling_seq');

insert into busbar_handling (number, micros, finished) values (1, '12', :now);

select i.consumer_group, i.source, i.event_id, i.type, i.state, i.attempts, i.reached, i.place, i.cause_id, h.micros
from busbar_inbox i left join busbar_handling h on h.number = i.handling where i.event_id = '1';

select nextval('busbar_outbox_seq');

insert into busbar_outbox (stored, published, handling, number, consumer_group, cause_key, cause_id, envelope, data, large_data)
values (:now, null, 1, 1, 'shop', :bytes, '1', :bytes, :bytes, :bytes);

insert into busbar_outbox_block (first_number, consumer_group, size, stored) values (1, 'shop', 1, :now);

update busbar_outbox_block set published = :now where first_number = 1 and published is null;

update busbar_outbox set published = :now where number = 1;

insert into busbar_lease (name, owner, epoch, expires) values ('probe', :id, 0, :now);

delete from busbar_lease where name = 'probe';

insert into busbar_lease (name, owner, epoch, expires) values ('relay', :id, 1, :now);

update busbar_lease set epoch = case when owner = :id then epoch else epoch + 1 end, owner = :id, expires = :now
where name = 'relay';

insert into busbar_dead_letter (id, letter_key, consumer_group, handler, source, event_id, type, event_key, headers,
	payload, exception, cause, attempts, first_failure, last_failure, broker, destination, partition_number,
	position_number, withheld)
values (:id, :letterKey, 'shop', 'decideOrder', '/s', '1', 'order.placed', 'k', '{}', :bytes, 'java.lang.Error', 'why',
	3, :now, :now, 'jdbc', 'order.placed', 1, 2, '{}');

update busbar_dead_letter set edited = :bytes, edited_by = 'ada' where id = :id;

insert into busbar_dead_letter_action (letter, action, person, acted, reason, replay)
values (:id, 'REPLAYED', 'ada', :now, 'fixed', :id);

update busbar_dead_letter set state = 'DISCARDED', ended = :now where id = :id;

update busbar_dead_letter set attempts = attempts + 1, last_failure = :now, exception = 'java.lang.Error', cause = 'why',
	state = case when state = 'DISCARDED' then state else 'OPEN' end, ended = case when state = 'DISCARDED' then ended end
where letter_key = :letterKey and edited is null;

insert into busbar_dead_letter (id, letter_key, consumer_group, handler, source, event_id, type, event_key, headers,
	payload, exception, cause, attempts, first_failure, last_failure, broker, destination, partition_number,
	position_number, withheld)
values (:another, :others, 'shop', null, null, null, null, null, '{}', null, 'java.lang.Error', 'why', 1, :now, :now,
	'jdbc', 'order.placed', null, null, null);

insert into busbar_dead_letter_action (letter, action, person, acted, reason, replay)
values (:another, 'DISCARDED', 'ada', :now, null, null);

delete from busbar_dead_letter where id = :another;

insert into busbar_replay (id, application, filter, rate, person, state, total, done, skipped, started)
values (:id, 'shop', '{}', 10, 'ada', 'RUNNING', 1, 0, 0, :now);

update busbar_replay set done = done + 1, skipped = skipped + 0, last_failure = :now, last_id = :id,
	problem = coalesce(cast('why' as varchar), problem)
where id = :id and state = 'RUNNING' and done = 0 and skipped = 0;

update busbar_replay set state = 'CANCELLED', finished = :now, cancelled_by = cast('ada' as varchar)
where id = :id and state = 'RUNNING';

select nextval('busbar_outgoing_seq');

insert into busbar_outgoing_slot (application, slot) values ('shop', 0);

select slot from busbar_outgoing_slot where application = 'shop' and slot = 0 order by slot for update skip locked;

insert into busbar_outgoing (number, application, slot, kind, event_key, source, event_id, type, envelope, data,
	large_data, stored, due)
values (1, 'shop', 0, 'EVENT', :bytes, '/s', '1', 'order.placed', :bytes, :bytes, null, :now, :now);

insert into busbar_gate (gate) values (:bytes);

insert into busbar_outgoing (kind, envelope, data, large_data, due, token, gate, attempts, first_failure, letter,
	detail, ready, event_key, number, application, slot, source, event_id, type, stored, original_headers,
	original_payload, original_broker, original_destination, original_partition, original_position)
values ('REMOTE', :bytes, null, :bytes, null, :id, :bytes, 1, :now, :id, 'decideOrder', :now, :others, 2, 'shop', 0,
	'/s', '2', 'order.placed', :now, '{}', :bytes, 'kafka', 'order.placed', 0, 1);

update busbar_outgoing set lease = :id, ready = :now where number = 2 and lease is null;

select number, application, kind, token, due, envelope, data, large_data from busbar_outgoing
where number = 1 and due <= :now order by slot, due, number;

insert into busbar_feed_counter (application, last_number, last_added) values ('shop', 0, :now);

insert into busbar_feed (application, number, event_key, source, type, partition_key, size, added, envelope, data,
	large_data)
values ('shop', 1, :bytes, '/s', 'order.placed', 'k', 3, :now, :bytes, :bytes, :bytes);

update busbar_feed_counter set last_number = 1, last_added = :now where application = 'shop';

insert into busbar_subscription (url, types, filter, format, headers, rate, max_in_flight, changed, secret,
	previous_secret, previous_until, created, application, name)
values ('http://127.0.0.1', '["*"]', 'true', 'cloudevents-json', '{}', 10, 32, :now, 'whsec_', null, null, :now, 'shop',
	'billing');

update busbar_subscription set secret = 'whsec_', previous_secret = 'whsec_', previous_until = :now, changed = :now
where application = 'shop' and name = 'billing';

insert into busbar_endpoint (application, subscription, url, failures, warned, opened)
select cast('shop' as varchar), cast('billing' as varchar), cast('http://127.0.0.1' as varchar), 0, 0, 0
where not exists (select 1 from busbar_endpoint where application = 'shop' and subscription = 'billing');

update busbar_endpoint set disabled = 'GONE', disabled_at = :now, failing_since = :now, failures = 1, warned = 0,
	opened = 1, retry_at = :now
where application = 'shop' and subscription = 'billing';

update busbar_endpoint set paced_until = :now where application = 'shop' and subscription = 'billing';

select nextval('busbar_delivery_seq');

insert into busbar_delivery_event (number, event_key, message, source, event_id, type, envelope, data, large_data,
	stored)
values (1, :bytes, 'msg_1', '/s', '1', 'order.placed', :bytes, :bytes, :bytes, :now);

insert into busbar_delivery (number, application, subscription, event, type, state, attempts, tries, size, created, due)
values (2, 'shop', 'billing', 1, 'order.placed', 'PENDING', 0, 0, 3, :now, :now);

update busbar_delivery set claim = :id, due = :now where number = 2;

insert into busbar_delivery_attempt (delivery, attempt, started, millis, status, failure, answer)
values (2, 1, :now, 5, 500, 'why', 'no');

insert into busbar_delivery (number, application, subscription, event, type, state, attempts, tries, size, created, due)
values (3, 'shop', 'billing', 1, 'order.placed', 'PENDING', 0, 0, 3, :now, :now);

update busbar_delivery set claim = :id, due = :now where number = 3;

update busbar_delivery set state = 'DELIVERED', attempts = 1, tries = 1, due = null, ended = :now, claim = null
where number = 3 and claim = :id;
