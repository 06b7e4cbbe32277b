using Google.Apis.Services;
using Google.Apis.Util;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.YouTube;

/// <summary>playlistItems.*</summary>
internal sealed class PlaylistItemsResource(IClientService service)
{
    /// <summary>playlistItems.list.</summary>
    public ListRequest List(Repeatable<string> part) => new(service, part);

    /// <summary>playlistItems.list. A channel's uploads are a playlist, newest first, private ones included for their owner.</summary>
    public sealed class ListRequest(IClientService service, Repeatable<string> part) : YouTubeRequest<PlaylistItemListResponse>(service, part)
    {
        /// <summary>Of the playlist.</summary>
        [RequestParameter("playlistId", RequestParameterType.Query)]
        public string? PlaylistId { get; set; }

        /// <summary>1 to 50.</summary>
        [RequestParameter("maxResults", RequestParameterType.Query)]
        public long? MaxResults { get; set; }

        public override string MethodName => "list";

        public override string RestPath => "youtube/v3/playlistItems";

        private protected override IEnumerable<string> QueryParameters => ["playlistId", "maxResults"];
    }
}
