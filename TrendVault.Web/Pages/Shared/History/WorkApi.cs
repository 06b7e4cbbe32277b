using System.Globalization;
using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Shared;

/// <summary>Numbered pages, as scripts ask for them.</summary>
internal static class WorkApi
{
    private const int MostRows = 50;

    /// <summary>A page of a list of work, by status and text.</summary>
    /// <param name="name">Of the rows in the answer.</param>
    /// <param name="query">What was asked for.</param>
    public static async Task<IResult> ListAsync<TRow>(
        IWorkList<TRow> list, string name, WorkWords words, Func<TRow, object> toJson, HttpRequest query, CancellationToken cancellationToken)
        where TRow : WorkRow
    {
        if (RefuseNumbers(query.Query["page"], query.Query["limit"], out var page, out var size) is { } refusal)
            return refusal;
        WorkStatus? status = words.TryParse(query.Query["status"], out var known) ? known : null;
        if (status is null && !string.IsNullOrEmpty(query.Query["status"]))
            return Envelope.Invalid("status", $"status must be one of {string.Join(", ", words.All)}.");

        var text = query.Query["q"].ToString().Trim();
        var filter = new WorkFilter(status, text.Length == 0 ? null : text);
        var (rows, total) = await list.PageAsync(query.HttpContext.User.Id(), filter, page, size, cancellationToken);
        return Envelope.Ok(new Dictionary<string, object> { [name] = rows.Select(toJson), ["pagination"] = Pagination(page, size, total) });
    }

    /// <summary>The answer to numbers that are none; null when they are good.</summary>
    public static IResult? RefuseNumbers(string? page, string? limit, out int number, out int size)
    {
        size = 0;
        if (!TryNumber(page, 1, int.MaxValue, out number))
            return Envelope.Invalid("page", "page must be a number from 1 on.");
        return TryNumber(limit, 20, MostRows, out size) ? null : Envelope.Invalid("limit", $"limit must be a number from 1 to {MostRows}.");
    }

    public static object Pagination(int page, int limit, int total) =>
        new { Page = page, Limit = limit, Total = total, HasMore = (long)page * limit < total };

    private static bool TryNumber(string? text, int fallback, int most, out int number)
    {
        number = fallback;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= most);
    }
}
