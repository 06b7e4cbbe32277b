using Google.Apis.Services;
using Google.Apis.Util;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.YouTube;

/// <summary>channels.*</summary>
internal sealed class ChannelsResource(IClientService service)
{
    /// <summary>channels.list.</summary>
    public ListRequest List(Repeatable<string> part) => new(service, part);

    /// <summary>channels.list. Exactly one of <see cref="Mine"/> (with a Bearer token) and <see cref="Id"/>.</summary>
    public sealed class ListRequest(IClientService service, Repeatable<string> part) : YouTubeRequest<ChannelListResponse>(service, part)
    {
        /// <summary>The channels of the token's account.</summary>
        [RequestParameter("mine", RequestParameterType.Query)]
        public bool? Mine { get; set; }

        /// <summary>At most 50 ids.</summary>
        [RequestParameter("id", RequestParameterType.Query)]
        public Repeatable<string>? Id { get; set; }

        /// <summary>1 to 50.</summary>
        [RequestParameter("maxResults", RequestParameterType.Query)]
        public long? MaxResults { get; set; }

        public override string MethodName => "list";

        public override string RestPath => "youtube/v3/channels";

        private protected override IEnumerable<string> QueryParameters => ["mine", "id", "maxResults"];
    }
}
