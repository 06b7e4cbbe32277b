using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>A piece of the list.</summary>
/// <param name="Rows">In their order.</param>
/// <param name="NextUrl">Where the next ones are; null at the end.</param>
/// <param name="ShownUrl">The list with all up to the next ones, so that Back and a reload find them again; null at the end.</param>
internal sealed record UploadList(IReadOnlyList<UploadRow> Rows, string? NextUrl, string? ShownUrl);

/// <summary>A piece of what was published, and where the next begins; null at the end.</summary>
internal sealed record PublishedList(IReadOnlyList<PublishedVideo> Rows, string? NextUrl);

/// <summary>A chip above the list: some statuses under one word.</summary>
internal sealed record UploadChip(string Word, string Label, IReadOnlyList<UploadStatus> Statuses)
{
    public static IReadOnlyList<UploadChip> All { get; } =
    [
        new("", "All", []),
        new("running", "Running", [UploadStatus.Uploading]),
        new("waiting", "Waiting", [UploadStatus.Pending]),
        new("failed", "Failed", [UploadStatus.Failed]),
        new("done", "Done", [UploadStatus.Completed]),
        new("cancelled", "Cancelled", [UploadStatus.Cancelled]),
    ];

    public int CountIn(UploadCounts counts) => Word switch
    {
        "running" => counts.Uploading,
        "waiting" => counts.Pending,
        "failed" => counts.Failed,
        "done" => counts.Completed,
        "cancelled" => counts.Cancelled,
        _ => counts.Total,
    };
}

/// <summary>What the address of the list says.</summary>
/// <param name="Chip">The statuses.</param>
/// <param name="Text">To look for; null is none.</param>
/// <param name="After">Where the page before ended; null is the top.</param>
/// <param name="Pages">From the top, how many are shown at once: those that a reader has scrolled through. After another, which one it is.</param>
internal sealed record UploadListQuery(UploadChip Chip, string? Text, UploadCursor? After, int Pages)
{
    private const int LongestText = 200;

    /// <summary>Words that mean nothing here are left out: an old link still shows a list.</summary>
    public static UploadListQuery Of(IQueryCollection query) => new(
        UploadChip.All.FirstOrDefault(chip => chip.Word == query["status"].ToString()) ?? UploadChip.All[0],
        query["q"].ToString() is { Length: > 0 and <= LongestText } text && text.Trim() is { Length: > 0 } words ? words : null,
        UploadCursorText.Read(query["after"]),
        ListPaging.ReadPages(query));

    /// <summary>How many rows are shown.</summary>
    public int Size => After is null ? Pages * ListPaging.PageSize : ListPaging.PageSize;

    public string UrlOf(UploadChip chip) => (this with { Chip = chip, After = null, Pages = 1 }).Url();

    /// <summary>Rows of which one more than <see cref="Size"/> was asked for, if there is one.</summary>
    public UploadList Cut(IReadOnlyList<UploadRow> rows)
    {
        if (rows.Count <= Size)
            return new UploadList(rows, null, null);

        var last = rows[Size - 1];
        var next = this with { Pages = Pages + 1 };
        return new UploadList([.. rows.Take(Size)], (next with { After = new UploadCursor(last.CreatedAt, last.Id) }).Url(), (next with { After = null }).Url());
    }

    private string Url()
    {
        var query = new QueryBuilder();
        if (Chip.Word.Length > 0)
            query.Add("status", Chip.Word);
        if (Text is not null)
            query.Add("q", Text);
        if (After is not null)
            query.Add("after", UploadCursorText.Of(After));
        if (Pages > 1)
            query.Add("pages", Pages.ToString(CultureInfo.InvariantCulture));
        return "/uploads" + query.ToQueryString();
    }
}

/// <summary>A cursor as a URL carries it.</summary>
internal static class UploadCursorText
{
    public static string Of(UploadCursor cursor) => ListPaging.WriteCursor(cursor.At, cursor.Id);

    public static UploadCursor? Read(string? text) => ListPaging.ReadCursor(text) is { } row ? new UploadCursor(row.At, row.Id) : null;
}

/// <summary>Ids of elements, the same for the page, its fragments and the pushes.</summary>
internal static class UploadIds
{
    public static string Of(Guid id) => $"upload-{id}";
}
