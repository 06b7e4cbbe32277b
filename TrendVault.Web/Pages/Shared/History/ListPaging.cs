using System.Globalization;
using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Shared;

/// <summary>How the addresses of lists say how far a reader has come.</summary>
internal static class ListPaging
{
    /// <summary>Rows; with the frame some 55 KB of HTML.</summary>
    public const int PageSize = 20;

    // Who scrolled further finds the first of them again.
    private const int MostPages = 25;

    /// <summary>From the top, how many pages are shown at once; what is no number is one.</summary>
    public static int ReadPages(IQueryCollection query) =>
        int.TryParse(query["pages"], NumberStyles.None, CultureInfo.InvariantCulture, out var pages) ? Math.Clamp(pages, 1, MostPages) : 1;

    /// <summary>The row after which the list goes on, as an address carries it.</summary>
    public static string WriteCursor(WorkCursor row) => string.Create(CultureInfo.InvariantCulture, $"{row.CreatedAt.UtcTicks}-{row.Id:n}");

    /// <summary>Null for what is none.</summary>
    public static WorkCursor? ReadCursor(string? text) =>
        (text ?? "").Split('-') is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && time <= DateTimeOffset.MaxValue.Ticks
            && Guid.TryParseExact(id, "n", out var guid)
            ? new WorkCursor(new DateTimeOffset(time, TimeSpan.Zero), guid)
            : null;
}
