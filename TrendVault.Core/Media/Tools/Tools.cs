using System.Globalization;
using System.Text.RegularExpressions;

namespace TrendVault.Core.Media;

/// <summary>One thing to know of the tools, for the status page.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="IsGood">Nothing is to be done.</param>
/// <param name="Note">How it is, and what to do if that is not good.</param>
internal sealed record ToolLine(string Name, bool IsGood, string Note);

/// <summary>The programs that a download runs.</summary>
/// <param name="YtDlp">Where yt-dlp is.</param>
/// <param name="Choice">Why that one, for people.</param>
/// <param name="Version">Of yt-dlp.</param>
/// <param name="Ffprobe">Where ffprobe is.</param>
/// <param name="JavaScript">What runs YouTube's scripts for it; null when there is none, or yt-dlp is too old to ask one.</param>
internal sealed record Tools(string YtDlp, string Choice, YtDlpVersion Version, string Ffprobe, JavaScriptRuntime? JavaScript)
{
    /// <summary>What yt-dlp starts; all of it is on the same PATH.</summary>
    public IReadOnlyList<string> Companions => ["ffmpeg", Ffprobe, .. (string[])(JavaScript is { } runtime ? [runtime.Path] : [])];

    /// <summary>What the tools lack for this address, in a sentence that explains a failure there; null when they are not to blame.</summary>
    public string? ShortcomingAt(string url, DateOnly today)
    {
        if (!IsAt(url, "youtube.com", "youtu.be", "tiktok.com"))
            return null;
        if (Version.WarningOn(today) is not null)
            return $"The server's yt-dlp is of {Version}, too old for this site: its admin should install a current one.";
        return JavaScript is null && !IsAt(url, "tiktok.com")
            ? "The server has no JavaScript runtime, which YouTube needs: its admin should install Deno, or Node.js 22 or newer."
            : null;
    }

    /// <summary>For the status page.</summary>
    /// <param name="today">By the server's clock.</param>
    /// <param name="impersonates">It can pass for a browser, which TikTok asks for.</param>
    public IReadOnlyList<ToolLine> Describe(DateOnly today, bool impersonates)
    {
        var warning = Version.WarningOn(today);
        var current = warning is null;
        var (youTube, tikTok) = (current && JavaScript is not null, current && impersonates);
        return
        [
            new ToolLine("yt-dlp and ffmpeg", current, $"{Version}, {Version.AgeOn(today)}, {Choice}.{(current ? "" : " " + warning)}"),
            new ToolLine("JavaScript for YouTube", JavaScript is not null, this switch
            {
                { JavaScript: { } runtime } => $"{runtime}.",
                _ when Version.KnowsJavaScriptRuntimes => "None is found: install Deno, or Node.js 22 or newer.",
                _ => "This yt-dlp cannot use any: install a current one.",
            }),
            new ToolLine("Within reach", youTube && tikTok, $"YouTube: {Word(youTube)}. TikTok: {Word(tikTok)}{(current && !tikTok ? " (curl_cffi is missing)" : "")}. Other sites: yes."),
        ];
    }

    private static string Word(bool isReached) => isReached ? "yes" : "hardly";

    private static bool IsAt(string url, params string[] sites) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && sites.Any(site => uri.Host == site || uri.Host.EndsWith("." + site, StringComparison.Ordinal));
}

/// <summary>A program that runs JavaScript, in a version that yt-dlp takes.</summary>
/// <param name="Name">As <c>--js-runtimes</c> has it.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Version">As it says itself.</param>
internal sealed partial record JavaScriptRuntime(string Name, string Path, Version Version)
{
    /// <summary>Those that are looked for, the best first.</summary>
    public static readonly string[] Names = ["deno", "node"];

    /// <summary>Reads what <c>--version</c> prints; null when it is something else, or too old.</summary>
    public static JavaScriptRuntime? TryRead(string name, string path, string answer) =>
        Pattern().Match(answer) is { Success: true } match && System.Version.TryParse(match.Value, out var version) && version >= (name == "deno" ? new Version(2, 3) : new Version(22, 0))
            ? new JavaScriptRuntime(name, path, version)
            : null;

    /// <summary>For people: <c>Deno 2.9.5</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Name == "deno" ? "Deno" : "Node.js")} {Version}");

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex Pattern();
}
