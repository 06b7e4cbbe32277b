using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
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
        Assert.Equal(url, ((IHtmlTextAreaElement)page.QuerySelector("#new-url")!).Value);
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
        var row = Assert.Single(await app.Services.GetRequiredService<DownloadStore>().ListAsync(owner.Id, WorkFilter.None, null, 10, Token));
        await app.BecomesAsync(owner.Id, row.Id, WorkStatus.Completed);

        var note = (await PageAsync(browser, picker, isHtmx: true)).QuerySelector(".note")!;
        Assert.Contains("You already have this", note.TextContent, StringComparison.Ordinal);
        Assert.Equal($"/downloads/{row.Id}", note.QuerySelector("a")!.GetAttribute("href"));
        Assert.Empty((await PageAsync(others, picker, isHtmx: true)).QuerySelectorAll(".note"));
        await PostAsync(browser, $"/downloads?handler=Remove&id={row.Id}", []);
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
        var row = Assert.Single(await app.Services.GetRequiredService<DownloadStore>().ListAsync(user.Id, WorkFilter.None, null, 10, Token));
        await app.BecomesAsync(user.Id, row.Id, WorkStatus.Completed);
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
        Assert.Equal($"/downloads/{row.Id}/poster", video.GetAttribute("poster"));
        var facts = page.QuerySelector(".facts")!.TextContent;
        foreach (var fact in (string[])[row.Sha256!, "640 × 360, 25 fps, H.264", "AAC", "MP4, video/mp4", "bit/s", "0:03", "127.0.0.1"])
            Assert.Contains(fact, facts, StringComparison.Ordinal);
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

        foreach (var path in (string[])["", "/file", "/poster"])
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Path($"/downloads/{row.Id}{path}"), Token)).StatusCode);
        foreach (var path in (string[])[$"/downloads?handler=Cancel&id={row.Id}", $"/downloads?handler=Retry&id={row.Id}", $"/downloads?handler=Remove&id={row.Id}"])
            Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(browser, path, [])).StatusCode);
        await PostAsync(browser, "/downloads?handler=RemoveTicked", new() { ["ids"] = row.Id.ToString() });
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
        await app.BecomesAsync(user.Id, id, WorkStatus.Running);

        var button = (await PageAsync(browser, "/downloads")).QuerySelector($"#download-{id} .row__actions > button")!;
        Assert.Equal("Cancel", button.TextContent);
        Assert.Equal("row-actions", button.GetAttribute("form"));
        await PostAsync(browser, button.GetAttribute("formaction")!, []);
        await app.BecomesAsync(user.Id, id, WorkStatus.Cancelled);

        app.Site.OpenGate(name);
        var row = await ParseAsync(await PostAsync(browser, $"/downloads?handler=Retry&id={id}", [], isHtmx: true));
        Assert.NotEqual("cancelled", row.QuerySelector(".row")!.GetAttribute("data-state"));
        await app.BecomesAsync(user.Id, id, WorkStatus.Completed);

        var gone = await PostAsync(browser, $"/downloads?handler=Remove&id={id}", [], isHtmx: true);
        Assert.Contains("handler=Undo", gone.Headers.GetValues("HX-Trigger").Single(), StringComparison.Ordinal);
        var pieces = await ParseAsync(gone);
        Assert.Equal($"download-{id}", pieces.QuerySelector("[hx-swap-oob=delete]")!.Id);
        Assert.Equal("0 B used", pieces.QuerySelector("#space")!.TextContent);
        Assert.NotNull((await PageAsync(browser, "/downloads")).QuerySelector(".empty"));
    }

    [Fact]
    public async Task Without_the_script_a_deletion_is_undone_by_a_button_of_the_next_page()
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id);
        using var browser = await app.SignInAsync(user);

        var answer = await PostAsync(browser, "/downloads?handler=RemoveTicked", new() { ["ids"] = row.Id.ToString() });
        Assert.Equal("/downloads", answer.Headers.Location?.ToString());
        TakeFlash(browser, answer);
        var page = await PageAsync(browser, "/downloads");
        Assert.Null(page.QuerySelector(".row"));
        var note = page.QuerySelector("#flash .note")!;
        Assert.Contains("1 download was deleted.", note.TextContent, StringComparison.Ordinal);
        var undo = note.QuerySelector("button[form=row-actions]")!;
        Assert.Equal("Undo", undo.TextContent);

        await PostAsync(browser, undo.GetAttribute("formaction")!, []);

        Assert.NotNull((await PageAsync(browser, "/downloads")).QuerySelector($"#download-{row.Id}"));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Path($"/downloads/{row.Id}/file"), Token)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await PostAsync(browser, $"/downloads?handler=Undo&at={long.MaxValue}", [])).StatusCode);
    }

    [Fact]
    public async Task An_undo_needs_the_token_of_the_page()
    {
        using var browser = await app.SignInAsync();
        browser.DefaultRequestHeaders.TryAddWithoutValidation("RequestVerificationToken", "forged");

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(browser, "/downloads?handler=Undo&at=1", [])).StatusCode);
    }

    [Fact]
    public async Task A_picture_is_its_owners_and_is_not_sent_again()
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id);
        using var browser = await app.SignInAsync(user);

        var img = (await PageAsync(browser, "/downloads")).QuerySelector($"#download-{row.Id} .row__picture img")!;
        var picture = await browser.GetAsync(Path(img.GetAttribute("src")!), Token);

        Assert.Equal(("image/jpeg", "no-cache, private"), (picture.Content.Headers.ContentType!.MediaType, picture.Headers.CacheControl!.ToString()));
        Assert.InRange((await picture.Content.ReadAsByteArrayAsync(Token)).Length, 500, 200_000);
        browser.DefaultRequestHeaders.IfNoneMatch.Add(picture.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await browser.GetAsync(Path(img.GetAttribute("src")!), Token)).StatusCode);
        using var stranger = app.CreateBareClient();
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync(Path(img.GetAttribute("src")!), Token)).StatusCode);
    }

    [Fact]
    public async Task A_download_without_a_picture_shows_the_placeholder()
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id);
        await app.ExecuteAsync("update downloads set poster_key = null where id = $1", row.Id);
        using var browser = await app.SignInAsync(user);

        Assert.NotNull((await PageAsync(browser, "/downloads")).QuerySelector($"#download-{row.Id} .row__picture .icon"));
        Assert.Null((await PageAsync(browser, $"/downloads/{row.Id}")).QuerySelector("video")!.GetAttribute("poster"));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync(Path($"/downloads/{row.Id}/poster"), Token)).StatusCode);
    }

    [Fact]
    public async Task Pictures_are_not_counted_as_requests()
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id);
        using var browser = await app.SignInAsync(user);

        for (var i = 0; i < 110; i++)
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Path($"/downloads/{row.Id}/poster"), Token)).StatusCode);
    }

    [Fact]
    public async Task The_space_that_files_hold_is_shown()
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id);
        using var browser = await app.SignInAsync(user);

        var used = TrendVault.Web.Format.Bytes(row.FileSize!.Value);
        Assert.Equal($"{used} used", (await PageAsync(browser, "/downloads")).QuerySelector("#space")!.TextContent);
        Assert.Contains($"hold {used}.", (await PageAsync(browser, "/settings")).Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grid_or_list_is_remembered_and_keeps_the_filters()
    {
        var user = await app.GivenUserAsync();
        var row = await app.GivenDownloadAsync(user.Id);
        using var browser = await app.SignInAsync(user);
        var page = await PageAsync(browser, "/downloads?status=done");
        Assert.Equal(["true", "false"], page.QuerySelectorAll(".segmented__item").Select(item => item.GetAttribute("aria-pressed")));

        browser.DefaultRequestHeaders.Referrer = new Uri(app.Address, "/downloads?status=done");
        var answer = await PostAsync(browser, page.QuerySelectorAll(".segmented__item")[1].GetAttribute("formaction")!, []);
        Assert.Equal("/downloads?status=done", answer.Headers.Location?.ToString());
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(line => line.StartsWith("tv_view=grid;", StringComparison.Ordinal));
        Assert.Contains("max-age=31536000", cookie, StringComparison.Ordinal);
        Keep(browser, "tv_view=grid");

        var list = (await PageAsync(browser, "/downloads?status=done")).QuerySelector("#download-list")!;
        Assert.Equal("grid", list.ClassName);
        Assert.NotNull(list.QuerySelector($"#download-{row.Id}"));
        answer = await PostAsync(browser, "/downloads?handler=View&view=list", []);
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), line => line.StartsWith("tv_view=;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_that_failed_are_tried_again_from_their_chip()
    {
        var user = await app.GivenUserAsync();
        await app.ExecuteAsync(
            """
            insert into downloads (id, user_id, source_video_url, title, format, status)
            select gen_random_uuid(), $1, 'http://127.0.0.1:1/v', 'Video ' || n, 'best', 'failed'
            from generate_series(1, 3) as n
            """,
            user.Id);
        using var browser = await app.SignInAsync(user);
        Assert.Null((await PageAsync(browser, "/downloads")).QuerySelector("[formaction$=RetryFailed]"));
        var button = (await PageAsync(browser, "/downloads?status=failed")).QuerySelector("[formaction$=RetryFailed]")!;
        Assert.Equal("Retry all 3", button.TextContent);

        var answer = await PostAsync(browser, button.GetAttribute("formaction")!, []);
        TakeFlash(browser, answer);

        Assert.Contains("3 downloads were started again.", (await PageAsync(browser, "/downloads")).QuerySelector("#flash")!.TextContent, StringComparison.Ordinal);
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
        await app.BecomesAsync(user.Id, started.DownloadId, WorkStatus.Completed);
        Assert.Equal("Pause the queue", PauseButton(await PageAsync(browser, "/downloads")).TextContent);
    }

    [Fact]
    public async Task A_first_page_full_of_long_rows_is_light()
    {
        var user = await app.GivenUserAsync();
        await app.ExecuteAsync(
            """
            insert into downloads (
              id, user_id, source_video_url, platform, platform_video_id, title, creator_name, format, quality, status, storage_key, sha256, file_size,
              duration_seconds, poster_key)
            select
              gen_random_uuid(), $1, 'https://www.youtube.com/watch?v=abcdefghijk', 'YOUTUBE', 'abcdefghijk', repeat('A long title ', 8), 'A creator of films',
              '137+140', '1080p', 'completed', 'key', 'sha', 123456789, 3723, 'key'
            from generate_series(1, 25)
            """,
            user.Id);
        using var browser = await app.SignInAsync(user);

        var html = await browser.GetByteArrayAsync(Path("/downloads"), Token);

        Assert.InRange(html.Length, 30_000, 60 * 1024);
    }

    [Fact]
    public async Task A_long_history_goes_on_by_a_link()
    {
        var user = await app.GivenUserAsync();
        using var browser = await app.SignInAsync(user);
        await app.ExecuteAsync(
            """
            insert into downloads (id, user_id, source_video_url, title, format, status)
            select gen_random_uuid(), $1, 'https://example.org/v', 'Video ' || n, 'best', 'failed'
            from generate_series(1, 70) as n
            """,
            user.Id);

        var seen = new List<string>();
        var next = "/downloads?status=failed";
        var shown = next;
        for (var pages = 0; next is not null; pages++)
        {
            Assert.True(pages < 4);
            var page = await PageAsync(browser, next, isHtmx: pages > 0);
            seen.AddRange(page.QuerySelectorAll(".row").Select(row => row.Id!));
            next = page.QuerySelector(".more a")?.GetAttribute("hx-get");
            shown = page.QuerySelector(".more a")?.GetAttribute("hx-replace-url") ?? shown;
        }

        Assert.Equal(70, seen.Distinct().Count());
        // The address that the reader has by now brings the same again, at once.
        Assert.Equal("/downloads?status=failed&pages=4", shown);
        Assert.Equal(seen, (await PageAsync(browser, shown)).QuerySelectorAll(".row").Select(row => row.Id!));
        Assert.Equal(seen, (await PageAsync(browser, shown, isHtmx: true)).QuerySelectorAll(".row").Select(row => row.Id!));
        Assert.Equal(20, (await PageAsync(browser, "/downloads?pages=nonsense")).QuerySelectorAll(".row").Length);
    }

    /// <summary>Keeps what the next page is to say.</summary>
    private static void TakeFlash(HttpClient client, HttpResponseMessage answer) =>
        Keep(client, answer.Headers.GetValues("Set-Cookie").Single(line => line.StartsWith("tv_flash=", StringComparison.Ordinal)).Split(';')[0]);

    private static void Keep(HttpClient client, string cookie)
    {
        var cookies = client.DefaultRequestHeaders.GetValues("Cookie").Single();
        client.DefaultRequestHeaders.Remove("Cookie");
        client.DefaultRequestHeaders.Add("Cookie", $"{cookies}; {cookie}");
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
