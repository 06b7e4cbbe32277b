using Npgsql;
using TrendVault.Core.Egress;
using TrendVault.Core.Jobs;

namespace TrendVault.Core.Downloads;

/// <summary>What a user asks for.</summary>
public sealed record DownloadRequest
{
    /// <summary>As the user gave it.</summary>
    public required string Url { get; init; }

    /// <summary>A preset's name or a format id.</summary>
    public required string Format { get; init; }

    /// <summary>Of the form or the API call: the same key makes one row, however often it comes.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The chart's video that it was chosen from.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The same video's id there.</summary>
    public string? PlatformVideoId { get; init; }

    /// <summary>What the chart knew of it; else the page will tell.</summary>
    public string? Title { get; init; }

    /// <summary>Who made it, as the chart knew.</summary>
    public string? CreatorName { get; init; }

    /// <summary>The platform's word for it.</summary>
    public string? Licence { get; init; }

    /// <summary>The platform's picture; only https is kept.</summary>
    public string? ThumbnailUrl { get; init; }
}

/// <summary>What became of a request.</summary>
public abstract record StartOutcome
{
    private StartOutcome()
    {
    }

    /// <summary>It is kept, and goes on by itself.</summary>
    public sealed record Started(Guid DownloadId) : StartOutcome;

    /// <summary>Nothing was started.</summary>
    /// <param name="Field">Which part of the request is at fault.</param>
    /// <param name="Code">For scripts.</param>
    /// <param name="Message">For people.</param>
    public sealed record Refused(string Field, string Code, string Message) : StartOutcome;
}

/// <summary>What a page offers, or why not.</summary>
public abstract record FormatsOutcome
{
    private FormatsOutcome()
    {
    }

    /// <summary>The offer.</summary>
    /// <param name="Url">The canonical address.</param>
    /// <param name="Info">What is there.</param>
    public sealed record Found(string Url, MediaInfo Info) : FormatsOutcome;

    /// <summary>The address may not be fetched, or could not be read.</summary>
    public sealed record Refused(DownloadFailure Failure) : FormatsOutcome;
}

/// <summary>What became of an order to a row.</summary>
public enum OrderOutcome
{
    /// <summary>Done, or under way.</summary>
    Done,

    /// <summary>The user has no such download.</summary>
    NotFound,

    /// <summary>It is not in a state for that; nothing changed.</summary>
    NotNow,
}

/// <summary>What users do with downloads.</summary>
public sealed class DownloadService(
    NpgsqlDataSource db,
    DownloadStore store,
    JobQueue jobs,
    UrlPolicy policy,
    YtDlp ytDlp,
    FormatCache cache,
    StorageShare share,
    IProgressSink progress)
{
    /// <summary>How many are tried again by one order.</summary>
    public const int MostRetried = 1000;

    private const int LongestKey = 255;

    /// <summary>Asks the page what it offers; nothing is fetched before the URL has been judged.</summary>
    public async Task<FormatsOutcome> FormatsAsync(string url, CancellationToken cancellationToken)
    {
        var verdict = await policy.CheckAsync(url, cancellationToken);
        if (verdict is UrlVerdict.Refused refused)
            return new FormatsOutcome.Refused(new DownloadFailure(UrlVerdict.Refused.Code, refused.Message, Remedy.GiveUp));

        var canonical = ((UrlVerdict.Allowed)verdict).Url;
        try
        {
            return new FormatsOutcome.Found(canonical, await OfferAsync(canonical, fresh: false, cancellationToken));
        }
        catch (DownloadException e)
        {
            return new FormatsOutcome.Refused(e.Failure);
        }
    }

    /// <summary>Keeps the request, row and job in one transaction. The same key gives the same row.</summary>
    public async Task<StartOutcome> StartAsync(Guid userId, DownloadRequest request, CancellationToken cancellationToken)
    {
        var verdict = await policy.CheckAsync(request.Url, cancellationToken);
        if (verdict is UrlVerdict.Refused refused)
            return new StartOutcome.Refused("videoUrl", UrlVerdict.Refused.Code, refused.Message);
        if (!FormatPicker.IsWellFormed(request.Format))
            return new StartOutcome.Refused("format", "invalid_request", $"The format must be one of {string.Join(", ", FormatPicker.Presets)} or a format's id.");
        if (request.IdempotencyKey is { Length: > LongestKey })
            return new StartOutcome.Refused("idempotencyKey", "invalid_request", $"The key is longer than {LongestKey} characters.");
        if (!await share.HasRoomAsync(userId, 1, cancellationToken))
            return new StartOutcome.Refused("videoUrl", "storage_full", "Your storage is full: delete downloads that you no longer need.");

        var download = New(userId, ((UrlVerdict.Allowed)verdict).Url, request);
        var id = await db.InTransactionAsync(connection => InsertAsync(connection, download, cancellationToken), cancellationToken);
        if (id == download.Id)
            await PublishAsync("download:start", userId, id, cancellationToken);
        return new StartOutcome.Started(id);
    }

    /// <summary>Begins an ended download again: a new job for the same row.</summary>
    public async Task<OrderOutcome> RetryAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        var isReset = await db.InTransactionAsync(
            async connection => await DownloadStore.ResetAsync(connection, userId, id, cancellationToken) is { } url
                && await jobs.EnqueueAsync(connection, JobFor(userId, id, url), cancellationToken),
            cancellationToken);
        if (!isReset)
            return await store.FindAsync(userId, id, cancellationToken) is null ? OrderOutcome.NotFound : OrderOutcome.NotNow;

        await PublishAsync("download:start", userId, id, cancellationToken);
        return OrderOutcome.Done;
    }

    /// <summary>Begins all that failed again, up to <see cref="MostRetried"/> of them, and answers how many.</summary>
    public async Task<int> RetryFailedAsync(Guid userId, CancellationToken cancellationToken)
    {
        var started = await db.InTransactionAsync(
            async connection =>
            {
                var rows = await DownloadStore.ResetFailedAsync(connection, userId, MostRetried, cancellationToken);
                return await jobs.EnqueueAsync(connection, [.. rows.Select(row => JobFor(userId, row.Id, row.SourceVideoUrl))], cancellationToken);
            },
            cancellationToken);
        await PublishQueueAsync(userId, cancellationToken);
        return started;
    }

    /// <summary>Ends a live download; its processes are gone within 5 seconds.</summary>
    public async Task<OrderOutcome> CancelAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is null)
            return OrderOutcome.NotFound;
        return await jobs.CancelAsync(id, cancellationToken) == CancelOutcome.NothingToCancel ? OrderOutcome.NotNow : OrderOutcome.Done;
    }

    /// <summary>Starts no more of the user's downloads until they are resumed; what runs goes on.</summary>
    public async Task PauseAsync(Guid userId, CancellationToken cancellationToken)
    {
        await jobs.PauseAsync(DownloadJobHandler.JobKind, userId, cancellationToken);
        await PublishQueueAsync(userId, cancellationToken);
    }

    /// <summary>Ends a pause.</summary>
    public async Task ResumeAsync(Guid userId, CancellationToken cancellationToken)
    {
        await jobs.ResumeAsync(DownloadJobHandler.JobKind, userId, cancellationToken);
        await PublishQueueAsync(userId, cancellationToken);
    }

    /// <summary>True while the user's downloads are paused.</summary>
    public Task<bool> IsPausedAsync(Guid userId, CancellationToken cancellationToken) =>
        jobs.IsPausedAsync(DownloadJobHandler.JobKind, userId, cancellationToken);

    /// <summary>Tells the pages what the rows say that wait first: their places and reasons change with what others do.</summary>
    internal async Task PublishQueueAsync(Guid userId, CancellationToken cancellationToken)
    {
        foreach (var row in await store.ListWaitingAsync(userId, cancellationToken))
            await progress.PublishAsync(new ProgressEvent("download:progress", userId, row), cancellationToken);
    }

    /// <summary>What the page offers, from the cache unless it must be fresh.</summary>
    /// <exception cref="DownloadException">It offers nothing.</exception>
    internal async Task<MediaInfo> OfferAsync(string url, bool fresh, CancellationToken cancellationToken)
    {
        if (!fresh && await cache.FindAsync(url) is { } known)
            return known;

        var info = await ytDlp.ProbeAsync(url, cancellationToken);
        await cache.KeepAsync(url, info);
        return info;
    }

    private async Task<Guid> InsertAsync(NpgsqlConnection connection, NewDownload download, CancellationToken cancellationToken)
    {
        if (!await DownloadStore.InsertAsync(connection, download, cancellationToken))
            return (await DownloadStore.FindByKeyAsync(connection, download.UserId, download.IdempotencyKey!, cancellationToken))!.Value;

        await jobs.EnqueueAsync(connection, JobFor(download.UserId, download.Id, download.Url), cancellationToken);
        return download.Id;
    }

    private static NewJob JobFor(Guid userId, Guid id, string url) =>
        new() { Kind = DownloadJobHandler.JobKind, UserId = userId, SubjectId = id, Lane = HostOf(url) };

    private static string HostOf(string url)
    {
        var host = new Uri(url).IdnHost;
        return host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host;
    }

    private static NewDownload New(Guid userId, string url, DownloadRequest request) => new()
    {
        Id = Guid.CreateVersion7(),
        UserId = userId,
        IdempotencyKey = request.IdempotencyKey is { Length: > 0 } key ? key : null,
        Url = url,
        Format = request.Format,
        Title = Clean(request.Title) ?? url,
        CreatorName = Clean(request.CreatorName),
        Licence = Clean(request.Licence),
        ThumbnailUrl = MediaInfoReader.WebAddress(request.ThumbnailUrl),
        Platform = request.Platform,
        PlatformVideoId = request.PlatformVideoId,
    };

    private static string? Clean(string? text) => text is null || CleanText.OneLine(text) is not { Length: > 0 } clean ? null : CleanText.Cut(clean, 500);

    private async Task PublishAsync(string name, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is { } row)
            await progress.PublishAsync(new ProgressEvent(name, userId, row), cancellationToken);
    }
}
