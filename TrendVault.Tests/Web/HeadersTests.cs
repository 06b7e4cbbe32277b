using System.Net;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Web;

public sealed class HeadersTests(TrendVaultApp app) : IClassFixture<TrendVaultApp>
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/no-such-page")]
    [InlineData("/api/no-such-route")]
    [InlineData("/css/tokens.css")]
    public async Task Every_answer_carries_the_policy_word_for_word(string path)
    {
        using var client = app.CreateBareClient();

        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self' data: https://i.ytimg.com https://*.ytimg.com https://*.tiktokcdn.com https://*.tiktokcdn-us.com https://*.tiktokcdn-eu.com https://yt3.ggpht.com https://lh3.googleusercontent.com; "
            + $"media-src 'self'; font-src 'self'; connect-src 'self' ws://{app.Address.Authority}; manifest-src 'self'; "
            + "form-action 'self' https://accounts.google.com https://www.tiktok.com; frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
            Header(answer, "Content-Security-Policy"));
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("same-origin", Header(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Resource-Policy"));
        Assert.Equal("camera=(), microphone=(), geolocation=()", Header(answer, "Permissions-Policy"));
        Assert.Null(Header(answer, "Server"));
        Assert.Equal(32, Header(answer, "X-Request-Id")!.Length);
    }

    [Fact]
    public async Task Only_trending_may_frame_the_platforms_players()
    {
        using var client = app.CreateBareClient();

        using var wall = await client.GetAsync(new Uri("/trending", UriKind.Relative), TestContext.Current.CancellationToken);
        using var other = await client.GetAsync(new Uri("/signin", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(Header(other, "Content-Security-Policy") + "; frame-src https://www.youtube-nocookie.com https://www.tiktok.com", Header(wall, "Content-Security-Policy"));
    }

    [Fact]
    public async Task A_missing_page_is_a_page_and_a_missing_route_is_an_envelope()
    {
        using var client = app.CreateBareClient();

        using var page = await client.GetAsync(new Uri("/no-such-page", UriKind.Relative), TestContext.Current.CancellationToken);
        using var route = await client.GetAsync(new Uri("/api/no-such-route", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        Assert.Contains("Nothing here", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, "application/json"), (route.StatusCode, route.Content.Headers.ContentType?.MediaType));
        Assert.Contains("\"success\":false", await route.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_in_answer_is_not_stored()
    {
        using var browser = await app.SignInAsync();
        using var script = await app.ApiClientAsync();

        using var page = await browser.GetAsync(new Uri("/no-such-page", UriKind.Relative), TestContext.Current.CancellationToken);
        using var route = await script.GetAsync(new Uri("/api/no-such-route", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("no-store", Header(page, "Cache-Control"));
        Assert.Equal("no-store", Header(route, "Cache-Control"));
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
