-- lz4 takes a fraction of the time of PostgreSQL's own way to compress. It is there from version 14 on, if the server
-- was built with it. Nobody waits for it: where it cannot be now, it is done at a later start, with the other tables.
do $$
begin
	set local lock_timeout = '200ms';
	execute 'alter table busbar_log_record alter column payload set compression lz4';
exception
	when feature_not_supported or syntax_error or insufficient_privilege or lock_not_available or deadlock_detected
		or query_canceled then null;
end
$$;
