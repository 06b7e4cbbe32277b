using Npgsql;
using TrendVault.Core.Channels;
using TrendVault.Core.Downloads;
using TrendVault.Core.Jobs;
using TrendVault.Core.Work;

namespace TrendVault.Core.Uploads;

/// <summary>What is said differently on one channel; null is as everywhere.</summary>
internal sealed record ChannelWords(string? Title, string? Description);

/// <summary>A wish to publish a download.</summary>
internal sealed record UploadRequest
{
    /// <summary>A finished download of the user.</summary>
    public required Guid DownloadId { get; init; }

    /// <summary>Channels of the user; each gets an upload of its own.</summary>
    public required IReadOnlyList<Guid> ChannelIds { get; init; }

    /// <summary>What is said of the video.</summary>
    public required PublishDraft Draft { get; init; }

    /// <summary>By channel, where something else is said.</summary>
    public IReadOnlyDictionary<Guid, ChannelWords> Words { get; init; } = new Dictionary<Guid, ChannelWords>();

    /// <summary>What the user confirmed: that they may publish this.</summary>
    public required string RightsStatement { get; init; }

    /// <summary>A picture of the user's in the object store, which the video gets once it is published; null for none.</summary>
    public string? ThumbnailKey { get; init; }

    /// <summary>The same for a picture that the channels get, in a corner of all their videos.</summary>
    public string? WatermarkKey { get; init; }

    /// <summary>Of the form, at most 200 characters; null for none. The same key and channel give the same upload.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What is said on one channel.</summary>
    public PublishDraft DraftFor(Guid channelId) => Words.TryGetValue(channelId, out var words)
        ? Draft with { Title = words.Title ?? Draft.Title, Description = words.Description ?? Draft.Description }
        : Draft;
}

/// <summary>What became of the wish.</summary>
internal abstract record StartUploadOutcome
{
    private StartUploadOutcome()
    {
    }

    /// <summary>Kept, one upload for each channel, in the order of the request.</summary>
    public sealed record Started(IReadOnlyList<Guid> UploadIds) : StartUploadOutcome;

    /// <summary>The user has no such thing.</summary>
    /// <param name="What">download or channel.</param>
    public sealed record NotFound(string What) : StartUploadOutcome;

    /// <summary>Nothing was kept.</summary>
    public sealed record Invalid(IReadOnlyList<RuleBreak> Breaks) : StartUploadOutcome;
}

/// <summary>What became of the wish to say something else.</summary>
/// <param name="Outcome">Done, or why not.</param>
/// <param name="Breaks">What is wrong with it; nothing was kept then.</param>
internal sealed record EditOutcome(OrderOutcome Outcome, IReadOnlyList<RuleBreak> Breaks);

/// <summary>What users do with uploads.</summary>
internal sealed class UploadService(
    NpgsqlDataSource db,
    UploadStore store,
    UploadOrders orders,
    DownloadStore downloads,
    ChannelStore channels,
    JobQueue jobs,
    IProgressSink progress,
    TimeProvider time) : IWorkOrders
{
    /// <summary>The statement of the form.</summary>
    public const string RightsStatement = "I own this video or have the right to publish it on these channels.";

    private const int MostChannels = 20;
    private const int MostRetried = 200;
    private const int LongestKey = 200;

    /// <summary>Checks the wish by <see cref="PublishRules"/> and keeps it, each upload and its job in one transaction for all.</summary>
    public async Task<StartUploadOutcome> StartAsync(Guid userId, UploadRequest request, CancellationToken cancellationToken)
    {
        if (await downloads.FindAsync(userId, request.DownloadId, cancellationToken) is not { } file)
            return new StartUploadOutcome.NotFound("download");
        var targets = await FindChannelsAsync(userId, request.ChannelIds, cancellationToken);
        if (targets is null)
            return new StartUploadOutcome.NotFound("channel");
        if (Check(request, file, targets) is { Count: > 0 } breaks)
            return new StartUploadOutcome.Invalid(breaks);

        var uploads = targets.Select(channel => New(userId, request, file, channel)).ToArray();
        var ids = await db.InTransactionAsync(connection => InsertAsync(connection, uploads, cancellationToken), cancellationToken);
        foreach (var id in ids.Intersect(uploads.Select(upload => upload.Id)))
            await PublishAsync(WorkEvent.Start, userId, id, cancellationToken);
        return new StartUploadOutcome.Started(ids);
    }

    /// <summary>Ends a live upload.</summary>
    public async Task<OrderOutcome> CancelAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is null)
            return OrderOutcome.NotFound;
        return await jobs.CancelAsync(id, cancellationToken) switch
        {
            CancelOutcome.NothingToCancel => OrderOutcome.NotNow,
            CancelOutcome.Cancelled when await store.FindAsync(userId, id, cancellationToken) is { Status: WorkStatus.Failed } => OrderOutcome.TooLate,
            _ => OrderOutcome.Done,
        };
    }

    /// <summary>Begins what failed again, the oldest first; answers how many. Those that may be published already are left to their user.</summary>
    public async Task<int> RetryFailedAsync(Guid userId, CancellationToken cancellationToken)
    {
        var started = await ResetAsync(connection => UploadOrders.ResetFailedAsync(connection, userId, MostRetried, cancellationToken), userId, cancellationToken);
        await progress.PublishListAsync(userId, cancellationToken);
        return started;
    }

    /// <summary>
    /// Begins an ended upload again: a new job for the same row, which goes on in its session where it has one. One that waits for
    /// something goes on at once.
    /// </summary>
    public async Task<OrderOutcome> RetryAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await ResetAsync(connection => UploadOrders.ResetAsync(connection, userId, [id], cancellationToken), userId, cancellationToken) == 0)
            return await HurryAsync(userId, id, cancellationToken);

        await PublishAsync(WorkEvent.Start, userId, id, cancellationToken);
        return OrderOutcome.Done;
    }

    /// <summary>Begins those that have ended again, and lets those that wait for something go on at once; answers how many.</summary>
    public async Task<int> RetryAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var waiting = (await store.FindAsync(userId, ids, cancellationToken)).Where(row => row.Status == WorkStatus.Pending).Select(row => row.Id);
        var hurried = await jobs.HurryAsync([.. waiting], cancellationToken);
        var started = await ResetAsync(connection => UploadOrders.ResetAsync(connection, userId, [.. ids], cancellationToken), userId, cancellationToken);
        await progress.PublishListAsync(userId, cancellationToken);
        return hurried + started;
    }

    /// <summary>Ends those that are live; answers how many, without those for which it is too late.</summary>
    public async Task<int> CancelAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var own = (await store.FindAsync(userId, ids, cancellationToken)).Select(row => row.Id);
        var asked = await jobs.CancelAsync([.. own], cancellationToken);
        return (await store.FindAsync(userId, asked, cancellationToken)).Count(row => row.Status != WorkStatus.Failed);
    }

    /// <summary>Takes ended uploads off the list; what they published stays published. Null when the user has none of them there.</summary>
    public Task<Removal?> RemoveAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken) => orders.RemoveAsync(userId, ids, cancellationToken);

    public async Task<UndoOutcome> UndoAsync(Guid userId, DateTimeOffset at, CancellationToken cancellationToken) =>
        new(await orders.RestoreAsync(userId, at, cancellationToken));

    private async Task<OrderOutcome> HurryAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is null)
            return OrderOutcome.NotFound;
        return await jobs.HurryAsync([id], cancellationToken) == 1 ? OrderOutcome.Done : OrderOutcome.NotNow;
    }

    /// <summary>Says something else of an upload that has not begun at its platform; the rights were stated when it was asked for.</summary>
    public async Task<EditOutcome> EditAsync(Guid userId, Guid id, PublishDraft draft, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is null)
            return new EditOutcome(OrderOutcome.NotFound, []);
        if (PublishRules.Check(draft, time.GetUtcNow()) is { Count: > 0 } breaks)
            return new EditOutcome(OrderOutcome.NotNow, breaks);
        if (!await db.InTransactionAsync(connection => UploadOrders.EditAsync(connection, userId, id, draft, cancellationToken), cancellationToken))
            return new EditOutcome(OrderOutcome.NotNow, []);

        await PublishAsync(WorkEvent.Edit, userId, id, cancellationToken);
        return new EditOutcome(OrderOutcome.Done, []);
    }

    private IReadOnlyList<RuleBreak> Check(UploadRequest request, DownloadRow file, IReadOnlyList<PublishingChannel> targets) =>
    [
        .. PublishRules.CheckFile(file, targets),
        .. PublishRules.CheckChannels(targets),
        .. CheckRequest(request),
        .. PublishRules.Check(request, targets, time.GetUtcNow()),
    ];

    private static IEnumerable<RuleBreak> CheckRequest(UploadRequest request)
    {
        if (request.ChannelIds.Count is 0 or > MostChannels)
            yield return new(nameof(UploadRequest.ChannelIds), "channels_missing", $"Choose 1 to {MostChannels} channels.");
        if (string.IsNullOrWhiteSpace(request.RightsStatement))
            yield return new(nameof(UploadRequest.RightsStatement), "rights_missing", "Confirm that you may publish this video.");
        if (request.IdempotencyKey is { Length: > LongestKey })
            yield return new(nameof(UploadRequest.IdempotencyKey), "key_too_long", $"The key is longer than {LongestKey} characters.");
    }

    private async Task<IReadOnlyList<PublishingChannel>?> FindChannelsAsync(Guid userId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var own = (await channels.ListAsync(userId, cancellationToken)).ToDictionary(channel => channel.Id);
        return ids.All(own.ContainsKey) ? [.. ids.Distinct().Select(id => own[id])] : null;
    }

    private Task<int> ResetAsync(Func<NpgsqlConnection, Task<IReadOnlyList<Guid>>> reset, Guid userId, CancellationToken cancellationToken) => db.InTransactionAsync(
        async connection => await jobs.EnqueueAsync(connection, [.. (await reset(connection)).Select(id => JobFor(userId, id))], cancellationToken),
        cancellationToken);

    private async Task<IReadOnlyList<Guid>> InsertAsync(NpgsqlConnection connection, NewUpload[] uploads, CancellationToken cancellationToken)
    {
        var ids = new List<Guid>(uploads.Length);
        foreach (var upload in uploads)
        {
            if (await UploadOrders.InsertAsync(connection, upload, cancellationToken))
            {
                await jobs.EnqueueAsync(connection, JobFor(upload.UserId, upload.Id), cancellationToken);
                ids.Add(upload.Id);
            }
            else
            {
                ids.Add((await UploadRows.Table.FindByKeyAsync(connection, upload.UserId, upload.IdempotencyKey!, cancellationToken))!.Value);
            }
        }

        return ids;
    }

    private static NewJob JobFor(Guid userId, Guid id) => new() { Kind = UploadJobHandler.JobKind, UserId = userId, SubjectId = id };

    private static NewUpload New(Guid userId, UploadRequest request, DownloadRow file, PublishingChannel channel) => New(userId, request, request.DraftFor(channel.Id), file, channel);

    private static NewUpload New(Guid userId, UploadRequest request, PublishDraft draft, DownloadRow file, PublishingChannel channel) => new()
    {
        Id = Guid.CreateVersion7(),
        UserId = userId,
        IdempotencyKey = request.IdempotencyKey is { Length: > 0 } key ? $"{key}:{channel.Id}" : null,
        DownloadId = file.Id,
        ChannelId = channel.Id,
        Platform = channel.Platform,
        ChannelName = channel.ChannelName,
        Title = draft.Title.Trim(),
        Description = draft.Description,
        Tags = [.. draft.Tags],
        Privacy = draft.Privacy!.Value,
        CategoryId = draft.CategoryId,
        MadeForKids = draft.MadeForKids,
        Licence = file.Licence,
        VideoLicence = draft.Licence!.Value,
        RightsStatement = request.RightsStatement,
        ThumbnailUrl = file.ThumbnailUrl,
        // A draft for TikTok has none of these.
        PublishAt = channel.Platform == Platform.YouTube ? draft.PublishAt?.ToUniversalTime() : null,
        ThumbnailKey = channel.Platform == Platform.YouTube ? request.ThumbnailKey : null,
        WatermarkKey = channel.Platform == Platform.YouTube ? request.WatermarkKey : null,
        TotalBytes = file.FileSize!.Value,
    };

    private async Task PublishAsync(WorkEvent happened, Guid userId, Guid id, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, id, cancellationToken) is { } row)
            await progress.PublishAsync(row.Tell(happened), cancellationToken);
    }
}
