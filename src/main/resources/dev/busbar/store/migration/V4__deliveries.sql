-- Who gets which events as webhooks. Secrets and headers are encrypted where a key is configured.
create table busbar_subscription (
	application varchar not null,
	name varchar(64) not null,
	url varchar not null,
	types text not null,
	filter varchar,
	format varchar(20) not null,
	headers text not null,
	rate integer,
	max_in_flight integer not null,
	secret varchar not null,
	previous_secret varchar,
	previous_until timestamp with time zone,
	created timestamp with time zone not null,
	changed timestamp with time zone not null,
	primary key (application, name)
);

-- How the receiver of a subscription does, also of one that stands in the configuration.
create table busbar_endpoint (
	application varchar not null,
	subscription varchar(64) not null,
	url varchar not null,
	-- Why it gets nothing, and since when.
	disabled varchar(7),
	disabled_at timestamp with time zone,
	-- Since its last success.
	failing_since timestamp with time zone,
	failures integer not null,
	warned integer not null,
	-- How often its circuit was opened since, and when it is probed next.
	opened integer not null,
	retry_at timestamp with time zone,
	-- Up to when its rate is used.
	paced_until timestamp with time zone,
	primary key (application, subscription)
);

-- An event that has deliveries, once for all of them.
create table busbar_delivery_event (
	number bigint not null primary key,
	event_key bytea not null,
	message varchar not null,
	source varchar not null,
	event_id varchar not null,
	type varchar not null,
	envelope bytea not null,
	data bytea,
	large_data ${blob},
	stored timestamp with time zone not null
);
create index busbar_delivery_event_key on busbar_delivery_event (event_key);
create index busbar_delivery_event_stored on busbar_delivery_event (stored, number);

create table busbar_delivery (
	number bigint not null primary key,
	application varchar not null,
	subscription varchar(64) not null,
	event bigint not null,
	type varchar not null,
	state varchar(9) not null,
	-- In all, and of the present round, which begins anew when a person asks for it.
	attempts integer not null,
	tries integer not null,
	size integer not null,
	created timestamp with time zone not null,
	-- While an attempt runs: when another one may take it, for the process may have died.
	due timestamp with time zone,
	claim uuid,
	ended timestamp with time zone
);
create index busbar_delivery_due on busbar_delivery (application, subscription, due, number);
create index busbar_delivery_event_number on busbar_delivery (event);
create index busbar_delivery_state on busbar_delivery (application, state, number);
create index busbar_delivery_ended on busbar_delivery (ended, number);
-- Each value stands for a range of numbers, of deliveries and of their events.
create sequence busbar_delivery_seq increment by 1000;

create table busbar_delivery_attempt (
	delivery bigint not null,
	attempt integer not null,
	started timestamp with time zone not null,
	millis integer not null,
	status integer,
	failure varchar,
	answer varchar,
	primary key (delivery, attempt)
);
create index busbar_delivery_attempt_started on busbar_delivery_attempt (started);
