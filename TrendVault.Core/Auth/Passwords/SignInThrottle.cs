using System.Security.Cryptography;
using System.Text;

namespace TrendVault.Core.Auth;

/// <summary>
/// Slows guessing down without locking anybody out: after 5 failures for an account from one client 30 s, doubling to 15 min, and 100
/// failures an hour for an account from everywhere. A browser that signed in to the account before counts as a client of its own
/// and is exempt from the 100, so that strangers cannot keep the owner out.
/// </summary>
internal sealed class SignInThrottle(SharedCounters counters, TimeProvider time)
{
    private const int FreeFailures = 5;
    private const int FailuresPerHour = 100;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    // Longer than the longest pause, or the count would begin anew while somebody waits.
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>
    /// Counts an attempt as a failure before it is judged, so that a hundred attempts at once are not a hundred free ones; a right
    /// password takes it back with <see cref="SucceededAsync"/>. Answers zero, or how long to wait.
    /// </summary>
    public async Task<TimeSpan> BeginAsync(string email, ClientInfo client)
    {
        var (failures, block, hour) = Keys(email, client);
        if (await counters.RemainingAsync(block) is { Ticks: > 0 } pause)
            return pause;
        if (client.KnownBrowser is null && await counters.PeekAsync(hour) >= FailuresPerHour)
            return RestOfHour();

        var count = await counters.IncrementAsync(failures, Memory);
        if (count < FreeFailures)
            return TimeSpan.Zero;
        return await counters.TryHoldAsync(block, Pause(count)) ? TimeSpan.Zero : await counters.RemainingAsync(block);
    }

    public Task FailedAsync(string email, ClientInfo client) => counters.IncrementAsync(Keys(email, client).Hour, TimeSpan.FromHours(1));

    public Task SucceededAsync(string email, ClientInfo client)
    {
        var (failures, block, _) = Keys(email, client);
        return counters.RemoveAsync(failures, block);
    }

    private static TimeSpan Pause(long failures)
    {
        var doublings = (int)Math.Min(failures - FreeFailures, 10);
        var pause = FirstPause * (1 << doublings);
        return pause < LongestPause ? pause : LongestPause;
    }

    private TimeSpan RestOfHour() => TimeSpan.FromSeconds(3600 - time.GetUtcNow().ToUnixTimeSeconds() % 3600);

    private (string Failures, string Block, string Hour) Keys(string email, ClientInfo client)
    {
        var account = Digest(email);
        var from = client.KnownBrowser is { } browser ? "browser-" + Digest(browser) : client.Address;
        return (
            $"signin:failures:{account}:{from}",
            $"signin:block:{account}:{from}",
            $"signin:hour:{account}:{time.GetUtcNow().ToUnixTimeSeconds() / 3600}");
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
