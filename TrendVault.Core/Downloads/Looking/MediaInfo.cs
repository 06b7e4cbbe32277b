using System.Text.Json.Serialization;

namespace TrendVault.Core.Downloads;

/// <summary>What a page offers, as far as it may be shown and kept: signed addresses and headers are left out.</summary>
internal sealed record MediaInfo
{
    /// <summary>Of a list no more are read, and by one order no more are started.</summary>
    public const int MostItems = 50;

    /// <summary>The site's title; data, never a path.</summary>
    public required string Title { get; init; }

    public string? CreatorName { get; init; }

    public double? DurationSeconds { get; init; }

    /// <summary>An https address, or none.</summary>
    public string? ThumbnailUrl { get; init; }

    /// <summary>The site's name for the licence.</summary>
    public string? Licence { get; init; }

    /// <summary>What can be downloaded, worst to best; empty where the page is a list.</summary>
    public required IReadOnlyList<MediaFormat> Formats { get; init; }

    /// <summary>Those that can be had as text, written ones first.</summary>
    public IReadOnlyList<MediaSubtitles> Subtitles { get; init; } = [];

    /// <summary>The first <see cref="MostItems"/> videos of a list, in its order; empty where the page is one video.</summary>
    public IReadOnlyList<MediaItem> Items { get; init; } = [];

    /// <summary>How many videos the list has in all; null is unknown.</summary>
    public int? ItemCount { get; init; }
}

/// <summary>What is said, in a language.</summary>
/// <param name="Language">The site's word, such as <c>en</c> or <c>pt-BR</c>; <c>[A-Za-z0-9_-]</c>, 35 at most.</param>
/// <param name="Name">The site's name for it, if it has one.</param>
/// <param name="IsAutomatic">Heard, or translated, by a machine.</param>
internal sealed record MediaSubtitles(string Language, string? Name, bool IsAutomatic);

/// <summary>A video of a list, or a list in it, as far as the list tells of it.</summary>
internal sealed record MediaItem
{
    /// <summary>The same of a page of its own.</summary>
    public static MediaItem Of(string url, MediaInfo info) =>
        new()
        {
            Url = url,
            Title = info.Title,
            CreatorName = info.CreatorName,
            DurationSeconds = info.DurationSeconds,
            ThumbnailUrl = info.ThumbnailUrl,
            IsList = info.Items.Count > 0,
        };

    /// <summary>Where it is; canonical where it may be, but not judged yet.</summary>
    public required string Url { get; init; }

    /// <summary>The site's title; else the address.</summary>
    public required string Title { get; init; }

    public string? CreatorName { get; init; }

    public double? DurationSeconds { get; init; }

    /// <summary>An https address, or none.</summary>
    public string? ThumbnailUrl { get; init; }

    /// <summary>It is several videos itself (a channel's tab), to be opened and not to be downloaded.</summary>
    public bool IsList { get; init; }
}

/// <summary>One stream, or one file with both, that yt-dlp can fetch.</summary>
internal sealed record MediaFormat
{
    /// <summary>Of most formats.</summary>
    public const int UsualPreference = -1;

    /// <summary>yt-dlp's id, exactly: letters of any script, no blanks, 255 characters at most.</summary>
    public required string FormatId { get; init; }

    public required string Ext { get; init; }

    /// <summary>Pixels; null is unknown.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels; null is unknown.</summary>
    public int? Height { get; init; }

    /// <summary>Frames per second.</summary>
    public double? Fps { get; init; }

    /// <summary><c>none</c> where there is no picture; null is unknown.</summary>
    public string? VideoCodec { get; init; }

    /// <summary><c>none</c> where there is no sound; null is unknown.</summary>
    public string? AudioCodec { get; init; }

    /// <summary>Bytes, exact or estimated.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>The size is computed from the bit rate.</summary>
    public bool SizeIsEstimated { get; init; }

    /// <summary>The site's own word for it.</summary>
    public string? Note { get; init; }

    /// <summary>What the site's extractor thinks of it beside the others; less than <see cref="UsualPreference"/> is worse (a copy with a watermark).</summary>
    public int Preference { get; init; } = UsualPreference;

    /// <summary>The shorter side in pixels, which people call the quality: 1080 for a film of 1920 × 1080 and for a clip of 1080 × 1920.</summary>
    [JsonIgnore]
    public int? ShorterSide => ShorterOf(Width, Height);

    /// <summary>Holds a picture, or may.</summary>
    public bool HasVideo => VideoCodec != "none";

    /// <summary>Holds sound, or may.</summary>
    public bool HasAudio => AudioCodec != "none";

    /// <summary>Of the two, where both are known; else the height.</summary>
    public static int? ShorterOf(int? width, int? height) => width < height ? width : height;
}
