using System.Globalization;
using TrendVault.Core;
using TrendVault.Core.Channels;
using TrendVault.Core.Downloads;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Core.YouTube.Data;

namespace TrendVault.Tests.Uploads;

/// <summary>Which videos may be what an upload became, when nobody can say any more.</summary>
public sealed class OwnVideosTests
{
    private const string Channel = "UCown";

    private static readonly DateTimeOffset Begun = DateTimeOffset.Parse("2027-03-02T12:00:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("PT42S")]
    [InlineData("PT41S")]
    [InlineData("PT44S")]
    [InlineData("P0D")]
    [InlineData("PT0S")]
    [InlineData(null)]
    public void The_same_title_time_channel_and_length_fit_and_no_length_proves_nothing(string? length) =>
        Assert.Single(Fitting(Video() with { Length = length }));

    [Theory]
    [InlineData("PT45S")]
    [InlineData("PT39S")]
    [InlineData("PT1H42S")]
    public void Another_length_does_not_fit(string length) => Assert.Empty(Fitting(Video() with { Length = length }));

    [Fact]
    public void Another_title_channel_or_an_earlier_time_does_not_fit()
    {
        Assert.Empty(Fitting(Video() with { Title = "a title" }));
        Assert.Empty(Fitting(Video() with { Channel = "UCother" }));
        Assert.Empty(Fitting(Video() with { At = Begun.AddSeconds(-10) }));
        Assert.Empty(Fitting(Video() with { At = null }));
    }

    [Fact]
    public void Two_that_fit_are_both_told() => Assert.Equal(2, Fitting(Video(), Video() with { Length = "P0D" }).Count);

    [Fact]
    public void A_file_whose_length_is_unknown_is_not_held_against_it() =>
        Assert.Single(OwnVideos.ThatFit([(Video() with { Length = "PT9M" }).Make()], Order(seconds: null), Begun));

    private static IReadOnlyList<Video> Fitting(params Found[] found) => OwnVideos.ThatFit(found.Select(video => video.Make()), Order(42.3), Begun);

    private static Found Video() => new("A title", Channel, Begun.AddMinutes(1), "PT42S");

    private static UploadOrder Order(double? seconds)
    {
        var id = Guid.CreateVersion7();
        return new(
            new UploadRow
            {
                Id = id,
                UserId = id,
                Platform = Platform.YouTube,
                ChannelName = "Own",
                Title = "A title",
                Description = "",
                Tags = [],
                Privacy = VideoPrivacy.Private,
                CategoryId = "22",
                MadeForKids = false,
                VideoLicence = VideoLicence.Standard,
                HasPoster = false,
                Status = WorkStatus.Running,
                Progress = 99,
                CreatedAt = Begun,
                UpdatedAt = Begun,
            },
            new DownloadRow
            {
                Id = id,
                UserId = id,
                SourceVideoUrl = "https://example.org/v",
                Title = "A video",
                FileName = "a-video.mp4",
                Format = "best",
                Quality = "720p",
                DurationSeconds = seconds,
                Status = WorkStatus.Completed,
                Progress = 100,
                CreatedAt = Begun,
                UpdatedAt = Begun,
            },
            new PublishingChannel { Id = id, ConnectedAccountId = id, Platform = Platform.YouTube, PlatformChannelId = Channel, ChannelName = "Own", UpdatedAt = Begun });
    }

    private sealed record Found(string Title, string Channel, DateTimeOffset? At, string? Length)
    {
        public Video Make() => new()
        {
            Id = "aB3dE6gH9jK",
            Snippet = new VideoSnippet { Title = Title, ChannelId = Channel, PublishedAtRaw = At?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) },
            ContentDetails = new VideoContentDetails { Duration = Length },
        };
    }
}
