using TrendVault.Core;
using TrendVault.Core.Downloads;

namespace TrendVault.Tests.Downloads;

public sealed class VideoAddressTests
{
    [Theory]
    [InlineData("https://www.youtube.com/watch?v=dQw4w9WgXcQ")]
    [InlineData("https://m.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=10s")]
    [InlineData("https://youtu.be/dQw4w9WgXcQ?si=x")]
    [InlineData("https://www.youtube.com/shorts/dQw4w9WgXcQ")]
    public void All_addresses_of_a_video_are_the_same_video(string url) =>
        Assert.Equal(new VideoAddress(url, Platform.YouTube, "dQw4w9WgXcQ"), VideoAddress.Of(url));

    [Fact]
    public void A_post_is_told_by_its_number() =>
        Assert.Equal("7106594312292453675", VideoAddress.Of("https://www.tiktok.com/@someone/video/7106594312292453675?lang=en").PlatformVideoId);

    [Theory]
    [InlineData("https://www.youtube.com/playlist?list=PL1")]
    [InlineData("https://www.youtube.com/watch?v=dQw4w9WgXcQtoolong")]
    [InlineData("https://youtube.com.example/watch?v=dQw4w9WgXcQ")]
    [InlineData("https://example.org/?u=https://youtu.be/dQw4w9WgXcQ")]
    [InlineData("https://vm.tiktok.com/ZM1")]
    public void Other_addresses_tell_of_no_platform(string url) => Assert.Equal(new VideoAddress(url), VideoAddress.Of(url));
}
