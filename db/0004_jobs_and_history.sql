-- The history of someone with very many downloads: any chip, any depth, any text.
create index downloads_of_user_by_status on downloads (user_id, status, created_at desc, id desc) where deleted_at is null;

create extension if not exists pg_trgm;
create index downloads_searched on downloads
  using gin ((title || ' ' || coalesce(creator_name, '') || ' ' || source_video_url) gin_trgm_ops) where deleted_at is null;

-- How many downloads of a user stand where: the sum of these changes. They are only added, so that no two transactions wait for
-- each other over a counter, and folded into one row per state from time to time.
create table download_counts (
  user_id   uuid not null references users on delete cascade,
  status    text not null,
  downloads int not null
);
create index download_counts_of_user on download_counts (user_id);

insert into download_counts (user_id, status, downloads)
select user_id, status, count(*)
from downloads
where deleted_at is null
group by user_id, status;

-- A row goes only after it was marked as deleted, or together with its user and these counts, so a delete changes nothing.
create function count_download() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.deleted_at is null then
    insert into download_counts (user_id, status, downloads) values (old.user_id, old.status, -1);
  end if;
  if new.deleted_at is null then
    insert into download_counts (user_id, status, downloads) values (new.user_id, new.status, 1);
  end if;
  return null;
end
$$;
create trigger downloads_counted_when_added after insert on downloads
  for each row execute function count_download();
create trigger downloads_counted_when_moved after update of status, deleted_at on downloads
  for each row when (old.status <> new.status or old.deleted_at is distinct from new.deleted_at) execute function count_download();

-- Jobs that share a lane, such as a host, do not all run at once.
alter table jobs add column lane text not null default '';
drop index jobs_due;
create index jobs_due on jobs (kind, owner_id, run_after, id) include (lane) where state = 'queued';

-- What every page's header counts.
create index jobs_live_of_user on jobs (user_id, kind, state) where state in ('queued', 'running');

-- Whose jobs of a kind are not started at the moment, because they said so.
create table job_pauses (
  kind       text not null,
  user_id    uuid not null references users on delete cascade,
  created_at timestamptz not null default now(),
  primary key (kind, user_id)
);
