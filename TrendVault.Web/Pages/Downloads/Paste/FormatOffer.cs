using System.Globalization;
using TrendVault.Core.Downloads;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>What the picker shows: the presets that this page can serve, and every format in the order that was asked for.</summary>
internal sealed record FormatOffer(MediaInfo Info, IReadOnlyList<PresetOption> Presets, IReadOnlyList<MediaFormat> Formats, string Sort)
{
    /// <summary>The columns that the table can be sorted by.</summary>
    public static IReadOnlyList<(string Word, string Label, bool IsNumber)> Columns { get; } =
        [("quality", "Resolution", true), ("fps", "FPS", true), ("format", "Container", false), ("codecs", "Codecs", false), ("size", "Size", true), ("note", "Note", false)];

    /// <summary>A podcast or a slideshow.</summary>
    public bool IsSoundOnly => Info.Formats.All(format => !format.HasVideo);

    /// <summary>Those that begin with the largest.</summary>
    public static bool IsDescending(string column) => column is "quality" or "fps" or "size";

    public static FormatOffer Of(MediaInfo info, string? sort)
    {
        // yt-dlp lists from worst to best; people look for the best first.
        var best = info.Formats.Reverse().ToList();
        MediaFormat[] sorted = sort switch
        {
            "size" => [.. best.OrderByDescending(format => format.SizeBytes ?? -1)],
            "fps" => [.. best.OrderByDescending(format => format.Fps ?? 0)],
            "note" => [.. best.OrderBy(format => format.Note ?? "", StringComparer.OrdinalIgnoreCase)],
            "format" => [.. best.OrderBy(format => format.Ext, StringComparer.Ordinal)],
            "codecs" => [.. best.OrderBy(format => format.VideoCodec ?? format.AudioCodec ?? "", StringComparer.Ordinal)],
            _ => [.. best.OrderByDescending(format => format.ShorterSide ?? (format.HasVideo ? 1 : 0)).ThenByDescending(format => format.Fps ?? 0)],
        };
        var known = Columns.Any(column => column.Word == sort) ? sort! : "quality";
        return new FormatOffer(info, [.. FormatPicker.PresetsOf(info).Select(preset => PresetOption.Of(info, preset)).OfType<PresetOption>()], sorted, known);
    }

    public static string Resolution(MediaFormat format) => format switch
    {
        { Width: { } width, Height: { } height } => string.Create(CultureInfo.InvariantCulture, $"{width} × {height}"),
        { Height: { } height } => string.Create(CultureInfo.InvariantCulture, $"{height}p"),
        { HasVideo: false } => "audio",
        _ => "unknown",
    };

    public static string Codecs(MediaFormat format) =>
        string.Join(" + ", new[] { format.VideoCodec, format.AudioCodec }.Where(codec => codec is not (null or "none"))) is { Length: > 0 } known ? known : "unknown";

    public static string Size(MediaFormat format) =>
        format.SizeBytes is { } size ? (format.SizeIsEstimated ? "about " : "") + Format.Bytes(size) : "unknown";
}

/// <summary>A preset, and what it comes to on this page.</summary>
internal sealed record PresetOption(string Name, string Label, string Note)
{
    /// <summary>What can be asked of any video.</summary>
    public static IReadOnlyList<(string Name, string Label)> OfAny { get; } =
        [.. FormatPicker.Presets.Select(preset => (preset, LabelOf(preset, preset == "audio" ? "m4a" : preset == "mp3" ? preset : null)))];

    public static PresetOption? Of(MediaInfo info, string preset)
    {
        if (FormatPicker.Pick(info, preset) is not { } choice)
            return null;
        var size = choice.SizeBytes is { } bytes ? $" · about {Format.Bytes(bytes)}" : "";
        var note = choice.AudioFormat switch { null => choice.Quality + size, "mp3" => "converted, plays anywhere", _ => "as it comes" + size };
        return new PresetOption(preset, LabelOf(preset, choice.AudioFormat), note);
    }

    private static string LabelOf(string preset, string? audioFormat) => (preset, audioFormat) switch
    {
        (_, { } audio) => $"Audio as {audio}",
        ("best", _) => "Best",
        _ => $"Up to {preset}",
    };
}
