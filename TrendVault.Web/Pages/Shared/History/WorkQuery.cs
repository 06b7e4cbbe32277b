using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using TrendVault.Core.Work;

namespace TrendVault.Web.Pages.Shared;

/// <summary>A chip above a list: a status, or all of them, under a word.</summary>
internal sealed record WorkChip(string Word, string Label, WorkStatus? Status)
{
    public static IReadOnlyList<WorkChip> All { get; } =
    [
        new("", "All", null),
        new("running", "Running", WorkStatus.Running),
        new("waiting", "Waiting", WorkStatus.Pending),
        new("failed", "Failed", WorkStatus.Failed),
        new("done", "Done", WorkStatus.Completed),
        new("cancelled", "Cancelled", WorkStatus.Cancelled),
    ];
}

/// <summary>A piece of a list.</summary>
/// <param name="Rows">In their order.</param>
/// <param name="NextUrl">Where the next ones are; null at the end.</param>
/// <param name="ShownUrl">The list with all up to the next ones, so that Back and a reload find them again; null at the end.</param>
internal sealed record WorkPiece(IReadOnlyList<WorkRow> Rows, string? NextUrl, string? ShownUrl);

/// <summary>What the address of a list says.</summary>
/// <param name="Path">Of the list.</param>
/// <param name="Text">To look for; null is none.</param>
/// <param name="After">Where the page before ended; null is the top.</param>
/// <param name="Pages">From the top, how many are shown at once: those that a reader has scrolled through. After another, which one it is.</param>
internal sealed record WorkQuery(string Path, WorkChip Chip, string? Text, WorkCursor? After, int Pages)
{
    private const int LongestText = 200;

    /// <summary>Words that mean nothing here are left out: an old link still shows a list.</summary>
    public static WorkQuery Of(string path, IQueryCollection query)
    {
        var text = query["q"].ToString().Trim();
        return new WorkQuery(
            path,
            WorkChip.All.FirstOrDefault(chip => chip.Word == query["status"].ToString()) ?? WorkChip.All[0],
            text.Length is > 0 and <= LongestText ? text : null,
            ListPaging.ReadCursor(query["after"]),
            ListPaging.ReadPages(query));
    }

    public WorkFilter Filter => new(Chip.Status, Text);

    /// <summary>How many rows are shown.</summary>
    public int Size => After is null ? Pages * ListPaging.PageSize : ListPaging.PageSize;

    public string UrlOf(WorkChip chip) => (this with { Chip = chip, After = null, Pages = 1 }).Url();

    /// <summary>Rows of which one more than <see cref="Size"/> was asked for, if there is one.</summary>
    public WorkPiece Cut(IReadOnlyList<WorkRow> rows)
    {
        if (rows.Count <= Size)
            return new WorkPiece(rows, null, null);

        var last = rows[Size - 1];
        var next = this with { Pages = Pages + 1 };
        return new WorkPiece(
            [.. rows.Take(Size)], (next with { After = new WorkCursor(last.CreatedAt, last.Id) }).Url(), (next with { After = null }).Url());
    }

    private string Url()
    {
        var query = new QueryBuilder();
        if (Chip.Word.Length > 0)
            query.Add("status", Chip.Word);
        if (Text is not null)
            query.Add("q", Text);
        if (After is not null)
            query.Add("after", ListPaging.WriteCursor(After));
        if (Pages > 1)
            query.Add("pages", Pages.ToString(CultureInfo.InvariantCulture));
        return Path + query.ToQueryString();
    }
}
