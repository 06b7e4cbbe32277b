using System.Net.Http.Headers;
using Google.Apis.Discovery;
using Google.Apis.Requests;
using Google.Apis.Services;
using Google.Apis.Util;

namespace TrendVault.Core.YouTube;

/// <summary>thumbnails.*</summary>
internal sealed class ThumbnailsResource(IClientService service)
{
    /// <summary>thumbnails.set: the picture of a video, sent in one piece. It takes the place of an earlier one.</summary>
    /// <param name="videoId">Of the account that the credential stands for.</param>
    /// <param name="picture">Its bytes.</param>
    /// <param name="contentType"><c>image/jpeg</c> or <c>image/png</c>.</param>
    public SetRequest Set(string videoId, ReadOnlyMemory<byte> picture, string contentType) => new(service, videoId, picture, contentType);

    /// <summary>thumbnails.set. The answer, the picture's addresses, is left as it comes.</summary>
    public sealed class SetRequest : ClientServiceRequest<string>
    {
        internal SetRequest(IClientService service, string videoId, ReadOnlyMemory<byte> picture, string contentType) : base(service)
        {
            VideoId = videoId;
            ModifyRequest = request => request.Content = new ReadOnlyMemoryContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
            InitParameters();
        }

        [RequestParameter("videoId", RequestParameterType.Query)]
        public string VideoId { get; }

        /// <summary>In one piece.</summary>
        [RequestParameter("uploadType", RequestParameterType.Query)]
        public string UploadType { get; } = "media";

        public override string MethodName => "set";

        public override string HttpMethod => "POST";

        public override string RestPath => "upload/youtube/v3/thumbnails/set";

        protected override void InitParameters()
        {
            base.InitParameters();
            foreach (var name in new[] { "videoId", "uploadType" })
                RequestParameters.Add(name, new Parameter { Name = name, IsRequired = true, ParameterType = "query" });
        }
    }
}
