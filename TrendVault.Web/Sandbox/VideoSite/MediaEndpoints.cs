using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TrendVault.Web.Sandbox.Catalogue;
using TrendVault.Web.Sandbox.Google;
using TrendVault.Web.Sandbox.TikTok;
using TrendVault.Web.Sandbox.YouTube;

namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>Pictures, clips and the site's own style and script.</summary>
internal static partial class MediaEndpoints
{
    private static readonly string[] ThumbnailNames = ["default", "mqdefault", "hqdefault", "sddefault", "maxresdefault"];

    /// <summary>Of the videos' subtitles.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "de"];

    public static void MapMedia(this WebApplication app)
    {
        app.MapGet("/vi/{id}/{name}.jpg", ThumbnailAsync);
        app.MapGet("/tt/{id}.jpg", CoverAsync);
        app.MapGet("/faces/{name}", Face);
        app.MapGet("/subtitles/{seconds:int:range(1,3600)}/{language}.vtt", Subtitles);
        // Short names for trying things out by hand.
        app.MapGet("/media/clip.mp4", (HttpContext context, MediaLibrary media) => ClipAsync(context, media, media.Wide[0].Renditions[0].File));
        app.MapGet("/media/master.m3u8", (MediaLibrary media) => Results.Redirect($"/media/{media.Wide[0].Name}/master.m3u8"));
        app.MapGet("/media/uploaded/{id}.mp4", Uploaded);
        app.MapGet("/media/{**file}", ClipAsync);
        app.MapGet("/_site/{name}", Asset);
    }

    private static async Task<IResult> ThumbnailAsync(HttpContext context, string id, string name, MediaLibrary media, UploadDesk uploads)
    {
        if (!ThumbnailNames.Contains(name))
            return Results.NotFound();
        ForEveryPage(context);
        if (uploads.Find(id) is { ThumbnailSha256: { } sha } && File.Exists(uploads.ThumbnailFileOf(id)))
        {
            var isPng = await IsPngAsync(uploads.ThumbnailFileOf(id), context.RequestAborted);
            return Results.File(uploads.ThumbnailFileOf(id), isPng ? "image/png" : "image/jpeg", entityTag: new($"\"{sha[..16]}\""));
        }

        var category = Ids.TryFromYouTube(id, out var stream, out _) ? stream.Category : 0;
        var dice = Dice.Named(id);
        var set = new PictureSet(IsTall: false, dice.Between(0, PictureSet.WideSets - 1, "picture"));
        return await PictureAsync(context, media, set, $"{dice.Pick(Painter.ScenesOf(category), "scene")}-{name}.jpg");
    }

    private static async Task<IResult> CoverAsync(HttpContext context, string id, MediaLibrary media, TimeProvider time)
    {
        // A creator's picture, whose address ends.
        if (long.TryParse(context.Request.Query["x-expires"], NumberStyles.None, CultureInfo.InvariantCulture, out var end) && end < time.GetUtcNow().ToUnixTimeSeconds())
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        ForEveryPage(context);
        var number = Dice.Named(id).Between(0, (PictureSet.TallSets * Painter.Scenes) - 1, "picture");
        return await PictureAsync(context, media, new PictureSet(IsTall: true, number / Painter.Scenes), $"{number % Painter.Scenes}.jpg");
    }

    private static async Task<IResult> PictureAsync(HttpContext context, MediaLibrary media, PictureSet set, string file)
    {
        if (await media.PicturesAsync(set, context.RequestAborted) is not { } folder)
            return NotReady(context);
        return Results.File(Path.Combine(folder, file), "image/jpeg", lastModified: File.GetLastWriteTimeUtc(Path.Combine(folder, file)));
    }

    private static IResult Face(HttpContext context, string name)
    {
        ForEveryPage(context);
        var id = name.Split('=')[0];
        var person = Identity.BySub(id)?.Name ?? Creator.ById(id)?.Name ?? Identity.ByChannel(id)?.Channel?.Title ?? id[^1..];
        var hue = Dice.Named(id).Between(0, 359, "hue");
        return Results.Text(
            $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96"><rect width="96" height="96" fill="hsl({hue} 45% 42%)"/>
            <text x="48" y="64" font-family="sans-serif" font-size="46" fill="#fff" text-anchor="middle">{person[0]}</text></svg>
            """,
            "image/svg+xml");
    }

    // A cue for every two seconds, which says where it is.
    private static IResult Subtitles(int seconds, string language)
    {
        if (!Languages.Contains(language))
            return Results.NotFound();
        var cues = Enumerable.Range(0, (seconds + 1) / 2).Select(n => TimeSpan.FromSeconds(2 * n)).Select(start =>
            string.Create(CultureInfo.InvariantCulture, $"{start:hh\\:mm\\:ss\\.fff} --> {start + TimeSpan.FromSeconds(2):hh\\:mm\\:ss\\.fff}\n{(language == "de" ? "Sekunde" : "Second")} {start.TotalSeconds} …"));
        return Results.Text("WEBVTT\n\n" + string.Join("\n\n", cues) + "\n", "text/vtt", Encoding.UTF8);
    }

    private static async Task<IResult> ClipAsync(HttpContext context, MediaLibrary media, string file)
    {
        if (ClipPath().Match(file) is not { Success: true } match || media.FindClip(match.Groups["clip"].Value) is not { } clip)
            return Results.NotFound();
        if (await media.ClipAsync(clip, context.RequestAborted) is not { } folder)
            return NotReady(context);
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
            return Results.NotFound();
        return Path.GetExtension(file) == ".m3u8" ? await PlaylistAsync(context, path) : Film(context, path);
    }

    private static IResult Uploaded(HttpContext context, string id, UploadDesk uploads) =>
        uploads.Find(id) is { } video && uploads.FileOf(video) is { } file ? Film(context, file, "video/mp4") : Results.NotFound();

    private static IResult Film(HttpContext context, string path, string? type = null)
    {
        var (rate, pad) = (Number(context, "rate"), Number(context, "pad"));
        Stream film = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        if (pad > 0)
            film = new PaddedStream(film, pad);
        if (rate > 0)
            film = new PacedStream(film, (int)Math.Min(rate, int.MaxValue));
        type ??= Path.GetExtension(path) switch { ".m4a" => "audio/mp4", ".ts" => "video/mp2t", _ => "video/mp4" };
        return Results.File(film, type, lastModified: File.GetLastWriteTimeUtc(path), enableRangeProcessing: true);
    }

    // The pace that was asked for holds for what the list names, too.
    private static async Task<IResult> PlaylistAsync(HttpContext context, string path)
    {
        var query = context.Request.QueryString.Value;
        var lines = (await File.ReadAllLinesAsync(path, context.RequestAborted)).Select(line => line.Length > 0 && line[0] != '#' ? line + query : line);
        return Results.Text(string.Join('\n', lines) + "\n", "application/vnd.apple.mpegurl", Encoding.UTF8);
    }

    private static IResult Asset(string name)
    {
        var type = Path.GetExtension(name) switch { ".css" => "text/css", ".js" => "text/javascript", ".svg" => "image/svg+xml", _ => null };
        var content = typeof(MediaEndpoints).Assembly.GetManifestResourceStream($"TrendVault.Web.Sandbox.Assets.{name}");
        return type is null || content is null ? Results.NotFound() : Results.Stream(content, type);
    }

    // Pages of other origins show these pictures, and may keep them for a while.
    private static void ForEveryPage(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=3600";
        context.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
    }

    private static IResult NotReady(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "5";
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text("The sandbox is still making its pictures and clips.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<bool> IsPngAsync(string file, CancellationToken ct)
    {
        var first = new byte[1];
        await using var image = File.OpenRead(file);
        await image.ReadExactlyAsync(first, ct);
        return first[0] == 0x89;
    }

    private static long Number(HttpContext context, string name) =>
        long.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex("^(?<clip>[a-z]+)((-[0-9]+p)?\\.(mp4|m4a)|/[a-z0-9-]+\\.(m3u8|ts))$", RegexOptions.ExplicitCapture)]
    private static partial Regex ClipPath();
}
