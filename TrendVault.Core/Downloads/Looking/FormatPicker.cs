using System.Globalization;

namespace TrendVault.Core.Downloads;

/// <summary>What to ask of yt-dlp for what the user chose.</summary>
/// <param name="Streams">One file, or a picture and a sound that are merged.</param>
/// <param name="Quality">For people: 1080p, audio.</param>
/// <param name="AudioFormat">Only the sound is kept, as <c>m4a</c> or <c>mp3</c>; null keeps what comes.</param>
internal sealed record FormatChoice(IReadOnlyList<MediaFormat> Streams, string Quality, string? AudioFormat = null)
{
    /// <summary>The language of those that come with it; null is none.</summary>
    public string? Subtitles { get; init; }

    /// <summary>The user named this very format; else a preset led to it.</summary>
    public bool IsExact { get; init; }

    /// <summary>Together, or null when one is unknown.</summary>
    public long? SizeBytes => Streams.All(stream => stream.SizeBytes is not null) ? Streams.Sum(stream => stream.SizeBytes) : null;
}

/// <summary>Chooses among the formats of a page. Pure: the same offer and wish give the same choice.</summary>
internal static class FormatPicker
{
    /// <summary>The names that can be asked of every page: it gives what is nearest to them. Who wants one thing and nothing else names a format's id.</summary>
    public static IReadOnlyList<string> Presets { get; } = [Best, "1080p", "720p", "480p", Audio, Mp3];

    private const string Best = "best";

    private const string Audio = "audio";

    private const string Mp3 = "mp3";

    /// <summary>The quality of what was asked for as a picture, where there is none.</summary>
    internal const string SoundInstead = "audio, as there is no picture";

    /// <summary>True for a preset's name and for what may be a format's id; whether a page has it is another question.</summary>
    public static bool IsWellFormed(string format) => MediaInfoReader.FormatId().IsMatch(format);

    /// <summary>Those of the presets that this page can serve as they are named: one without a picture offers its sound alone.</summary>
    public static IReadOnlyList<string> PresetsOf(MediaInfo info) =>
        [.. Presets.Where(preset => preset is Audio or Mp3 ? PickAudio(info.Formats, preset) is not null : info.Formats.Any(format => format.HasVideo))];

    /// <summary>Null when the page has no such format, or neither picture nor sound for that preset.</summary>
    public static FormatChoice? Pick(MediaInfo info, string format) => format switch
    {
        Audio => PickAudio(info.Formats, "m4a"),
        Mp3 => PickAudio(info.Formats, Mp3),
        Best => PickVideo(info.Formats, int.MaxValue),
        "1080p" => PickVideo(info.Formats, 1080),
        "720p" => PickVideo(info.Formats, 720),
        "480p" => PickVideo(info.Formats, 480),
        _ => info.Formats.LastOrDefault(candidate => candidate.FormatId == format) is { } exact ? WithSound(info.Formats, exact) : null,
    };

    /// <summary>What is said where <see cref="Pick"/> found nothing.</summary>
    public static string WhyNone(string format) =>
        format is Audio or Mp3 ? "There is no sound at this address: choose a format with a picture." : "The page does not offer this format: choose another.";

    /// <summary>How people name a size: 1080p, whichever way up it is. Null is unknown.</summary>
    public static string? QualityOf(int? width, int? height) =>
        MediaFormat.ShorterOf(width, height) is { } side ? string.Create(CultureInfo.InvariantCulture, $"{side}p") : null;

    // The list runs from worst to best, so the last that fits is the best. Where all are too large the smallest is the nearest thing
    // to what was asked for; a page that does not tell sizes usually has one format only.
    private static FormatChoice? PickVideo(IReadOnlyList<MediaFormat> formats, int largestSide)
    {
        var videos = formats.Where(format => format.HasVideo).ToList();
        var picked = largestSide == int.MaxValue
            ? videos.LastOrDefault()
            : videos.LastOrDefault(format => format.ShorterSide <= largestSide)
                ?? videos.LastOrDefault(format => format.ShorterSide is null)
                ?? videos.MinBy(format => format.ShorterSide);
        return picked is null ? SoundFor(formats) : WithSound(formats, PlayableLike(videos, picked));
    }

    // Of the same picture H.264, which every browser and every phone shows; yt-dlp takes what is smaller for better. Not for a smaller
    // picture, fewer frames, or a copy that the site's extractor thinks less of: TikTok's with the watermark is H.264 too.
    private static MediaFormat PlayableLike(List<MediaFormat> videos, MediaFormat picked) =>
        IsH264(picked) || picked.VideoCodec is null || picked.ShorterSide is null
            ? picked
            : videos.LastOrDefault(format => IsH264(format) && format.ShorterSide == picked.ShorterSide && format.Preference >= picked.Preference && !(format.Fps < picked.Fps - 1))
                ?? picked;

    private static bool IsH264(MediaFormat format) =>
        format.VideoCodec is { } codec && (codec.StartsWith("avc", StringComparison.OrdinalIgnoreCase) || codec.StartsWith("h264", StringComparison.OrdinalIgnoreCase));

    // A podcast or a slideshow: a preset asks for the best that there is, and that is the sound.
    private static FormatChoice? SoundFor(IReadOnlyList<MediaFormat> formats) =>
        BestSound(formats) is { } sound ? new FormatChoice([sound], SoundInstead) : null;

    private static FormatChoice WithSound(IReadOnlyList<MediaFormat> formats, MediaFormat picked)
    {
        if (!picked.HasVideo)
            return new FormatChoice([picked], Audio);

        var sound = picked.HasAudio ? null : BestSound(formats);
        var quality = QualityOf(picked.Width, picked.Height) ?? picked.Note ?? CleanText.Line(picked.FormatId, 50) ?? "video";
        return new FormatChoice(sound is null ? [picked] : [picked, sound], quality);
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
}
