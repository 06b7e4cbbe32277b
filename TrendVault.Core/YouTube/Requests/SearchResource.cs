using Google.Apis.Services;
using Google.Apis.Util;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.YouTube;

/// <summary>search.*</summary>
internal sealed class SearchResource(IClientService service)
{
    /// <summary>search.list.</summary>
    public ListRequest List(Repeatable<string> part) => new(service, part);

    /// <summary>search.list. Has a budget of its own: 100 calls a day, each page one.</summary>
    public sealed class ListRequest(IClientService service, Repeatable<string> part) : YouTubeRequest<SearchListResponse>(service, part)
    {
        /// <summary><c>video</c>; mandatory beside any filter of videos.</summary>
        [RequestParameter("type", RequestParameterType.Query)]
        public string? Type { get; set; }

        /// <summary><c>viewCount</c>, <c>date</c>, …</summary>
        [RequestParameter("order", RequestParameterType.Query)]
        public string? Order { get; set; }

        /// <summary>RFC 3339.</summary>
        [RequestParameter("publishedAfter", RequestParameterType.Query)]
        public string? PublishedAfter { get; set; }

        /// <summary>Watchable there, which is not popular there.</summary>
        [RequestParameter("regionCode", RequestParameterType.Query)]
        public string? RegionCode { get; set; }

        /// <summary>Such as 10 for Music.</summary>
        [RequestParameter("videoCategoryId", RequestParameterType.Query)]
        public string? VideoCategoryId { get; set; }

        /// <summary>1 to 50.</summary>
        [RequestParameter("maxResults", RequestParameterType.Query)]
        public long? MaxResults { get; set; }

        /// <summary>From the answer before.</summary>
        [RequestParameter("pageToken", RequestParameterType.Query)]
        public string? PageToken { get; set; }

        public override string MethodName => "list";

        public override string RestPath => "youtube/v3/search";

        private protected override IEnumerable<string> QueryParameters =>
            ["type", "order", "publishedAfter", "regionCode", "videoCategoryId", "maxResults", "pageToken"];
    }
}
