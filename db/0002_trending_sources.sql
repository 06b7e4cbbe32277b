-- What the platforms tell of a video beside what 0001 keeps; null where they leave it out.
alter table videos
  add column creator_id  text,                                          -- the platform's own id of the channel or account
  add column category    text,                                          -- what it is about, in the platform's English words
  add column embeddable  boolean,
  add column is_vertical boolean;                                       -- higher than wide
