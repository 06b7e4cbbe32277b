using Google.Apis.Services;
using Google.Apis.Upload;
using Google.Apis.Util;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Core.YouTube;

internal sealed partial class VideosResource
{
    /// <summary>videos.insert: a resumable upload.</summary>
    /// <param name="body">What is said of the video.</param>
    /// <param name="part">The parts that <paramref name="body"/> sets and the answer has.</param>
    /// <param name="stream">The file. It must seek, or the upload cannot be resumed.</param>
    /// <param name="contentType"><c>video/*</c> or <c>application/octet-stream</c>.</param>
    public InsertMediaUpload Insert(Video body, Repeatable<string> part, Stream stream, string contentType) =>
        new(service, body, part, stream, contentType);

    /// <summary>
    /// The library sends the chunks: it asks the session where to go on after a 5xx or a cut, and tells any other failure in
    /// <see cref="IUploadProgress.Exception"/> instead of throwing it.
    /// </summary>
    public sealed class InsertMediaUpload : ResumableUpload<Video, Video>
    {
        internal InsertMediaUpload(IClientService service, Video body, Repeatable<string> part, Stream stream, string contentType)
            : base(service, "/upload/youtube/v3/videos", "POST", stream, contentType)
        {
            Body = body;
            Part = part;
        }

        /// <summary>The parts of the resource.</summary>
        [RequestParameter("part", RequestParameterType.Query)]
        public Repeatable<string> Part { get; }

        /// <summary>Whether the channel's subscribers are told; true when null.</summary>
        [RequestParameter("notifySubscribers", RequestParameterType.Query)]
        public bool? NotifySubscribers { get; set; }
    }
}
