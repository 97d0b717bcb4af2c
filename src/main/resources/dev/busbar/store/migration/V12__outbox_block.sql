-- What one call has added to the outbox and is published together: one row to mark instead of all of its results,
-- each of which is a new version of its row and of its entries in three indexes. The results of a block count as
-- published with it; those without a block, and those of a block of which only some were published, by their own mark.
-- The block of a result is number - mod(number - 1, 1000), since each value of the sequence stands for so many. As long
-- as its block says whether a result waits, the mark of its own is the time at which it was stored.
create table busbar_outbox_block (
	first_number bigint not null primary key,
	consumer_group varchar not null,
	size integer not null,
	stored timestamp with time zone not null,
	published timestamp with time zone,
	-- A sequence that was set to another value would part results from their block.
	constraint busbar_outbox_block_first check (mod(first_number - 1, 1000) = 0),
	constraint busbar_outbox_block_size check (size between 1 and 1000)
);
create index busbar_outbox_block_published on busbar_outbox_block (published, first_number);
