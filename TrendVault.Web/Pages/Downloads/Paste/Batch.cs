using TrendVault.Core.Downloads;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>Several videos to choose from: those of a paste, or those of a list.</summary>
/// <param name="Title">The list's.</param>
/// <param name="Extent">How many these are, and of how many.</param>
/// <param name="Items">In their order.</param>
internal sealed record Batch(string? Title, string Extent, IReadOnlyList<BatchItem> Items)
{
    /// <summary>Something of it can be ticked, or may be once it has been looked at.</summary>
    public bool HasChoice => Items.Any(item => item.CanBeTicked);

    /// <summary>Of a list, which tells of its videos itself.</summary>
    public static Batch Of(MediaInfo list, IReadOnlyDictionary<string, DownloadRow> same) =>
        new(list.Title, ExtentOf(list), [.. list.Items.Select((video, number) => new BatchItem(number, video.Url) { Video = video, Same = same.GetValueOrDefault(video.Url), IsList = video.IsList })]);

    private static string ExtentOf(MediaInfo list)
    {
        var things = list.Items.Count(item => item.IsList) switch { 0 => "videos", var lists when lists == list.Items.Count => "lists of videos", _ => "videos and lists" };
        return (list.Items.Count, list.ItemCount) switch
        {
            (var read, { } all) when all > read => $"The first {read} of {all} {things}",
            (MediaInfo.MostItems, null) => $"The first {MediaInfo.MostItems} {things}",
            (1, _) => list.Items[0].IsList ? "1 list of videos" : "1 video",
            var (read, _) => $"{read} {things}",
        };
    }
}

/// <summary>One of several videos.</summary>
/// <param name="Number">Where it stands; names its row.</param>
/// <param name="Url">Its address, or what was pasted for one.</param>
internal sealed record BatchItem(int Number, string Url)
{
    /// <summary>What is known of it; null while nothing is, and where nothing can be had.</summary>
    public MediaItem? Video { get; init; }

    /// <summary>What the user has of it already.</summary>
    public DownloadRow? Same { get; init; }

    /// <summary>Why it cannot be downloaded.</summary>
    public string? Refusal { get; init; }

    /// <summary>It is announced, and this says for when; a download of it waits.</summary>
    public string? Announced { get; init; }

    /// <summary>It is several videos itself, which can be chosen from on a page of their own.</summary>
    public bool IsList { get; init; }

    /// <summary>Can be downloaded, as far as is known.</summary>
    public bool CanBeTicked => Refusal is null && !IsList;

    /// <summary>Has to be looked at.</summary>
    public bool IsNew => Video is null && Refusal is null;

    /// <summary>The title, until it is known the address.</summary>
    public string Title => Video?.Title ?? Url;
}
