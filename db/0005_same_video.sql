-- "You already have this", in a history of any length. An address can be longer than an index takes.
create index downloads_of_source on downloads (user_id, md5(source_video_url)) where deleted_at is null;
create index downloads_of_video on downloads (user_id, platform, platform_video_id) where deleted_at is null and platform_video_id is not null;
