using System.Globalization;
using TrendVault.Core.Uploads;

namespace TrendVault.Tests.Uploads;

/// <summary>What is said of who may see a video, by what was asked for and what YouTube said when.</summary>
public sealed class VideoVisibilityTests
{
    private static readonly DateTimeOffset Time = DateTimeOffset.Parse("2027-03-02T12:00:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(VideoPrivacy.Public, VideoPrivacy.Public, VisibilityStanding.AsAsked, null)]
    [InlineData(VideoPrivacy.Private, VideoPrivacy.Private, VisibilityStanding.AsAsked, null)]
    [InlineData(VideoPrivacy.Public, VideoPrivacy.Private, VisibilityStanding.Different, "You asked for public, and YouTube says private: set it in YouTube Studio.")]
    [InlineData(VideoPrivacy.Private, VideoPrivacy.Unlisted, VisibilityStanding.Different, "You asked for private, and YouTube says unlisted: set it in YouTube Studio.")]
    public void Another_privacy_than_the_one_asked_for_is_told(VideoPrivacy asked, VideoPrivacy found, VisibilityStanding standing, string? sentence) =>
        Expect(standing, sentence, new() { Asked = asked, Found = found, ReadAt = Time, CanBeRead = true }, Time);

    [Theory]
    [InlineData(VideoPrivacy.Private, 0, VisibilityStanding.Scheduled, null)]
    [InlineData(VideoPrivacy.Private, null, VisibilityStanding.Different, "YouTube has no time at which it becomes public")]
    [InlineData(VideoPrivacy.Private, 60, VisibilityStanding.Different, "YouTube has another time")]
    [InlineData(VideoPrivacy.Public, null, VisibilityStanding.Different, "It was to be private until its time, and YouTube says public")]
    [InlineData(VideoPrivacy.Unlisted, null, VisibilityStanding.Different, "It was to be private until its time, and YouTube says unlisted")]
    public void Before_its_time_a_scheduled_video_is_private_with_that_time(VideoPrivacy found, int? minutesOff, VisibilityStanding standing, string? sentence) =>
        Expect(standing, sentence, Scheduled(found, Time.AddHours(-3), minutesOff is { } minutes ? Time.AddMinutes(minutes) : null), Time.AddHours(-2));

    [Theory]
    [InlineData(true, "has not looked since")]
    [InlineData(false, "no longer connected")]
    public void After_its_time_nothing_is_claimed_before_somebody_has_looked(bool canBeRead, string sentence)
    {
        var unread = Scheduled(VideoPrivacy.Private, Time.AddHours(-3), Time) with { CanBeRead = canBeRead };

        Expect(VisibilityStanding.Unread, sentence, unread, Time.AddMinutes(3));
        Expect(VisibilityStanding.Unread, sentence, unread with { ReadAt = null, FoundAt = null }, Time.AddMinutes(3));
        Assert.Equal("was to become public", unread.PlanAt(Time.AddMinutes(3)));
        Assert.Equal("is to become public", unread.PlanAt(Time.AddMinutes(-3)));
    }

    [Fact]
    public void What_youtube_has_made_public_is_public_as_planned()
    {
        var read = Scheduled(VideoPrivacy.Public, Time.AddSeconds(10), foundAt: null);

        Expect(VisibilityStanding.AsAsked, null, read, Time.AddMinutes(3));
        Expect(VisibilityStanding.AsAsked, null, read with { ReadAt = Time.AddSeconds(-10) }, Time.AddMinutes(3));
        Assert.Equal("is public, as planned", read.PlanAt(Time.AddMinutes(3)));
    }

    [Theory]
    [InlineData(0, null, null, "YouTube has not made it public yet; TrendVault looks again.")]
    [InlineData(25, null, null, "YouTube has not made it public: do so in YouTube Studio.")]
    [InlineData(0, 48, null, "YouTube has a later time for it now.")]
    [InlineData(0, null, VideoProcessing.Running, "YouTube is still processing it.")]
    [InlineData(0, null, VideoProcessing.Rejected, "YouTube has not processed it.")]
    public void What_is_still_private_after_its_time_says_why(int readAfterHours, int? setForHours, VideoProcessing? processing, string why)
    {
        var read = Scheduled(VideoPrivacy.Private, Time.AddHours(readAfterHours), setForHours is { } hours ? Time.AddHours(hours) : Time) with
        {
            Processing = processing,
            ProcessingError = processing == VideoProcessing.Rejected ? "Rejected." : null,
        };

        Expect(VisibilityStanding.StillPrivate, "Its time has come, and it is still private: " + why, read, Time.AddHours(26));
    }

    private static VideoVisibility Scheduled(VideoPrivacy found, DateTimeOffset readAt, DateTimeOffset? foundAt) =>
        new() { Asked = VideoPrivacy.Private, AskedAt = Time, Found = found, FoundAt = foundAt, ReadAt = readAt, CanBeRead = true };

    private static void Expect(VisibilityStanding standing, string? sentence, VideoVisibility visibility, DateTimeOffset now)
    {
        Assert.Equal(standing, visibility.StandingAt(now));
        if (sentence is null)
            Assert.Null(visibility.SentenceAt(now));
        else
            Assert.Contains(sentence, visibility.SentenceAt(now), StringComparison.Ordinal);
    }
}
