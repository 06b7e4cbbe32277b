-- TikTok takes so many unfinished drafts of an account in 24 hours: when each was begun. Older rows go when the next is counted.
create table tiktok_drafts (
  id                   uuid primary key,
  connected_account_id uuid not null references connected_accounts on delete cascade,
  begun_at             timestamptz not null default now()
);
create index tiktok_drafts_of_account on tiktok_drafts (connected_account_id, begun_at);
