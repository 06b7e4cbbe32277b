-- The library: what each file is, a picture of it, and how much a user's files hold.
alter table downloads
  add column width       int,                                           -- pixels; null for sound, and for files from before
  add column height      int,
  add column frame_rate  double precision,
  add column video_codec text,                                          -- in ffmpeg's words
  add column audio_codec text,
  add column bit_rate    bigint,                                        -- per second, of the whole file
  add column poster_key  text;                                          -- in the object store; null when there is none

-- Beside the number of downloads the bytes of their files, by the same changes.
alter table download_counts add column bytes bigint not null default 0;

insert into download_counts (user_id, status, downloads, bytes)
select user_id, status, 0, sum(file_size)
from downloads
where deleted_at is null
  and file_size is not null
group by user_id, status;

-- A row that is marked as deleted counts no more, and again when that is undone.
create or replace function count_download() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.deleted_at is null then
    insert into download_counts (user_id, status, downloads, bytes)
    values (old.user_id, old.status, -1, -coalesce(old.file_size, 0));
  end if;
  if new.deleted_at is null then
    insert into download_counts (user_id, status, downloads, bytes)
    values (new.user_id, new.status, 1, coalesce(new.file_size, 0));
  end if;
  return null;
end
$$;
drop trigger downloads_counted_when_moved on downloads;
create trigger downloads_counted_when_moved after update of status, deleted_at, file_size on downloads
  for each row when ((old.status, old.deleted_at, old.file_size) is distinct from (new.status, new.deleted_at, new.file_size))
  execute function count_download();
