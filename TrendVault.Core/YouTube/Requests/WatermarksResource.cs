using System.Net.Http.Headers;
using System.Net.Http.Json;
using Google.Apis.Discovery;
using Google.Apis.Requests;
using Google.Apis.Services;
using Google.Apis.Util;

namespace TrendVault.Core.YouTube;

/// <summary>watermarks.*</summary>
internal sealed class WatermarksResource(IClientService service)
{
    /// <summary>watermarks.set: the picture in a corner of all videos of a channel. It takes the place of an earlier one.</summary>
    /// <param name="channelId">Of the account that the credential stands for.</param>
    /// <param name="picture">Its bytes.</param>
    /// <param name="contentType"><c>image/jpeg</c> or <c>image/png</c>.</param>
    public SetRequest Set(string channelId, ReadOnlyMemory<byte> picture, string contentType) => new(service, channelId, picture, contentType);

    /// <summary>watermarks.set, which answers nothing.</summary>
    public sealed class SetRequest : ClientServiceRequest<string>
    {
        // From the beginning to the end.
        private static readonly object Branding = new
        {
            timing = new { type = "offsetFromStart", offsetMs = "0" },
            position = new { type = "corner", cornerPosition = "topRight" },
        };

        internal SetRequest(IClientService service, string channelId, ReadOnlyMemory<byte> picture, string contentType) : base(service)
        {
            ChannelId = channelId;
            ModifyRequest = request => request.Content = new MultipartContent("related")
            {
                JsonContent.Create(Branding),
                new ReadOnlyMemoryContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
            };
            InitParameters();
        }

        [RequestParameter("channelId", RequestParameterType.Query)]
        public string ChannelId { get; }

        /// <summary>What is said of it, then the picture.</summary>
        [RequestParameter("uploadType", RequestParameterType.Query)]
        public string UploadType { get; } = "multipart";

        public override string MethodName => "set";

        public override string HttpMethod => "POST";

        public override string RestPath => "upload/youtube/v3/watermarks/set";

        protected override void InitParameters()
        {
            base.InitParameters();
            foreach (var name in new[] { "channelId", "uploadType" })
                RequestParameters.Add(name, new Parameter { Name = name, IsRequired = true, ParameterType = "query" });
        }
    }
}
