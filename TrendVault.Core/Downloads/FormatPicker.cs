using System.Globalization;

namespace TrendVault.Core.Downloads;

/// <summary>What to ask of yt-dlp for what the user chose.</summary>
/// <param name="Streams">One file, or a picture and a sound that are merged.</param>
/// <param name="Quality">For people: 1080p, audio.</param>
/// <param name="AudioFormat">Only the sound is kept, as <c>m4a</c> or <c>mp3</c>; null keeps what comes.</param>
public sealed record FormatChoice(IReadOnlyList<MediaFormat> Streams, string Quality, string? AudioFormat = null)
{
    /// <summary>The language of those that come with it; null is none.</summary>
    public string? Subtitles { get; init; }

    /// <summary>The user named this very format; else a preset led to it.</summary>
    public bool IsExact { get; init; }

    /// <summary>Together, or null when one is unknown.</summary>
    public long? SizeBytes => Streams.All(stream => stream.SizeBytes is not null) ? Streams.Sum(stream => stream.SizeBytes) : null;
}

/// <summary>Chooses among the formats of a page. Pure: the same offer and wish give the same choice.</summary>
public static class FormatPicker
{
    /// <summary>The names that every page understands, whatever it offers.</summary>
    public static IReadOnlyList<string> Presets { get; } = ["best", "1080p", "720p", "480p", Audio, Mp3];

    private const string Audio = "audio";

    private const string Mp3 = "mp3";

    /// <summary>True for a preset's name and for what may be a format's id; whether a page has it is another question.</summary>
    public static bool IsWellFormed(string format) => MediaInfoReader.FormatId().IsMatch(format);

    /// <summary>Null when the page has no such format, or nothing to offer for that preset.</summary>
    public static FormatChoice? Pick(MediaInfo info, string format) => format switch
    {
        Audio => PickAudio(info.Formats, "m4a"),
        Mp3 => PickAudio(info.Formats, Mp3),
        "best" => PickVideo(info.Formats, maxHeight: int.MaxValue),
        "1080p" => PickVideo(info.Formats, maxHeight: 1080),
        "720p" => PickVideo(info.Formats, maxHeight: 720),
        "480p" => PickVideo(info.Formats, maxHeight: 480),
        _ => info.Formats.LastOrDefault(candidate => candidate.FormatId == format) is { } exact ? WithSound(info.Formats, exact) : null,
    };

    // The list runs from worst to best, so the last that fits is the best. Where all are too large the smallest is the nearest thing
    // to what was asked for; a page that does not tell heights usually has one format only.
    private static FormatChoice? PickVideo(IReadOnlyList<MediaFormat> formats, int maxHeight)
    {
        var videos = formats.Where(format => format.HasVideo).ToList();
        var picked = maxHeight == int.MaxValue
            ? videos.LastOrDefault()
            : videos.LastOrDefault(format => format.Height <= maxHeight) ?? videos.LastOrDefault(format => format.Height is null) ?? videos.MinBy(format => format.Height);
        return picked is null ? null : WithSound(formats, picked);
    }

    private static FormatChoice WithSound(IReadOnlyList<MediaFormat> formats, MediaFormat picked)
    {
        if (!picked.HasVideo)
            return new FormatChoice([picked], Audio);

        var sound = picked.HasAudio ? null : BestSound(formats);
        return new FormatChoice(sound is null ? [picked] : [picked, sound], QualityOf(picked));
    }

    // Sound alone where there is some; else the lightest file that has sound, of which only that is kept.
    private static FormatChoice? PickAudio(IReadOnlyList<MediaFormat> formats, string audioFormat)
    {
        var picked = BestSound(formats) ?? formats.FirstOrDefault(format => format.HasAudio);
        return picked is null ? null : new FormatChoice([picked], Audio, audioFormat);
    }

    // m4a joins an mp4 without re-encoding, and plays everywhere.
    private static MediaFormat? BestSound(IReadOnlyList<MediaFormat> formats)
    {
        var sounds = formats.Where(format => !format.HasVideo && format.HasAudio).ToList();
        return sounds.LastOrDefault(format => format.Ext == "m4a") ?? sounds.LastOrDefault();
    }

    private static string QualityOf(MediaFormat format) =>
        format.Height is { } height ? string.Create(CultureInfo.InvariantCulture, $"{height}p") : format.Note ?? format.FormatId;
}
