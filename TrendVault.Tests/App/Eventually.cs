using System.Diagnostics;

namespace TrendVault.Tests.App;

/// <summary>Waits for a condition, never for a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(15);

    // To ask costs the time of what is being waited for.
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks until the answer is true; fails with <paramref name="what"/> when it never is.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var started = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(started.Elapsed < (patience ?? DefaultPatience), $"Never happened: {what}");
            await Task.Delay(PauseAfter(started.Elapsed), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Asks until the answer is true; fails with <paramref name="what"/> when it never is.</summary>
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? patience = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, patience);

    private static TimeSpan PauseAfter(TimeSpan waited) =>
        TimeSpan.FromMilliseconds(Math.Clamp(waited.TotalMilliseconds / 8, 10, LongestPause.TotalMilliseconds));
}
