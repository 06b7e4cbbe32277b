using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>A piece of the list, and where the next begins; null at the end.</summary>
internal sealed record UploadList(IReadOnlyList<UploadRow> Rows, string? NextUrl);

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
internal sealed record UploadListQuery(UploadChip Chip, string? Text, UploadCursor? After)
{
    private const int LongestText = 200;

    /// <summary>Words that mean nothing here are left out: an old link still shows a list.</summary>
    public static UploadListQuery Of(IQueryCollection query) => new(
        UploadChip.All.FirstOrDefault(chip => chip.Word == query["status"].ToString()) ?? UploadChip.All[0],
        query["q"].ToString() is { Length: > 0 and <= LongestText } text && text.Trim() is { Length: > 0 } words ? words : null,
        UploadCursorText.Read(query["after"].ToString()));

    public string UrlOf(UploadChip chip) => new UploadListQuery(chip, Text, null).Url();

    public string NextUrl(UploadRow last) => (this with { After = new UploadCursor(last.CreatedAt, last.Id) }).Url();

    public string LiveUrl => (this with { After = null }).Url("List");

    private string Url(string? handler = null)
    {
        var query = new QueryBuilder();
        if (handler is not null)
            query.Add("handler", handler);
        if (Chip.Word.Length > 0)
            query.Add("status", Chip.Word);
        if (Text is not null)
            query.Add("q", Text);
        if (After is not null)
            query.Add("after", UploadCursorText.Of(After));
        return "/uploads" + query.ToQueryString();
    }
}

/// <summary>A cursor as a URL carries it.</summary>
internal static class UploadCursorText
{
    public static string Of(UploadCursor cursor) => string.Create(CultureInfo.InvariantCulture, $"{cursor.At.UtcTicks}-{cursor.Id:n}");

    public static UploadCursor? Read(string text) =>
        text.Split('-') is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && time <= DateTimeOffset.MaxValue.Ticks
            && Guid.TryParseExact(id, "n", out var guid)
            ? new UploadCursor(new DateTimeOffset(time, TimeSpan.Zero), guid)
            : null;
}

/// <summary>Ids of elements, the same for the page, its fragments and the pushes.</summary>
internal static class UploadIds
{
    public static string Of(Guid id) => $"upload-{id}";
}
