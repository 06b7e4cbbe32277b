using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Downloads;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Downloads;

public sealed class DownloadPagesTests(DownloadsApp app) : IClassFixture<DownloadsApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_is_sent_to_sign_in()
    {
        using var client = app.CreateBareClient();

        foreach (var path in (string[])["/downloads", "/downloads/new", $"/downloads/{Guid.CreateVersion7()}", $"/downloads/{Guid.CreateVersion7()}/file"])
            Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync(Path(path), Token)).StatusCode);
    }

    [Fact]
    public async Task An_empty_history_shows_the_next_step()
    {
        using var browser = await app.SignInAsync();

        var page = await PageAsync(browser, "/downloads");

        Assert.Equal("No downloads yet", page.QuerySelector(".empty__title")!.TextContent);
        Assert.Single(page.QuerySelectorAll("h1"));
    }

    [Fact]
    public async Task A_pasted_url_shows_at_once_and_the_picker_follows()
    {
        using var browser = await app.SignInAsync();
        var url = app.Site.Url("master.m3u8");

        var page = await PageAsync(browser, $"/downloads/new?url={Uri.EscapeDataString(url)}");
        Assert.Equal(url, ((IHtmlInputElement)page.QuerySelector("#new-url")!).Value);
        var picker = page.QuerySelector("#picker")!;
        Assert.Equal("load", picker.GetAttribute("hx-trigger"));

        var fragment = await PageAsync(browser, picker.GetAttribute("hx-get")!, isHtmx: true);
        Assert.Equal(["best", "1080p", "720p", "480p", "audio", "mp3"], fragment.QuerySelectorAll(".option input").Select(input => input.GetAttribute("value")));
        Assert.Equal(2, fragment.QuerySelectorAll("tbody tr").Length);
        Assert.Contains("640 × 360", fragment.QuerySelector("tbody tr")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["Choose", "Resolution", "FPS", "Container", "Codecs", "Size", "Note"], fragment.QuerySelectorAll("th").Select(column => column.TextContent));
    }

    [Fact]
    public async Task Who_has_a_video_already_is_told_before_it_is_downloaded_once_more()
    {
        var (owner, other) = (await app.GivenUserAsync(), await app.GivenUserAsync());
        using var browser = await app.SignInAsync(owner);
        using var others = await app.SignInAsync(other);
        var url = app.Site.Url("clip.mp4");
        var picker = $"/downloads/new?handler=Formats&url={Uri.EscapeDataString(url)}";
        Assert.Empty((await PageAsync(browser, picker, isHtmx: true)).QuerySelectorAll(".note"));

        await PostAsync(browser, "/downloads/new", new() { ["url"] = url, ["VideoFormat"] = "best" });
        var row = Assert.Single(await app.Services.GetRequiredService<DownloadStore>().ListAsync(owner.Id, DownloadFilter.None, null, 10, Token));
        await app.BecomesAsync(owner.Id, row.Id, DownloadStatus.Completed);

        var note = (await PageAsync(browser, picker, isHtmx: true)).QuerySelector(".note")!;
        Assert.Contains("You already have this", note.TextContent, StringComparison.Ordinal);
        Assert.Equal($"/downloads/{row.Id}", note.QuerySelector("a")!.GetAttribute("href"));
        Assert.Empty((await PageAsync(others, picker, isHtmx: true)).QuerySelectorAll(".note"));
        await PostAsync(browser, $"/downloads/{row.Id}/delete", []);
        Assert.Empty((await PageAsync(browser, picker, isHtmx: true)).QuerySelectorAll(".note"));
    }

    [Fact]
    public async Task Without_the_script_the_form_does_it_all()
    {
        var user = await app.GivenUserAsync();
        using var browser = await app.SignInAsync(user);
        var page = await PageAsync(browser, $"/downloads/new?show=1&url={Uri.EscapeDataString(app.Site.Url("clip.mp4"))}");
        var form = (IHtmlFormElement)page.QuerySelector("form[method=post][action='/downloads/new']")!;
        var fields = form.QuerySelectorAll("input").OfType<IHtmlInputElement>()
            .Where(input => input.Type != "radio" || input.IsChecked)
            .ToDictionary(input => input.Name!, input => input.Value);
        Assert.Contains("__RequestVerificationToken", fields.Keys);

        // A double click sends the same form twice.
        var answers = await Task.WhenAll(PostAsync(browser, "/downloads/new", fields), PostAsync(browser, "/downloads/new", fields));

        Assert.All(answers, answer => Assert.Equal("/downloads", answer.Headers.Location?.ToString()));
        var row = Assert.Single(await app.Services.GetRequiredService<DownloadStore>().ListAsync(user.Id, DownloadFilter.None, null, 10, Token));
        await app.BecomesAsync(user.Id, row.Id, DownloadStatus.Completed);
        var list = await PageAsync(browser, "/downloads");
        Assert.Equal("done", list.QuerySelector($"#download-{row.Id}")!.GetAttribute("data-state"));
        Assert.Contains("Done 1", list.QuerySelector(".chips")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1/x", "private network")]
    [InlineData("ftp://example.org/x", "http:// or https://")]
    public async Task A_refused_url_is_told_beside_its_field(string url, string sentence)
    {
        using var browser = await app.SignInAsync();

        var answer = await PostAsync(browser, "/downloads/new", new() { ["url"] = url, ["VideoFormat"] = "best" });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await ParseAsync(answer);
        Assert.Contains(sentence, page.QuerySelector("#new-url-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("true", page.QuerySelector("#new-url")!.GetAttribute("aria-invalid"));
    }

    [Fact]
    public async Task A_page_that_offers_nothing_says_so_in_the_picker()
    {
        using var browser = await app.SignInAsync();

        var answer = await GetAsync(browser, $"/downloads/new?handler=Formats&url={Uri.EscapeDataString(app.Site.Url("text.html"))}", isHtmx: true);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("found no video", (await ParseAsync(answer)).QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_has_a_player_and_its_facts()
    {
        var user = await app.GivenUserAsync();
        using var browser = await app.SignInAsync(user);
        var row = await app.GivenDownloadAsync(user.Id, "<script>alert(1)</script> & more");

        var page = await PageAsync(browser, $"/downloads/{row.Id}");

        Assert.Equal("<script>alert(1)</script> & more", page.QuerySelector("h1")!.TextContent);
        var video = page.QuerySelector("video")!;
        Assert.Equal($"/downloads/{row.Id}/file", video.GetAttribute("src"));
        Assert.NotNull(page.QuerySelector($"a[href='/uploads/new?download={row.Id}']"));
        Assert.Contains(row.Sha256!, page.QuerySelector(".facts")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("[style], script:not([src])"));

        var file = await browser.GetAsync(Path($"/downloads/{row.Id}/file"), Token);
        Assert.Equal("inline", file.Content.Headers.ContentDisposition!.DispositionType);
        Assert.True(file.Headers.CacheControl is { Private: true, NoStore: false });
        Assert.Equal("attachment", (await browser.GetAsync(Path($"/downloads/{row.Id}/file?save=1"), Token)).Content.Headers.ContentDisposition!.DispositionType);
    }

    [Fact]
    public async Task Anothers_download_is_not_found_anywhere()
    {
        var row = await app.GivenDownloadAsync((await app.GivenUserAsync()).Id);
        using var browser = await app.SignInAsync();

        foreach (var path in (string[])["", "/file", "/delete"])
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Path($"/downloads/{row.Id}{path}"), Token)).StatusCode);
        foreach (var path in (string[])[$"/downloads?handler=Cancel&id={row.Id}", $"/downloads?handler=Retry&id={row.Id}", $"/downloads/{row.Id}/delete"])
            Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(browser, path, [])).StatusCode);
        await PostAsync(browser, "/downloads?handler=DeleteTicked", new() { ["ids"] = row.Id.ToString() });
        Assert.NotNull(await app.Services.GetRequiredService<DownloadStore>().FindAsync(row.UserId, row.Id, Token));
    }

    [Fact]
    public async Task A_running_row_can_be_cancelled_and_a_cancelled_one_retried_and_deleted()
    {
        var user = await app.GivenUserAsync();
        using var browser = await app.SignInAsync(user);
        var started = (StartOutcome.Started)await app.Services.GetRequiredService<DownloadService>()
            .StartAsync(user.Id, new DownloadRequest { Url = app.Site.SlowUrl(out var name), Format = "best" }, Token);
        var id = started.DownloadId;
        await app.BecomesAsync(user.Id, id, DownloadStatus.Downloading);

        var button = (await PageAsync(browser, "/downloads")).QuerySelector($"#download-{id} .row__actions > button")!;
        Assert.Equal("Cancel", button.TextContent);
        Assert.Equal("row-actions", button.GetAttribute("form"));
        await PostAsync(browser, button.GetAttribute("formaction")!, []);
        await app.BecomesAsync(user.Id, id, DownloadStatus.Cancelled);

        app.Site.OpenGate(name);
        var row = await ParseAsync(await PostAsync(browser, $"/downloads?handler=Retry&id={id}", [], isHtmx: true));
        Assert.NotEqual("cancelled", row.QuerySelector(".row")!.GetAttribute("data-state"));
        await app.BecomesAsync(user.Id, id, DownloadStatus.Completed);

        var sheet = await PageAsync(browser, $"/downloads/{id}/delete", isHtmx: true);
        Assert.Contains("Its file of", sheet.QuerySelector(".sheet__body")!.TextContent, StringComparison.Ordinal);
        var gone = await PostAsync(browser, $"/downloads/{id}/delete", [], isHtmx: true);
        Assert.Contains("dialog-close", gone.Headers.GetValues("HX-Trigger").Single(), StringComparison.Ordinal);
        Assert.Equal($"download-{id}", (await ParseAsync(gone)).QuerySelector("[hx-swap-oob=delete]")!.Id);
        Assert.NotNull((await PageAsync(browser, "/downloads")).QuerySelector(".empty"));
    }

    [Fact]
    public async Task The_queue_is_paused_and_resumed_by_a_button_and_the_page_says_so()
    {
        var user = await app.GivenUserAsync();
        using var browser = await app.SignInAsync(user);
        await PostAsync(browser, PauseButton(await PageAsync(browser, "/downloads")).GetAttribute("formaction")!, []);
        var started = (StartOutcome.Started)await app.Services.GetRequiredService<DownloadService>()
            .StartAsync(user.Id, new DownloadRequest { Url = app.Site.Url("clip.mp4"), Format = "best" }, Token);

        var paused = await PageAsync(browser, "/downloads");
        Assert.Contains("Your queue is paused", paused.QuerySelector(".note")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Your queue is paused.", paused.QuerySelector($"#download-{started.DownloadId} .row__why")!.TextContent.Trim());
        Assert.Equal("Resume the queue", PauseButton(paused).TextContent);

        await PostAsync(browser, PauseButton(paused).GetAttribute("formaction")!, []);
        await app.BecomesAsync(user.Id, started.DownloadId, DownloadStatus.Completed);
        Assert.Equal("Pause the queue", PauseButton(await PageAsync(browser, "/downloads")).TextContent);
    }

    [Fact]
    public async Task A_long_history_goes_on_by_a_link()
    {
        var user = await app.GivenUserAsync();
        using var browser = await app.SignInAsync(user);
        await using var db = TrendVault.Core.Data.DataModule.CreateDataSource(new() { DatabaseUrl = app.DatabaseUrl }, loggers: null);
        await using var command = db.CreateCommand(
            """
            insert into downloads (id, user_id, source_video_url, title, format, status)
            select gen_random_uuid(), $1, 'https://example.org/v', 'Video ' || n, 'best', 'failed'
            from generate_series(1, 70) as n
            """);
        command.Parameters.AddWithValue(user.Id);
        await command.ExecuteNonQueryAsync(Token);

        var seen = new HashSet<string>();
        var next = "/downloads?status=failed";
        for (var pages = 0; next is not null; pages++)
        {
            Assert.True(pages < 3);
            var page = await PageAsync(browser, next, isHtmx: pages > 0);
            seen.UnionWith(page.QuerySelectorAll(".row").Select(row => row.Id!));
            next = page.QuerySelector(".more a")?.GetAttribute("hx-get");
        }

        Assert.Equal(70, seen.Count);
    }

    private static AngleSharp.Dom.IElement PauseButton(IHtmlDocument page) => page.QuerySelector(".page-head__actions button[form=row-actions]")!;

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path, bool isHtmx = false) =>
        client.SendAsync(Request(HttpMethod.Get, path, isHtmx), Token);

    private static async Task<IHtmlDocument> PageAsync(HttpClient client, string path, bool isHtmx = false)
    {
        var answer = await GetAsync(client, path, isHtmx);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await ParseAsync(answer);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, Dictionary<string, string> fields, bool isHtmx = false)
    {
        var request = Request(HttpMethod.Post, path, isHtmx);
        request.Content = new FormUrlEncodedContent(fields);
        return client.SendAsync(request, Token);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, bool isHtmx)
    {
        var request = new HttpRequestMessage(method, Path(path));
        if (isHtmx)
            request.Headers.Add("HX-Request", "true");
        return request;
    }

    private static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage answer) =>
        await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync(Token), Token);
}
