using Npgsql;

namespace TrendVault.Core.Uploads;

/// <summary>A form that was begun and not sent.</summary>
internal sealed record SavedDraft
{
    /// <summary>What is to be published.</summary>
    public required Guid DownloadId { get; init; }

    /// <summary>Of the download.</summary>
    public required string Title { get; init; }

    /// <summary>The platform's picture of the download.</summary>
    public string? ThumbnailUrl { get; init; }

    /// <summary>The download has a frame of its own to show.</summary>
    public required bool HasPoster { get; init; }

    /// <summary>The fields as they were typed: JSON, which the form alone understands.</summary>
    public required string Form { get; init; }

    /// <summary>Where the video's picture is in the object store; null when there is none. Not for users.</summary>
    public string? ThumbnailKey { get; init; }

    /// <summary>Where the channels' watermark is in the object store; null when there is none. Not for users.</summary>
    public string? WatermarkKey { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The SQL of forms that wait: one for each file of a user.</summary>
internal sealed class DraftStore(NpgsqlDataSource db)
{
    private const string Columns =
        """
        publish_drafts.download_id, downloads.title, publish_drafts.form::text as form, publish_drafts.thumbnail_key, publish_drafts.watermark_key,
        publish_drafts.updated_at, downloads.thumbnail_url, downloads.poster_key is not null as has_poster
        from publish_drafts
        join downloads on downloads.id = publish_drafts.download_id
        """;

    /// <summary>The user's form for a file, or null.</summary>
    public Task<SavedDraft?> FindAsync(Guid userId, Guid downloadId, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<SavedDraft>(
            $"""
            select {Columns}
            where publish_drafts.user_id = @userId
              and publish_drafts.download_id = @downloadId
              and publish_drafts.deleted_at is null
            """,
            new { userId, downloadId },
            cancellationToken);

    /// <summary>The user's forms, the last changed first.</summary>
    public Task<IReadOnlyList<SavedDraft>> ListAsync(Guid userId, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<SavedDraft>(
            $"""
            select {Columns}
            where publish_drafts.user_id = @userId
              and publish_drafts.deleted_at is null
              and downloads.deleted_at is null
            order by publish_drafts.updated_at desc, publish_drafts.download_id
            limit @limit
            """,
            new { userId, limit },
            cancellationToken);

    /// <summary>Keeps the fields; the pictures stay. A form that has been sent is not kept any more: its last change may come late.</summary>
    /// <param name="key">Of the form, by which it is known whether it has been sent.</param>
    public Task<int> SaveAsync(Guid userId, Guid downloadId, string form, string key, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            insert into publish_drafts (user_id, download_id, form)
            select @userId, @downloadId, @form::jsonb
            where not exists (
              select from upload_jobs
              where user_id = @userId
                and download_id = @downloadId
                and starts_with(idempotency_key, @key || ':')
            )
            on conflict (user_id, download_id) do update
            set
              form = excluded.form, updated_at = now(), deleted_at = null,
              thumbnail_key = case when publish_drafts.deleted_at is null then publish_drafts.thumbnail_key end,
              watermark_key = case when publish_drafts.deleted_at is null then publish_drafts.watermark_key end
            """,
            new { userId, downloadId, form, key },
            cancellationToken);

    /// <summary>Gives a kept form its pictures, or takes them away.</summary>
    public Task<int> SetPicturesAsync(Guid userId, Guid downloadId, string? thumbnailKey, string? watermarkKey, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update publish_drafts
            set thumbnail_key = @thumbnailKey, watermark_key = @watermarkKey, updated_at = now()
            where user_id = @userId
              and download_id = @downloadId
            """,
            new { userId, downloadId, thumbnailKey, watermarkKey },
            cancellationToken);

    /// <summary>False when there is none.</summary>
    public async Task<bool> DeleteAsync(Guid userId, Guid downloadId, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            """
            update publish_drafts
            set deleted_at = now()
            where user_id = @userId
              and download_id = @downloadId
              and deleted_at is null
            """,
            new { userId, downloadId },
            cancellationToken) == 1;

    /// <summary>Takes a deletion back; false when it is too late.</summary>
    public async Task<bool> RestoreAsync(Guid userId, Guid downloadId, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(
            """
            update publish_drafts
            set deleted_at = null
            where user_id = @userId
              and download_id = @downloadId
              and deleted_at is not null
            """,
            new { userId, downloadId },
            cancellationToken) == 1;

    /// <summary>For a form that was sent: nothing is left to take back.</summary>
    public Task<int> RemoveAsync(Guid userId, Guid downloadId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            delete from publish_drafts
            where user_id = @userId
              and download_id = @downloadId
            """,
            new { userId, downloadId },
            cancellationToken);

    /// <summary>Ends the deletions that nobody has taken back.</summary>
    internal Task<int> RemoveDeletedAsync(CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            delete from publish_drafts
            where deleted_at < now() - interval '1 hour'
            """,
            parameters: null,
            cancellationToken);
}
