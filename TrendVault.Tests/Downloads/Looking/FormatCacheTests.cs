using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

public sealed class FormatCacheTests(TestDatabase database, MediaSite site) : IClassFixture<TestDatabase>, IClassFixture<MediaSite>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("master.m3u8?cached")]
    [InlineData("feed.xml?items=3")]
    public async Task What_one_instance_has_seen_another_does_not_ask_again_for_ten_minutes(string path)
    {
        await using var one = await Rig.StartAsync(database, site);
        await using var other = await Rig.StartAsync(database, site);
        var url = site.Url(path);
        var first = await one.Downloads.FormatsAsync(url, Token);
        var asked = site.Requests.Count;

        var second = await other.Downloads.FormatsAsync(url, Token);

        Assert.Equal(asked, site.Requests.Count);
        Assert.Equivalent(first, second, strict: true);
        var key = "formats:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)));
        Assert.InRange((await other.Get<IDatabase>().KeyTimeToLiveAsync(key))!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
    }
}
