using System.Net.Http.Headers;
using Google.Apis.Requests;
using Google.Apis.Services;

namespace TrendVault.Core.YouTube;

/// <summary>
/// The slice of YouTube Data API v3 that TrendVault uses, hand-written on Google.Apis with the names of the generated package
/// Google.Apis.YouTube.v3, which could take its place.
/// </summary>
/// <remarks><see href="https://developers.google.com/youtube/v3/docs"/></remarks>
internal sealed class YouTubeService : BaseClientService
{
    /// <summary>A client for the base address, key and credential of <paramref name="initializer"/>.</summary>
    public YouTubeService(Initializer initializer) : base(initializer)
    {
        Videos = new VideosResource(this);
        Search = new SearchResource(this);
        VideoCategories = new VideoCategoriesResource(this);
        Channels = new ChannelsResource(this);
        PlaylistItems = new PlaylistItemsResource(this);
        Thumbnails = new ThumbnailsResource(this);
        Watermarks = new WatermarksResource(this);
    }

    public override string Name => "youtube";

    public override string BaseUri => GetEffectiveUri(BaseUriOverride, "https://youtube.googleapis.com/");

    public override string BasePath => "";

    public override IList<string> Features { get; } = [];

    /// <summary>videos.*</summary>
    public VideosResource Videos { get; }

    /// <summary>search.*</summary>
    public SearchResource Search { get; }

    /// <summary>videoCategories.*</summary>
    public VideoCategoriesResource VideoCategories { get; }

    /// <summary>channels.*</summary>
    public ChannelsResource Channels { get; }

    /// <summary>playlistItems.*</summary>
    public PlaylistItemsResource PlaylistItems { get; }

    /// <summary>thumbnails.*</summary>
    public ThumbnailsResource Thumbnails { get; }

    /// <summary>watermarks.*</summary>
    public WatermarksResource Watermarks { get; }

    /// <summary>How long the last refusal asked to wait; the library's exceptions do not tell.</summary>
    public RetryConditionHeaderValue? RetryAfter { get; private set; }

    public override Task<RequestError> DeserializeError(HttpResponseMessage response)
    {
        RetryAfter = response.Headers.RetryAfter;
        return base.DeserializeError(response);
    }
}
