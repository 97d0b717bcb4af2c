-- What people did with a dead letter goes with it. Before, all that was done long ago was looked through again and
-- again, for what had no letter any more.
delete from busbar_dead_letter_action where letter not in (select id from busbar_dead_letter);
alter table busbar_dead_letter_action add constraint busbar_dead_letter_action_letter_key
	foreign key (letter) references busbar_dead_letter (id) on delete cascade;
