using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TrendVault.Core.Egress;
using TrendVault.Core.Settings;

namespace TrendVault.Tests.Egress;

public sealed class EgressOptionsTests
{
    [Theory]
    [InlineData("DOWNLOAD_HOSTS", "youtube.com, http://tiktok.com", "DOWNLOAD_HOSTS must be * or a list of host names such as youtube.com, but it holds \"http://tiktok.com\".")]
    [InlineData("DOWNLOAD_HOSTS", "youtube.com:443", "DOWNLOAD_HOSTS must be * or a list of host names such as youtube.com, but it holds \"youtube.com:443\".")]
    [InlineData("DOWNLOAD_PRIVATE_ENDPOINTS", "127.0.0.1:8090,localhost", "DOWNLOAD_PRIVATE_ENDPOINTS must be a list of host:port pairs such as 127.0.0.1:8090, but it holds \"localhost\".")]
    [InlineData("DOWNLOAD_PRIVATE_ENDPOINTS", "10.0.0.0/8", "DOWNLOAD_PRIVATE_ENDPOINTS must be a list of host:port pairs such as 127.0.0.1:8090, but it holds \"10.0.0.0/8\".")]
    [InlineData("DOWNLOAD_PRIVATE_ENDPOINTS", "*:80", "DOWNLOAD_PRIVATE_ENDPOINTS must be a list of host:port pairs such as 127.0.0.1:8090, but it holds \"*:80\".")]
    public void A_wrong_setting_is_told_in_one_sentence(string name, string value, string sentence) =>
        Assert.Equal([sentence], Assert.Throws<OptionsValidationException>(() => Read((name, value))).Failures);

    [Fact]
    public void Every_public_host_and_no_private_endpoint_is_the_default()
    {
        var options = Read();

        Assert.Equal(["*"], options.Hosts);
        Assert.Empty(options.PrivateEndpoints);
    }

    private static EgressOptions Read(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value))
            .Build()
            .ReadSettings<EgressOptions>();
}
