using Npgsql;
using TrendVault.Core.Egress;
using TrendVault.Core.Jobs;
using TrendVault.Core.Media;
using TrendVault.Core.Work;

namespace TrendVault.Core.Downloads;

/// <summary>What a user asks for.</summary>
internal sealed record DownloadRequest
{
    /// <summary>As the user gave it: an address, or a text with one in it.</summary>
    public required string Url { get; init; }

    /// <summary>The list that it was chosen from, if any.</summary>
    public string? ListUrl { get; init; }

    /// <summary>A preset's name or a format id.</summary>
    public required string Format { get; init; }

    /// <summary>The language of those to keep with it, as the page names it; null or empty is none.</summary>
    public string? Subtitles { get; init; }

    /// <summary>Of the form or the API call: the same key makes one row, however often it comes.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The chart's video that it was chosen from.</summary>
    public Platform? Platform { get; init; }

    public string? PlatformVideoId { get; init; }

    /// <summary>What the chart knew of it; else what was seen of the page lately, or what it will tell.</summary>
    public string? Title { get; init; }

    /// <summary>Who made it, as the chart knew.</summary>
    public string? CreatorName { get; init; }

    /// <summary>The platform's word for it.</summary>
    public string? Licence { get; init; }

    /// <summary>The platform's picture; only https is kept.</summary>
    public string? ThumbnailUrl { get; init; }
}

/// <summary>What became of a request.</summary>
internal abstract record StartOutcome
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
internal abstract record FormatsOutcome
{
    private FormatsOutcome()
    {
    }

    /// <param name="Url">The canonical address.</param>
    /// <param name="Info">What is there.</param>
    public sealed record Found(string Url, MediaInfo Info) : FormatsOutcome;

    /// <summary>Several videos to choose from.</summary>
    /// <param name="Url">The canonical address.</param>
    /// <param name="List">With its items.</param>
    public sealed record Several(string Url, MediaInfo List) : FormatsOutcome;

    /// <summary>The address may not be fetched, or could not be read.</summary>
    public sealed record Refused(MediaFailure Failure) : FormatsOutcome;
}

/// <summary>What users do with downloads.</summary>
internal sealed class DownloadService(
    NpgsqlDataSource db,
    DownloadStore store,
    DownloadBin bin,
    JobQueue jobs,
    UrlPolicy policy,
    YtDlp ytDlp,
    FormatCache cache,
    StorageShare share,
    IProgressSink progress) : IWorkOrders
{
    /// <summary>How many are tried again by one order.</summary>
    public const int MostRetried = 1000;

    /// <summary>How many addresses are looked at for one paste.</summary>
    public const int MostPasted = 20;

    private const int LongestKey = 255;

    /// <summary>The addresses in what somebody pasted, among other words too: canonical where they can be, and each once.</summary>
    public IReadOnlyList<string> AddressesIn(string? text) => [.. PastedText.AddressesIn(text).Select(Canonical).Distinct()];

    /// <summary>Asks the page what it offers; nothing is fetched before the URL has been judged.</summary>
    public async Task<FormatsOutcome> FormatsAsync(string url, CancellationToken cancellationToken)
    {
        var verdict = await policy.CheckAsync(PastedText.AddressIn(url), cancellationToken);
        if (verdict is UrlVerdict.Refused refused)
            return new FormatsOutcome.Refused(new MediaFailure(UrlVerdict.Refused.Code, refused.Message, Remedy.GiveUp));

        var canonical = ((UrlVerdict.Allowed)verdict).Url;
        try
        {
            var info = await LookAsync(canonical, fresh: false, cancellationToken);
            return info.Items.Count > 0 ? new FormatsOutcome.Several(canonical, info) : new FormatsOutcome.Found(canonical, info);
        }
        catch (MediaException e)
        {
            return new FormatsOutcome.Refused(e.Failure);
        }
    }

    /// <summary>Keeps the request, row and job in one transaction. The same key gives the same row.</summary>
    public async Task<StartOutcome> StartAsync(Guid userId, DownloadRequest request, CancellationToken cancellationToken) =>
        (await StartAsync(userId, [request], cancellationToken))[0];

    /// <summary>
    /// The same for many, in one transaction, with an outcome for each: what is refused keeps no other from starting. Their keys differ.
    /// </summary>
    public async Task<IReadOnlyList<StartOutcome>> StartAsync(Guid userId, IReadOnlyList<DownloadRequest> requests, CancellationToken cancellationToken)
    {
        var hasRoom = await share.HasRoomAsync(userId, 1, cancellationToken);
        var judged = await Task.WhenAll(requests.Select(request => JudgeAsync(userId, request, hasRoom, cancellationToken)));
        var added = new List<Guid>();
        var outcomes = await db.InTransactionAsync(connection => InsertAsync(connection, judged, added, cancellationToken), cancellationToken);
        foreach (var id in added)
            await PublishAsync(WorkEvent.Start, userId, id, cancellationToken);
        return outcomes;
    }

    public async Task<OrderOutcome> RetryAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await ResetAsync(connection => DownloadOrders.ResetAsync(connection, userId, [id], cancellationToken), userId, cancellationToken) == 0)
            return await store.FindAsync(userId, id, cancellationToken) is null ? OrderOutcome.NotFound : OrderOutcome.NotNow;

        await PublishAsync(WorkEvent.Start, userId, id, cancellationToken);
        return OrderOutcome.Done;
    }

    public async Task<int> RetryAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var started = await ResetAsync(connection => DownloadOrders.ResetAsync(connection, userId, [.. ids], cancellationToken), userId, cancellationToken);
        await progress.PublishListAsync(userId, cancellationToken);
        return started;
    }

    /// <summary>Begins what failed again, the oldest first, up to <see cref="MostRetried"/> of them; answers how many.</summary>
    public async Task<int> RetryFailedAsync(Guid userId, CancellationToken cancellationToken)
    {
        var started = await ResetAsync(connection => DownloadOrders.ResetFailedAsync(connection, userId, MostRetried, cancellationToken), userId, cancellationToken);
        await progress.PublishListAsync(userId, cancellationToken);
        return started;
    }

    /// <summary>Ends a live download; its processes are gone within 5 seconds.</summary>
    public async Task<OrderOutcome> CancelAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is null)
            return OrderOutcome.NotFound;
        return await jobs.CancelAsync(id, cancellationToken) == CancelOutcome.NothingToCancel ? OrderOutcome.NotNow : OrderOutcome.Done;
    }

    public async Task<int> CancelAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) =>
        (await jobs.CancelAsync([.. (await store.FindAsync(userId, ids, cancellationToken)).Select(row => row.Id)], cancellationToken)).Count;

    public Task<Removal?> RemoveAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) => bin.DeleteAsync(userId, ids, cancellationToken);

    public Task<UndoOutcome> UndoAsync(Guid userId, DateTimeOffset at, CancellationToken cancellationToken) => bin.UndoAsync(userId, at, cancellationToken);

    /// <summary>Starts no more of the user's downloads until they are resumed; what runs goes on.</summary>
    public async Task PauseAsync(Guid userId, CancellationToken cancellationToken)
    {
        await jobs.PauseAsync(DownloadJobHandler.JobKind, userId, cancellationToken);
        await PublishQueueAsync(userId, cancellationToken);
    }

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
            await progress.PublishAsync(row.Tell(WorkEvent.Progress), cancellationToken);
    }

    /// <summary>What the page of one video offers, from the cache unless it must be fresh.</summary>
    /// <exception cref="MediaException">It offers nothing, or is a list.</exception>
    internal async Task<MediaInfo> OfferAsync(string url, bool fresh, CancellationToken cancellationToken)
    {
        var info = await LookAsync(url, fresh, cancellationToken);
        return info.Items.Count == 0 ? info : throw new MediaException(MediaInfoReader.Playlist);
    }

    private async Task<MediaInfo> LookAsync(string url, bool fresh, CancellationToken cancellationToken)
    {
        if (!fresh && await cache.FindAsync(url) is { } known)
            return known;

        var info = await ytDlp.ProbeAsync(url, cancellationToken);
        info = info with { Items = [.. info.Items.Select(item => item with { Url = Canonical(item.Url) })] };
        await cache.KeepAsync(url, info);
        return info;
    }

    private string Canonical(string text) => policy.Judge(text) is UrlVerdict.Allowed allowed ? allowed.Url : text;

    private async Task<(NewDownload? Download, StartOutcome.Refused? Refusal)> JudgeAsync(
        Guid userId, DownloadRequest request, bool hasRoom, CancellationToken cancellationToken)
    {
        var verdict = await policy.CheckAsync(PastedText.AddressIn(request.Url), cancellationToken);
        if (verdict is UrlVerdict.Refused refused)
            return (null, new StartOutcome.Refused("videoUrl", UrlVerdict.Refused.Code, refused.Message));
        if (!FormatPicker.IsWellFormed(request.Format))
            return (null, new StartOutcome.Refused("format", "invalid_request", $"The format must be one of {string.Join(", ", FormatPicker.Presets)} or a format's id."));
        if (!string.IsNullOrEmpty(request.Subtitles) && !MediaInfoReader.Language().IsMatch(request.Subtitles))
            return (null, new StartOutcome.Refused("subtitles", "invalid_request", "The subtitles must be a language that the page offers, such as en."));
        if (request.IdempotencyKey is { Length: > LongestKey })
            return (null, new StartOutcome.Refused("idempotencyKey", "invalid_request", $"The key is longer than {LongestKey} characters."));
        if (!hasRoom)
            return (null, new StartOutcome.Refused("videoUrl", "storage_full", "Your storage is full: delete downloads that you no longer need."));

        var url = ((UrlVerdict.Allowed)verdict).Url;
        var seen = await FindSeenAsync(url, request.ListUrl);
        return seen is { IsList: true }
            ? (null, new StartOutcome.Refused("videoUrl", MediaInfoReader.Playlist.Code, MediaInfoReader.Playlist.Message))
            : (New(userId, VideoAddress.Of(url), request, seen), null);
    }

    // What the user has just seen in the picker: a queue of bare addresses tells nobody what waits there.
    private async Task<MediaItem?> FindSeenAsync(string url, string? listUrl)
    {
        if (listUrl is not null)
            return (await cache.FindAsync(Canonical(listUrl)))?.Items.FirstOrDefault(item => item.Url == url);
        return await cache.FindAsync(url) is { } info ? MediaItem.Of(url, info) : null;
    }

    private Task<int> ResetAsync(Func<NpgsqlConnection, Task<IReadOnlyList<ResetRow>>> reset, Guid userId, CancellationToken cancellationToken) => db.InTransactionAsync(
        async connection => await jobs.EnqueueAsync(
            connection, [.. (await reset(connection)).Select(row => JobFor(userId, row.Id, row.SourceVideoUrl))], cancellationToken),
        cancellationToken);

    private async Task<IReadOnlyList<StartOutcome>> InsertAsync(
        NpgsqlConnection connection, IReadOnlyList<(NewDownload? Download, StartOutcome.Refused? Refusal)> judged, List<Guid> added, CancellationToken cancellationToken)
    {
        var outcomes = new List<StartOutcome>();
        var newJobs = new List<NewJob>();
        foreach (var (download, refusal) in judged)
        {
            if (download is null)
            {
                outcomes.Add(refusal!);
            }
            else if (await DownloadOrders.InsertAsync(connection, download, cancellationToken))
            {
                added.Add(download.Id);
                newJobs.Add(JobFor(download.UserId, download.Id, download.Url));
                outcomes.Add(new StartOutcome.Started(download.Id));
            }
            else
            {
                outcomes.Add(new StartOutcome.Started((await DownloadRows.Table.FindByKeyAsync(connection, download.UserId, download.IdempotencyKey!, cancellationToken))!.Value));
            }
        }

        await jobs.EnqueueAsync(connection, newJobs, cancellationToken);
        return outcomes;
    }

    private static NewJob JobFor(Guid userId, Guid id, string url) =>
        new() { Kind = DownloadJobHandler.JobKind, UserId = userId, SubjectId = id, Lane = HostOf(url) };

    private static string HostOf(string url)
    {
        var host = new Uri(url).IdnHost;
        return host.StartsWith("www.", StringComparison.Ordinal) ? host[4..] : host;
    }

    private static NewDownload New(Guid userId, VideoAddress address, DownloadRequest request, MediaItem? seen) => new()
    {
        Id = Guid.CreateVersion7(),
        UserId = userId,
        IdempotencyKey = request.IdempotencyKey is { Length: > 0 } key ? key : null,
        Url = address.Url,
        Format = request.Format,
        Subtitles = request.Subtitles is { Length: > 0 } language ? language : null,
        Title = Clean(request.Title) ?? seen?.Title ?? address.Url,
        CreatorName = Clean(request.CreatorName) ?? seen?.CreatorName,
        Licence = Clean(request.Licence),
        ThumbnailUrl = MediaInfoReader.WebAddress(request.ThumbnailUrl) ?? seen?.ThumbnailUrl,
        Platform = request.Platform ?? address.Platform,
        PlatformVideoId = request.PlatformVideoId ?? address.PlatformVideoId,
    };

    private static string? Clean(string? text) => CleanText.Line(text, 500);

    private async Task PublishAsync(WorkEvent happened, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is { } row)
            await progress.PublishAsync(row.Tell(happened), cancellationToken);
    }
}
