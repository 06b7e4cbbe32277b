-- TrendVault's first schema. Times are UTC instants, ids are UUID v7 made by the app, states are text under a CHECK:
-- a native enum would need a cast at every parameter.

-- Users and their ways in ---------------------------------------------------------------------------------------------

create table users (
  id            uuid primary key,
  email         text not null constraint users_email_unique unique,   -- NFC, lower case: compared as stored
  password_hash text not null,
  name          text not null,
  avatar_url    text,
  role          text not null constraint users_role_known check (role in ('admin', 'user')),
  token_salt    bytea not null,                                       -- for the key that seals this user's platform tokens
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

-- One row per browser signed in, and one per API sign-in: the sid of a JWT, the family of its refresh tokens.
create table sessions (
  id           uuid primary key,
  user_id      uuid not null references users on delete cascade,
  kind         text not null constraint sessions_kind_known check (kind in ('browser', 'api')),
  token_hash   bytea constraint sessions_token_unique unique,         -- SHA-256 of the cookie; an API session has none
  user_agent   text,
  ip_address   text,
  created_at   timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at   timestamptz not null,
  ended_at     timestamptz
);
create index sessions_of_user on sessions (user_id) where ended_at is null;

create table refresh_tokens (
  id         uuid primary key,
  session_id uuid not null references sessions on delete cascade,
  user_id    uuid not null references users on delete cascade,
  token_hash bytea not null constraint refresh_tokens_token_unique unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at    timestamptz                                              -- set once: a second use ends the family
);
create index refresh_tokens_of_session on refresh_tokens (session_id);

create table api_keys (
  id           uuid primary key,
  user_id      uuid not null references users on delete cascade,
  name         text not null,
  prefix       text not null,                                         -- the first characters, to tell keys apart in a list
  token_hash   bytea not null constraint api_keys_token_unique unique,
  scopes       text[] not null,
  created_at   timestamptz not null default now(),
  last_used_at timestamptz,
  revoked_at   timestamptz
);
create index api_keys_of_user on api_keys (user_id);

create table idempotency_keys (
  user_id      uuid not null references users on delete cascade,
  key          text not null,
  route        text not null,
  request_hash bytea not null,
  status       int,                                                   -- null while the first request still runs
  response     bytea,
  created_at   timestamptz not null default now(),
  primary key (user_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

create table app_settings (
  key        text primary key,
  value      text not null,
  updated_at timestamptz not null default now()
);

create table data_protection_keys (
  friendly_name text primary key,
  xml           text not null,
  created_at    timestamptz not null default now()
);

-- Trending ------------------------------------------------------------------------------------------------------------

-- What a video is. No index on what a refresh changes, so that its updates stay heap-only.
create table videos (
  id                uuid primary key,
  platform          text not null constraint videos_platform_known check (platform in ('YOUTUBE', 'TIKTOK')),
  platform_video_id text not null,
  title             text not null,
  description       text,
  thumbnail_url     text,
  creator_name      text not null,
  creator_url       text,
  video_url         text not null,
  duration_seconds  int,
  published_at      timestamptz,
  licence           text,                                             -- the platform's word: youtube, creativeCommon
  tags              text[] not null default '{}',
  view_count        bigint,                                           -- real counts pass 2^31; null is unknown
  like_count        bigint,
  comment_count     bigint,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint videos_platform_id_unique unique (platform, platform_video_id)
) with (fillfactor = 80);

-- The ordered list for (platform, region, category); '' is the General chart.
create table charts (
  id              uuid primary key,
  platform        text not null constraint charts_platform_known check (platform in ('YOUTUBE', 'TIKTOK')),
  region          text not null,
  category        text not null,
  current_version bigint not null default 0,                          -- rises with each refresh; 0 is never seen
  total           int not null default 0,                             -- entries of the current version
  source          text not null default '',                           -- where it came from, shown to the reader
  fetched_at      timestamptz,
  failed_at       timestamptz,                                        -- the last refresh that failed, if it is newer
  failure         text,
  constraint charts_unique unique (platform, region, category)
) with (fillfactor = 70);

-- Where a video stood. The chart now is the rows of charts.current_version; older versions serve readers who scroll
-- through them, and the change of rank.
create table chart_entries (
  chart_id   uuid not null references charts on delete cascade,
  version    bigint not null,
  rank       int not null,
  video_id   uuid not null references videos,
  view_count bigint,
  fetched_at timestamptz not null,
  primary key (chart_id, version, rank)
);

-- The rows of the original's TrendingVideo.
create view trending_videos as
select
  videos.id, videos.platform, videos.platform_video_id, charts.region, charts.category, chart_entries.rank,
  videos.title, videos.description, videos.thumbnail_url, videos.view_count, videos.like_count,
  videos.creator_name, videos.creator_url, videos.duration_seconds as duration, videos.video_url,
  charts.fetched_at, videos.updated_at
from charts
join chart_entries on chart_entries.chart_id = charts.id and chart_entries.version = charts.current_version
join videos on videos.id = chart_entries.video_id;

-- Jobs ----------------------------------------------------------------------------------------------------------------

create table jobs (
  id               uuid primary key,
  kind             text not null,                                     -- download, upload, refresh, housekeeping
  state            text not null default 'queued'
                   constraint jobs_state_known check (state in ('queued', 'running', 'completed', 'failed', 'cancelled')),
  user_id          uuid references users on delete cascade,
  owner_id         uuid not null                                      -- whose turn it is: the house counts as one user
                   generated always as (coalesce(user_id, '00000000-0000-0000-0000-000000000000')) stored,
  subject_id       uuid,                                              -- the row that the job serves
  slot_key         text constraint jobs_slot_unique unique,           -- recurring work: one job per slot over all instances
  args             jsonb not null default '{}',
  attempt          int not null default 0,                            -- the fence: only grows, by one at each claim
  failures         int not null default 0,                            -- what counts against the limit
  crashes          int not null default 0,                            -- attempts that ended with their process
  run_after        timestamptz not null default now(),
  wait_reason      text,                                              -- why a queued job is parked, in the user's words
  cancel_requested boolean not null default false,
  claimed_by       text,
  claimed_at       timestamptz,
  error_code       text,
  error            text,
  created_at       timestamptz not null default now(),
  finished_at      timestamptz,
  constraint jobs_finished_when_final check ((finished_at is not null) = (state in ('completed', 'failed', 'cancelled')))
) with (fillfactor = 70);

-- The claim: who waits for a kind, and each one's oldest due rows.
create index jobs_due on jobs (kind, owner_id, run_after, id) where state = 'queued';
-- The sweep, and what each owner has running when claims are shared out.
create index jobs_running on jobs (kind, owner_id) where state = 'running';
-- Who was served last, so that owners with as many running jobs take turns.
create index jobs_served on jobs (kind, owner_id, claimed_at) where claimed_at is not null;
-- One live job per row it serves.
create unique index jobs_one_live_per_subject on jobs (subject_id) where state in ('queued', 'running') and subject_id is not null;
create index jobs_finished on jobs (finished_at) where finished_at is not null;
create index jobs_of_user on jobs (user_id);

-- Downloads -----------------------------------------------------------------------------------------------------------

create table downloads (
  id                uuid primary key,
  user_id           uuid not null references users on delete cascade,
  idempotency_key   text,                                             -- of the form that made it: a double click makes one row
  source_video_url  text not null,                                    -- canonical, as it is fetched
  platform          text,                                             -- of the chart's video it was chosen from, if any
  platform_video_id text,
  title             text not null,
  creator_name      text,
  licence           text,
  thumbnail_url     text,
  file_name         text not null default '',                         -- for saving to disk; any Unicode
  format            text not null,                                    -- a preset's name or a format id of yt-dlp
  quality           text not null default '',                         -- for people: 1080p, audio
  content_type      text,
  duration_seconds  double precision,
  file_size         bigint,
  sha256            text,                                             -- lower-case hex
  storage_key       text,                                             -- set by the commit that completes the row
  status            text not null default 'pending'
                    constraint downloads_status_known check (status in ('pending', 'downloading', 'completed', 'failed', 'cancelled')),
  phase             text,                                             -- video, audio, merge, store
  progress          int not null default 0 constraint downloads_progress_range check (progress between 0 and 100),
  downloaded_bytes  bigint,
  total_bytes       bigint,
  speed_bytes       bigint,                                           -- per second
  eta_seconds       int,
  wait_reason       text,
  wait_until        timestamptz,
  error_code        text,
  error             text,
  error_detail      text,
  deleted_at        timestamptz,                                      -- marked first, then the object goes, then the row
  downloaded_at     timestamptz,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  constraint downloads_idempotency unique (user_id, idempotency_key),
  constraint downloads_completed_has_object check (status <> 'completed' or (storage_key is not null and sha256 is not null and file_size is not null))
) with (fillfactor = 80);

-- The history: newest first, by keyset.
create index downloads_of_user on downloads (user_id, created_at desc, id desc) where deleted_at is null;
create index downloads_to_delete on downloads (deleted_at) where deleted_at is not null;

-- Accounts and channels -----------------------------------------------------------------------------------------------

create table connected_accounts (
  id                 uuid primary key,
  user_id            uuid not null references users on delete cascade,
  platform           text not null constraint accounts_platform_known check (platform in ('YOUTUBE', 'TIKTOK')),
  platform_user_id   text not null,
  platform_user_name text not null,
  email              text,
  avatar_url         text,
  scopes             text[] not null,
  status             text not null default 'connected'
                     constraint accounts_status_known check (status in ('connected', 'reconnect_needed')),
  token_blob         bytea not null,                                  -- AES-256-GCM over one JSON of both tokens
  token_iv           bytea not null constraint accounts_iv_is_96_bits check (length(token_iv) = 12),
  token_tag          bytea not null constraint accounts_tag_is_128_bits check (length(token_tag) = 16),
  token_key_id       text not null,
  token_expires_at   timestamptz not null,
  created_at         timestamptz not null default now(),
  updated_at         timestamptz not null default now(),
  constraint accounts_unique unique (user_id, platform, platform_user_id)
);

create table channels (
  id                   uuid primary key,
  user_id              uuid not null references users on delete cascade,
  connected_account_id uuid not null references connected_accounts on delete cascade,
  platform             text not null,
  platform_channel_id  text not null,
  channel_name         text not null,
  handle               text,
  avatar_url           text,
  subscribers          bigint,                                        -- null is hidden
  created_at           timestamptz not null default now(),
  updated_at           timestamptz not null default now(),
  constraint channels_unique unique (user_id, platform, platform_channel_id)
);
create index channels_of_account on channels (connected_account_id);

-- Uploads -------------------------------------------------------------------------------------------------------------

create table upload_jobs (
  id                uuid primary key,
  user_id           uuid not null references users on delete cascade,
  idempotency_key   text,
  download_id       uuid references downloads on delete set null,
  channel_id        uuid references channels on delete set null,
  platform          text not null,
  channel_name      text not null,                                    -- as it was: the row outlives a disconnected channel
  title             text not null,
  description       text not null default '',
  tags              text[] not null default '{}',
  privacy           text not null constraint uploads_privacy_known check (privacy in ('public', 'unlisted', 'private')),
  category_id       text not null default '22',
  made_for_kids     boolean not null default false,
  licence           text,                                             -- the source's, as the user saw it
  rights_statement  text not null,                                    -- what the user confirmed
  publish_at        timestamptz,
  thumbnail_key     text,
  thumbnail_url     text,                                             -- of the download, for lists
  status            text not null default 'pending'
                    constraint uploads_status_known check (status in ('pending', 'uploading', 'completed', 'failed', 'cancelled')),
  phase             text,
  progress          int not null default 0 constraint uploads_progress_range check (progress between 0 and 100),
  sent_bytes        bigint,
  total_bytes       bigint,
  speed_bytes       bigint,
  eta_seconds       int,
  handle_blob       bytea,                                            -- the running upload at the platform, sealed: saved before the first byte
  handle_iv         bytea,
  handle_tag        bytea,
  handle_key_id     text,
  last_byte_at      timestamptz,                                      -- saved before the last byte is sent: from then on there may be a video
  platform_video_id text,
  url               text,
  wait_reason       text,
  wait_until        timestamptz,
  error_code        text,
  error             text,
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  finished_at       timestamptz,
  constraint uploads_idempotency unique (user_id, idempotency_key),
  constraint uploads_handle_whole check (num_nulls(handle_blob, handle_iv, handle_tag, handle_key_id) in (0, 4))
) with (fillfactor = 80);
create index uploads_of_user on upload_jobs (user_id, created_at desc, id desc);
create index uploads_of_download on upload_jobs (download_id);
create index uploads_of_channel on upload_jobs (channel_id);

create table published_videos (
  id                uuid primary key,
  user_id           uuid not null references users on delete cascade,
  upload_job_id     uuid not null constraint published_one_per_upload unique references upload_jobs,
  channel_id        uuid references channels on delete set null,
  platform          text not null,
  platform_video_id text not null,
  title             text not null,
  url               text not null,
  privacy           text not null,                                    -- as the platform answered, which may be stricter
  published_at      timestamptz not null default now()
);
create index published_of_user on published_videos (user_id, published_at desc, id desc);
create index published_of_channel on published_videos (channel_id);
