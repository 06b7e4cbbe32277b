using System.Globalization;
using TrendVault.Core.Uploads;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Tests.Uploads;

/// <summary>What YouTube's words for a video's state mean.</summary>
public sealed class YouTubeProcessingTests
{
    [Theory]
    [InlineData("uploaded", "processing", VideoProcessing.Running)]
    [InlineData("uploaded", null, VideoProcessing.Running)]
    [InlineData("processed", "processing", VideoProcessing.Running)]
    [InlineData("processed", "succeeded", VideoProcessing.Done)]
    [InlineData("uploaded", "succeeded", VideoProcessing.Done)]
    [InlineData("processed", null, VideoProcessing.Done)]
    [InlineData("processed", "terminated", VideoProcessing.Done)]
    [InlineData("uploaded", "failed", VideoProcessing.Failed)]
    [InlineData("uploaded", "terminated", VideoProcessing.Failed)]
    [InlineData("failed", "failed", VideoProcessing.Failed)]
    [InlineData("rejected", "succeeded", VideoProcessing.Rejected)]
    [InlineData("deleted", null, VideoProcessing.Rejected)]
    public void A_video_is_done_once_its_processing_has_succeeded(string upload, string? processing, VideoProcessing expected)
    {
        var state = YouTubeProcessing.StateOf(new Video
        {
            Status = new VideoStatus { WorkStatus = upload, PrivacyStatus = "private", PublishAtRaw = "2027-03-02T12:00:00Z" },
            ProcessingDetails = processing is null ? null : new VideoProcessingDetails { ProcessingStatus = processing },
        });

        Assert.Equal((expected, VideoPrivacy.Private), (state.Processing, state.Privacy));
        Assert.Equal(DateTimeOffset.Parse("2027-03-02T12:00:00Z", CultureInfo.InvariantCulture), state.PublishAt);
        Assert.Equal(expected is VideoProcessing.Failed or VideoProcessing.Rejected, state.Problem is not null);
    }
}
