create table user_table (id integer primary key);
