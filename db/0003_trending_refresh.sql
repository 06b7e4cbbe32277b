-- The refresh: one statement stores a chart, so what makes it slow is left out, and what it changes stays heap-only.

-- A chart's videos lie in the same pages and are all updated at once: each page needs room for all of its rows anew.
alter table videos set (fillfactor = 50);

-- The statement that writes an entry has just written its chart and its video; to look both up again took a third of its time.
alter table chart_entries
  drop constraint chart_entries_chart_id_fkey,
  drop constraint chart_entries_video_id_fkey;

-- Where it stood in the version before, found once when an entry is written and not by every reader.
alter table chart_entries
  add column previous_rank int;                                         -- null is new in this version
update chart_entries as entries
set previous_rank = previous.rank
from charts
join chart_entries as previous on previous.chart_id = charts.id and previous.version = charts.current_version - 1
where entries.chart_id = charts.id
  and entries.version = charts.current_version
  and entries.video_id = previous.video_id;

alter table charts
  add column failures int not null default 0;                           -- in a row; the pause before the next try grows with them

-- What the refresh did, for the status page: a row for each half hour, and for each time that an admin asked.
create table chart_refreshes (
  id        uuid primary key,                                           -- the job's
  asked_by  uuid references users on delete set null,                   -- null is the house itself
  began_at  timestamptz not null,
  ended_at  timestamptz,
  planned   int not null,                                               -- charts to fetch in this round
  refreshed int not null default 0,
  failed    int not null default 0
) with (fillfactor = 50);
create index chart_refreshes_by_age on chart_refreshes (began_at);
