-- What becomes of a draft once it lies in TikTok's inbox. Its publish_id stays in platform_video_id.
alter table upload_jobs
  add column inbox            text                                      -- null before the first look
                              constraint uploads_inbox_known check (inbox in ('waiting', 'posted', 'ended', 'unknown')),
  add column inbox_error      text,                                     -- why TikTok has ended it
  add column post_id          text,                                     -- of the public post, once TikTok or its user has named it
  add column likely_post_id   text,                                     -- of the one post that fits by time and length, for its user to confirm
  add column likely_posted_at timestamptz,
  add column inbox_seconds    double precision;                         -- the file's length, for the file may be deleted before it is posted
create index uploads_with_post on upload_jobs (post_id) where post_id is not null;

-- A draft that its creator has posted, or TikTok has ended, takes no place any more.
alter table tiktok_drafts
  add column publish_id  text,                                          -- null as long as TikTok has not said that it has begun
  add column finished_at timestamptz;
create index tiktok_drafts_of_publish_id on tiktok_drafts (publish_id) where publish_id is not null;
