using System.Security.Claims;
using Npgsql;
using TrendVault.Core.Jobs;

namespace TrendVault.Web.Infrastructure;

/// <summary>What stands around every page: the theme, the user, what is at work, and what is wrong or not real.</summary>
/// <param name="Theme">light or dark; null follows the system.</param>
/// <param name="UserName">Null when nobody is signed in.</param>
/// <param name="Work">Null when nobody is signed in, or the database cannot say.</param>
/// <param name="Notes">Sentences for the banner.</param>
internal sealed record PageFrame(string? Theme, string? UserName, string? Email, WorkCounts? Work, IReadOnlyList<string> Notes)
{
    public const string ThemeCookie = "tv_theme";

    public static readonly string[] Themes = ["light", "dark"];
}

/// <summary>Reads the frame of one request.</summary>
internal sealed class PageFrameReader(WorkCounter counter, Surroundings surroundings, ILogger<PageFrameReader> log)
{
    private readonly string[] _notes = [.. Notes(surroundings)];

    public async Task<PageFrame> ReadAsync(HttpContext http)
    {
        var theme = http.Request.Cookies[PageFrame.ThemeCookie];
        var user = http.User;
        return new PageFrame(
            PageFrame.Themes.Contains(theme) ? theme : null,
            user.FindId() is null ? null : user.Identity?.Name,
            user.FindFirstValue(ClaimTypes.Email),
            user.FindId() is { } id ? await CountAsync(id, http.RequestAborted) : null,
            _notes);
    }

    private async Task<WorkCounts?> CountAsync(Guid userId, CancellationToken cancellationToken)
    {
        try
        {
            return await counter.CountAsync(userId, cancellationToken);
        }
        catch (NpgsqlException e)
        {
            // The page that says what is wrong has a frame too.
            log.LogWarning(e, "Could not count the work of user {UserId} for the header", userId);
            return null;
        }
    }

    private static IEnumerable<string> Notes(Surroundings surroundings)
    {
        if (surroundings.SandboxPlatforms is [_, ..] platforms)
            yield return $"{string.Join(" and ", platforms)} {(platforms.Count == 1 ? "is" : "are")} played by a sandbox here: nothing is read from or sent to the real ones.";
    }
}
