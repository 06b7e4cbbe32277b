using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http.HttpResults;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>The pages of the video site: a video, a post, a playlist, and a front page for people who look around.</summary>
internal static class VideoSitePages
{
    // More than TrendVault reads of a list.
    private const int ItemsInFeed = 60;

    public static void MapVideoSite(this WebApplication app)
    {
        app.MapGet("/", (HttpContext context, TimeProvider time) => Front(context, time));
        app.MapGet("/watch", async (HttpContext context, string? v, SiteVideos videos) =>
            Page(context, await videos.FindAsync(v ?? "", context.RequestAborted)));
        app.MapGet("/@{author}/video/{id}", async (HttpContext context, string author, string id, SiteVideos videos) =>
            Page(context, await videos.FindPostAsync(author, id, context.RequestAborted)));
        app.MapGet("/embed/{id}", async (HttpContext context, string id, SiteVideos videos) =>
            Player(context, await videos.FindAsync(id, context.RequestAborted)));
        app.MapGet("/player/v1/{id}", async (HttpContext context, string id, SiteVideos videos) =>
            Player(context, await videos.FindPostAsync(author: null, id, context.RequestAborted)));
        app.MapGet("/feed", (SandboxAddress address, TimeProvider time) => Feed(address, time));
        app.MapGet("/playlist", (HttpContext context, MediaLibrary media) => Playlist(context, media));
    }

    private static IResult Page(HttpContext context, SiteVideo? video)
    {
        var nonce = Protect(context);
        return video is null
            ? Render<MissingPage>([], StatusCodes.Status404NotFound)
            : Render<WatchPage>(new() { [nameof(WatchPage.Video)] = video, [nameof(WatchPage.Nonce)] = nonce });
    }

    /// <summary>For the frames of other sites.</summary>
    private static IResult Player(HttpContext context, SiteVideo? video)
    {
        Protect(context, ancestors: "http: https:");
        return video is null
            ? Render<MissingPage>([], StatusCodes.Status404NotFound)
            : Render<PlayerPage>(new() { [nameof(PlayerPage.Video)] = video });
    }

    private static RazorComponentResult<FrontPage> Front(HttpContext context, TimeProvider time)
    {
        Protect(context);
        IReadOnlyList<FrontPage.Card> cards = [.. Chart(time).Take(24).Select(video => new FrontPage.Card(video.Id, video.Title, video.Channel.Title))];
        return Render<FrontPage>(new() { [nameof(FrontPage.Cards)] = cards });
    }

    /// <summary>Videos with addresses of their own, in a form that yt-dlp takes for a playlist.</summary>
    private static IResult Feed(SandboxAddress address, TimeProvider time)
    {
        var items = Chart(time).Take(ItemsInFeed).Select(video => new XElement("item", new XElement("title", video.Title), new XElement("link", address.Of($"watch?v={video.Id}"))));
        return Results.Text(new XElement("rss", new XAttribute("version", "2.0"), new XElement("channel", new XElement("title", "New in the sandbox"), items)).ToString(), "application/rss+xml");
    }

    private static IReadOnlyList<Video> Chart(TimeProvider time) =>
        YouTubeCatalogue.Chart(Region.All[0], category: null, YouTubeCatalogue.MomentOf(time.GetUtcNow()));

    private static RazorComponentResult<PlaylistPage> Playlist(HttpContext context, MediaLibrary media)
    {
        Protect(context);
        IReadOnlyList<string> files = [.. media.Wide.Select(clip => "/media/" + clip.Renditions[^1].File)];
        return Render<PlaylistPage>(new() { [nameof(PlaylistPage.Files)] = files });
    }

    private static string Protect(HttpContext context, string ancestors = "'none'")
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; media-src 'self'; frame-ancestors {ancestors}; base-uri 'none'; form-action 'none'";
        return nonce;
    }

    private static RazorComponentResult<T> Render<T>(Dictionary<string, object?> parameters, int status = StatusCodes.Status200OK)
        where T : Microsoft.AspNetCore.Components.IComponent =>
        new(parameters) { StatusCode = status };
}
