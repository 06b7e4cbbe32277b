using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Npgsql;
using TrendVault.Core.Auth;
using TrendVault.Core.Data;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using TrendVault.Web.Sandbox.Faults;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Uploads;

/// <summary>What users do with the list of their uploads: change what has not begun, take off what has ended, read on.</summary>
public sealed class UploadHistoryTests : IClassFixture<ConnectApp>
{
    private readonly ConnectApp _app;
    private readonly BrowserFixture _browser;

    public UploadHistoryTests(ConnectApp app, BrowserFixture browser)
    {
        (_app, _browser) = (app, browser);
        app.Sandbox.Faults.Clear();
        app.Sandbox.Faults.Switches = new SandboxSwitches { ConsentAs = GoogleSandbox.Ada };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private NpgsqlDataSource Db => _app.Services.GetRequiredService<NpgsqlDataSource>();

    private UploadStore Store => _app.Services.GetRequiredService<UploadStore>();

    [Fact]
    public async Task What_waits_is_changed_and_published_as_it_was_changed()
    {
        var given = await _app.GivenVideoAsync();
        var id = await GivenWaitingAsync(given, "Before");
        using var browser = await _app.SignInAsync(given.User);
        var form = await ReadFormAsync(browser, id);
        Assert.Equal(("Before", "private"), (form["Title"], form["Privacy"]));
        form["Title"] = $"After {id:n}";
        form["Description"] = "Said later";
        form["Tags"] = "late, later";
        form["Privacy"] = "unlisted";

        using var answer = await browser.PostAsync($"/uploads/{id}/edit", new FormUrlEncodedContent(form), Token);
        Assert.Equal((HttpStatusCode.Redirect, "/uploads"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        await LetGoOnAsync(given, id);

        await Eventually.TrueAsync(() => _app.Sandbox.Ledger.Videos.Any(video => video.Title == form["Title"]), "it is published", TimeSpan.FromSeconds(60));
        var video = Assert.Single(_app.Sandbox.Ledger.Videos, video => video.Title == form["Title"]);
        Assert.Equal("Said later", video.Description);
        Assert.Equal(["late", "later"], video.Tags);
        Assert.DoesNotContain(_app.Sandbox.Ledger.Videos, video => video.Title == "Before");
    }

    [Fact]
    public async Task What_youtube_refused_is_changed_and_started_again_at_once()
    {
        _app.Sandbox.Faults.Order(new FaultOrder { Path = "/upload/youtube/v3/videos", Method = "POST", Status = 400, Reason = "invalidTitle" });
        var given = await _app.GivenVideoAsync();
        var id = await StartAsync(given, "Refused");
        await Eventually.TrueAsync(async () => (await FindAsync(given, id)).Status == WorkStatus.Failed, "it has failed");
        using var browser = await _app.SignInAsync(given.User);
        Assert.Contains($"/uploads/{id}/edit", await browser.GetStringAsync("/uploads", Token), StringComparison.Ordinal);
        Assert.Contains("YouTube does not accept the title.", await browser.GetStringAsync($"/uploads/{id}/edit", Token), StringComparison.Ordinal);
        var form = await ReadFormAsync(browser, id);
        form["Title"] = $"Taken {id:n}";

        using var answer = await browser.PostAsync($"/uploads/{id}/edit", new FormUrlEncodedContent(form), Token);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        await Eventually.TrueAsync(async () => (await FindAsync(given, id)).Status == WorkStatus.Completed, "it is published", TimeSpan.FromSeconds(60));
        Assert.Single(_app.Sandbox.Ledger.Videos, video => video.Title == form["Title"]);
    }

    [Fact]
    public async Task A_change_with_faults_tells_each_beside_its_field_and_changes_nothing()
    {
        var given = await _app.GivenVideoAsync();
        var id = await GivenWaitingAsync(given, "As it was");
        using var browser = await _app.SignInAsync(given.User);
        var form = await ReadFormAsync(browser, id);
        form["Title"] = new string('t', 101);
        form["PublishAt"] = "2020-01-01T10:00";

        using var answer = await browser.PostAsync($"/uploads/{id}/edit", new FormUrlEncodedContent(form), Token);
        var page = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Token));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("101 characters", page.QuerySelector("#Title-error")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("future", page.QuerySelector("#publish-at-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(form["Title"], page.QuerySelector("#Title")!.GetAttribute("value"));
        Assert.Equal("As it was", (await FindAsync(given, id)).Title);
    }

    [Theory]
    [InlineData("update jobs set state = 'running', claimed_by = 'a worker' where subject_id = @id")]
    [InlineData("update upload_jobs set handle_blob = '1', handle_iv = '1', handle_tag = '1', handle_key_id = '1' where id = @id")]
    [InlineData("update upload_jobs set last_byte_at = now() where id = @id")]
    public async Task What_has_begun_is_not_changed_any_more(string begin)
    {
        var given = await _app.GivenVideoAsync();
        var id = await GivenWaitingAsync(given, "As it was");
        using var browser = await _app.SignInAsync(given.User);
        var form = await ReadFormAsync(browser, id);
        form["Title"] = "Too late";
        await Db.ExecuteAsync(begin, new { id }, Token);

        using var answer = await browser.PostAsync($"/uploads/{id}/edit", new FormUrlEncodedContent(form), Token);

        Assert.Equal((HttpStatusCode.Redirect, "/uploads"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.Equal("As it was", (await FindAsync(given, id)).Title);
    }

    [Fact]
    public async Task Anothers_upload_is_neither_changed_nor_taken_off()
    {
        var given = await _app.GivenVideoAsync();
        var id = await GivenWaitingAsync(given, "Mine");
        using var browser = await _app.SignInAsync(given.User);
        using var stranger = await _app.SignInAsync();
        using var api = await _app.ApiClientAsync();
        var form = await ReadFormAsync(browser, id);
        form["__RequestVerificationToken"] = (await Publishing.ParseAsync(stranger, "/uploads/new")).QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/uploads/{id}/edit", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync($"/uploads/{id}/edit", new FormUrlEncodedContent(form), Token)).StatusCode);
        await Db.ExecuteAsync("update upload_jobs set status = 'failed' where id = @id", new { id }, Token);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.PostAsync($"/uploads?handler=Remove&id={id}", new FormUrlEncodedContent(form), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.DeleteAsync($"/api/uploads/{id}", Token)).StatusCode);
        Assert.Equal("Mine", (await FindAsync(given, id)).Title);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_has_ended_is_taken_off_the_list_and_put_back(bool javaScript)
    {
        var user = await _app.GivenUserAsync();
        await GivenRowsAsync(user, 3);
        await using var tab = await _browser.OpenAsync(_app.Address, javaScript: javaScript);
        var page = tab.Page;
        await tab.SignInAsync(user, "/uploads");
        var first = page.Locator(".row").Filter(new() { HasText = "Video 1" });

        await first.Locator("summary").ClickAsync();
        await first.GetByRole(AriaRole.Button, new() { Name = "Remove from the list" }).ClickAsync();
        await Expect(page.Locator(".row")).ToHaveCountAsync(2);
        await Expect(page.GetByText("The upload was removed from the list.")).ToBeVisibleAsync();
        Assert.Equal(2, (await Store.CountAsync(user.Id, Token)).Total);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();

        await Expect(page.Locator(".row")).ToHaveCountAsync(3);
        await Expect(page.GetByText("The upload is back.")).ToBeVisibleAsync();
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task Several_are_taken_off_at_once_but_none_that_is_live()
    {
        var given = await _app.GivenVideoAsync();
        var live = await GivenWaitingAsync(given, "Live");
        await GivenRowsAsync(given.User, 2);
        await using var tab = await _browser.OpenAsync(_app.Address);
        var page = tab.Page;
        await tab.SignInAsync(given.User, "/uploads");

        foreach (var box in await page.Locator(".row__select input").AllAsync())
            await box.CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove from the list" }).Last.ClickAsync();

        await Expect(page.GetByText("2 uploads were removed from the list.")).ToBeVisibleAsync();
        await Expect(page.Locator(".row")).ToHaveIdAsync($"upload-{live}");
        using var api = await _app.ApiClientAsync(given.User);
        Assert.Equal(HttpStatusCode.Conflict, (await api.DeleteAsync($"/api/uploads/{live}", Token)).StatusCode);
    }

    [Fact]
    public async Task What_was_published_stays_published_and_the_rest_is_deleted_after_an_hour()
    {
        var given = await _app.GivenVideoAsync();
        var published = await StartAsync(given, $"Stays {given.DownloadId:n}");
        await Eventually.TrueAsync(async () => (await FindAsync(given, published)).Status == WorkStatus.Completed, "it is published", TimeSpan.FromSeconds(60));
        await GivenRowsAsync(given.User, 1);
        using var api = await _app.ApiClientAsync(given.User);
        foreach (var upload in await Store.ListAsync(given.User.Id, WorkFilter.None, null, 10, Token))
            Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"/api/uploads/{upload.Id}", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync($"/api/uploads/{published}", Token)).StatusCode);
        await Db.ExecuteAsync("update upload_jobs set removed_at = removed_at - interval '2 hours' where user_id = @Id", new { given.User.Id }, Token);

        await new UploadOrders(Db).DeleteRemovedAsync(Token);

        Assert.Equal([published], await Db.QueryAsync<Guid>("select id from upload_jobs where user_id = @Id", new { given.User.Id }, Token));
        Assert.Equal(1, Total(await api.GetFromJsonAsync<JsonElement>("/api/published", Token)));
        Assert.Equal(0, Total(await api.GetFromJsonAsync<JsonElement>("/api/uploads", Token)));
    }

    [Fact]
    public async Task The_api_tells_what_was_published_on_one_channel()
    {
        var given = await _app.GivenVideoAsync();
        var id = await StartAsync(given, "On this channel");
        await Eventually.TrueAsync(async () => (await FindAsync(given, id)).Status == WorkStatus.Completed, "it is published", TimeSpan.FromSeconds(60));
        using var api = await _app.ApiClientAsync(given.User);

        Assert.Equal(1, Total(await api.GetFromJsonAsync<JsonElement>($"/api/published?channelId={given.ChannelId}", Token)));
        Assert.Equal(0, Total(await api.GetFromJsonAsync<JsonElement>($"/api/published?channelId={Guid.CreateVersion7()}", Token)));
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/published?channelId=mine", Token)).StatusCode);
    }

    [Fact]
    public async Task The_address_of_a_list_that_was_read_on_brings_the_same_again()
    {
        var user = await _app.GivenUserAsync();
        await GivenRowsAsync(user, 45);
        await using var tab = await _browser.OpenAsync(_app.Address);
        var page = tab.Page;
        await tab.SignInAsync(user, "/uploads?status=failed");
        await Expect(page.Locator(".row")).ToHaveCountAsync(20);

        await Eventually.TrueAsync(
            async () =>
            {
                await page.EvaluateAsync("document.querySelector('.more')?.scrollIntoView()");
                return await page.Locator(".row").CountAsync() == 45;
            },
            "all rows are there",
            TimeSpan.FromSeconds(60));
        await Expect(page).ToHaveURLAsync(new Regex("status=failed&pages=3$"));
        var rows = await RowsAsync(page);
        await page.ReloadAsync();

        await Expect(page.Locator(".row")).ToHaveCountAsync(45);
        Assert.Equal(rows, await RowsAsync(page));
        Assert.Equal(45, rows.Distinct().Count());
    }

    [Theory]
    [InlineData("", "2027-03", "Wed 31 Mar", "22:30")]
    [InlineData("tv_zone=Europe%2FBerlin", "2027-04", "Thu 1 Apr", "00:30")]
    public async Task The_calendar_goes_by_the_clocks_that_its_user_schedules_by(string cookie, string month, string day, string hour)
    {
        var user = await _app.GivenUserAsync();
        await GivenRowsAsync(user, 1);
        await Db.ExecuteAsync("update upload_jobs set publish_at = '2027-03-31T22:30:00Z' where user_id = @Id", new { user.Id }, Token);
        using var browser = await _app.SignInAsync(user);
        var session = browser.DefaultRequestHeaders.GetValues("Cookie");
        browser.DefaultRequestHeaders.Remove("Cookie");
        browser.DefaultRequestHeaders.Add("Cookie", string.Join("; ", [.. session, cookie]));

        var row = (await browser.ParseAsync($"/uploads/calendar?month={month}")).QuerySelector("tbody tr")!;

        Assert.Equal((day, hour), (row.QuerySelector("th")!.TextContent, row.QuerySelector("time")!.TextContent));
        var other = month == "2027-03" ? "2027-04" : "2027-03";
        Assert.Null((await browser.ParseAsync($"/uploads/calendar?month={other}")).QuerySelector("tbody"));
    }

    [Theory]
    [InlineData("-3 minutes", "private", "-1 hour", "was to become public", "has not looked since", "Not looked yet", "unread")]
    [InlineData("-3 minutes", "private", "-1 minute", "was to become public", "it is still private", "Still private", "still_private")]
    [InlineData("-3 minutes", "public", "-1 minute", "is public, as planned", null, "Public", "as_asked")]
    [InlineData("3 hours", "private", "-1 minute", "is to become public", null, "Scheduled", "scheduled")]
    public async Task What_has_become_of_a_scheduled_video_is_told_as_it_was_read(
        string publishAt, string privacy, string readAt, string plan, string? sentence, string badge, string standing)
    {
        var user = await _app.GivenUserAsync();
        await _app.GivenChannelAsync(user);
        await GivenScheduledAsync(user, publishAt, privacy, readAt);
        using var browser = await _app.SignInAsync(user);
        using var api = await _app.ApiClientAsync(user);
        var at = (await Store.ListAsync(user.Id, WorkFilter.None, null, 1, Token))[0].PublishAt!.Value;

        var (list, published) = (await browser.ParseAsync("/uploads"), await browser.ParseAsync("/published"));
        var calendar = await browser.ParseAsync(string.Create(CultureInfo.InvariantCulture, $"/uploads/calendar?month={at:yyyy-MM}"));

        Assert.Contains(plan, list.QuerySelector(".row__from")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(plan, published.QuerySelector(".row__progress")!.TextContent, StringComparison.Ordinal);
        foreach (var page in new[] { list, published })
            Assert.Contains(sentence ?? plan, page.QuerySelector(".rows")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(badge, calendar.QuerySelector("tbody td:nth-of-type(2) .badge")!.TextContent);
        foreach (var (path, name) in new[] { ("/api/uploads", "uploads"), ("/api/published", "published") })
        {
            var row = (await api.GetFromJsonAsync<JsonElement>(path, Token)).GetProperty("data").GetProperty(name)[0];
            Assert.Equal((standing, sentence is not null), (row.GetProperty("visibility").GetString(), row.TryGetProperty("visibilityNote", out _)));
        }
    }

    private static int Total(JsonElement answer) => answer.GetProperty("data").GetProperty("pagination").GetProperty("total").GetInt32();

    private static async Task<string[]> RowsAsync(IPage page) => await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.row')].map(({ id }) => id)");

    private static async Task<Dictionary<string, string>> ReadFormAsync(HttpClient browser, Guid id) =>
        ((IHtmlFormElement)(await browser.ParseAsync($"/uploads/{id}/edit")).QuerySelector("main form")!).Fields();

    private async Task<UploadRow> FindAsync(Publishing.Given given, Guid id) => (await Store.FindAsync(given.User.Id, id, Token))!;

    private async Task<Guid> StartAsync(Publishing.Given given, string title)
    {
        var outcome = await _app.Services.GetRequiredService<UploadService>().StartAsync(
            given.User.Id,
            new UploadRequest
            {
                DownloadId = given.DownloadId,
                ChannelIds = [given.ChannelId],
                Draft = new PublishDraft { Title = title, Privacy = VideoPrivacy.Private },
                RightsStatement = UploadService.RightsStatement,
            },
            Token);
        return Assert.Single(Assert.IsType<StartUploadOutcome.Started>(outcome).UploadIds);
    }

    /// <summary>One that waits for its account, and so has not begun.</summary>
    private async Task<Guid> GivenWaitingAsync(Publishing.Given given, string title)
    {
        await Db.ExecuteAsync("update connected_accounts set status = 'reconnect_needed' where user_id = @Id", new { given.User.Id }, Token);
        var id = await StartAsync(given, title);
        await Eventually.TrueAsync(async () => (await FindAsync(given, id)).WaitUntil is not null, "it waits");
        return id;
    }

    private async Task LetGoOnAsync(Publishing.Given given, Guid id)
    {
        await Db.ExecuteAsync("update connected_accounts set status = 'connected' where user_id = @Id", new { given.User.Id }, Token);
        await Db.ExecuteAsync("update jobs set run_after = now() where subject_id = @id", new { id }, Token);
    }

    /// <summary>A published video whose time to become public is so far away, and what YouTube said of it when.</summary>
    private Task<int> GivenScheduledAsync(User user, string publishAt, string privacy, string readAt) => Db.ExecuteAsync(
        """
        with uploaded as (
          insert into upload_jobs (id, user_id, channel_id, platform, channel_name, title, privacy, rights_statement, publish_at, status, platform_video_id, url)
          select gen_random_uuid(), user_id, id, platform, channel_name, 'Scheduled', 'private', 'Mine.', now() + @publishAt::interval, 'completed', 'aB3dE6gH9jK', 'https://example.org/w'
          from channels
          where user_id = @Id
          returning *
        )
        insert into published_videos (id, user_id, upload_job_id, channel_id, platform, platform_video_id, title, url, privacy, publish_at, read_at)
        select gen_random_uuid(), user_id, id, channel_id, platform, platform_video_id, title, url, @privacy, case when @privacy = 'private' then publish_at end, now() + @readAt::interval
        from uploaded
        """,
        new { user.Id, publishAt, privacy, readAt },
        Token);

    private Task<int> GivenRowsAsync(User user, int count) => Db.ExecuteAsync(
        """
        insert into upload_jobs (id, user_id, platform, channel_name, title, privacy, rights_statement, status, error, created_at)
        select gen_random_uuid(), @Id, 'YOUTUBE', 'A channel', 'Video ' || n, 'private', 'Mine.', 'failed', 'YouTube did not answer.', now() - make_interval(mins => n)
        from generate_series(1, @count) as n
        """,
        new { user.Id, count },
        Token);
}
