-- lz4 takes a fraction of the time of PostgreSQL's own way to compress. It is there from version 14 on, if the server
-- was built with it.
do $$
begin
	execute 'alter table busbar_log_record alter column payload set compression lz4';
exception
	when feature_not_supported or syntax_error then null;
end
$$;
