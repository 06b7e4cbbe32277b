using System.Net;

namespace TrendVault.Tests.App;

public sealed class AppStartsTests(TrendVaultApp app) : IClassFixture<TrendVaultApp>
{
    [Fact]
    public async Task The_whole_app_answers_on_a_real_socket()
    {
        using var client = app.CreateClient();

        var answer = await client.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
