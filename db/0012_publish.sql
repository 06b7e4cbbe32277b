-- Publishing: pictures and a licence of one's own, what became of a video after the platform had accepted it, and forms that wait.
alter table upload_jobs
  add column video_licence    text not null default 'standard'
                              constraint uploads_video_licence_known check (video_licence in ('standard', 'creative_common')),
  add column thumbnail_error  text,                                     -- why thumbnail_key was not set; the video is published all the same
  add column watermark_key    text,                                     -- of the whole channel, as YouTube has it
  add column watermark_error  text,
  add column processing       text                                      -- null before, and where the platform does not say
                              constraint uploads_processing_known check (processing in ('running', 'done', 'failed', 'rejected')),
  add column processing_error text;

-- The forms that users have begun, one for each file; what is deleted can be taken back for a while.
create table publish_drafts (
  user_id       uuid not null references users on delete cascade,
  download_id   uuid not null references downloads on delete cascade,
  form          jsonb not null,                                         -- the fields as they were typed
  thumbnail_key text,
  watermark_key text,
  updated_at    timestamptz not null default now(),
  deleted_at    timestamptz,
  primary key (user_id, download_id)
);
create index publish_drafts_of_download on publish_drafts (download_id);

-- Which pictures are still wanted.
create index publish_drafts_with_thumbnail on publish_drafts (thumbnail_key) where thumbnail_key is not null;
create index publish_drafts_with_watermark on publish_drafts (watermark_key) where watermark_key is not null;
create index uploads_with_thumbnail on upload_jobs (thumbnail_key) where thumbnail_key is not null;
create index uploads_with_watermark on upload_jobs (watermark_key) where watermark_key is not null;
