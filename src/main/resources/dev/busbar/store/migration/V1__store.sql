-- Keys are 24 bytes, see EventKeys: they stay short for ids of any length, and all rows of one event id
-- stand side by side, so that looking an event up by its id needs no index of its own.

create table busbar_inbox (
	event_key bytea not null primary key,
	consumer_group varchar not null,
	source varchar not null,
	event_id varchar not null,
	type varchar not null,
	digest bytea not null,
	state varchar(9) not null,
	attempts integer not null,
	reached timestamp with time zone not null,
	handling bigint,
	place integer
);
create index busbar_inbox_reached on busbar_inbox (state, reached);

-- One row per handling instead of an update per event: the durations of its events, in their order.
create table busbar_handling (
	number bigint not null primary key,
	micros varchar not null,
	finished timestamp with time zone not null
);
create index busbar_handling_finished on busbar_handling (finished);
create sequence busbar_handling_seq;

-- The data is kept apart from the envelope, so that an event is published byte for byte as it was at first:
-- H2 keeps up to a mebibyte in the row, and what is longer only in a blob.
create table busbar_outbox (
	number bigint not null primary key,
	consumer_group varchar not null,
	cause_key bytea not null,
	cause_id varchar not null,
	envelope bytea not null,
	data bytea,
	large_data ${blob},
	stored timestamp with time zone not null,
	published timestamp with time zone
);
create index busbar_outbox_cause on busbar_outbox (cause_key);
create index busbar_outbox_published on busbar_outbox (published, number);
-- Each value stands for a range of numbers.
create sequence busbar_outbox_seq increment by 1000;

create table busbar_dead_letter (
	id uuid not null primary key,
	letter_key bytea not null unique,
	consumer_group varchar not null,
	handler varchar,
	source varchar,
	event_id varchar,
	type varchar,
	event_key varchar,
	headers text not null,
	payload ${blob},
	exception varchar not null,
	cause varchar not null,
	attempts integer not null,
	first_failure timestamp with time zone not null,
	last_failure timestamp with time zone not null,
	broker varchar not null,
	destination varchar not null,
	partition_number integer,
	position_number bigint
);

create table busbar_lease (
	name varchar(200) not null primary key,
	owner uuid not null,
	epoch bigint not null,
	expires timestamp with time zone not null
);
