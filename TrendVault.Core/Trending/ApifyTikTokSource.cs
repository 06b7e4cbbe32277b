using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Trending;

/// <summary>TikTok's videos of a region, read by an actor at Apify and ranked here.</summary>
internal sealed class ApifyTikTokSource(
    ApifyClient apify, TrendingMemory memory, ApifyBudget budget, IOptions<TrendingOptions> options, TimeProvider time, ILogger<ApifyTikTokSource> log)
    : ITrendingSource
{
    private const int MaxVideos = 200;

    // Below this a region's own videos are no chart, and what else was found there is shown too.
    private const int EnoughOfTheRegion = 10;

    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(15);

    private const string SlowKey = "trending:apify:slow";

    private static readonly TimeSpan SlowKept = TimeSpan.FromDays(1);

    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);

    public Platform Platform => Platform.TikTok;

    public IReadOnlyList<string> Categories { get; } = [Trending.Categories.General];

    public string? WhyOff => options.Value.ApifyKey.Length > 0 ? null : "TikTok is off: set APIFY_API_KEY.";

    public TimeSpan Lifetime
    {
        get
        {
            var paced = TimeSpan.FromDays(1) * Regions.All.Count / options.Value.ApifyRunsPerDay;
            return paced > ShortestLifetime ? paced : ShortestLifetime;
        }
    }

    public IReadOnlyList<string> PartsOf(string category) => [];

    public async Task<FetchedChart> FetchAsync(
        string region, string category, IReadOnlyList<IReadOnlyList<TrendingVideo>> parts, CancellationToken cancellationToken)
    {
        var items = await FetchItemsAsync(region, cancellationToken);
        var read = items.Select(item => (Video: TikTokMapping.ToTrendingVideo(item), Region: item.Text("locationCreated"))).ToList();
        var videos = read.Where(item => item.Video is not null).ToList();
        var own = videos.Where(item => item.Region is null || item.Region.Equals(region, StringComparison.OrdinalIgnoreCase)).ToList();

        var ranked = TikTokMapping.Rank((own.Count >= EnoughOfTheRegion ? own : videos).Select(item => item.Video!), time.GetUtcNow());
        return new FetchedChart([.. ranked.Take(MaxVideos)], "TikTok by views per hour, through Apify", read.Count - videos.Count);
    }

    private async Task<IReadOnlyList<JsonElement>> FetchItemsAsync(string region, CancellationToken cancellationToken)
    {
        var runKey = $"trending:apify:run:{region}";
        if (await memory.GetAsync(runKey) is { Length: > 0 } started
            && await CollectAsync(started, runKey, cancellationToken) is { } collected)
        {
            return collected;
        }

        if (!await memory.HasAsync(SlowKey))
        {
            await budget.SpendAsync();
            if (await apify.RunAsync(options.Value.ApifyInputFor(region), cancellationToken) is { } items)
                return items;
            // That run goes on and is paid for, but its id is lost: for a day none is waited for in the answer.
            await memory.SetAsync(SlowKey, "1", SlowKept);
            log.LogInformation("TikTok's videos of {Region} take longer than Apify waits; runs are polled from now on", region);
        }

        await budget.SpendAsync();
        var run = await apify.StartAsync(options.Value.ApifyInputFor(region), cancellationToken);
        // Whoever comes after a restart goes on with this run instead of paying for another.
        await memory.SetAsync(runKey, run.Id, LongestRun * 2);
        return await CollectAsync(run.Id, runKey, cancellationToken)
            ?? throw new PlatformException(PlatformRemedy.Retry, "apify_run_failed", "The run that reads TikTok is gone at Apify.");
    }

    /// <summary>The items of a started run; null when Apify knows no such run.</summary>
    private async Task<IReadOnlyList<JsonElement>?> CollectAsync(string runId, string runKey, CancellationToken cancellationToken)
    {
        var giveUp = time.GetUtcNow() + LongestRun;
        var run = await apify.WaitAsync(runId, cancellationToken);
        while (run is { IsFinal: false } && time.GetUtcNow() < giveUp)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken);
            run = await apify.WaitAsync(runId, cancellationToken);
        }

        if (run is { IsFinal: false })
            throw new PlatformException(PlatformRemedy.Retry, "apify_timeout", "The run that reads TikTok is not done yet.");

        await memory.RemoveAsync(runKey);
        return run switch
        {
            null => null,
            { MayHaveItems: true, DatasetId: { } dataset } => await apify.ListItemsAsync(dataset, cancellationToken),
            _ => throw new PlatformException(PlatformRemedy.Retry, "apify_run_failed", "The run that reads TikTok failed at Apify."),
        };
    }
}
