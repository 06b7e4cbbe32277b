using Npgsql;

namespace TrendVault.Core.Downloads;

/// <summary>What users order of downloads, in the transaction of the job that does it. Each statement names the user.</summary>
internal static class DownloadOrders
{
    private const string Reset =
        """
        status = 'pending', phase = null, progress = 0, downloaded_bytes = null, total_bytes = null, speed_bytes = null, eta_seconds = null,
        wait_reason = null, wait_until = null, error_code = null, error = null, error_detail = null, updated_at = now()
        """;

    /// <summary>False when the key has made a row before; a double click waits here until the first has committed.</summary>
    public static async Task<bool> InsertAsync(NpgsqlConnection connection, NewDownload download, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(
            """
            insert into downloads (
              id, user_id, idempotency_key, source_video_url, platform, platform_video_id, title, creator_name, licence, thumbnail_url, format,
              subtitles)
            values (
              @Id, @UserId, @IdempotencyKey, @Url, @Platform, @PlatformVideoId, @Title, @CreatorName, @Licence, @ThumbnailUrl, @Format,
              @Subtitles)
            on conflict on constraint downloads_idempotency do nothing
            """,
            download,
            cancellationToken) == 1;

    /// <summary>Takes ended rows back to their beginning and answers their addresses; those that are not ended, or not the user's, stay.</summary>
    public static Task<IReadOnlyList<ResetRow>> ResetAsync(NpgsqlConnection connection, Guid userId, Guid[] ids, CancellationToken cancellationToken) =>
        connection.QueryAsync<ResetRow>(
            $"""
            update downloads
            set {Reset}
            where user_id = @userId
              and id = any(@ids)
              and status in ('failed', 'cancelled')
              and deleted_at is null
            returning id, source_video_url
            """,
            new { userId, ids },
            cancellationToken);

    /// <summary>Takes all that failed back to their beginning, the oldest first, and answers their addresses.</summary>
    public static Task<IReadOnlyList<ResetRow>> ResetFailedAsync(NpgsqlConnection connection, Guid userId, int limit, CancellationToken cancellationToken) =>
        connection.QueryAsync<ResetRow>(
            $"""
            update downloads
            set {Reset}
            where id in (
              select id
              from downloads
              where user_id = @userId
                and status = 'failed'
                and error_code is distinct from @list
                and deleted_at is null
              order by created_at, id
              limit @limit
              for update
            )
            returning id, source_video_url
            """,
            new { userId, limit, list = MediaInfoReader.Playlist.Code },
            cancellationToken);
}

internal sealed record NewDownload
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required string? IdempotencyKey { get; init; }

    public required string Url { get; init; }

    public required string Title { get; init; }

    public required string Format { get; init; }

    public Platform? Platform { get; init; }

    public string? PlatformVideoId { get; init; }

    public string? CreatorName { get; init; }

    public string? Licence { get; init; }

    public string? ThumbnailUrl { get; init; }

    public string? Subtitles { get; init; }
}

/// <summary>A row at its beginning again.</summary>
internal sealed record ResetRow
{
    public required Guid Id { get; init; }

    public required string SourceVideoUrl { get; init; }
}
