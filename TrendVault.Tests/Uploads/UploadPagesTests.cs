using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;
using TrendVault.Core.Uploads;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Uploads;

/// <summary>The form, the lists and the API, over HTTP.</summary>
public sealed class UploadPagesTests : IClassFixture<ConnectApp>
{
    private readonly ConnectApp _app;

    public UploadPagesTests(ConnectApp app)
    {
        _app = app;
        app.Sandbox.Faults.Clear();
        app.Sandbox.Faults.Switches = new SandboxSwitches { ConsentAs = GoogleSandbox.Ada };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_download_is_published_from_the_form_and_shows_under_published()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        Assert.Equal("A download", form["Title"]);
        Assert.Equal("private", form["Privacy"]);
        Assert.Equal(given.ChannelId.ToString(), form["ChannelIds"]);
        Assert.NotEmpty(form["__RequestVerificationToken"]);

        form["RightsStatement"] = "true";
        form["Title"] = $"Title {given.DownloadId:n}";
        form["Tags"] = "rally, dakar";
        using var answer = await browser.PostAsync("/uploads/new", new FormUrlEncodedContent(form), Token);
        using var again = await browser.PostAsync("/uploads/new", new FormUrlEncodedContent(form), Token);

        Assert.Equal((HttpStatusCode.Redirect, "/uploads"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.Equal((HttpStatusCode.Redirect, "/uploads"), (again.StatusCode, again.Headers.Location!.OriginalString));
        await Eventually.TrueAsync(async () => (await browser.GetStringAsync("/published", Token)).Contains(form["Title"], StringComparison.Ordinal), "it is published");
        Assert.Single(_app.Sandbox.Ledger.Videos, video => video.Title == form["Title"]);
        var player = await browser.ParseAsync($"/downloads/{given.DownloadId}");
        Assert.Equal(form["Title"], player.QuerySelector("#player aside li a")!.TextContent);
        var list = await browser.ParseAsync("/uploads");
        Assert.Equal("done", Assert.Single(list.QuerySelectorAll("#upload-list > .row")).GetAttribute("data-state"));
        Assert.EndsWith("watch?v=" + _app.Sandbox.Ledger.Videos.Single(video => video.Title == form["Title"]).Id, list.QuerySelector(".row__title a")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Published_videos_are_shown_by_channel_with_the_frame_of_their_download()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        await _app.Services.GetRequiredService<NpgsqlDataSource>().ExecuteAsync(
            "update downloads set poster_key = 'poster' where id = @DownloadId", new { given.DownloadId }, Token);
        using var api = await _app.ApiClientAsync(given.User);
        await api.PostAsJsonAsync("/api/uploads", new { downloadedVideoId = given.DownloadId, channelId = given.ChannelId, title = "Shown", privacy = "unlisted" }, Token);
        await Eventually.TrueAsync(async () => (await browser.GetStringAsync("/published", Token)).Contains("Shown", StringComparison.Ordinal), "it is published");

        var here = await browser.ParseAsync($"/published?channel={given.ChannelId}");
        var elsewhere = await browser.ParseAsync($"/published?channel={Guid.CreateVersion7()}");
        var uploads = await browser.ParseAsync("/uploads");

        var picture = $"/downloads/{given.DownloadId}/poster";
        Assert.Equal(picture, Assert.Single(here.QuerySelectorAll("#published-list .row__picture img")).GetAttribute("src"));
        Assert.Equal($"/published?channel={given.ChannelId}", here.QuerySelector(".chip[aria-current]")!.GetAttribute("href"));
        Assert.Equal("1", here.QuerySelector(".chip[aria-current] .chip__count")!.TextContent);
        Assert.Equal("Nothing published here", elsewhere.QuerySelector(".empty__title")!.TextContent);
        Assert.Equal(picture, Assert.Single(uploads.QuerySelectorAll("#upload-list .row__picture img")).GetAttribute("src"));
    }

    [Fact]
    public async Task What_was_published_is_found_by_text_by_channel_and_by_day_by_its_user_alone()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        using var stranger = await _app.SignInAsync();
        var form = await browser.ReadFormAsync(given);
        form["RightsStatement"] = "true";
        form["Title"] = $"Sought {given.DownloadId:n}";
        using var answer = await browser.PostAsync("/uploads/new", new FormUrlEncodedContent(form), Token);
        await Eventually.TrueAsync(async () => (await browser.GetStringAsync("/published", Token)).Contains(form["Title"], StringComparison.Ordinal), "it is published");

        foreach (var path in (string[])["/uploads?q=sought", "/uploads?status=done&q=SOUGHT", "/uploads/calendar", "/uploads/calendar?month=never", $"/published?channel={given.ChannelId}"])
        {
            Assert.Contains(form["Title"], await browser.GetStringAsync(path, Token), StringComparison.Ordinal);
            Assert.DoesNotContain(form["Title"], await stranger.GetStringAsync(path, Token), StringComparison.Ordinal);
        }

        foreach (var path in (string[])["/uploads?q=nothing+like+it", "/uploads?status=failed&q=sought", "/uploads/calendar?month=2020-02", $"/published?channel={Guid.CreateVersion7()}"])
            Assert.DoesNotContain(form["Title"], (await browser.ParseAsync(path)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_with_faults_tells_each_beside_its_field_and_loses_nothing()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["Title"] = new string('t', 101);
        form["Description"] = "kept <b>";
        form["Tags"] = "kept too";

        using var answer = await browser.PostAsync("/uploads/new", new FormUrlEncodedContent(form), Token);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Token));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("101 characters", page.QuerySelector("#Title-error")!.TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.QuerySelector("#Description-error")!.TextContent);
        Assert.NotEmpty(page.QuerySelector("#rights-error")!.TextContent);
        Assert.Equal("true", page.QuerySelector("#Title")!.GetAttribute("aria-invalid"));
        Assert.Equal(form["Title"], page.QuerySelector("#Title")!.GetAttribute("value"));
        Assert.Equal("kept <b>", page.QuerySelector("#Description")!.TextContent);
        Assert.Equal("kept too", page.QuerySelector("#Tags")!.GetAttribute("value"));
        Assert.Equal(form["Key"], page.QuerySelector("input[name=Key]")!.GetAttribute("value"));
        Assert.True(((IHtmlInputElement)page.QuerySelector("input[name=ChannelIds]")!).IsChecked);
        Assert.Equal(0, await CountAsync(given.User));
    }

    [Fact]
    public async Task The_preflight_list_follows_the_form()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["Title"] = "";
        form["Privacy"] = "public";

        using var answer = await browser.PostAsync("/uploads/new?handler=Preflight", new FormUrlEncodedContent(form), Token);
        var list = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Token));

        Assert.Contains("Enter a title.", list.QuerySelector("[data-state=bad]")!.TextContent, StringComparison.Ordinal);
        Assert.Null(list.QuerySelector("[data-state=warn]"));
        Assert.DoesNotContain("audit", list.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_file_the_page_lets_one_be_chosen_and_anothers_is_missing()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        using var stranger = await _app.SignInAsync();

        var choice = await browser.ParseAsync("/uploads/new");

        Assert.Equal($"/uploads/new?download={given.DownloadId}", choice.QuerySelector("#file-list a")!.GetAttribute("href"));
        Assert.Contains("No finished download yet", await stranger.GetStringAsync("/uploads/new", Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/uploads/new?download={given.DownloadId}", Token)).StatusCode);
    }

    [Fact]
    public async Task The_api_takes_the_originals_body_and_tells_how_it_goes()
    {
        var given = await _app.GivenVideoAsync();
        using var api = await _app.ApiClientAsync(given.User);
        var body = new { downloadedVideoId = given.DownloadId, channelId = given.ChannelId, title = $"Api {given.DownloadId:n}", privacy = "unlisted" };

        using var answer = await api.PostAsJsonAsync("/api/uploads", body, Token);
        var started = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("data");
        var id = started.GetProperty("uploadId").GetGuid();

        Assert.Equal((HttpStatusCode.Accepted, "pending"), (answer.StatusCode, started.GetProperty("status").GetString()));
        await Eventually.TrueAsync(async () => (await DataAsync(api, $"/api/uploads/{id}")).GetProperty("status").GetString() == "completed", "it is completed");
        var row = await DataAsync(api, $"/api/uploads/{id}");
        Assert.Equal(100, row.GetProperty("progress").GetInt32());
        Assert.NotEmpty(row.GetProperty("platformVideoId").GetString()!);
        Assert.Equal(1, (await DataAsync(api, "/api/uploads?status=completed")).GetProperty("pagination").GetProperty("total").GetInt32());
        Assert.Equal(row.GetProperty("url").GetString(), (await DataAsync(api, "/api/published")).GetProperty("published")[0].GetProperty("url").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await api.PostAsync($"/api/uploads/{id}/cancel", null, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await api.PostAsync($"/api/uploads/{id}/retry", null, Token)).StatusCode);
    }

    [Fact]
    public async Task The_api_refuses_by_the_same_rules_field_by_field()
    {
        var given = await _app.GivenVideoAsync();
        using var api = await _app.ApiClientAsync(given.User);
        var body = new { downloadedVideoId = given.DownloadId, channelId = given.ChannelId, title = new string('t', 101), privacy = "secret" };

        using var answer = await api.PostAsJsonAsync("/api/uploads", body, Token);
        var error = (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.StatusCode, error.GetProperty("code").GetString()));
        Assert.Equal(["title", "privacy"], error.GetProperty("details").EnumerateArray().Select(item => item.GetProperty("field").GetString()!));
        Assert.Equal(0, await CountAsync(given.User));
    }

    [Fact]
    public async Task On_tiktok_a_download_becomes_a_draft_in_the_inbox_and_the_row_says_what_is_left_to_do()
    {
        _app.Sandbox.Faults.Switches = _app.Sandbox.Faults.Switches with { ProcessingPolls = 0 };
        var given = await _app.GivenVideoAsync("tiktok");
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        Assert.Contains("a draft in your inbox", (await browser.ParseAsync($"/uploads/new?download={given.DownloadId}")).Body!.TextContent, StringComparison.Ordinal);

        form["RightsStatement"] = "true";
        using var answer = await browser.PostAsync("/uploads/new", new FormUrlEncodedContent(form), Token);

        Assert.Equal((HttpStatusCode.Redirect, "/uploads"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        await Eventually.TrueAsync(async () => (await browser.GetStringAsync("/uploads", Token)).Contains("In your TikTok inbox", StringComparison.Ordinal), "it is in the inbox");
        Assert.Contains("Finish it in the TikTok app", await browser.GetStringAsync("/uploads", Token), StringComparison.Ordinal);
        Assert.Contains("In your TikTok inbox", await browser.GetStringAsync("/published", Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/uploads")]
    [InlineData("/published")]
    [InlineData("api")]
    public async Task The_post_that_a_draft_probably_became_is_confirmed_by_its_user(string where)
    {
        _app.Sandbox.Faults.Switches = _app.Sandbox.Faults.Switches with { ProcessingPolls = 0 };
        var given = await _app.GivenVideoAsync("tiktok");
        using var browser = await _app.SignInAsync(given.User);
        using var api = await _app.ApiClientAsync(given.User);
        await api.PostAsJsonAsync("/api/uploads", new { downloadedVideoId = given.DownloadId, channelId = given.ChannelId, title = "Probably", privacy = "private" }, Token);
        var db = _app.Services.GetRequiredService<NpgsqlDataSource>();
        await Eventually.TrueAsync(
            () => db.QuerySingleOrDefaultAsync<bool>("select inbox is not distinct from 'waiting' from upload_jobs where user_id = @Id", new { given.User.Id }, Token),
            "the first look is over, and has found it in the inbox");
        const string PostId = "7213456789012345678";
        var id = await db.QuerySingleOrDefaultAsync<Guid>(
            "update upload_jobs set inbox = 'posted', likely_post_id = @PostId, likely_posted_at = now() where user_id = @Id returning id", new { PostId, given.User.Id }, Token);
        Assert.Equal(PostId, (await DataAsync(api, $"/api/uploads/{id}")).GetProperty("likelyPostId").GetString());

        if (where == "api")
        {
            using var wrong = await api.PostAsJsonAsync($"/api/uploads/{id}/posted", new { postId = "1" }, Token);
            Assert.Equal(HttpStatusCode.Conflict, wrong.StatusCode);
            using var right = await api.PostAsJsonAsync($"/api/uploads/{id}/posted", new { postId = PostId }, Token);
            Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        }
        else
        {
            var button = (await browser.ParseAsync(where)).QuerySelectorAll("button").Single(found => found.TextContent == "Yes, this is it");
            using var bare = _app.CreateBareClient();
            bare.DefaultRequestHeaders.Add("Cookie", browser.DefaultRequestHeaders.GetValues("Cookie"));
            using var forged = await bare.PostAsync(button.GetAttribute("formaction"), null, Token);
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
            using var answer = await browser.PostAsync(button.GetAttribute("formaction"), null, Token);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }

        var row = await DataAsync(api, $"/api/uploads/{id}");
        Assert.Equal((PostId, "posted"), (row.GetProperty("postId").GetString(), row.GetProperty("inbox").GetString()));
        var page = await browser.ParseAsync("/uploads");
        Assert.Contains("Posted on TikTok", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.EndsWith($"/@_/video/{PostId}", page.QuerySelector(".row__title a")!.GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_tiktok_does_not_take_is_refused_before_it_is_sent()
    {
        var given = await _app.GivenVideoAsync("tiktok");
        using var api = await _app.ApiClientAsync(given.User);
        await _app.Services.GetRequiredService<NpgsqlDataSource>().ExecuteAsync(
            "update downloads set duration_seconds = 660, video_codec = 'h264' where id = @DownloadId", new { given.DownloadId }, Token);

        using var answer = await api.PostAsJsonAsync("/api/uploads", new { downloadedVideoId = given.DownloadId, channelId = given.ChannelId, title = "x", privacy = "private" }, Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("10 minutes at most", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(given.User));
    }

    [Fact]
    public async Task Anothers_download_channel_and_upload_answer_as_missing_ones()
    {
        var given = await _app.GivenVideoAsync();
        var other = await _app.GivenVideoAsync();
        using var api = await _app.ApiClientAsync(other.User);

        var file = await api.PostAsJsonAsync("/api/uploads", new { downloadedVideoId = given.DownloadId, channelId = other.ChannelId, title = "x", privacy = "private" }, Token);
        var channel = await api.PostAsJsonAsync("/api/uploads", new { downloadedVideoId = other.DownloadId, channelId = given.ChannelId, title = "x", privacy = "private" }, Token);
        using var owner = await _app.ApiClientAsync(given.User);
        var own = await owner.PostAsJsonAsync("/api/uploads", new { downloadedVideoId = given.DownloadId, channelId = given.ChannelId, title = "Mine", privacy = "private" }, Token);
        var id = (await own.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("data").GetProperty("uploadId").GetGuid();

        Assert.Equal(HttpStatusCode.NotFound, file.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, channel.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"/api/uploads/{id}", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.PostAsync($"/api/uploads/{id}/cancel", null, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.PostAsync($"/api/uploads/{id}/retry", null, Token)).StatusCode);
    }

    private static async Task<JsonElement> DataAsync(HttpClient api, string path) =>
        (await api.GetFromJsonAsync<JsonElement>(path, Token)).GetProperty("data");

    private async Task<int> CountAsync(User user) =>
        (await _app.Services.GetRequiredService<UploadStore>().CountAsync(user.Id, Token)).Total;
}
