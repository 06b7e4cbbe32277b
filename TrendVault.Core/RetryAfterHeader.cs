using System.Net.Http.Headers;

namespace TrendVault.Core;

/// <summary>Reads the header <c>Retry-After</c> in both of its forms.</summary>
internal static class RetryAfterHeader
{
    // Whoever asks for more means "not today".
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>How long to wait from <paramref name="now"/> on, no less than nothing and no more than a day; null without the header.</summary>
    public static TimeSpan? WaitFrom(this RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var wait = header?.Delta ?? header?.Date - now;
        return wait is { } some ? TimeSpan.FromTicks(Math.Clamp(some.Ticks, 0, Longest.Ticks)) : null;
    }
}
