using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;
using TrendVault.Web.Sandbox.TikTok;

namespace TrendVault.Tests.Sandbox;

public sealed class TikTokUploadTests : IAsyncLifetime
{
    private const int Chunk = 5_242_880;
    private const string Init = "v2/post/publish/inbox/video/init/";
    private const string Status = "v2/post/publish/status/fetch/";

    private readonly FakeTimeProvider _time = new(TestDay.Now);
    private TestSandbox _sandbox = null!;
    private string _token = "";

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync(_time);
        _token = await _sandbox.CreatorTokenAsync();
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task A_draft_comes_chunk_by_chunk_and_reaches_the_inbox_after_a_few_questions()
    {
        var file = RandomNumberGenerator.GetBytes((2 * Chunk) + 1000);
        var (publishId, url) = await BeginAsync(file.Length, Chunk, 2);

        var first = await PutAsync(url, file, 0, Chunk);
        Assert.Equal(HttpStatusCode.PartialContent, first.Status);
        Assert.Equal($"bytes 0-{Chunk}/{file.Length}", first.ContentHeaders.ContentRange!.ToString());
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(url, file, Chunk, Chunk + 1000)).Status);

        Assert.Equal(["PROCESSING_UPLOAD", "PROCESSING_UPLOAD", "SEND_TO_USER_INBOX"], [await StatusAsync(publishId), await StatusAsync(publishId), await StatusAsync(publishId)]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), OnlyDraft().Sha256);
    }

    [Theory]
    [InlineData(1, 1, 1, true)]
    [InlineData(4_999_999, 4_999_999, 1, true)]
    [InlineData(3_145_728, 3_145_728, 1, true)]
    [InlineData(50_000_123, 10_000_000, 5, true)]
    [InlineData(50_000_123, 50_000_123, 1, true)]
    [InlineData(64_000_000, 64_000_000, 1, true)]
    [InlineData(64_000_001, 32_000_000, 2, true)]
    [InlineData(150_000_000, 50_000_000, 3, true)]
    [InlineData(4_294_967_296, 63_161_283, 68, true)]
    [InlineData(64_000_001, 64_000_001, 1, false)]
    [InlineData(64_000_001, 64_000_000, 1, false)]
    [InlineData(100_000_000, 64_000_000, 1, false)]
    [InlineData(50_000_123, 40_000_000, 1, false)]
    [InlineData(150_000_000, 64_000_000, 2, false)]
    [InlineData(4_294_967_297, 63_161_283, 68, false)]
    [InlineData(50_000_123, 10_000_000, 6, false)]
    [InlineData(50_000_123, 1_000_000, 50, false)]
    [InlineData(150_000_000, 70_000_000, 2, false)]
    [InlineData(100, 200, 1, false)]
    [InlineData(0, 0, 1, false)]
    public async Task Chunks_are_announced_by_tiktoks_rules(long size, long chunk, int count, bool isTaken)
    {
        var answer = await InitAsync(size, chunk, count);
        Assert.Equal(isTaken ? "ok" : "invalid_params", CodeOf(answer));
        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task A_range_that_does_not_follow_is_told_how_far_it_is()
    {
        var file = RandomNumberGenerator.GetBytes(3 * Chunk);
        var (publishId, url) = await BeginAsync(file.Length, Chunk, 3);

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await PutAsync(url, file, Chunk, Chunk)).Status);
        await PutAsync(url, file, 0, Chunk);
        var again = await PutAsync(url, file, 0, Chunk);
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, (long)Chunk), (again.Status, again.ContentHeaders.ContentRange!.To));
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(url, file, Chunk, 1000)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(url, file, Chunk, Chunk, bearer: _token)).Status);
        Assert.Equal("PROCESSING_UPLOAD", await StatusAsync(publishId));
        Assert.Equal(Chunk, OnlyDraft().Stored);
    }

    [Fact]
    public async Task Of_a_chunk_that_breaks_off_nothing_is_kept()
    {
        var file = RandomNumberGenerator.GetBytes(2 * Chunk);
        var (_, url) = await BeginAsync(file.Length, Chunk, 2);
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/upload", CutRequestAfter = 400_000 });

        await Assert.ThrowsAsync<HttpRequestException>(() => PutAsync(url, file, 0, Chunk));

        Assert.Equal(0, OnlyDraft().Stored);
        Assert.Equal(HttpStatusCode.PartialContent, (await PutAsync(url, file, 0, Chunk)).Status);
    }

    [Fact]
    public async Task An_upload_address_lives_for_an_hour()
    {
        var (_, url) = await BeginAsync(1000, 1000, 1);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync(url, new byte[1000], 0, 1000)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PutAsync(url.Replace("upload_id=", "upload_id=1", StringComparison.Ordinal), new byte[1000], 0, 1000)).Status);
    }

    [Fact]
    public async Task Upload_addresses_are_like_tiktoks_of_today_and_those_of_before_work_too()
    {
        var (_, url) = await BeginAsync(1000, 1000, 1);
        Assert.Equal("/upload", new Uri(url).AbsolutePath);
        Assert.Matches(@"^\?upload_id=\d+&upload_token=\w+$", new Uri(url).Query);

        Assert.Equal(HttpStatusCode.Created, (await PutAsync(url.Replace("/upload?", "/video/?", StringComparison.Ordinal), new byte[1000], 0, 1000)).Status);
    }

    [Fact]
    public async Task A_draft_that_was_posted_gives_its_place_back_and_is_named_once_tiktok_has_looked_at_it()
    {
        _sandbox.Server.Faults.Switches = new SandboxSwitches { ProcessingPolls = 0, ModerationSeconds = 3600 };
        var publishId = await ArrivedAsync();
        for (var i = 0; i < 4; i++)
            await InitAsync(1000, 1000, 1);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("spam_risk_too_many_pending_share", CodeOf(await InitAsync(1000, 1000, 1)));

        Assert.Equal(HttpStatusCode.NoContent, (await PostedAsync(publishId, seconds: 42)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await PostedAsync(publishId, seconds: 42)).Status);

        var posted = (await AskAsync(publishId)).Json["data"]!;
        Assert.Equal(("PUBLISH_COMPLETE", 0), (posted["status"]!.GetValue<string>(), posted["publicaly_available_post_id"]!.AsArray().Count));
        Assert.Equal("ok", CodeOf(await InitAsync(1000, 1000, 1)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(_sandbox.Server.Drafts[0].PostId, (await AskAsync(publishId)).Json["data"]!["publicaly_available_post_id"]![0]!.ToJsonString());
    }

    [Fact]
    public async Task Posts_are_listed_and_queried_with_the_scope_for_it_and_only_public_ones()
    {
        _sandbox.Server.Faults.Switches = new SandboxSwitches { ProcessingPolls = 0 };
        Assert.Equal("scope_not_authorized", CodeOf(await PostAsync("v2/video/list/?fields=id", new { max_count = 20 })));
        _token = await _sandbox.CreatorTokenAsync(scopes: "user.info.basic,video.upload,video.list");
        for (var i = 0; i < 3; i++)
        {
            await PostedAsync(await ArrivedAsync(), seconds: 10 + i, isPublic: i < 2);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        var first = (await PostAsync("v2/video/list/?fields=id,create_time,duration,share_url", new { max_count = 1 })).Json["data"]!;
        Assert.Equal((true, 11), (first["has_more"]!.GetValue<bool>(), first["videos"]![0]!["duration"]!.GetValue<int>()));
        var second = (await PostAsync("v2/video/list/?fields=id,duration", new { max_count = 1, cursor = first["cursor"]!.GetValue<long>() })).Json["data"]!;
        Assert.Equal((false, 10), (second["has_more"]!.GetValue<bool>(), second["videos"]![0]!["duration"]!.GetValue<int>()));

        var id = first["videos"]![0]!["id"]!.GetValue<string>();
        var found = (await PostAsync("v2/video/query/?fields=id,view_count", new { filters = new { video_ids = new[] { id, "1" } } })).Json["data"]!["videos"]!.AsArray();
        Assert.Equal(id, Assert.Single(found)!["id"]!.GetValue<string>());
        Assert.Equal("invalid_params", CodeOf(await PostAsync("v2/video/list/?fields=id", new { max_count = 21 })));
        Assert.Equal("invalid_params", CodeOf(await PostAsync("v2/video/list/", new { max_count = 20 })));
    }

    [Fact]
    public async Task Six_drafts_are_begun_a_minute_and_five_wait_in_a_day()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal("ok", CodeOf(await InitAsync(1000, 1000, 1)));
        var sixth = await InitAsync(1000, 1000, 1);
        Assert.Equal((HttpStatusCode.Forbidden, "spam_risk_too_many_pending_share"), (sixth.Status, CodeOf(sixth)));
        var seventh = await InitAsync(1000, 1000, 1);
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded"), (seventh.Status, CodeOf(seventh)));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("spam_risk_too_many_pending_share", CodeOf(await InitAsync(1000, 1000, 1)));
        _time.Advance(TimeSpan.FromDays(1));
        _token = await _sandbox.CreatorTokenAsync();
        Assert.Equal("ok", CodeOf(await InitAsync(1000, 1000, 1)));
    }

    [Theory]
    [InlineData("duration_check_failed")]
    [InlineData("auth_removed")]
    public async Task A_draft_can_be_made_to_fail(string reason)
    {
        _sandbox.Server.Faults.Switches = new SandboxSwitches { FailReason = reason, ProcessingPolls = 0 };
        var (publishId, url) = await BeginAsync(1000, 1000, 1);
        await PutAsync(url, new byte[1000], 0, 1000);

        var answer = (await AskAsync(publishId)).Json["data"]!;

        Assert.Equal(("FAILED", reason), (answer["status"]!.GetValue<string>(), answer["fail_reason"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Another_creators_draft_tells_nothing()
    {
        var (publishId, _) = await BeginAsync(1000, 1000, 1);
        _token = await _sandbox.CreatorTokenAsync("ben@example.com");
        Assert.Equal("token_not_authorized_for_specified_publish_id", CodeOf(await AskAsync(publishId)));
        Assert.Equal("invalid_publish_id", CodeOf(await AskAsync("v_inbox_file~v2.1")));
    }

    private async Task<string> ArrivedAsync()
    {
        var (publishId, url) = await BeginAsync(1000, 1000, 1);
        await PutAsync(url, new byte[1000], 0, 1000);
        Assert.Equal("SEND_TO_USER_INBOX", await StatusAsync(publishId));
        return publishId;
    }

    private Task<Answer> PostedAsync(string publishId, int seconds, bool isPublic = true) =>
        _sandbox.SendAsync(HttpMethod.Post, $"_sandbox/drafts/{publishId}/post?seconds={seconds}&isPublic={isPublic}");

    private async Task<(string PublishId, string Url)> BeginAsync(long size, long chunk, int count)
    {
        var data = (await InitAsync(size, chunk, count)).Json["data"]!;
        return (data["publish_id"]!.GetValue<string>(), data["upload_url"]!.GetValue<string>());
    }

    private Task<Answer> InitAsync(long size, long chunk, int count) => PostAsync(
        Init, new { source_info = new { source = "FILE_UPLOAD", video_size = size, chunk_size = chunk, total_chunk_count = count } });

    private Task<Answer> AskAsync(string publishId) => PostAsync(Status, new { publish_id = publishId });

    private async Task<string> StatusAsync(string publishId) => (await AskAsync(publishId)).Json["data"]!["status"]!.GetValue<string>();

    private Task<Answer> PostAsync(string path, object body) =>
        _sandbox.SendAsync(HttpMethod.Post, path, new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"), _token);

    private async Task<Answer> PutAsync(string url, byte[] file, long from, int length, string? bearer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(file, (int)from, length) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        request.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, from + length - 1, file.Length);
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return await _sandbox.SendAsync(request);
    }

    private LedgerDraft OnlyDraft() => Assert.Single(_sandbox.Server.Drafts);

    private static string CodeOf(Answer answer) => answer.Json["error"]!["code"]!.GetValue<string>();
}
