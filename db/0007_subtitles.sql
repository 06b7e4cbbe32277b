-- Subtitles beside the file, as WebVTT.
alter table downloads
  add column subtitles     text,                                        -- the language that was asked for, in the site's word
  add column subtitles_key text;                                        -- in the object store; null when they could not be had
