-- What the platform says of a published video is dated: before its time a scheduled one is private, and only a look afterwards tells more.
alter table published_videos
  add column publish_at timestamptz,                                  -- when the platform will make it public, as it answered; null is never
  add column read_at    timestamptz;                                  -- when the platform last said; null while nobody has heard it

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

-- What was scheduled before is looked at as well.
insert into jobs (id, kind, user_id, subject_id)
select gen_random_uuid(), 'upload_follow_up', published_videos.user_id, published_videos.id
from published_videos
join upload_jobs on upload_jobs.id = published_videos.upload_job_id
where published_videos.platform = 'YOUTUBE'
  and upload_jobs.publish_at is not null
on conflict do nothing;
