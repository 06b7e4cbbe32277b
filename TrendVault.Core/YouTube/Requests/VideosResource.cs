using Google.Apis.Services;
using Google.Apis.Util;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.YouTube;

/// <summary>videos.*</summary>
internal sealed partial class VideosResource(IClientService service)
{
    /// <summary>videos.list: a chart, or videos by id.</summary>
    public ListRequest List(Repeatable<string> part) => new(service, part);

    /// <summary>videos.list. Exactly one of <see cref="Chart"/> and <see cref="Id"/>; paging and the region belong to the chart.</summary>
    public sealed class ListRequest(IClientService service, Repeatable<string> part) : YouTubeRequest<VideoListResponse>(service, part)
    {
        /// <summary><c>mostPopular</c>.</summary>
        [RequestParameter("chart", RequestParameterType.Query)]
        public string? Chart { get; set; }

        /// <summary>At most 50 ids.</summary>
        [RequestParameter("id", RequestParameterType.Query)]
        public Repeatable<string>? Id { get; set; }

        /// <summary>ISO 3166-1 alpha-2.</summary>
        [RequestParameter("regionCode", RequestParameterType.Query)]
        public string? RegionCode { get; set; }

        /// <summary>Such as 10 for Music.</summary>
        [RequestParameter("videoCategoryId", RequestParameterType.Query)]
        public string? VideoCategoryId { get; set; }

        /// <summary>1 to 50; not with <see cref="Id"/>.</summary>
        [RequestParameter("maxResults", RequestParameterType.Query)]
        public long? MaxResults { get; set; }

        /// <summary>From the answer before.</summary>
        [RequestParameter("pageToken", RequestParameterType.Query)]
        public string? PageToken { get; set; }

        /// <summary>The language of localised texts.</summary>
        [RequestParameter("hl", RequestParameterType.Query)]
        public string? Hl { get; set; }

        /// <summary>72 to 8192: the part <c>player</c> then tells its size, and so the video's shape.</summary>
        [RequestParameter("maxHeight", RequestParameterType.Query)]
        public long? MaxHeight { get; set; }

        public override string MethodName => "list";

        public override string RestPath => "youtube/v3/videos";

        private protected override IEnumerable<string> QueryParameters =>
            ["chart", "id", "regionCode", "videoCategoryId", "maxResults", "pageToken", "hl", "maxHeight"];
    }
}
