-- What the version with the first migration alone did.

insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts, reached,
	handling, place)
values (:bytes, 'shop', '/s', '1', 'order.placed', :bytes, 'HANDLED', 1, :now, 1, 0);

insert into busbar_inbox (event_key, consumer_group, source, event_id, type, digest, state, attempts, reached,
	handling, place)
values (:others, 'shop', '/s', '2', 'order.placed', :bytes, 'DELAYED', 1, :now, null, null);

update busbar_inbox set state = 'DEAD', attempts = 3, reached = :now, handling = null, place = null
where event_key = :others and digest = :bytes and state <> 'HANDLED';

select nextval('busbar_handling_seq');

insert into busbar_handling (number, micros, finished) values (1, '12', :now);

select nextval('busbar_outbox_seq');

insert into busbar_outbox (number, consumer_group, cause_key, cause_id, envelope, data, large_data, stored, published)
values (1, 'shop', :bytes, '1', :bytes, :bytes, :bytes, :now, null);

update busbar_outbox set published = :now where number = 1;

insert into busbar_dead_letter (id, letter_key, consumer_group, handler, source, event_id, type, event_key, headers,
	payload, exception, cause, attempts, first_failure, last_failure, broker, destination, partition_number,
	position_number)
values (:id, :letterKey, 'shop', 'decideOrder', '/s', '1', 'order.placed', 'k', '{}', :bytes, 'java.lang.Error', 'why',
	3, :now, :now, 'jdbc', 'order.placed', 1, 2);

insert into busbar_lease (name, owner, epoch, expires) values ('probe', :id, 0, :now);

delete from busbar_lease where name = 'probe';

insert into busbar_lease (name, owner, epoch, expires) values ('relay', :id, 1, :now);

update busbar_lease set epoch = case when owner = :id then epoch else epoch + 1 end, owner = :id, expires = :now
where name = 'relay';
