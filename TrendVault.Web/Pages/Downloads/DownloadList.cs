using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using TrendVault.Core.Downloads;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>A piece of the list.</summary>
/// <param name="Rows">In their order.</param>
/// <param name="NextUrl">Where the next ones are; null at the end.</param>
/// <param name="ShownUrl">The list with all up to the next ones, so that Back and a reload find them again; null at the end.</param>
internal sealed record DownloadList(IReadOnlyList<DownloadRow> Rows, string? NextUrl, string? ShownUrl);

/// <summary>A chip above the list: a status, or all of them, under a word.</summary>
internal sealed record DownloadChip(string Word, string Label, DownloadStatus? Status)
{
    public static IReadOnlyList<DownloadChip> All { get; } =
    [
        new("", "All", null),
        new("running", "Running", DownloadStatus.Downloading),
        new("waiting", "Waiting", DownloadStatus.Pending),
        new("failed", "Failed", DownloadStatus.Failed),
        new("done", "Done", DownloadStatus.Completed),
        new("cancelled", "Cancelled", DownloadStatus.Cancelled),
    ];

    public int CountIn(DownloadCounts counts) => Word switch
    {
        "running" => counts.Downloading,
        "waiting" => counts.Pending,
        "failed" => counts.Failed,
        "done" => counts.Completed,
        "cancelled" => counts.Cancelled,
        _ => counts.Total,
    };
}

/// <summary>What the address of the list says.</summary>
/// <param name="Chip">The status.</param>
/// <param name="Text">To look for; null is none.</param>
/// <param name="After">Where the page before ended; null is the top.</param>
/// <param name="Pages">From the top, how many are shown at once: those that a reader has scrolled through. After another, which one it is.</param>
internal sealed record DownloadListQuery(DownloadChip Chip, string? Text, DownloadCursor? After, int Pages)
{
    /// <summary>Words that mean nothing here are left out: an old link still shows a list.</summary>
    public static DownloadListQuery Of(IQueryCollection query)
    {
        var text = query["q"].ToString().Trim();
        return new DownloadListQuery(
            DownloadChip.All.FirstOrDefault(chip => chip.Word == query["status"].ToString()) ?? DownloadChip.All[0],
            text.Length is > 0 and <= 200 ? text : null,
            ListPaging.ReadCursor(query["after"]) is { } after ? new DownloadCursor(after.At, after.Id) : null,
            ListPaging.ReadPages(query));
    }

    /// <summary>How many rows are shown.</summary>
    public int Size => After is null ? Pages * ListPaging.PageSize : ListPaging.PageSize;

    public DownloadFilter Filter => new(Chip.Status, Text);

    public string UrlOf(DownloadChip chip) => (this with { Chip = chip, After = null, Pages = 1 }).Url();

    /// <summary>Rows of which one more than <see cref="Size"/> was asked for, if there is one.</summary>
    public DownloadList Cut(IReadOnlyList<DownloadRow> rows)
    {
        if (rows.Count <= Size)
            return new DownloadList(rows, null, null);

        var last = rows[Size - 1];
        var next = this with { Pages = Pages + 1 };
        return new DownloadList(
            [.. rows.Take(Size)], (next with { After = new DownloadCursor(last.CreatedAt, last.Id) }).Url(), (next with { After = null }).Url());
    }

    private string Url()
    {
        var query = new QueryBuilder();
        if (Chip.Word.Length > 0)
            query.Add("status", Chip.Word);
        if (Text is not null)
            query.Add("q", Text);
        if (After is not null)
            query.Add("after", ListPaging.WriteCursor(After.CreatedAt, After.Id));
        if (Pages > 1)
            query.Add("pages", Pages.ToString(CultureInfo.InvariantCulture));
        return "/downloads" + query.ToQueryString();
    }
}
