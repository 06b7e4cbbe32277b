-- Text is looked for in lower case, and kept so: to compare without regard to case takes ten times as long for each row.
alter table downloads
  add column searched text generated always as (lower(title || ' ' || coalesce(creator_name, '') || ' ' || source_video_url)) stored;
drop index downloads_searched;
create index downloads_searched on downloads using gin (searched gin_trgm_ops) where deleted_at is null;
