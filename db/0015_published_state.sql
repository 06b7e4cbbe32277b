-- A channel's own limit of uploads, whoever of the users publishes on it: until then YouTube is not asked.
create table youtube_channel_limits (
  platform_channel_id text primary key,
  until               timestamptz not null,
  code                text not null,
  reason              text not null                                   -- a sentence for the rows that wait
);
