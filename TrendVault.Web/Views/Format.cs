using System.Globalization;

namespace TrendVault.Web;

/// <summary>Numbers, sizes and times as people read them. The exact value belongs into a title beside each.</summary>
internal static class Format
{
    private static readonly CultureInfo Culture = CultureInfo.GetCultureInfo("en-US");
    private static readonly string[] BinaryUnits = ["B", "KiB", "MiB", "GiB", "TiB"];
    private static readonly (double Size, string Suffix)[] Magnitudes = [(1e9, "B"), (1e6, "M"), (1e3, "K")];

    // In this order: most browsers name those that they descend from, too.
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"), ("Chrome/", "Chrome"), ("CriOS", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Mark, string Name)[] Systems =
        [("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <summary>1,932,607 as "1.9 M".</summary>
    public static string Count(long value)
    {
        foreach (var (size, suffix) in Magnitudes)
        {
            // What would round to 1000 K is 1 M.
            if (value >= size * 0.9995)
                return (value / size).ToString(value / size < 99.95 ? "0.#" : "0", Culture) + " " + suffix;
        }

        return value.ToString(Culture);
    }

    /// <summary>1932607 as "1,932,607".</summary>
    public static string Exact(long value) => value.ToString("N0", Culture);

    /// <summary>Bytes in binary units: "41.2 MiB".</summary>
    public static string Bytes(long value)
    {
        double size = value;
        var unit = 0;
        while (size >= 1023.95 && unit < BinaryUnits.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return size.ToString(unit == 0 || size >= 99.95 ? "0" : "0.#", Culture) + " " + BinaryUnits[unit];
    }

    /// <summary>Bytes a second: "4.2 MiB/s".</summary>
    public static string Speed(long bytesPerSecond) => Bytes(bytesPerSecond) + "/s";

    /// <summary>Bits a second: "2.1 Mbit/s".</summary>
    public static string BitRate(long bitsPerSecond) => bitsPerSecond >= 999_500
        ? (bitsPerSecond / 1e6).ToString("0.#", Culture) + " Mbit/s"
        : (bitsPerSecond / 1e3).ToString("0", Culture) + " kbit/s";

    /// <summary>Pictures a second: "29.97 fps".</summary>
    public static string FrameRate(double rate) => rate.ToString("0.##", Culture) + " fps";

    /// <summary>The shape of a picture: "16:9"; "2.39:1" where no small numbers say it.</summary>
    public static string Ratio(int width, int height)
    {
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(width, height);
        return divisor > 0 && width / divisor <= 32 && height / divisor <= 32
            ? string.Create(Culture, $"{width / divisor}:{height / divisor}")
            : ((double)width / height).ToString("0.##", Culture) + ":1";
    }

    /// <summary>A language by its code, as people call it: "Portuguese (Brazil)"; a word that is no code is left as it is.</summary>
    public static string Language(string code)
    {
        try
        {
            return CultureInfo.GetCultureInfo(code, predefinedOnly: true).EnglishName;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }

    /// <summary>A codec in ffmpeg's word as people know it: "H.264"; others are left as they are.</summary>
    public static string Codec(string? codec) => codec switch
    {
        null => "unknown codec",
        "h264" => "H.264",
        "hevc" => "H.265 (HEVC)",
        "mpeg4" => "MPEG-4",
        "opus" => "Opus",
        "vorbis" => "Vorbis",
        "vp8" or "vp9" or "av1" or "aac" or "mp3" or "flac" or "ac3" or "eac3" => codec.ToUpperInvariant(),
        _ => codec,
    };

    /// <summary>Seconds as "1:02:03" or "12:04".</summary>
    public static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(Math.Max(0, seconds)));
        return time.TotalHours >= 1
            ? string.Create(Culture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(Culture, $"{time.Minutes}:{time.Seconds:00}");
    }

    /// <summary>Seconds to go: "14 s left", "3 min left".</summary>
    public static string TimeLeft(int seconds) => Span(TimeSpan.FromSeconds(Math.Max(0, seconds))) + " left";

    /// <summary>"6 min ago", "in 2 h", "just now".</summary>
    public static string Ago(DateTimeOffset moment, DateTimeOffset now)
    {
        var age = now - moment;
        if (age.Duration() < TimeSpan.FromSeconds(10))
            return "just now";
        return age > TimeSpan.Zero ? Span(age) + " ago" : "in " + Span(-age);
    }

    /// <summary>The moment for <c>datetime</c> attributes: ISO 8601, UTC, whole seconds.</summary>
    public static string Iso(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The exact moment as text, until the script puts the reader's own zone in its place.</summary>
    public static string Exact(DateTimeOffset moment) => moment.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", Culture);

    /// <summary>"YouTube", "YouTube and TikTok", "YouTube, TikTok and Google".</summary>
    public static string List(IReadOnlyList<string> names) =>
        names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";

    /// <summary>A licence as the platform names it, in words; others are left as they are.</summary>
    public static string Licence(string? licence) => licence switch
    {
        null => "not stated",
        "creativeCommon" => "Creative Commons (attribution)",
        "youtube" => "Standard YouTube licence",
        _ => licence,
    };

    /// <summary>A user agent as "Firefox on Windows"; what does not look like a browser as its first word.</summary>
    public static string Browser(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent))
            return "unknown";
        var browser = Array.Find(Browsers, name => userAgent.Contains(name.Mark, StringComparison.Ordinal)).Name;
        var system = Array.Find(Systems, name => userAgent.Contains(name.Mark, StringComparison.Ordinal)).Name;
        return browser is null ? userAgent.Split(' ', '/')[0] : system is null ? browser : $"{browser} on {system}";
    }

    private static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(int)span.TotalHours} h",
        { TotalDays: < 60 } => $"{(int)span.TotalDays} days",
        { TotalDays: < 730 } => $"{(int)(span.TotalDays / 30.4)} months",
        _ => $"{(int)(span.TotalDays / 365.25)} years",
    };
}
