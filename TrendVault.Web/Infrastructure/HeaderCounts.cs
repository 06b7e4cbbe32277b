using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Web.Infrastructure;

/// <summary>The counters in every page's header.</summary>
internal sealed class HeaderCounts(WorkCounter counter, ILogger<HeaderCounts> log)
{
    /// <summary>Null for a stranger, and when the database cannot say: the page that tells what is wrong has a header too.</summary>
    public async Task<WorkCounts?> ReadAsync(HttpContext http)
    {
        if (http.User.FindId() is not { } userId)
            return null;

        try
        {
            return await counter.CountAsync(userId, http.RequestAborted);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            log.LogWarning("Could not count the work of user {UserId} for the header: {Reason}", userId, e.Message);
            return null;
        }
    }
}
