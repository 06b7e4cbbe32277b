using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Downloads;
using TrendVault.Tests.App;
using TrendVault.Web;

namespace TrendVault.Tests.Web;

public sealed class LimitTests(LimitTests.StrictApp app) : IClassFixture<LimitTests.StrictApp>
{
    /// <summary>An app with low limits, which believes one proxy.</summary>
    public sealed class StrictApp(TestServers servers) : TrendVaultApp(servers)
    {
        protected override void Configure()
        {
            Set("RATE_LIMIT_PER_MINUTE", "6");
            Set("RATE_LIMIT_SIGN_INS_PER_MINUTE", "2");
            Set("RATE_LIMIT_DOWNLOADS_PER_MINUTE", "1");
            Set("TRUSTED_PROXIES", "127.0.0.1,::1");
        }
    }

    [Fact]
    public async Task The_seventh_request_of_a_minute_waits_on_the_api_and_on_pages()
    {
        using var script = await app.ApiClientAsync();
        using var browser = await app.SignInAsync();

        using var route = await UntilRefusedAsync(() => script.GetAsync(new Uri("/api/auth/me", UriKind.Relative), TestContext.Current.CancellationToken));
        using var page = await UntilRefusedAsync(() => browser.GetAsync(new Uri("/settings", UriKind.Relative), TestContext.Current.CancellationToken));

        Assert.InRange(route.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("rate_limited", await route.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_order_of_twenty_downloads_is_kept_whole_and_counts_once()
    {
        var user = await app.GivenUserAsync();
        using var browser = await app.SignInAsync(user);
        await app.Services.GetRequiredService<DownloadService>().PauseAsync(user.Id, TestContext.Current.CancellationToken);
        Task<HttpResponseMessage> OrderAsync() => browser.PostAsync(
            new Uri("/downloads/new", UriKind.Relative),
            new FormUrlEncodedContent([new("Several", "true"), .. Enumerable.Range(1, 20).Select(n => KeyValuePair.Create("items", $"https://1.1.1.1/{n}"))]),
            TestContext.Current.CancellationToken);

        using var first = await OrderAsync();
        using var second = await OrderAsync();

        Assert.Equal("/downloads", first.Headers.Location?.ToString());
        var counts = await app.Services.GetRequiredService<DownloadStore>().CountAsync(user.Id, TestContext.Current.CancellationToken);
        Assert.Equal(20, counts.Pending);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
    }

    [Fact]
    public async Task Addresses_are_counted_apart_and_a_household_as_one()
    {
        using var refused = await UntilRefusedAsync(() => GetAsync("203.0.113.1"));
        using var other = await GetAsync("203.0.113.2");
        using var first = await UntilRefusedAsync(() => GetAsync("2001:db8:1:1::1"));
        using var sameHousehold = await GetAsync("2001:db8:1:1:ffff::2");
        using var neighbour = await GetAsync("2001:db8:1:2::1");

        Assert.NotEqual(HttpStatusCode.TooManyRequests, other.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, sameHousehold.StatusCode);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, neighbour.StatusCode);
    }

    [Fact]
    public async Task Sign_ins_have_a_limit_of_their_own()
    {
        using var refused = await UntilRefusedAsync(() => SignInAsync("198.51.100.7"), most: 5);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task Health_is_never_refused()
    {
        using var client = app.CreateBareClient();
        for (var n = 0; n < 20; n++)
        {
            using var answer = await client.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("203.0.113.9", null, "203.0.113.9")]
    [InlineData("203.0.113.9", "198.51.100.1", "203.0.113.9")] // not our proxy: what it says of others counts for nothing
    [InlineData("10.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1")]
    [InlineData("10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    public void The_client_is_the_last_address_that_no_proxy_of_ours_has(string connection, string? forwarded, string client)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(connection);
        if (forwarded is not null)
            context.Request.Headers["X-Forwarded-For"] = forwarded;

        Assert.Equal(client, ClientAddress.Of(context, new AppOptions { TrustedProxies = ["10.0.0.1", "10.0.0.2"] }));
    }

    private async Task<HttpResponseMessage> GetAsync(string address)
    {
        using var client = app.CreateBareClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return await client.GetAsync(new Uri("/signin", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> SignInAsync(string address)
    {
        using var client = app.CreateBareClient();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return await client.PostAsJsonAsync(
            new Uri("/api/auth/login", UriKind.Relative), new { email = $"{Guid.NewGuid():n}@example.org", password = "wrong" }, TestContext.Current.CancellationToken);
    }

    // Twice the limit, because the minute may turn in between.
    private static async Task<HttpResponseMessage> UntilRefusedAsync(Func<Task<HttpResponseMessage>> send, int most = 14)
    {
        for (var n = 0; n < most; n++)
        {
            var answer = await send();
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                return answer;
            answer.Dispose();
        }

        throw new Xunit.Sdk.XunitException($"None of {most} requests was refused.");
    }
}
