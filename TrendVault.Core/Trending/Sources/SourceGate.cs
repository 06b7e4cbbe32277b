using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Trending;

/// <summary>
/// Stands between a source and its platform, and lets nothing through before it makes sense: Retry-After is obeyed, a refused key is
/// left alone until a setting changes or an hour has passed, and so is a chart that the platform refuses. All instances know of it.
/// A budget that is used up is the budget's own business.
/// </summary>
/// <remarks>
/// Keys: <c>trending:rest:{source}:{fingerprint of the settings}</c> for the platform as a whole, and with
/// <c>:{region}:{category}</c> behind it for one chart.
/// </remarks>
internal sealed class SourceGate<TSource>(
    SharedMemory memory, IOptions<TrendingOptions> trending, IOptions<YouTubeOptions> youtube, TimeProvider time) : IDisposable
    where TSource : ITrendingSource
{
    // Refusals in a row make the pause longer, up to the last of these.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private const int FailuresInARow = 5;
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RefusedChartKept = TimeSpan.FromHours(1);
    private static readonly TimeSpan EmptyChartKept = TimeSpan.FromMinutes(15);

    private readonly SemaphoreSlim _ahead = new(1, 1);
    private volatile bool _isTaken;
    private int _failures;
    private volatile Rest? _rest;

    /// <summary>Why the platform is off although its settings are there; null when it can be asked. Known once it was asked.</summary>
    public string? WhyOff => WhyOffBy(_rest);

    /// <summary>The same, with what other instances have found out.</summary>
    public async Task<string?> ReadWhyOffAsync() => WhyOffBy(await ReadAsync(Key));

    /// <summary>Fetches a chart.</summary>
    /// <exception cref="PlatformException">It failed, it has no videos, or it is left alone because of how it failed before.</exception>
    public async Task<FetchedChart> FetchAsync(TSource source, string region, string category, Func<Task<FetchedChart>> fetch)
    {
        if (!source.Categories.Contains(category))
            throw UnknownCategory(source);

        var key = $"{Key}:{region}:{category}";
        ThrowIfResting(await ReadAsync(key));
        try
        {
            var chart = await fetch();
            return chart.Videos.Count > 0 ? chart : throw Empty(source, region);
        }
        catch (PlatformException e) when (!IsBudgets(e) && (e.RetryAfter ?? (e.Remedy == Remedy.GiveUp ? RefusedChartKept : null)) is { } wait)
        {
            await KeepAsync(key, e, wait);
            throw;
        }
    }

    /// <summary>
    /// As <see cref="AskAsync"/>; but while it is not known whether the platform takes the settings, one call goes ahead and the others
    /// hear from it. For calls that are short.
    /// </summary>
    /// <exception cref="PlatformException">It failed, or the platform is left alone because of how it failed before.</exception>
    public async Task<T> AskInTurnAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        if (_isTaken)
            return await AskAsync(call);
        await _ahead.WaitAsync(cancellationToken);
        try
        {
            if (!_isTaken)
                return await AskAsync(call);
        }
        finally
        {
            _ahead.Release();
        }

        return await AskAsync(call);
    }

    /// <summary>Makes one call to the platform.</summary>
    /// <exception cref="PlatformException">It failed, or the platform is left alone because of how it failed before.</exception>
    public async Task<T> AskAsync<T>(Func<Task<T>> call)
    {
        _rest = await ReadAsync(Key);
        ThrowIfResting(_rest);
        try
        {
            var answer = await call();
            Interlocked.Exchange(ref _failures, 0);
            _isTaken = true;
            return answer;
        }
        catch (PlatformException e) when (!IsBudgets(e))
        {
            // A platform that fails otherwise must not be asked by one after the other.
            _isTaken = e.Remedy != Remedy.Configure;
            var failures = e.Remedy == Remedy.Retry ? Interlocked.Increment(ref _failures) : 0;
            if (WaitAfter(e, failures) is { } wait)
                _rest = await KeepAsync(Key, e, wait);
            throw;
        }
    }

    public void Dispose() => _ahead.Dispose();

    private static TimeSpan? WaitAfter(PlatformException e, int failures) => e switch
    {
        { RetryAfter: { } asked } => asked,
        { Code: "rate_limited" } => PauseAfter(failures),
        _ => failures >= FailuresInARow ? Breath : null,
    };

    // Spread by a fifth, so that instances that were refused together do not come back together.
    private static TimeSpan PauseAfter(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 10) - 1);
        return (pause < LongestPause ? pause : LongestPause) * (0.8 + (0.4 * Random.Shared.NextDouble()));
    }

    private string? WhyOffBy(Rest? rest) => rest is { Remedy: Remedy.Configure } && rest.Until > time.GetUtcNow() ? rest.Message : null;

    private static bool IsBudgets(PlatformException e) => e.Code == "quota_exceeded";

    private string Key => field ??= $"trending:rest:{typeof(TSource).Name}:{Fingerprint()}";

    /// <summary>With another key, actor or address the platform may think otherwise.</summary>
    private string Fingerprint()
    {
        var settings = JsonSerializer.SerializeToUtf8Bytes(new { trending = trending.Value, youtube = youtube.Value });
        return Convert.ToHexStringLower(SHA256.HashData(settings).AsSpan(0, 8));
    }

    private async Task<Rest?> ReadAsync(string key) =>
        await memory.GetAsync(key) is { } json && JsonSerializer.Deserialize<Rest>(json) is { } rest && rest.Until > time.GetUtcNow() ? rest : null;

    private void ThrowIfResting(Rest? rest)
    {
        if (rest is not null)
            throw new PlatformException(rest.Remedy, rest.Code, rest.Message, rest.Until - time.GetUtcNow());
    }

    private async Task<Rest> KeepAsync(string key, PlatformException e, TimeSpan wait)
    {
        var rest = new Rest(time.GetUtcNow() + wait, e.Remedy, e.Code, e.Message);
        if (wait > TimeSpan.Zero)
            await memory.SetAsync(key, JsonSerializer.Serialize(rest), wait);
        return rest;
    }

    private static PlatformException UnknownCategory(TSource source) => new(
        Remedy.GiveUp,
        "category_unknown",
        $"{source.Platform} has no chart of that category. Choose {string.Join(" or ", source.Categories.Select(Categories.NameOf))}.");

    private static PlatformException Empty(TSource source, string region) => new(
        Remedy.Retry,
        "chart_empty",
        $"{source.Platform} answered a chart of {Regions.NameOf(region)} without a video that could be read.",
        EmptyChartKept);

    /// <summary>How the platform failed, and until when nothing is asked because of it.</summary>
    private sealed record Rest(DateTimeOffset Until, Remedy Remedy, string Code, string Message);
}
