-- Uploads that their users have taken off the list; what was published stays published.
alter table upload_jobs
  add column removed_at timestamptz;
create index uploads_removed on upload_jobs (removed_at) where removed_at is not null;

-- What a channel has got, newest first.
drop index published_of_channel;
create index published_of_channel on published_videos (channel_id, published_at desc, id desc);
