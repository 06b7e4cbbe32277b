using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Web;

/// <summary>What the header counts; the names are those of <c>data-counter</c> there.</summary>
internal sealed record LiveCounts(int Downloading, int Uploading, int Waiting);

/// <summary>The counters in every page's header, and in the pushes that keep them true.</summary>
internal sealed class HeaderCounts(JobCounter jobs, OwnMemory memory, ILogger<HeaderCounts> log)
{
    private const string Download = "download";
    private const string Upload = "upload";

    public async Task<LiveCounts> CountAsync(Guid userId, CancellationToken cancellationToken)
    {
        var counts = await jobs.CountAsync(userId, cancellationToken);
        return new LiveCounts(Running(counts, Download), Running(counts, Upload), counts.Where(count => count.Kind is Download or Upload).Sum(count => count.Waiting));
    }

    /// <summary>Null for a stranger, and when the database cannot say: the page that tells what is wrong has a header too.</summary>
    public async Task<LiveCounts?> ReadAsync(HttpContext http) => http.User.FindId() is { } userId
        ? await TryAsync(userId, () => memory.RecallAsync(userId, nameof(HeaderCounts), () => CountAsync(userId, http.RequestAborted)))
        : null;

    /// <summary>For a page that has just connected; null when the database cannot say, or when the page has gone.</summary>
    public async Task<LiveCounts?> FindAsync(Guid userId, CancellationToken gone)
    {
        try
        {
            return await TryAsync(userId, async () => await CountAsync(userId, gone));
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<LiveCounts?> TryAsync(Guid userId, Func<ValueTask<LiveCounts>> count)
    {
        try
        {
            return await count();
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            log.LogWarning("Could not count the work of user {UserId} for the header: {Reason}", userId, e.Message);
            return null;
        }
    }

    private static int Running(IEnumerable<LiveJobCount> counts, string kind) =>
        counts.SingleOrDefault(count => count.Kind == kind)?.Running ?? 0;
}
