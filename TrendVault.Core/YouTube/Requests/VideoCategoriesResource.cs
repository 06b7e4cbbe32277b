using Google.Apis.Services;
using Google.Apis.Util;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.YouTube;

/// <summary>videoCategories.*</summary>
internal sealed class VideoCategoriesResource(IClientService service)
{
    /// <summary>videoCategories.list.</summary>
    public ListRequest List(Repeatable<string> part) => new(service, part);

    /// <summary>videoCategories.list of a region.</summary>
    public sealed class ListRequest(IClientService service, Repeatable<string> part) : YouTubeRequest<VideoCategoryListResponse>(service, part)
    {
        /// <summary>ISO 3166-1 alpha-2.</summary>
        [RequestParameter("regionCode", RequestParameterType.Query)]
        public string? RegionCode { get; set; }

        public override string MethodName => "list";

        public override string RestPath => "youtube/v3/videoCategories";

        private protected override IEnumerable<string> QueryParameters => ["regionCode"];
    }
}
