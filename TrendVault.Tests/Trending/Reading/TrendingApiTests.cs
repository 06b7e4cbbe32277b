using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core;
using TrendVault.Core.Trending;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Trending;

public sealed class TrendingApiTests(TrendingApp app) : IClassFixture<TrendingApp>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Charts_answer_field_by_field_as_the_original()
    {
        var answer = await GetAsync("/api/trending?platform=YouTube&region=us&category=music&page=2&limit=7");

        Assert.True(answer.GetProperty("success").GetBoolean());
        var data = answer.GetProperty("data");
        Assert.Equal("""{"page":2,"limit":7,"total":200,"hasMore":true}""", data.GetProperty("pagination").GetRawText());
        Assert.True(data.GetProperty("cacheExpiry").GetDateTimeOffset() > DateTimeOffset.UtcNow);
        Assert.Contains(data.GetProperty("cached").ValueKind, new[] { JsonValueKind.True, JsonValueKind.False });
        Assert.Equal("US", answer.GetProperty("meta").GetProperty("region").GetString());
        Assert.Equal("YOUTUBE", answer.GetProperty("meta").GetProperty("platform").GetString());
        Assert.True(answer.GetProperty("meta").GetProperty("timestamp").GetDateTimeOffset() <= DateTimeOffset.UtcNow.AddSeconds(5));

        var videos = data.GetProperty("videos").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(8, 7), videos.Select(video => video.GetProperty("rank").GetInt32()));
        Assert.All(videos, video =>
        {
            Assert.True(Guid.TryParse(video.GetProperty("id").GetString(), out _));
            Assert.Equal("YOUTUBE", video.GetProperty("platform").GetString());
            Assert.NotEmpty(video.GetProperty("platformVideoId").GetString()!);
            Assert.NotEmpty(video.GetProperty("title").GetString()!);
            Assert.NotEmpty(video.GetProperty("creatorName").GetString()!);
            Assert.True(Uri.IsWellFormedUriString(video.GetProperty("thumbnailUrl").GetString(), UriKind.Absolute));
            Assert.True(Uri.IsWellFormedUriString(video.GetProperty("videoUrl").GetString(), UriKind.Absolute));
            Assert.True(Uri.IsWellFormedUriString(video.GetProperty("creatorUrl").GetString(), UriKind.Absolute));
            Assert.True(video.GetProperty("viewCount").GetInt64() >= 0);
            // What is live has no length.
            Assert.True(!video.TryGetProperty("duration", out var duration) || duration.GetInt32() > 0);
        });
    }

    [Fact]
    public async Task The_second_time_it_is_cached()
    {
        await GetAsync("/api/trending?region=GB&platform=tiktok");

        Assert.True((await GetAsync("/api/trending?region=GB&platform=tiktok")).GetProperty("data").GetProperty("cached").GetBoolean());
    }

    [Fact]
    public async Task Without_parameters_it_is_ten_of_all_platforms_in_the_US()
    {
        var answer = await GetAsync("/api/trending");

        var platforms = answer.GetProperty("data").GetProperty("videos").EnumerateArray().Select(video => video.GetProperty("platform").GetString()).ToList();
        Assert.Equal(10, platforms.Count);
        Assert.Equal(["YOUTUBE", "TIKTOK", "YOUTUBE", "TIKTOK"], platforms.Take(4));
        Assert.Equal("ALL", answer.GetProperty("meta").GetProperty("platform").GetString());
    }

    [Fact]
    public async Task Pages_of_any_size_give_the_same_chart()
    {
        var whole = await IdsAsync("limit=50", pages: 4);

        Assert.Equal(200, whole.Distinct().Count());
        Assert.Equal(whole.Take(63), await IdsAsync("limit=7", pages: 9));
    }

    [Fact]
    public async Task Past_the_end_there_is_nothing_and_no_error()
    {
        var data = (await GetAsync("/api/trending?platform=youtube&category=Music&page=2147483647&limit=50")).GetProperty("data");

        Assert.Empty(data.GetProperty("videos").EnumerateArray());
        Assert.False(data.GetProperty("pagination").GetProperty("hasMore").GetBoolean());
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("page=-1", "page")]
    [InlineData("page=one", "page")]
    [InlineData("page=99999999999", "page")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=51", "limit")]
    [InlineData("limit=1e1", "limit")]
    [InlineData("region=ZZ", "region")]
    [InlineData("region=", "region")]
    [InlineData("category=Sports", "category")]
    [InlineData("platform=vimeo", "platform")]
    [InlineData("platform=0", "platform")]
    [InlineData("region=US&region=GB", "region")]
    public async Task What_is_out_of_bounds_is_refused_by_name(string query, string field)
    {
        using var client = app.CreateBareClient();

        var answer = await client.GetAsync(new Uri("/api/trending?" + query, UriKind.Relative), _ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await ReadAsync(answer)).GetProperty("error");
        Assert.Equal("invalid_request", error.GetProperty("code").GetString());
        Assert.Equal(field, error.GetProperty("details").GetProperty("field").GetString());
    }

    [Fact]
    public async Task Regions_and_categories_are_the_originals()
    {
        Assert.Equal("""["US","GB","JP","KR","BR","IN","DE","FR","AU","CA","MX","VN"]""", (await GetAsync("/api/trending/regions")).GetProperty("data").GetRawText());
        Assert.Equal("""["Music","Gaming","Movies",""]""", (await GetAsync("/api/trending/categories")).GetProperty("data").GetRawText());
    }

    [Theory]
    [InlineData("/api/trending?regoin=DE", "regoin")]
    [InlineData("/api/trending?sort=views", "sort")]
    [InlineData("/api/trending/regions?page=1", "page")]
    [InlineData("/api/trending/categories?x", "x")]
    public async Task A_parameter_that_there_is_not_is_refused_by_name(string url, string field)
    {
        using var client = app.CreateBareClient();

        using var answer = await client.GetAsync(new Uri(url, UriKind.Relative), _ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = (await ReadAsync(answer)).GetProperty("error");
        Assert.Equal(field, error.GetProperty("details").GetProperty("field").GetString());
        Assert.Contains("Leave it out", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/trending?platform=youtube&category=Gaming&region=AU&limit=3")]
    [InlineData("/api/trending/regions")]
    [InlineData("/api/trending/categories")]
    public async Task Who_has_the_answer_already_gets_304(string url)
    {
        using var first = await AskAsync(HttpMethod.Get, url);
        var tag = first.Headers.ETag!;
        Assert.True(tag.IsWeak);
        Assert.Equal("no-cache, public", string.Join(", ", first.Headers.CacheControl!.ToString().Split(", ").Order()));

        foreach (var known in new[] { $"{tag}", tag.Tag, $"\"other\", {tag}", "*" })
        {
            using var again = await AskAsync(HttpMethod.Get, url, known);

            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync(_ct));
            Assert.Equal((tag, first.Headers.CacheControl), (again.Headers.ETag, again.Headers.CacheControl));
        }

        using var other = await AskAsync(HttpMethod.Get, url, "\"other\"");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Head_answers_as_get_without_the_body()
    {
        const string Url = "/api/trending?platform=tiktok&limit=2";
        using var get = await AskAsync(HttpMethod.Get, Url);
        using var head = await AskAsync(HttpMethod.Head, Url);

        Assert.Equal((get.StatusCode, get.Headers.ETag), (head.StatusCode, head.Headers.ETag));
        Assert.Equal("application/json", head.Content.Headers.ContentType!.MediaType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(_ct));
        using var known = await AskAsync(HttpMethod.Head, Url, $"{get.Headers.ETag}");
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public async Task A_new_version_of_a_chart_shows_at_once()
    {
        const string Url = "/api/trending?platform=youtube&category=Movies&region=FR&limit=3";
        using var before = await AskAsync(HttpMethod.Get, Url);

        await app.Services.GetRequiredService<ChartRefresher>().RefreshAsync(new ChartKey(Platform.YouTube, "FR", "Movies"), TimeSpan.Zero, _ct);

        using var after = await AskAsync(HttpMethod.Get, Url, $"{before.Headers.ETag}");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
        Assert.NotEqual(FetchedAt(await ReadAsync(before)), FetchedAt(await ReadAsync(after)));

        static string? FetchedAt(JsonElement answer) => answer.GetProperty("data").GetProperty("charts")[0].GetProperty("fetchedAt").GetString();
    }

    [Fact]
    public async Task Every_answer_has_the_time_of_its_own()
    {
        const string Url = "/api/trending?platform=tiktok&region=IN";
        var first = await GetAsync(Url);
        var second = await GetAsync(Url);

        Assert.NotEqual(TimeOf(first), TimeOf(second));
        Assert.Equal(first.GetProperty("data").GetProperty("videos").GetRawText(), second.GetProperty("data").GetProperty("videos").GetRawText());

        static string? TimeOf(JsonElement answer) => answer.GetProperty("meta").GetProperty("timestamp").GetString();
    }

    [Fact]
    public async Task What_only_the_signed_in_see_is_not_kept()
    {
        using var client = await app.ApiClientAsync();

        using var answer = await client.GetAsync(new Uri("/api/trending/quota", UriKind.Relative), _ct);

        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Null(answer.Headers.ETag);
    }

    [Fact]
    public async Task A_video_is_found_by_its_platforms_id()
    {
        var first = (await GetAsync("/api/trending?platform=youtube&category=Gaming&limit=1")).GetProperty("data").GetProperty("videos")[0];
        var id = first.GetProperty("platformVideoId").GetString();

        var video = (await GetAsync($"/api/trending/YouTube/{id}")).GetProperty("data");

        Assert.Equal(first.GetProperty("title").GetString(), video.GetProperty("title").GetString());
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("/api/trending/youtube/no-such-video"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"/api/trending/vimeo/{id}"));
    }

    [Fact]
    public async Task The_quota_is_for_who_is_signed_in()
    {
        await GetAsync("/api/trending?platform=youtube&category=Movies&region=DE");
        using var client = await app.ApiClientAsync();

        var answer = await ReadAsync(await client.GetAsync(new Uri("/api/trending/quota", UriKind.Relative), _ct));

        var buckets = answer.GetProperty("data").GetProperty("buckets").EnumerateArray().ToList();
        Assert.Equal(["general", "search", "upload", "runs"], buckets.Select(bucket => bucket.GetProperty("bucket").GetString()));
        Assert.True(buckets[0].GetProperty("used").GetInt64() >= 4);
        Assert.Equal(10_000, buckets[0].GetProperty("limit").GetInt64());
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/api/trending/quota"));
    }

    [Fact]
    public async Task A_chart_that_cannot_be_had_says_when_to_come_again()
    {
        app.Sandbox.Faults.Order(new FaultOrder { Path = "/v2/actors", Status = 500, Times = 10 });
        using var client = app.CreateBareClient();

        var answer = await client.GetAsync(new Uri("/api/trending?platform=tiktok&region=KR", UriKind.Relative), _ct);
        app.Sandbox.Faults.Clear();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("apify_unavailable", (await ReadAsync(answer)).GetProperty("error").GetProperty("code").GetString());
    }

    private async Task<List<string>> IdsAsync(string query, int pages)
    {
        var ids = new List<string>();
        for (var page = 1; page <= pages; page++)
        {
            var answer = await GetAsync($"/api/trending?platform=youtube&region=FR&category={Categories.All[0]}&page={page}&{query}");
            ids.AddRange(answer.GetProperty("data").GetProperty("videos").EnumerateArray().Select(video => video.GetProperty("platformVideoId").GetString()!));
        }

        return ids;
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var client = app.CreateBareClient();
        var answer = await client.GetAsync(new Uri(path, UriKind.Relative), _ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await ReadAsync(answer);
    }

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var client = app.CreateBareClient();
        return (await client.GetAsync(new Uri(path, UriKind.Relative), _ct)).StatusCode;
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string url, string? known = null)
    {
        using var client = app.CreateBareClient();
        using var request = new HttpRequestMessage(method, new Uri(url, UriKind.Relative));
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        return await client.SendAsync(request, _ct);
    }

    private async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(_ct));
        return json.RootElement.Clone();
    }
}
