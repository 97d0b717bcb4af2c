-- The attributes of a letter's event whose values look like secrets: never shown, but a replay needs them.
alter table busbar_dead_letter add column withheld text;
