using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Sandbox;

public sealed class UploadTests : IAsyncLifetime
{
    private const int Granule = 256 * 1024;
    private const string Metadata = """{"snippet":{"title":"Clip","tags":["a b","c"],"categoryId":"22"},"status":{"privacyStatus":"private","selfDeclaredMadeForKids":false}}""";

    private static readonly (string Reason, string Body)[] WrongMetadata =
    [
        ("invalidTitle", """{"snippet":{"title":""}}"""),
        ("invalidTitle", """{"snippet":{"title":"a < b"}}"""),
        ("invalidTitle", "{\"snippet\":{\"title\":\"" + new string('x', 101) + "\"}}"),
        ("invalidDescription", "{\"snippet\":{\"title\":\"t\",\"description\":\"" + new string('é', 2501) + "\"}}"),
        ("invalidTags", "{\"snippet\":{\"title\":\"t\",\"tags\":[\"" + new string('x', 250) + "\",\"" + new string('y', 250) + "\"]}}"),
        ("invalidTags", "{\"snippet\":{\"title\":\"t\",\"tags\":[\"" + new string('x', 497) + " y\"]}}"),
        ("invalidCategoryId", """{"snippet":{"title":"t","categoryId":"30"}}"""),
        ("invalidPublishAt", """{"snippet":{"title":"t"},"status":{"privacyStatus":"public","publishAt":"2030-01-01T00:00:00Z"}}"""),
        ("invalidPublishAt", """{"snippet":{"title":"t"},"status":{"privacyStatus":"private","publishAt":"soon"}}"""),
        ("invalidVideoMetadata", """{"snippet":{"title":"t"},"status":{"privacyStatus":"secret"}}"""),
        ("badRequest", "{"),
    ];

    private readonly byte[] _file = RandomNumberGenerator.GetBytes(700_000);
    private TestSandbox _sandbox = null!;
    private string _token = "";

    public async ValueTask InitializeAsync()
    {
        _sandbox = await TestSandbox.StartAsync();
        _token = await _sandbox.AccessTokenAsync();
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    [Fact]
    public async Task A_file_sent_in_chunks_becomes_one_video_with_its_bytes()
    {
        var session = await StartAsync();

        var first = await PutAsync(session, 0, Granule);
        Assert.Equal(308, (int)first.Status);
        Assert.Equal($"bytes=0-{Granule - 1}", first.Headers.GetValues("Range").Single());
        Assert.Null(first.Headers.Location);
        var second = await PutAsync(session, Granule, Granule);
        Assert.Equal(308, (int)second.Status);
        var last = await PutAsync(session, 2 * Granule, _file.Length - (2 * Granule));

        Assert.Equal(HttpStatusCode.Created, last.Status);
        Assert.Equal("uploaded", last.Json["status"]!["uploadStatus"]!.GetValue<string>());
        Assert.Equal("private", last.Json["status"]!["privacyStatus"]!.GetValue<string>());
        var video = Assert.Single(_sandbox.Server.Ledger.Videos);
        Assert.Equal(last.Json["id"]!.GetValue<string>(), video.Id);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_file)), video.Sha256);
        Assert.Equal(_file.Length, Assert.Single(_sandbox.Server.Ledger.Sessions).Received);
    }

    [Fact]
    public async Task The_whole_file_may_come_at_once_and_is_processed_soon()
    {
        var session = await StartAsync();
        var done = await PutAsync(session, 0, _file.Length, range: false);
        var id = done.Json["id"]!.GetValue<string>();

        await Eventually.TrueAsync(
            async () => (await StatusOfAsync(id))?["uploadStatus"]!.GetValue<string>() == "processed",
            "the video is processed");
        Assert.Empty((await _sandbox.YouTubeAsync($"videos?part=status&id={id}")).Items);
    }

    [Fact]
    public async Task A_finished_upload_answers_its_video_again_and_makes_no_second_one()
    {
        var session = await StartAsync();
        var done = await PutAsync(session, 0, _file.Length);

        var asked = await AskAsync(session);
        var repeated = await PutAsync(session, 0, _file.Length);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (asked.Status, repeated.Status));
        Assert.Equal(done.Json["id"]!.GetValue<string>(), asked.Json["id"]!.GetValue<string>());
        Assert.Single(_sandbox.Server.Ledger.Videos);
    }

    [Fact]
    public async Task After_a_cut_whole_granules_are_kept_and_the_upload_goes_on_from_there()
    {
        var session = await StartAsync();
        Assert.Equal(308, (int)(await AskAsync(session)).Status);
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/upload/youtube/v3/videos", Method = "PUT", CutRequestAfter = 400_000 });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PutAsync(session, 0, _file.Length));

        var answer = await AskAsync(session);
        Assert.Equal($"bytes=0-{Granule - 1}", answer.Headers.GetValues("Range").Single());
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(session, Granule, _file.Length - Granule)).Status);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_file)), Assert.Single(_sandbox.Server.Ledger.Videos).Sha256);
        Assert.True(_sandbox.Server.Ledger.Sessions[0].Received > _file.Length);
    }

    [Fact]
    public async Task The_server_may_keep_a_part_of_a_chunk_only()
    {
        var session = await StartAsync();
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/upload/youtube/v3/videos", Method = "PUT", KeepOfChunk = Granule + 5 });

        var answer = await PutAsync(session, 0, 2 * Granule);

        Assert.Equal($"bytes=0-{Granule - 1}", answer.Headers.GetValues("Range").Single());
    }

    [Fact]
    public async Task Nothing_stored_means_no_range()
    {
        var session = await StartAsync();

        var answer = await AskAsync(session);

        Assert.Equal(308, (int)answer.Status);
        Assert.False(answer.Headers.Contains("Range"));
    }

    [Fact]
    public async Task A_lost_answer_to_the_last_byte_leaves_a_video_behind()
    {
        var session = await StartAsync();
        _sandbox.Server.Faults.Order(new FaultOrder { Path = "/upload/youtube/v3/videos", Method = "PUT", LoseAnswer = true });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PutAsync(session, 0, _file.Length));

        Assert.Single(_sandbox.Server.Ledger.Videos);
        Assert.Equal(HttpStatusCode.Created, (await AskAsync(session)).Status);
    }

    [Fact]
    public async Task Gaps_overlaps_odd_chunks_and_unknown_sessions_are_refused()
    {
        var session = await StartAsync();
        await PutAsync(session, 0, Granule);

        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(session, 0, Granule)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(session, 2 * Granule, 1000)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync(session, Granule, 1000)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(new Uri(_sandbox.Server.Address, "upload/youtube/v3/videos?uploadType=resumable&upload_id=gone&part=snippet"))).Status);
        Assert.Equal($"bytes=0-{Granule - 1}", (await AskAsync(session)).Headers.GetValues("Range").Single());
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_restart()
    {
        var session = await StartAsync();
        await PutAsync(session, 0, Granule);
        await _sandbox.RestartAsync();
        session = new Uri(_sandbox.Server.Address, session.PathAndQuery);

        Assert.Equal($"bytes=0-{Granule - 1}", (await AskAsync(session)).Headers.GetValues("Range").Single());
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(session, Granule, _file.Length - Granule)).Status);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_file)), Assert.Single(_sandbox.Server.Ledger.Videos).Sha256);
    }

    [Fact]
    public async Task A_dead_token_is_refused_without_touching_the_session()
    {
        var session = await StartAsync();
        var live = _token;
        _token = "ya29.dead";

        var refused = await PutAsync(session, 0, Granule);

        Assert.Equal((HttpStatusCode.Unauthorized, "authError"), (refused.Status, refused.Reason));
        _token = live;
        Assert.Equal(308, (int)(await PutAsync(session, 0, Granule)).Status);
    }

    [Fact]
    public async Task Wrong_metadata_is_refused_before_any_byte_and_costs_a_call()
    {
        foreach (var (reason, body) in WrongMetadata)
        {
            var refused = await StartRawAsync(Json(body));
            Assert.Equal((HttpStatusCode.BadRequest, reason), (refused.Status, refused.Reason));
        }

        Assert.Equal(WrongMetadata.Length, _sandbox.Server.Quota["uploads"].Used);
        Assert.Empty(_sandbox.Server.Ledger.Sessions);
    }

    [Fact]
    public async Task Tags_of_exactly_500_and_a_gzip_body_are_taken()
    {
        var body = "{\"snippet\":{\"title\":\"t\",\"tags\":[\"" + new string('x', 250) + "\",\"" + new string('y', 249) + "\"]}}";
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(body), TestContext.Current.CancellationToken);
        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");

        var started = await StartRawAsync(content);

        Assert.Equal(HttpStatusCode.OK, started.Status);
        Assert.Equal(0, started.ContentHeaders.ContentLength);
        Assert.Contains("upload_id=", started.Headers.Location!.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thumbnails_and_watermarks_are_set_and_counted()
    {
        var session = await StartAsync();
        var id = (await PutAsync(session, 0, _file.Length)).Json["id"]!.GetValue<string>();
        byte[] image = [0xFF, 0xD8, 0xFF, 0xE0, .. RandomNumberGenerator.GetBytes(5000)];
        await Eventually.TrueAsync(async () => (await StatusOfAsync(id))?["uploadStatus"]!.GetValue<string>() == "processed", "the video is processed");
        var before = _sandbox.Server.Quota["other"].Used;

        var thumbnail = await _sandbox.SendAsync(HttpMethod.Post, $"upload/youtube/v3/thumbnails/set?videoId={id}&uploadType=media", ImageContent(image), _token);
        var related = new MultipartContent("related", "b") { new StringContent("""{"timing":{"type":"offsetFromStart","offsetMs":"0"}}""", Encoding.UTF8, "application/json"), ImageContent(image) };
        var watermark = await _sandbox.SendAsync(HttpMethod.Post, "upload/youtube/v3/watermarks/set?channelId=UCadaDrivesSandboxChan01&uploadType=multipart", related, _token);
        var nonsense = await _sandbox.SendAsync(HttpMethod.Post, $"upload/youtube/v3/thumbnails/set?videoId={id}&uploadType=media", new StringContent("not an image"), _token);

        Assert.Equal(HttpStatusCode.OK, thumbnail.Status);
        Assert.NotNull(thumbnail.Items[0]!["maxres"]);
        Assert.Equal((HttpStatusCode.NoContent, 0), (watermark.Status, watermark.Bytes.Length));
        Assert.Equal("invalidImage", nonsense.Reason);
        Assert.Equal(before + 150, _sandbox.Server.Quota["other"].Used);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(image)), _sandbox.Server.Ledger.Videos[0].ThumbnailSha256);
        Assert.Single(_sandbox.Server.Ledger.Watermarks);
    }

    [Fact]
    public async Task A_thumbnail_that_comes_before_the_video_is_processed_is_lost_without_an_error()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await BeginAgainAsync(time);
        var id = (await PutAsync(await StartAsync(), 0, _file.Length)).Json["id"]!.GetValue<string>();
        Assert.Equal("processing", (await VideoAsync(id, "processingDetails"))["processingDetails"]!["processingStatus"]!.GetValue<string>());

        Assert.Equal(HttpStatusCode.OK, (await SetThumbnailAsync(id)).Status);
        Assert.Null(_sandbox.Server.Ledger.Videos[0].ThumbnailSha256);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("succeeded", (await VideoAsync(id, "processingDetails"))["processingDetails"]!["processingStatus"]!.GetValue<string>());
        await SetThumbnailAsync(id);
        Assert.NotNull(_sandbox.Server.Ledger.Videos[0].ThumbnailSha256);
    }

    [Theory]
    [InlineData(false, "processed", "public")]
    [InlineData(true, "processed", "private")]
    [InlineData(false, "rejected", "private")]
    public async Task A_scheduled_video_becomes_public_when_its_time_comes_by_the_sandboxs_clock(bool held, string ends, string then)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await BeginAgainAsync(time);
        _sandbox.Server.Faults.Switches = _sandbox.Server.Faults.Switches with { HoldScheduled = held, ProcessingEnds = ends };
        var publishAt = time.GetUtcNow().AddMinutes(30).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var session = await StartAsync($$$"""{"snippet":{"title":"Clip"},"status":{"privacyStatus":"private","publishAt":"{{{publishAt}}}"}}""");
        var id = (await PutAsync(session, 0, _file.Length)).Json["id"]!.GetValue<string>();

        time.Advance(TimeSpan.FromMinutes(29));
        var before = (await VideoAsync(id, "status"))["status"]!;
        Assert.Equal(("private", publishAt), (before["privacyStatus"]!.GetValue<string>(), before["publishAt"]!.GetValue<string>()));

        time.Advance(TimeSpan.FromMinutes(2));
        var after = (await VideoAsync(id, "status"))["status"]!;
        Assert.Equal((then, then == "private"), (after["privacyStatus"]!.GetValue<string>(), after["publishAt"] is not null));
    }

    [Fact]
    public async Task A_channel_at_its_limit_takes_no_uploads_for_a_day_and_another_does()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await BeginAgainAsync(time);
        _sandbox.Server.LimitUploads("UCadaDrivesSandboxChan01");

        var refused = await StartRawAsync(Json(Metadata));
        Assert.Equal((HttpStatusCode.BadRequest, "uploadLimitExceeded"), (refused.Status, refused.Reason));
        _token = (await _sandbox.ConnectAsync("ben@example.com"))["access_token"]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.OK, (await StartRawAsync(Json(Metadata))).Status);

        time.Advance(TimeSpan.FromHours(23));
        _token = await _sandbox.AccessTokenAsync();
        Assert.Equal("uploadLimitExceeded", (await StartRawAsync(Json(Metadata))).Reason);
        time.Advance(TimeSpan.FromHours(1));
        _token = await _sandbox.AccessTokenAsync();
        Assert.Equal(HttpStatusCode.OK, (await StartRawAsync(Json(Metadata))).Status);
    }

    [Theory]
    [InlineData("\"privacyStatus\":\"unlisted\"", null, "unlisted")]
    [InlineData("", null, "public")]
    [InlineData("\"privacyStatus\":\"public\"", "private", "private")]
    public async Task A_video_has_the_privacy_that_was_asked_for_unless_ordered_otherwise(string asked, string? ordered, string got)
    {
        _sandbox.Server.Faults.Switches = _sandbox.Server.Faults.Switches with { UploadPrivacy = ordered };

        var made = await PutAsync(await StartAsync("{\"snippet\":{\"title\":\"Clip\"},\"status\":{" + asked + "}}"), 0, _file.Length);

        Assert.Equal(got, made.Json["status"]!["privacyStatus"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_finished_video_is_found_among_the_channels_uploads_and_has_a_page()
    {
        var session = await StartAsync();
        var id = (await PutAsync(session, 0, _file.Length)).Json["id"]!.GetValue<string>();

        var uploads = await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/playlistItems?part=snippet&playlistId=UUadaDrivesSandboxChan01&maxResults=50", bearer: _token);
        var mine = await _sandbox.SendAsync(HttpMethod.Get, "youtube/v3/search?part=snippet&forMine=true&type=video", bearer: _token);
        var page = await _sandbox.SendAsync(HttpMethod.Get, "watch?v=" + id);

        Assert.Equal(id, uploads.Items[0]!["snippet"]!["resourceId"]!["videoId"]!.GetValue<string>());
        Assert.Equal(id, mine.Items[0]!["id"]!["videoId"]!.GetValue<string>());
        Assert.Contains("<title>Clip</title>", page.Text, StringComparison.Ordinal);
    }

    private async Task<JsonNode?> StatusOfAsync(string id) =>
        (await _sandbox.SendAsync(HttpMethod.Get, $"youtube/v3/videos?part=status,processingDetails&id={id}", bearer: _token)).Items.FirstOrDefault()?["status"];

    /// <summary>Another sandbox, by a clock of the test's own.</summary>
    private async Task BeginAgainAsync(TimeProvider time)
    {
        await _sandbox.DisposeAsync();
        _sandbox = await TestSandbox.StartAsync(time);
        _token = await _sandbox.AccessTokenAsync();
    }

    private async Task<JsonNode> VideoAsync(string id, string parts) =>
        (await _sandbox.SendAsync(HttpMethod.Get, $"youtube/v3/videos?part={parts}&id={id}", bearer: _token)).Items.Single()!;

    private Task<Answer> SetThumbnailAsync(string id) =>
        _sandbox.SendAsync(HttpMethod.Post, $"upload/youtube/v3/thumbnails/set?videoId={id}&uploadType=media", ImageContent([0xFF, 0xD8, 0xFF, 0xE0]), _token);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<Uri> StartAsync(string metadata = Metadata)
    {
        var started = await StartRawAsync(Json(metadata));
        Assert.Equal(HttpStatusCode.OK, started.Status);
        return started.Headers.Location!;
    }

    private async Task<Answer> StartRawAsync(HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_sandbox.Server.Address, "upload/youtube/v3/videos?uploadType=resumable&part=snippet%2Cstatus")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        request.Headers.Add("X-Upload-Content-Type", "video/mp4");
        request.Headers.Add("X-Upload-Content-Length", _file.Length.ToString(CultureInfo.InvariantCulture));
        return await _sandbox.SendAsync(request);
    }

    private async Task<Answer> PutAsync(Uri session, int from, int length, bool range = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, session) { Content = new ByteArrayContent(_file, from, length) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        if (range)
            request.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, from + length - 1, _file.Length);
        return await _sandbox.SendAsync(request);
    }

    private async Task<Answer> AskAsync(Uri session)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, session) { Content = new ByteArrayContent([]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        request.Content.Headers.ContentRange = new ContentRangeHeaderValue(_file.Length);
        return await _sandbox.SendAsync(request);
    }

    private static ByteArrayContent ImageContent(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        return content;
    }
}
