using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Trending;

/// <summary>TikTok's videos of a region, read by an actor at Apify and ranked here.</summary>
/// <remarks>
/// Keys: <c>trending:apify:run:{region}</c> is the run that is under way, or <c>since {time}</c> while its id is unknown, so that
/// nobody pays for another; <c>trending:apify:slow</c> is there while runs outlast the answer.
/// </remarks>
internal sealed class ApifyTikTokSource(
    ApifyClient apify,
    SourceGate<ApifyTikTokSource> gate,
    SharedMemory memory,
    ApifyBudget budget,
    PlatformPictures pictures,
    IOptions<TrendingOptions> options,
    TimeProvider time,
    ILogger<ApifyTikTokSource> log)
    : ITrendingSource
{
    /// <summary>What its budget counts.</summary>
    public const string Bucket = "runs";

    private const int MaxVideos = 200;

    // Below this a region's own videos are no chart, and what else was found there is shown too.
    private const int EnoughOfTheRegion = 10;

    private const string SlowKey = "trending:apify:slow";

    private static readonly TimeSpan SlowKept = TimeSpan.FromDays(1);

    private const string Since = "since ";

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(500);

    // A run costs: one that failed is not repeated at once.
    private static readonly TimeSpan FailedRunKept = TimeSpan.FromMinutes(15);

    // The dataset can be a second or two behind the run.
    private const int LooksIntoDataset = 3;
    private static readonly TimeSpan DatasetLag = TimeSpan.FromSeconds(1);

    public Platform Platform => Platform.TikTok;

    public IReadOnlyList<string> Categories { get; } = [Trending.Categories.General];

    public string? WhyOff => options.Value.ApifyKey.Length > 0 ? gate.WhyOff : "TikTok is off: set APIFY_API_KEY.";

    public async Task<string?> ReadWhyOffAsync() => WhyOff ?? await gate.ReadWhyOffAsync();

    public IReadOnlyList<string> PartsOf(string category) => [];

    public ChartCost CostOf(string category) => new(Bucket, 1);

    public Task<FetchedChart> FetchAsync(
        string region, string category, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts, CancellationToken cancellationToken) =>
        gate.FetchAsync(this, region, category, async () => Chart(await FetchItemsAsync(region, cancellationToken), region));

    private FetchedChart Chart(IReadOnlyList<JsonElement> items, string region)
    {
        var read = items.Select(item => (Video: TikTokMapping.ToTrendingVideo(item, pictures, options.Value.TikTokWebUrl), Region: item.Text("locationCreated"))).ToList();
        var videos = read.Where(item => item.Video is not null).ToList();
        var own = videos.Where(item => item.Region is null || item.Region.Equals(region, StringComparison.OrdinalIgnoreCase)).ToList();

        var ranked = TikTokMapping.Rank((own.Count >= EnoughOfTheRegion ? own : videos).Select(item => item.Video!), time.GetUtcNow());
        return new FetchedChart([.. ranked.Take(MaxVideos)], "TikTok by views per hour, through Apify", read.Count - videos.Count);
    }

    private async Task<IReadOnlyList<JsonElement>> FetchItemsAsync(string region, CancellationToken cancellationToken)
    {
        var (input, runKey) = (options.Value.ApifyInputFor(region), $"trending:apify:run:{region}");
        return await TryTakeUpAsync(await memory.GetAsync(runKey), input, runKey, cancellationToken)
            ?? await TryRunAsync(input, runKey, cancellationToken)
            ?? await StartAsync(input, runKey, cancellationToken);
    }

    /// <summary>The items of a run that is paid for already; null when there is none.</summary>
    private async Task<IReadOnlyList<JsonElement>?> TryTakeUpAsync(string? remembered, string input, string runKey, CancellationToken cancellationToken) =>
        remembered is { Length: > 0 } && await FindRunAsync(remembered, input, cancellationToken) is { } runId
            ? await CollectAsync(runId, runKey, cancellationToken)
            : null;

    /// <summary>Waits for a run in Apify's answer; null while runs outlast it.</summary>
    private async Task<IReadOnlyList<JsonElement>?> TryRunAsync(string input, string runKey, CancellationToken cancellationToken)
    {
        if (await memory.HasAsync(SlowKey))
            return null;

        var since = await AnnounceRunAsync(runKey);
        if (await BeginAsync(runKey, () => apify.RunAsync(input, cancellationToken)) is { } items)
        {
            await memory.RemoveAsync(runKey);
            return items;
        }

        await memory.SetAsync(SlowKey, "1", SlowKept);
        log.LogInformation("TikTok's videos are not in Apify's answer; runs are polled from now on");
        return await TryTakeUpAsync(since, input, runKey, cancellationToken);
    }

    /// <summary>Starts a run and polls it.</summary>
    private async Task<IReadOnlyList<JsonElement>> StartAsync(string input, string runKey, CancellationToken cancellationToken)
    {
        await AnnounceRunAsync(runKey);
        var run = await BeginAsync(runKey, () => apify.StartAsync(input, cancellationToken));
        // Whoever comes after a restart goes on with this run instead of paying for another.
        await memory.SetAsync(runKey, run.Id, LongestRun * 2);
        return await CollectAsync(run.Id, runKey, cancellationToken) ?? throw Failed();
    }

    /// <summary>Spends a run and says so before it begins, so that one whose answer is lost is looked for.</summary>
    private async Task<string> AnnounceRunAsync(string runKey)
    {
        await budget.SpendAsync();
        var since = string.Create(CultureInfo.InvariantCulture, $"{Since}{time.GetUtcNow():O}");
        await memory.SetAsync(runKey, since, LongestRun * 2);
        return since;
    }

    private async Task<T> BeginAsync<T>(string runKey, Func<Task<T>> begin)
    {
        try
        {
            return await gate.AskAsync(begin);
        }
        catch (PlatformException e) when (e.Remedy != Remedy.Retry || e.Code == "rate_limited")
        {
            await memory.RemoveAsync(runKey); // refused, so nothing runs
            throw;
        }
    }

    /// <summary>The id of a run that is remembered by it or by its time; null when there is none.</summary>
    private async Task<string?> FindRunAsync(string remembered, string input, CancellationToken cancellationToken)
    {
        if (!remembered.StartsWith(Since, StringComparison.Ordinal))
            return remembered;
        var since = DateTimeOffset.Parse(remembered[Since.Length..], CultureInfo.InvariantCulture);
        return (await gate.AskAsync(() => apify.FindRunAsync(input, since, cancellationToken)))?.Id;
    }

    /// <summary>The items of a started run; null when Apify knows no such run.</summary>
    private async Task<IReadOnlyList<JsonElement>?> CollectAsync(string runId, string runKey, CancellationToken cancellationToken)
    {
        var giveUp = time.GetUtcNow() + LongestRun;
        var run = await gate.AskAsync(() => apify.WaitAsync(runId, cancellationToken));
        while (run is { IsFinal: false } && time.GetUtcNow() < giveUp)
        {
            await Task.Delay(PollPause, time, cancellationToken);
            run = await gate.AskAsync(() => apify.WaitAsync(runId, cancellationToken));
        }

        if (run is { IsFinal: false })
            throw new PlatformException(Remedy.Retry, "apify_timeout", "The run that reads TikTok is not done yet.");

        var items = run switch
        {
            null => null,
            { MayHaveItems: true, DatasetId: { } dataset } => await ReadDatasetAsync(dataset, cancellationToken),
            _ => [],
        };
        await memory.RemoveAsync(runKey);
        return items is [] && run is { Status: not "SUCCEEDED" } ? throw Failed() : items;
    }

    private async Task<IReadOnlyList<JsonElement>> ReadDatasetAsync(string dataset, CancellationToken cancellationToken)
    {
        var items = await gate.AskAsync(() => apify.ListItemsAsync(dataset, cancellationToken));
        for (var looks = 1; items.Count == 0 && looks < LooksIntoDataset; looks++)
        {
            await Task.Delay(DatasetLag, time, cancellationToken);
            items = await gate.AskAsync(() => apify.ListItemsAsync(dataset, cancellationToken));
        }

        return items;
    }

    private static PlatformException Failed() =>
        new(Remedy.Retry, "apify_run_failed", "The run that reads TikTok failed at Apify.", FailedRunKept);
}
