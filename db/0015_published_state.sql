-- A video can only be an upload's own if it came after its session had begun.
alter table upload_jobs
  add column handle_at timestamptz;

-- A channel's own limit of uploads, whoever of the users publishes on it: until then YouTube is not asked.
create table youtube_channel_limits (
  platform_channel_id text primary key,
  until               timestamptz not null,
  code                text not null,
  reason              text not null                                   -- a sentence for the rows that wait
);
