using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

public sealed class DownloadsApiTests(DownloadsApp app) : IClassFixture<DownloadsApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_tells_its_formats()
    {
        using var client = await app.ApiClientAsync();

        var data = await DataAsync(await PostAsync(client, "/api/downloads/formats", new { videoUrl = app.Site.Url("master.m3u8") }));

        Assert.Equal(["best", "1080p", "720p", "480p", "audio", "mp3"], data.GetProperty("presets").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal([180, 360], data.GetProperty("formats").EnumerateArray().Select(item => item.GetProperty("height").GetInt32()));
        Assert.DoesNotContain("http", data.GetProperty("formats").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_tells_its_videos()
    {
        using var client = await app.ApiClientAsync();

        var data = await DataAsync(await PostAsync(client, "/api/downloads/formats", new { videoUrl = app.Site.Url("feed.xml?items=51") }));

        Assert.Equal((0, 50, 51), (data.GetProperty("formats").GetArrayLength(), data.GetProperty("items").GetArrayLength(), data.GetProperty("itemCount").GetInt32()));
        Assert.Equal(app.Site.Url("clip.mp4?n=1"), data.GetProperty("items")[0].GetProperty("videoUrl").GetString());
    }

    [Fact]
    public async Task Subtitles_are_offered_kept_and_sent_to_their_user_alone()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        using var browser = await app.SignInAsync(user);
        using var others = await app.SignInAsync();
        var offered = await DataAsync(await PostAsync(client, "/api/downloads/formats", new { videoUrl = app.Site.Url("watch.html") }));
        Assert.Equal(["en", "de"], offered.GetProperty("subtitles").EnumerateArray().Select(one => one.GetProperty("language").GetString()));

        var accepted = await DataAsync(await PostAsync(client, "/api/downloads", new { videoUrl = app.Site.Url("watch.html"), subtitles = "en" }));
        var id = accepted.GetProperty("downloadId").GetGuid();
        await app.BecomesAsync(user.Id, id, WorkStatus.Completed);

        Assert.Contains($"<track kind=\"subtitles\" src=\"/downloads/{id}/subtitles\" srclang=\"en\"", await browser.GetStringAsync(Path($"/downloads/{id}"), Token), StringComparison.Ordinal);
        using var answer = await browser.GetAsync(Path($"/downloads/{id}/subtitles"), Token);
        Assert.Equal(("text/vtt", MediaSite.Words), (answer.Content.Headers.ContentType!.MediaType, (await answer.Content.ReadAsStringAsync(Token)).ReplaceLineEndings("\n")));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Path($"/api/downloads/{id}/subtitles"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await others.GetAsync(Path($"/downloads/{id}/subtitles"), Token)).StatusCode);
    }

    [Fact]
    public async Task A_word_that_is_no_language_is_refused_by_name()
    {
        using var client = await app.ApiClientAsync();

        using var answer = await PostAsync(client, "/api/downloads", new { videoUrl = app.Site.Url("clip.mp4"), subtitles = "--all" });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("subtitles", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_is_accepted_runs_and_is_listed()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);

        var answer = await PostAsync(client, "/api/downloads", new { videoUrl = app.Site.Url("clip.mp4"), format = "720p", userId = Guid.Empty, status = "completed" });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var accepted = await DataAsync(answer);
        Assert.Equal("pending", accepted.GetProperty("status").GetString());
        var id = accepted.GetProperty("downloadId").GetGuid();
        await app.BecomesAsync(user.Id, id, WorkStatus.Completed);

        var row = await DataAsync(await client.GetAsync(Path($"/api/downloads/{id}"), Token));
        Assert.Equal(("completed", 100, "clip.mp4"), (row.GetProperty("status").GetString(), row.GetProperty("progress").GetInt32(), row.GetProperty("fileName").GetString()));
        Assert.False(row.TryGetProperty("storageKey", out _));
        var list = await DataAsync(await client.GetAsync(Path("/api/downloads?status=COMPLETED&q=clip&limit=1"), Token));
        Assert.Equal(id, list.GetProperty("downloads")[0].GetProperty("id").GetGuid());
        Assert.Equal(1, list.GetProperty("pagination").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_script_pauses_and_resumes_the_queue()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);

        Assert.True((await DataAsync(await PostAsync(client, "/api/downloads/queue/pause", new { }))).GetProperty("paused").GetBoolean());
        var id = (await DataAsync(await PostAsync(client, "/api/downloads", new { videoUrl = app.Site.Url("clip.mp4") }))).GetProperty("downloadId").GetGuid();
        var queue = await DataAsync(await client.GetAsync(Path("/api/downloads/queue"), Token));
        Assert.Equal((true, 1), (queue.GetProperty("paused").GetBoolean(), queue.GetProperty("waiting").GetInt32()));
        var row = await DataAsync(await client.GetAsync(Path($"/api/downloads/{id}"), Token));
        Assert.Equal(("Your queue is paused.", 1), (row.GetProperty("waitReason").GetString(), row.GetProperty("queuePlace").GetInt32()));

        Assert.False((await DataAsync(await PostAsync(client, "/api/downloads/queue/resume", new { }))).GetProperty("paused").GetBoolean());
        await app.BecomesAsync(user.Id, id, WorkStatus.Completed);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/", "best", 422, "url_not_allowed")]
    [InlineData(null, "best", 422, "url_not_allowed")]
    [InlineData("clip.mp4", "a b", 400, "invalid_request")]
    public async Task A_request_that_cannot_be_is_refused(string? url, string format, int status, string code)
    {
        using var client = await app.ApiClientAsync();

        var answer = await PostAsync(client, "/api/downloads", new { videoUrl = url == "clip.mp4" ? app.Site.Url(url) : url, format });

        Assert.Equal((status, code), ((int)answer.StatusCode, await CodeAsync(answer)));
    }

    [Theory]
    [InlineData("page=0")]
    [InlineData("page=x")]
    [InlineData("limit=51")]
    [InlineData("status=nonsense")]
    [InlineData("page=1&page=2")]
    public async Task Parameters_out_of_bounds_are_refused(string query)
    {
        using var client = await app.ApiClientAsync();

        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(Path("/api/downloads?" + query), Token)).StatusCode);
    }

    [Fact]
    public async Task Anothers_download_looks_like_a_missing_one()
    {
        var row = await app.GivenDownloadAsync((await app.GivenUserAsync()).Id);
        using var client = await app.ApiClientAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Path($"/api/downloads/{row.Id}"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Path($"/api/downloads/{row.Id}/file"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.DeleteAsync(Path($"/api/downloads/{row.Id}"), Token)).StatusCode);
        foreach (var order in (string[])["cancel", "retry"])
            Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync(Path($"/api/downloads/{row.Id}/{order}"), null, Token)).StatusCode);
    }

    [Fact]
    public async Task What_has_ended_is_neither_cancelled_nor_tried_again_but_deleted()
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id);
        using var client = await app.ApiClientAsync(user);

        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync(Path($"/api/downloads/{row.Id}/cancel"), null, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await client.PostAsync(Path($"/api/downloads/{row.Id}/retry"), null, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync(Path($"/api/downloads/{row.Id}"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Path($"/api/downloads/{row.Id}"), Token)).StatusCode);
    }

    [Fact]
    public async Task A_file_is_sent_whole_in_parts_and_not_again()
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id, "Ünïcode – \"quoted\" 日本\u202E");
        using var client = await app.ApiClientAsync(user);
        var whole = await File.ReadAllBytesAsync(app.Site.FileOf("clip.mp4"), Token);
        var size = whole.Length;

        var all = await GetFileAsync(client, row, null);
        Assert.Equal((HttpStatusCode.OK, "video/mp4"), (all.StatusCode, all.Content.Headers.ContentType!.MediaType));
        Assert.Equal(whole, await all.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal($"\"{row.Sha256}\"", all.Headers.ETag!.Tag);
        Assert.Equal("bytes", all.Headers.AcceptRanges.Single());
        Assert.True(all.Headers.CacheControl!.Private);
        var disposition = all.Content.Headers.ContentDisposition!;
        Assert.Equal("attachment", disposition.DispositionType);
        Assert.Equal("Ünïcode – _quoted_ 日本.mp4", disposition.FileNameStar);
        Assert.NotNull(disposition.FileName);

        await ExpectPartAsync(await GetFileAsync(client, row, "bytes=100-199"), whole[100..200], $"bytes 100-199/{size}");
        await ExpectPartAsync(await GetFileAsync(client, row, $"bytes=100-{size + 1000}"), whole[100..], $"bytes 100-{size - 1}/{size}");
        await ExpectPartAsync(await GetFileAsync(client, row, $"bytes=-{size + 1000}"), whole, $"bytes 0-{size - 1}/{size}");
        await ExpectPartAsync(await GetFileAsync(client, row, "bytes=-10"), whole[^10..], $"bytes {size - 10}-{size - 1}/{size}");
        await ExpectPartAsync(await GetFileAsync(client, row, $"bytes={size - 5}-"), whole[^5..], $"bytes {size - 5}-{size - 1}/{size}");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await GetFileAsync(client, row, $"bytes={size}-")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await GetFileAsync(client, row, "bytes=-0")).StatusCode);
        // Several ranges, ranges of anything but bytes, and what is no range at all are answered with the whole.
        foreach (var range in (string[])["bytes=0-1,4-5", "lines=1-2", "bytes=9-1", "bytes=a-b", "bytes"])
        {
            var answer = await GetFileAsync(client, row, range);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(whole, await answer.Content.ReadAsByteArrayAsync(Token));
        }

        client.DefaultRequestHeaders.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{row.Sha256}\""));
        Assert.Equal(HttpStatusCode.NotModified, (await GetFileAsync(client, row, null)).StatusCode);
    }

    [Theory]
    [InlineData("🎬 Film 👨‍👩‍👧", "🎬 Film 👨‍👩‍👧.mp4")]
    [InlineData("שלום עולם / مرحبا", "שלום עולם _ مرحبا.mp4")]
    [InlineData("\u202Efdp.exe\u202C", "fdp.exe.mp4")]
    [InlineData("../../etc/passwd\\ \"a\"; filename=evil.exe\r\nX: y", "_.._etc_passwd_ _a_; filename=evil.exe X_ y.mp4")]
    [InlineData("100 % 'sure' | <b>*?</b>", "100 % 'sure' _ _b_____b_.mp4")]
    [InlineData("...", "video.mp4")]
    public async Task A_file_is_saved_under_its_title_whatever_that_is(string title, string fileName)
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id, title);
        using var client = await app.ApiClientAsync(user);

        var answer = await GetFileAsync(client, row, "bytes=0-0");

        var disposition = answer.Content.Headers.ContentDisposition!;
        Assert.Equal(("attachment", fileName), (disposition.DispositionType, disposition.FileNameStar));
        Assert.Matches("^\"?[ -~]+\"?$", disposition.FileName);
        Assert.False(answer.Headers.Contains("X"));
    }

    [Fact]
    public async Task A_pushed_row_is_the_markup_of_the_page()
    {
        var user = await app.GivenUserAsync();
        using var browser = await app.SignInAsync(user);
        using var api = await app.ApiClientAsync(user);
        var pushed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(app.Address, "/hubs/progress"), options => options.AccessTokenProvider = () => Task.FromResult(api.DefaultRequestHeaders.Authorization!.Parameter))
            .Build();
        var last = "";
        hub.On<string, string>("row", (_, html) => last = html);
        hub.On<JsonElement>("download:complete", json => pushed.TrySetResult(json.GetProperty("id").GetString()!));
        await hub.StartAsync(Token);

        var row = await app.GivenDownloadAsync(user.Id);

        Assert.Equal(row.Id.ToString(), await pushed.Task.WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal(await browser.GetStringAsync(Path($"/downloads?handler=Row&id={row.Id}"), Token), last);
    }

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body) => client.PostAsJsonAsync(Path(path), body, Token);

    private static async Task<JsonElement> DataAsync(HttpResponseMessage answer)
    {
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(json.GetProperty("success").GetBoolean(), json.ToString());
        return json.GetProperty("data");
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error").GetProperty("code").GetString();

    private static Task<HttpResponseMessage> GetFileAsync(HttpClient client, DownloadRow row, string? range)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Path($"/api/downloads/{row.Id}/file"));
        if (range is not null)
            request.Headers.TryAddWithoutValidation("Range", range);
        return client.SendAsync(request, Token);
    }

    private static async Task ExpectPartAsync(HttpResponseMessage answer, byte[] part, string range)
    {
        Assert.Equal((HttpStatusCode.PartialContent, range), (answer.StatusCode, answer.Content.Headers.ContentRange!.ToString()));
        Assert.Equal(part, await answer.Content.ReadAsByteArrayAsync(Token));
    }
}
