using System.Globalization;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Catalogue;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.Google;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>The reading half of the Data API: videos, search, categories, channels and the list of a channel's uploads.</summary>
internal static class YouTubeApi
{
    private static readonly string[] VideoParts =
        ["contentDetails", "id", "liveStreamingDetails", "localizations", "player", "processingDetails", "recordingDetails", "snippet", "statistics", "status", "topicDetails"];

    private static readonly string[] ChannelParts =
        ["auditDetails", "brandingSettings", "contentDetails", "contentOwnerDetails", "id", "localizations", "snippet", "statistics", "status", "topicDetails"];

    // Those of search that hold for videos only.
    private static readonly string[] VideoFilters = ["videoCategoryId", "videoDuration", "videoLicense", "videoDefinition", "videoEmbeddable", "forMine"];

    internal static readonly string[] ReadScopes = [Scopes.YouTubeReadonly, Scopes.YouTube, Scopes.YouTubeForceSsl];

    public static void MapYouTube(this WebApplication app)
    {
        var api = app.MapGroup("/youtube/v3").WithPartialResponse();
        api.MapGet("/videos", (HttpContext context, YouTubeFrontDoor door, YouTubeResources resources, UploadDesk uploads, TimeProvider time) =>
            door.Enter(context, QuotaBook.Other, 1, call => Videos(call, resources, uploads, time)));
        api.MapGet("/videos:batchGetStats", (HttpContext context, YouTubeFrontDoor door, UploadDesk uploads, TimeProvider time) =>
            door.Enter(context, QuotaBook.Stats, 1, call => VideoStats.Of(call, uploads, time)));
        api.MapGet("/search", (HttpContext context, YouTubeFrontDoor door, YouTubeResources resources, UploadDesk uploads, TimeProvider time) =>
            door.Enter(context, QuotaBook.Search, 1, call => Search(call, resources, uploads, time)));
        api.MapGet("/videoCategories", (HttpContext context, YouTubeFrontDoor door) =>
            door.Enter(context, QuotaBook.Other, 1, Categories));
        api.MapGet("/channels", (HttpContext context, YouTubeFrontDoor door, YouTubeResources resources, YouTubeCatalogue catalogue, UploadDesk uploads, SandboxFaults faults) =>
            door.Enter(context, QuotaBook.Other, 1, call => Channels(call, resources, catalogue, uploads, faults)));
        api.MapGet("/playlistItems", (HttpContext context, YouTubeFrontDoor door, YouTubeResources resources, UploadDesk uploads) =>
            door.Enter(context, QuotaBook.Other, 1, call => PlaylistItems(call, resources, uploads)));
    }

    private static object Videos(YouTubeCall call, YouTubeResources resources, UploadDesk uploads, TimeProvider time)
    {
        call.Expecting(VideoParts, "chart", "id", "myRating", "maxResults", "pageToken", "regionCode", "videoCategoryId", "hl", "locale", "maxHeight", "maxWidth");
        var filter = call.OneOf("chart", "id", "myRating");
        call.OnlyWith("chart", filter, "regionCode", "videoCategoryId");
        if (filter == "id")
        {
            call.OnlyWith("chart", filter, "maxResults", "pageToken");
            return VideosById(call, resources, uploads, time);
        }

        if (filter == "myRating")
        {
            call.Require(ReadScopes);
            return ListOf("youtube#videoListResponse", [], 0, call.MaxResults());
        }

        return Chart(call, resources, time);
    }

    private static object Chart(YouTubeCall call, YouTubeResources resources, TimeProvider time)
    {
        if (call.Text("chart") is var chart && chart != "mostPopular")
            throw YouTubeError.Invalid("chart", $"Invalid value '{chart}' for chart.");
        if (call.Parts.Contains("processingDetails"))
            throw new YouTubeError(403, "forbidden", "The requested parts are only available to the owner of the video.", "youtube.video", "part");

        var region = RegionOf(call);
        int? category = null;
        if (call.Text("videoCategoryId") is { } id and not "0")
        {
            category = Category.Find(id) is { } known && known.HasChartIn(region)
                ? known.Id
                : throw new YouTubeError(404, "videoChartNotFound", "The requested video chart is not supported or is not available.", "youtube.video", "chart");
        }

        var size = call.MaxResults();
        var token = PageToken.Read(call.Text("pageToken"), YouTubeCatalogue.MomentOf(time.GetUtcNow()));
        var all = YouTubeCatalogue.Chart(region, category, token.Moment);
        var page = token.Cut(all, size);
        return ListOf("youtube#videoListResponse", page.Items.Select(video => resources.VideoOf(video, call)), all.Count, size, page.Next, page.Previous);
    }

    private static object VideosById(YouTubeCall call, YouTubeResources resources, UploadDesk uploads, TimeProvider time)
    {
        var ids = call.List("id");
        if (ids.Count is 0 or > 50)
            throw YouTubeError.Invalid("id", "The request must name 1 to 50 videos.");

        // What is deleted, private or was never there is left out without a word.
        var found = new List<object>();
        foreach (var id in ids.Distinct())
        {
            if (uploads.Find(id) is { } uploaded)
            {
                var owner = call.Caller?.ChannelId == uploaded.ChannelId && call.Caller.Scopes.Any(ReadScopes.Contains);
                if (owner || uploads.PrivacyOf(uploaded) != "private")
                    found.Add(Owned(call, owner, () => resources.VideoOf(uploaded, call, owner)));
            }
            else if (YouTubeCatalogue.Find(id, time.GetUtcNow()) is { } video)
            {
                found.Add(Owned(call, owner: false, () => resources.VideoOf(video, call)));
            }
        }

        return ListOf("youtube#videoListResponse", found, found.Count, found.Count);
    }

    private static object Owned(YouTubeCall call, bool owner, Func<object> make)
    {
        if (!owner && call.Parts.Contains("processingDetails"))
            throw new YouTubeError(403, "forbidden", "The requested parts are only available to the owner of the video.", "youtube.video", "part");
        return make();
    }

    private static object Search(YouTubeCall call, YouTubeResources resources, UploadDesk uploads, TimeProvider time)
    {
        call.Expecting(["snippet", "id"], "q", "type", "order", "publishedAfter", "publishedBefore", "regionCode", "relevanceLanguage", "videoCategoryId",
            "videoDuration", "videoLicense", "videoDefinition", "videoEmbeddable", "safeSearch", "maxResults", "pageToken", "forMine", "channelId", "hl");
        var videosOnly = call.Text("type") == "video";
        if (!videosOnly && VideoFilters.FirstOrDefault(call.Has) is { } filter)
            throw YouTubeError.Invalid(filter, "The request contains an invalid combination of search filters and/or restrictions.", "invalidSearchFilter");

        var size = call.MaxResults();
        var token = PageToken.Read(call.Text("pageToken"), YouTubeCatalogue.MomentOf(time.GetUtcNow()));
        if (call.Flag("forMine") == true)
            return SearchOwn(call, resources, uploads, token, size);

        var region = RegionOf(call);
        var found = SearchResults.Of(call, region, YouTubeCatalogue.TimeOf(token.Moment));
        var page = token.Cut(found, size);
        return new
        {
            kind = "youtube#searchListResponse",
            etag = YouTubeResources.Etag(region.Code, token.Moment),
            nextPageToken = page.Next,
            prevPageToken = page.Previous,
            regionCode = region.Code,
            pageInfo = new { totalResults = 1_000_000, resultsPerPage = size },
            items = page.Items.Select(resources.SearchResultOf),
        };
    }

    private static object SearchOwn(YouTubeCall call, YouTubeResources resources, UploadDesk uploads, PageToken token, int size)
    {
        var mine = uploads.OfChannel(call.Require(ReadScopes).ChannelId)
            .Where(video => video.Metadata.Title.Contains(call.Text("q") ?? "", StringComparison.OrdinalIgnoreCase)).ToList();
        var page = token.Cut(mine, size);
        return ListOf("youtube#searchListResponse", page.Items.Select(resources.SearchResultOf), mine.Count, size, page.Next, page.Previous);
    }

    private static object Categories(YouTubeCall call)
    {
        call.Expecting(["snippet", "id"], "id", "regionCode", "hl");
        var filter = call.OneOf("id", "regionCode");
        var known = filter == "id"
            ? [.. call.List("id").Select(id => Category.Find(id) ?? throw new YouTubeError(404, "videoCategoryNotFound", "The video category identified by the id parameter cannot be found.", "youtube.videoCategory", "id"))]
            : Category.All.Where(category => category.ExistsIn(RegionOf(call))).ToList();
        return new
        {
            kind = "youtube#videoCategoryListResponse",
            etag = YouTubeResources.Etag("categories", known.Count),
            items = known.Select(category => new
            {
                kind = "youtube#videoCategory",
                etag = YouTubeResources.Etag(category.Title, category.Id),
                id = category.Id.ToString(CultureInfo.InvariantCulture),
                snippet = call.Part("snippet", () => (object)new { title = category.Title, assignable = category.Assignable, channelId = "UCBR8-60-B28hp2BmDPdntcQ" }),
            }),
        };
    }

    private static object Channels(YouTubeCall call, YouTubeResources resources, YouTubeCatalogue catalogue, UploadDesk uploads, SandboxFaults faults)
    {
        call.Expecting(ChannelParts, "mine", "id", "forHandle", "forUsername", "managedByMe", "maxResults", "pageToken", "hl");
        var filter = call.OneOf("mine", "id", "forHandle", "forUsername", "managedByMe");
        var size = call.MaxResults();
        var found = filter switch
        {
            "mine" => Identity.BySub(call.Require(ReadScopes).Sub) is { Channel: { } own } && !faults.Switches.NoChannels ? [Own(own)] : new List<object>(),
            "id" => [.. call.List("id").Select(ById).OfType<object>()],
            "forHandle" => [.. Identity.All.Select(identity => identity.Channel).OfType<IdentityChannel>().Where(channel => channel.Handle.TrimStart('@') == call.Text("forHandle")?.TrimStart('@')).Select(Own)],
            _ => [],
        };
        // An answer without any channel has no items at all.
        return ListOf("youtube#channelListResponse", found.Count > 0 ? found : null, found.Count, size);

        object Own(IdentityChannel channel) => resources.ChannelOf(channel, uploads.OfChannel(channel.Id).Count, call);

        object? ById(string id) => Identity.ByChannel(id)?.Channel is { } own ? Own(own)
            : catalogue.FindChannel(id) is { } other ? resources.ChannelOf(other, call)
            : null;
    }

    private static object PlaylistItems(YouTubeCall call, YouTubeResources resources, UploadDesk uploads)
    {
        call.Expecting(["contentDetails", "id", "snippet", "status"], "playlistId", "id", "maxResults", "pageToken", "videoId");
        call.OneOf("playlistId", "id");
        var caller = call.Require(ReadScopes);
        if (caller.ChannelId is null || call.Text("playlistId") != Identity.UploadsOf(caller.ChannelId))
            throw new YouTubeError(404, "playlistNotFound", "The playlist identified with the request's playlistId parameter cannot be found.", "youtube.playlistItem", "playlistId");

        var size = call.MaxResults();
        var mine = uploads.OfChannel(caller.ChannelId);
        var token = PageToken.Read(call.Text("pageToken"), long.MaxValue) with { Moment = 0 };
        var page = token.Cut(mine, size);
        return ListOf("youtube#playlistItemListResponse", page.Items.Select((video, index) => resources.PlaylistItemOf(video, token.Offset + index, call)), mine.Count, size, page.Next, page.Previous);
    }

    private static Region RegionOf(YouTubeCall call)
    {
        var code = call.Text("regionCode") ?? "US";
        if (Region.Find(code) is { } region)
            return region;
        throw IsCountry(code)
            ? YouTubeError.Invalid("regionCode", "The region is not supported.", "unsupportedRegionCode")
            : YouTubeError.Invalid("regionCode", $"The value '{code}' is not a region code.", "invalidRegionCode");
    }

    private static bool IsCountry(string code)
    {
        try
        {
            return code.Length == 2 && code.All(char.IsAsciiLetter) && !code.Equals("ZZ", StringComparison.OrdinalIgnoreCase)
                && new RegionInfo(code).TwoLetterISORegionName.Equals(code, StringComparison.OrdinalIgnoreCase);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static object ListOf(string kind, IEnumerable<object>? items, int total, int size, string? next = null, string? previous = null) => new
    {
        kind,
        etag = YouTubeResources.Etag(kind, total),
        nextPageToken = next,
        prevPageToken = previous,
        pageInfo = new { totalResults = total, resultsPerPage = size },
        // Made now, so that what is wrong with the request is still told as a refusal.
        items = items?.ToList(),
    };
}
