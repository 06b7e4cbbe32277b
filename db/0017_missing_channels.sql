-- One answer without a channel is no proof: the channel stays with its queue and what it published, and goes with its account only.
alter table channels
  add column missing_since timestamptz;                               -- null while its platform shows it
create index channels_missing on channels (connected_account_id) where missing_since is not null;

-- An account that its platform shows without a channel is found again by whom it belongs to.
alter table connected_accounts
  add column owner_id text;                                           -- at the platform; null for those connected before it was kept
