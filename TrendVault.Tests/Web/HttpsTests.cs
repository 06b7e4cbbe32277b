using System.Net;
using Microsoft.Extensions.Options;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Web;

namespace TrendVault.Tests.Web;

public sealed class HttpsTests(HttpsTests.PublicApp app) : IClassFixture<HttpsTests.PublicApp>
{
    /// <summary>An app behind a proxy that speaks TLS.</summary>
    public sealed class PublicApp(TestServers servers) : TrendVaultApp(servers)
    {
        protected override void Configure() => Set("PUBLIC_URL", "https://tv.example/");
    }

    [Fact]
    public async Task Behind_tls_the_cookies_are_bound_to_the_host_and_the_browser_stays_on_https()
    {
        var user = await app.GivenUserAsync();
        using var browser = new Browser(app);

        var answer = await browser.SubmitAsync("/signin", ("Email", user.Email), ("Password", "correct-horse-9-battery"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("max-age=31536000; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
        Assert.Contains("connect-src 'self' wss://tv.example;", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.All(browser.SetCookies, cookie =>
        {
            Assert.StartsWith("__Host-tv_", cookie, StringComparison.Ordinal);
            Assert.Contains("secure", cookie, StringComparison.Ordinal);
            Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        });
        Assert.Contains(browser.SetCookies, cookie => cookie.StartsWith("__Host-tv_session=", StringComparison.Ordinal) && cookie.Contains("samesite=lax", StringComparison.Ordinal));
        Assert.Contains(browser.SetCookies, cookie => cookie.StartsWith("__Host-tv_xsrf=", StringComparison.Ordinal) && cookie.Contains("samesite=strict", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/settings")).StatusCode);
    }

    [Theory]
    [InlineData("https://i.ytimg.com/vi/abc/hq720.jpg", true)]
    [InlineData("https://i9.ytimg.com/x.jpg", true)]
    [InlineData("https://p16-sign.tiktokcdn-us.com/x", true)]
    [InlineData("https://p16-common-sign.tiktokcdn-eu.com/x", true)]
    [InlineData("https://tiktokcdn-eu.com.example.org/x", false)]
    [InlineData("http://127.0.0.1:5005/thumb.jpg", true)]
    [InlineData("http://i.ytimg.com/vi/abc/hq720.jpg", false)]
    [InlineData("https://i.ytimg.com.evil.example/x.jpg", false)]
    [InlineData("https://evilytimg.com/x.jpg", false)]
    [InlineData("https://user@i.ytimg.com/x.jpg", false)]
    [InlineData("https://i.ytimg.com:8443/x.jpg", false)]
    [InlineData("http://127.0.0.1:5006/thumb.jpg", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("//i.ytimg.com/x.jpg", false)]
    [InlineData(null, false)]
    public void A_picture_is_shown_from_a_listed_host_only(string? url, bool shown)
    {
        var images = new ImageOrigins(Options.Create(new ImageOptions()), new Surroundings([], [], "http://127.0.0.1:5005"));

        Assert.Equal(shown, images.Allows(url));
    }
}
