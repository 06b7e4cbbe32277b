using System.Globalization;
using TrendVault.Web.Sandbox.Catalogue;
using TrendVault.Web.Sandbox.Google;
using TrendVault.Web.Sandbox.YouTube;

namespace TrendVault.Web.Sandbox.VideoSite;

/// <summary>What a video page shows.</summary>
public sealed record SiteVideo
{
    public required string Title { get; init; }

    public required string Author { get; init; }

    public required string Description { get; init; }

    public required DateTimeOffset PublishedAt { get; init; }

    public required long Views { get; init; }

    public required string Image { get; init; }

    /// <summary>Null while YouTube has not looked through the file, and of files that are no films.</summary>
    public double? Seconds { get; init; }

    /// <summary>"unlisted" or "private", where it is not for everyone.</summary>
    public string? Privacy { get; init; }

    public required IReadOnlyList<SiteSource> Sources { get; init; }

    public IReadOnlyList<SiteTrack> Tracks { get; init; } = [];
}

/// <summary>A file that the player can choose, under the names that players give such things.</summary>
public sealed record SiteSource(string File, string Label, string Type, int? Width, int? Height, long? Filesize);

/// <summary>Subtitles, under the names that players give such things. yt-dlp takes the label for the language.</summary>
public sealed record SiteTrack(string File, string Label, string Kind = "captions");

/// <summary>Finds videos for their pages: the catalogue's and the uploaded ones.</summary>
internal sealed class SiteVideos(SandboxOptions options, SandboxAddress address, MediaLibrary media, UploadDesk uploads, TimeProvider time)
{
    public async Task<SiteVideo?> FindAsync(string id, CancellationToken ct)
    {
        if (uploads.Find(id) is { } uploaded)
            return Uploaded(uploaded);
        if (YouTubeCatalogue.Find(id, time.GetUtcNow()) is not { } video)
            return null;

        var clip = Dice.Named(id).Pick(media.Wide, "clip");
        return new SiteVideo
        {
            Title = video.Title,
            Author = video.Channel.Title,
            Description = video.Description,
            PublishedAt = video.PublishedAt,
            Views = YouTubeCatalogue.CountsOf(video, time.GetUtcNow()).Views,
            Image = address.Of($"vi/{id}/maxresdefault.jpg"),
            Seconds = clip.Seconds,
            Sources = await SourcesAsync(clip, ct),
            Tracks = [.. MediaEndpoints.Languages.Select(language => new SiteTrack(address.Of($"subtitles/{clip.Seconds}/{language}.vtt"), language))],
        };
    }

    /// <summary>Null as the author is anybody.</summary>
    public async Task<SiteVideo?> FindPostAsync(string? author, string id, CancellationToken ct)
    {
        if (TikTokCatalogue.Find(author, id) is not { } post || post.IsSlideshow)
            return null;
        return new SiteVideo
        {
            Title = post.Text.Length > 0 ? post.Text : $"TikTok by {post.Author}",
            Author = post.Author,
            Description = post.Text,
            PublishedAt = post.CreatedAt,
            Views = TikTokCatalogue.CountsOf(post, time.GetUtcNow()).Views,
            Image = address.Of($"tt/{id}.jpg"),
            Seconds = media.Tall.Seconds,
            Sources = await SourcesAsync(media.Tall, ct),
        };
    }

    /// <summary>
    /// The whole of a film, faster or slower as the options say. The largest first. A film that is still being made has no sizes yet,
    /// and its files wait for it.
    /// </summary>
    private async Task<IReadOnlyList<SiteSource>> SourcesAsync(Clip clip, CancellationToken ct)
    {
        var folder = await media.ClipForPageAsync(clip, ct);
        var pace = options.MediaBytesPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"?rate={options.MediaBytesPerSecond}") : "";
        return
        [
            .. clip.Renditions.Select(file => new SiteSource(
                address.Of($"media/{file.File}{pace}"), $"{file.Height}p", "video/mp4", file.Width, file.Height, folder is null ? null : new FileInfo(Path.Combine(folder, file.File)).Length)),
            new SiteSource(address.Of($"media/{clip.Sound}{pace}"), "audio", "audio/mp4", null, null, null),
        ];
    }

    private SiteVideo Uploaded(UploadedVideo video) => new()
    {
        Title = video.Metadata.Title,
        Author = Identity.ByChannel(video.ChannelId)?.Channel?.Title ?? "",
        Description = video.Metadata.Description,
        PublishedAt = video.UploadedAt,
        Views = 0,
        Image = address.Of($"vi/{video.Id}/maxresdefault.jpg"),
        Seconds = video.Duration?.TotalSeconds,
        Privacy = uploads.PrivacyOf(video) is var privacy && privacy != "public" ? privacy : null,
        Sources = uploads.FileOf(video) is not null && video.UploadStatusAt(time.GetUtcNow()) == "processed"
            ? [new SiteSource(address.Of($"media/uploaded/{video.Id}.mp4"), "original", "video/mp4", null, null, video.Bytes)]
            : [],
    };
}
