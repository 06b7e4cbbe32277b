-- A channel's picture is copied, since its address at the platform may end within hours.
alter table channels
  add column picture_type text;                                       -- the copy's content type; null when there is none
