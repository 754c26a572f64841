-- The readings of personal data, in their order; a `sub` as long as tokens may carry.

-- migrate:up
create index personal_data_readings_at_idx on personal_data_readings (at);

-- 200 characters of up to four bytes: a longer one than 255 bytes was refused every reading.
alter table personal_data_readings
    drop constraint personal_data_readings_sub_check,
    add constraint personal_data_readings_sub_check check (octet_length(sub) between 1 and 800);

-- migrate:down
drop index personal_data_readings_at_idx;
