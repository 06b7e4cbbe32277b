using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using TrendVault.Core.Downloads;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>A piece of the list, and where the next begins; null at the end.</summary>
internal sealed record DownloadList(IReadOnlyList<DownloadRow> Rows, string? NextUrl);

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
internal sealed record DownloadListQuery(DownloadChip Chip, string? Text, DownloadCursor? After)
{
    /// <summary>Words that mean nothing here are left out: an old link still shows a list.</summary>
    public static DownloadListQuery Of(IQueryCollection query)
    {
        var text = query["q"].ToString().Trim();
        return new DownloadListQuery(
            DownloadChip.All.FirstOrDefault(chip => chip.Word == query["status"].ToString()) ?? DownloadChip.All[0],
            text.Length is > 0 and <= 200 ? text : null,
            ReadCursor(query["after"].ToString()));
    }

    public DownloadFilter Filter => new(Chip.Status, Text);

    public string UrlOf(DownloadChip chip) => (this with { Chip = chip, After = null }).Url();

    public string NextUrl(DownloadRow last) => (this with { After = new DownloadCursor(last.CreatedAt, last.Id) }).Url();

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
            query.Add("after", string.Create(CultureInfo.InvariantCulture, $"{After.CreatedAt.UtcTicks}-{After.Id:n}"));
        return "/downloads" + query.ToQueryString();
    }

    private static DownloadCursor? ReadCursor(string text) =>
        text.Split('-') is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && time <= DateTimeOffset.MaxValue.Ticks
            && Guid.TryParseExact(id, "n", out var guid)
            ? new DownloadCursor(new DateTimeOffset(time, TimeSpan.Zero), guid)
            : null;
}
