using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Sandbox;

public sealed class TikTokResearchTests : IAsyncLifetime
{
    private const string Token = "v2/oauth/token/";
    private const string Query = "v2/research/video/query/?fields=id,username,create_time,region_code,hashtag_names,view_count,video_duration";

    private FakeTimeProvider _time = new(TestDay.Now);
    private TestSandbox _sandbox = null!;

    public async ValueTask InitializeAsync() => _sandbox = await TestSandbox.StartAsync(_time);

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task A_token_is_for_the_apps_credentials_and_ends_with_its_time()
    {
        var answer = (await TokenAsync(Form())).Json;
        Assert.StartsWith("clt.", answer["access_token"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal((7200, "Bearer"), (answer["expires_in"]!.GetValue<int>(), answer["token_type"]!.GetValue<string>()));
        var token = answer["access_token"]!.GetValue<string>();
        Assert.Equal("ok", Code(await QueryAsync(Body(), token)));

        _time.Advance(TimeSpan.FromHours(2));
        var ended = await QueryAsync(Body(), token);
        Assert.Equal((HttpStatusCode.Unauthorized, "access_token_invalid"), (ended.Status, Code(ended)));
        Assert.Equal("access_token_invalid", Code(await _sandbox.SendAsync(HttpMethod.Post, Query, Json(Body()))));
    }

    [Fact]
    public async Task What_is_wrong_with_a_token_request_is_told_in_a_flat_error()
    {
        foreach (var (change, status, error) in new (Action<Dictionary<string, string>>, int, string)[]
        {
            (form => form["client_secret"] = "wrong", 401, "invalid_client"),
            (form => form.Remove("client_key"), 401, "invalid_client"),
            (form => form["grant_type"] = "password", 400, "unsupported_grant_type"),
        })
        {
            var form = Form();
            change(form);
            var answer = await TokenAsync(form);
            Assert.Equal((status, error), ((int)answer.Status, answer.Json["error"]!.GetValue<string>()));
            Assert.NotNull(answer.Json["log_id"]);
        }

        Assert.Equal("invalid_request", (await _sandbox.SendAsync(HttpMethod.Post, Token, Json("{}"))).Json["error"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.NotFound, (await _sandbox.SendAsync(HttpMethod.Post, Token.TrimEnd('/'), new FormUrlEncodedContent(Form()))).Status);
    }

    [Fact]
    public async Task A_search_is_paged_to_its_end_without_a_repeat_even_while_time_goes_on()
    {
        var token = await IssueAsync();
        var (ids, counts) = (new List<string>(), new List<int>());
        var body = Body();
        while (true)
        {
            var answer = await QueryAsync(body, token);
            Assert.Equal("ok", Code(answer));
            var data = answer.Json["data"]!;
            var videos = data["videos"]!.AsArray();
            counts.Add(videos.Count);
            ids.AddRange(videos.Select(video => video!["id"]!.ToString()));
            if (!data["has_more"]!.GetValue<bool>())
                break;
            body["cursor"] = data["cursor"]!.GetValue<int>();
            body["search_id"] = data["search_id"]!.GetValue<string>();
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.True(ids.Count > 200, $"{ids.Count} videos");
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(counts, count => Assert.InRange(count, 0, 100));
        Assert.Contains(counts.SkipLast(1), count => count < 100);
    }

    [Fact]
    public async Task Videos_are_those_that_were_asked_for_in_the_fields_that_were_asked_for()
    {
        var body = Body();
        body["query"]!["and"]!.AsArray().Add(new JsonObject { ["operation"] = "IN", ["field_name"] = "hashtag_name", ["field_values"] = new JsonArray("fyp") });
        body["query"]!["not"] = new JsonArray(new JsonObject { ["operation"] = "EQ", ["field_name"] = "video_length", ["field_values"] = new JsonArray("LONG") });

        var videos = (await QueryAsync(body, await IssueAsync())).Json["data"]!["videos"]!.AsArray();

        Assert.NotEmpty(videos);
        Assert.All(videos, video =>
        {
            Assert.Equal("US", video!["region_code"]!.GetValue<string>());
            Assert.Contains("fyp", video["hashtag_names"]!.AsArray().Select(tag => tag!.GetValue<string>()));
            Assert.InRange(video["video_duration"]!.GetValue<int>(), 1, 60);
            Assert.Equal(19, video["id"]!.ToString().Length);
            Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(video["create_time"]!.GetValue<long>()), _time.GetUtcNow().AddDays(-8), _time.GetUtcNow());
            Assert.Null(video["video_description"]);
        });
        Assert.Equal([System.Text.Json.JsonValueKind.Number, System.Text.Json.JsonValueKind.String], videos.Select(video => video!["id"]!.GetValueKind()).Distinct().Order().Reverse());
        Assert.Contains(videos, video => video!["view_count"] is null);
    }

    [Fact]
    public async Task What_is_wrong_with_a_query_is_told_in_the_envelope()
    {
        var token = await IssueAsync();
        foreach (var change in new Action<JsonObject>[]
        {
            body => body.Remove("query"),
            body => body["query"] = new JsonObject(),
            body => body["query"]!["and"]![0]!["operation"] = "LIKE",
            body => body["query"]!["and"]![0]!["field_name"] = "likes",
            body => body["query"]!["and"]![0]!["field_values"] = "US",
            body => body["query"]!["and"]![0]!["field_values"] = new JsonArray(7),
            body => body.Remove("start_date"),
            body => body["start_date"] = "2026-11-01",
            body => body["start_date"] = _time.GetUtcNow().AddDays(-40).ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            body => body["max_count"] = 101,
            body => body["cursor"] = 100,
            body => body["search_id"] = "1",
            body => body["sort_by"] = "views",
        })
        {
            var body = Body();
            change(body);
            var answer = await QueryAsync(body, token);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_params"), (answer.Status, Code(answer)));
            Assert.NotEmpty(answer.Json["error"]!["log_id"]!.GetValue<string>());
        }

        Assert.Equal("invalid_params", Code(await _sandbox.SendAsync(HttpMethod.Post, "v2/research/video/query/?fields=id,colour", Json(Body()), token)));
        Assert.Equal("invalid_params", Code(await _sandbox.SendAsync(HttpMethod.Post, "v2/research/video/query/", Json(Body()), token)));
    }

    [Fact]
    public async Task A_search_belongs_to_its_query()
    {
        var token = await IssueAsync();
        var first = (await QueryAsync(Body(), token)).Json["data"]!;
        var other = Body();
        other["query"]!["and"]![0]!["field_values"] = new JsonArray("JP");
        (other["cursor"], other["search_id"]) = (100, first["search_id"]!.GetValue<string>());

        Assert.Equal("invalid_params", Code(await QueryAsync(other, token)));
    }

    [Fact]
    public async Task A_day_has_a_thousand_requests_and_a_hundred_thousand_records_and_ends_at_midnight_UTC()
    {
        await BeginAsync(new DateTimeOffset(2035, 1, 15, 23, 30, 0, TimeSpan.Zero));
        var token = await IssueAsync();
        var videos = (await QueryAsync(Body(), token)).Json["data"]!["videos"]!.AsArray().Count;
        Assert.Equal((1, videos), (_sandbox.Server.Quota["research"].Used, _sandbox.Server.Quota["researchRecords"].Used));

        foreach (var bucket in new[] { "research", "researchRecords" })
        {
            var limit = _sandbox.Server.Quota[bucket].Limit;
            await _sandbox.SendAsync(HttpMethod.Post, $"_sandbox/quota/{bucket}?used={limit}");
            var refused = await QueryAsync(Body(), token);
            Assert.Equal((HttpStatusCode.TooManyRequests, "daily_quota_limit_exceeded"), (refused.Status, Code(refused)));
            await _sandbox.SendAsync(HttpMethod.Post, $"_sandbox/quota/{bucket}?used=0");
        }

        await _sandbox.SendAsync(HttpMethod.Post, "_sandbox/quota/research?used=1000");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("ok", Code(await QueryAsync(Body(), token)));
    }

    [Fact]
    public async Task Bad_days_come_in_TikToks_own_shapes()
    {
        var token = await IssueAsync();
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/v2/oauth/", Status = 200, Reason = "invalid_client" });
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/v2/research/", Status = 429, Reason = "rate_limit_exceeded", RetryAfter = 60 });

        var flat = await TokenAsync(Form());
        var envelope = await QueryAsync(Body(), token);

        Assert.Equal((HttpStatusCode.OK, "invalid_client"), (flat.Status, flat.Json["error"]!.GetValue<string>()));
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded"), (envelope.Status, Code(envelope)));
        Assert.Equal(TimeSpan.FromMinutes(1), envelope.Headers.RetryAfter!.Delta);
    }

    // A clock does not go back, to whatever day this one stands on.
    private async Task BeginAsync(DateTimeOffset moment)
    {
        await _sandbox.DisposeAsync();
        _time = new FakeTimeProvider(moment);
        await InitializeAsync();
    }

    private JsonObject Body() => new()
    {
        ["query"] = new JsonObject
        {
            ["and"] = new JsonArray(new JsonObject { ["operation"] = "IN", ["field_name"] = "region_code", ["field_values"] = new JsonArray("US") }),
            ["or"] = new JsonArray(),
            ["not"] = new JsonArray(),
        },
        ["start_date"] = _time.GetUtcNow().AddDays(-7).ToString("yyyyMMdd", CultureInfo.InvariantCulture),
        ["end_date"] = _time.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture),
        ["max_count"] = 100,
        ["is_random"] = false,
    };

    private Dictionary<string, string> Form()
    {
        var settings = _sandbox.Server.SettingsFor(SandboxPlatform.TikTokResearch);
        return new()
        {
            ["client_key"] = settings["TIKTOK_RESEARCH_CLIENT_KEY"]!,
            ["client_secret"] = settings["TIKTOK_RESEARCH_CLIENT_SECRET"]!,
            ["grant_type"] = "client_credentials",
        };
    }

    private async Task<string> IssueAsync() => (await TokenAsync(Form())).Json["access_token"]!.GetValue<string>();

    private Task<Answer> TokenAsync(Dictionary<string, string> form) => _sandbox.SendAsync(HttpMethod.Post, Token, new FormUrlEncodedContent(form));

    private Task<Answer> QueryAsync(JsonObject body, string token) => _sandbox.SendAsync(HttpMethod.Post, Query, Json(body), token);

    private static StringContent Json(JsonNode body) => Json(body.ToJsonString());

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static string Code(Answer answer) => answer.Json["error"]!["code"]!.GetValue<string>();
}
