using System.Net;
using System.Text.RegularExpressions;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Web;

/// <summary>Answers that are sent again before a request is routed are answers like any other.</summary>
public sealed class KeptRequestsTests(KeptRequestsTests.StrictApp app) : IClassFixture<KeptRequestsTests.StrictApp>
{
    private const int Limit = 20;

    private static int _callers;

    private static readonly Regex Timestamp = new("\"timestamp\":\"[^\"]*\"");

    /// <summary>Without workers, and with a proxy that tells callers apart.</summary>
    public sealed class StrictApp(TestServers servers) : SandboxApp(servers)
    {
        protected override void Configure()
        {
            base.Configure();
            Set("TRENDVAULT_ROLE", "web");
            Set("RATE_LIMIT_PER_MINUTE", $"{Limit}");
            Set("TRUSTED_PROXIES", "127.0.0.1,::1");
        }
    }

    [Theory]
    [InlineData("/trending?region=BR&platform=youtube&category=Music")]
    [InlineData("/api/trending?region=BR&platform=youtube&category=Music&limit=3")]
    public async Task They_are_what_was_made(string url)
    {
        await Eventually.TrueAsync(async () => (await AskAsync(url)).Status == HttpStatusCode.OK, "the chart is there", TimeSpan.FromMinutes(1));

        // Who brings a session is answered anew; ages stand in a page by the minute, which may end in between.
        await Eventually.TrueAsync(
            async () =>
            {
                var (made, kept, again) = (await AskAsync(url, ("Cookie", "tv_session=none")), await AskAsync(url), await AskAsync(url));
                return made == kept && kept == again;
            },
            "all three are the same");
    }

    [Fact]
    public async Task They_count_against_the_limit_and_no_page_takes_the_place_of_the_refusal()
    {
        const string Url = "/trending?region=GB&platform=youtube&category=Music";
        await Eventually.TrueAsync(async () => (await AskAsync(Url)).Status == HttpStatusCode.OK, "the chart is there", TimeSpan.FromMinutes(1));

        var answers = new List<Answer>();
        for (var n = 0; n < 2 * Limit + 2; n++) // a minute may end in between
            answers.Add(await AskAsync(Url, ("X-Forwarded-For", "203.0.113.50")));

        Assert.Equal(HttpStatusCode.OK, answers[0].Status);
        var refused = answers.First(answer => answer.Status == HttpStatusCode.TooManyRequests);
        Assert.Contains("Too many requests", refused.Body, StringComparison.Ordinal);
    }

    private async Task<Answer> AskAsync(string url, params (string Name, string Value)[] headers)
    {
        using var client = app.CreateBareClient();
        // Each time as another caller, unless the test says who.
        client.DefaultRequestHeaders.Add("X-Forwarded-For", $"198.51.100.{Interlocked.Increment(ref _callers) % 250}");
        foreach (var (name, value) in headers)
        {
            client.DefaultRequestHeaders.Remove(name);
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        using var answer = await client.GetAsync(new Uri(url, UriKind.Relative), TestContext.Current.CancellationToken);
        var told = answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Date" or "X-Request-ID" or "Set-Cookie"));
        return new Answer(
            answer.StatusCode,
            string.Join('\n', told.Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order()),
            Timestamp.Replace(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), ""));
    }

    private sealed record Answer(HttpStatusCode Status, string Headers, string Body);
}
