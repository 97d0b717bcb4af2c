-- Every event that the application's streams carried, in one order, for those who follow it.

create table busbar_feed (
	application varchar not null,
	number bigint not null,
	event_key bytea not null,
	source varchar not null,
	type varchar not null,
	partition_key varchar,
	size integer not null,
	added timestamp with time zone not null,
	envelope bytea not null,
	data bytea,
	large_data ${blob},
	primary key (application, number)
);
create unique index busbar_feed_event on busbar_feed (event_key);
create index busbar_feed_added on busbar_feed (added, number);

-- Locked by whoever adds events until his commit, so that numbers have no gaps, rise with the commits, and
-- nobody reads past one that commits late. The time never goes back, whatever the clocks of the instances say.
create table busbar_feed_counter (
	application varchar not null primary key,
	last_number bigint not null,
	last_added timestamp with time zone not null
);
