using System.Diagnostics;

namespace TrendVault.Tests.App;

/// <summary>Waits for a condition, never for a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(15);

    /// <summary>Asks until the answer is true; fails with <paramref name="what"/> when it never is.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var started = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(started.Elapsed < (patience ?? DefaultPatience), $"Never happened: {what}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Asks until the answer is true; fails with <paramref name="what"/> when it never is.</summary>
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? patience = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, patience);
}
