using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TrendVault.Core.Data;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Core.YouTube;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Web.Pages.Shared;
using TrendVault.Web.Sandbox.Faults;

namespace TrendVault.Tests.Uploads;

/// <summary>What the form keeps, takes and says, over HTTP and so without a script.</summary>
public sealed class PublishFormTests : IClassFixture<ConnectApp>
{
    private readonly ConnectApp _app;

    public PublishFormTests(ConnectApp app)
    {
        _app = app;
        app.Sandbox.Faults.Clear();
        app.Sandbox.Faults.Switches = new SandboxSwitches { ConsentAs = GoogleSandbox.Ada };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_typed_is_kept_and_listed_and_found_again()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["Title"] = "Half a title";
        form["Description"] = "One\r\nTwo";
        form["Licence"] = "creative_common";
        form["TimeZone"] = "Asia/Tokyo";
        form["PublishAt"] = "2035-05-01T09:30";

        var fragment = await PostAsync(browser, "?handler=Preflight", form, HttpStatusCode.OK);

        Assert.Contains("Saved as a draft", fragment.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Schedule on 1 channel for Tue 1 May 09:30 Asia/Tokyo", fragment.QuerySelector("#publish-action")!.TextContent);
        var again = await browser.ReadFormAsync(given);
        Assert.Equal(form.Where(field => field.Key is not ("Key" or "__RequestVerificationToken")), again.Where(field => field.Key is not ("Key" or "__RequestVerificationToken")), Same);
        var list = await browser.ParseAsync("/uploads/new");
        var link = Assert.Single(list.QuerySelectorAll("#draft-list .row__title a"));
        Assert.Equal(("Half a title", $"/uploads/new?download={given.DownloadId}"), (link.TextContent, link.GetAttribute("href")));

        static bool Same(KeyValuePair<string, string> one, KeyValuePair<string, string> other) =>
            one.Key == other.Key && one.Value.ReplaceLineEndings() == other.Value.ReplaceLineEndings();
    }

    [Fact]
    public async Task A_draft_is_saved_by_a_button_deleted_and_taken_back()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["Title"] = "Kept";

        await PostAsync(browser, "?handler=Draft", form, HttpStatusCode.Redirect);
        Assert.Equal("Kept", (await browser.ReadFormAsync(given))["Title"]);
        await PostAsync(browser, $"?handler=Delete&download={given.DownloadId}", [], HttpStatusCode.Redirect);
        Assert.Null((await browser.ParseAsync("/uploads/new")).QuerySelector("#draft-list"));
        Assert.Equal("A download", (await browser.ReadFormAsync(given))["Title"]);
        await PostAsync(browser, $"?handler=Undo&download={given.DownloadId}", [], HttpStatusCode.Redirect);

        Assert.Equal("Kept", (await browser.ReadFormAsync(given))["Title"]);
    }

    [Fact]
    public async Task A_sent_form_leaves_no_draft_and_a_change_that_comes_late_brings_none_back()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["RightsStatement"] = "true";
        await PostAsync(browser, "?handler=Preflight", form, HttpStatusCode.OK);

        await PostAsync(browser, "", form, HttpStatusCode.Redirect);
        await PostAsync(browser, "?handler=Preflight", form, HttpStatusCode.OK);

        Assert.Null((await browser.ParseAsync("/uploads/new")).QuerySelector("#draft-list"));
    }

    [Fact]
    public async Task Anothers_draft_and_picture_are_missing_ones()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        using var stranger = await _app.SignInAsync();
        await PostPictureAsync(browser, "?handler=Draft", await browser.ReadFormAsync(given), await MadePicture.OfAsync("1280x720", "png"), HttpStatusCode.Redirect);
        var picture = (await browser.ParseAsync($"/uploads/new?download={given.DownloadId}")).QuerySelector("#thumbnail img")!.GetAttribute("src");

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(picture, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(picture, Token)).StatusCode);
        foreach (var handler in new[] { "Preflight", "Draft", "Frame", "NoThumbnail", "NoWatermark", "Delete" })
            await PostAsync(stranger, $"?handler={handler}&download={given.DownloadId}", [], HttpStatusCode.NotFound);
        await PostAsync(stranger, $"?handler=Undo&download={given.DownloadId}", [], HttpStatusCode.Redirect);

        Assert.NotNull((await browser.ParseAsync("/uploads/new")).QuerySelector("#draft-list"));
    }

    [Fact]
    public async Task An_uploaded_picture_is_kept_shown_and_goes_to_the_video()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["Title"] = $"Pictured {given.DownloadId:n}";
        // The rights are missing, so the form comes back; its picture need not be chosen again.
        var page = await PostPictureAsync(browser, "", form, await MadePicture.OfAsync("1280x720", "png"), HttpStatusCode.UnprocessableEntity);

        using var shown = await browser.GetAsync(page.QuerySelector("#thumbnail img")!.GetAttribute("src"), Token);
        Assert.Equal((HttpStatusCode.OK, "image/jpeg"), (shown.StatusCode, shown.Content.Headers.ContentType!.MediaType));
        form["RightsStatement"] = "true";
        await PostAsync(browser, "", form, HttpStatusCode.Redirect);

        await Eventually.TrueAsync(
            () => _app.Sandbox.Ledger.Videos.Any(video => video.Title == form["Title"] && video.ThumbnailSha256 is not null), "the video has its picture", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_watermark_is_kept_beside_the_thumbnail_and_either_can_go_alone()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        await PostPictureAsync(browser, "?handler=Draft", form, await MadePicture.OfAsync("1280x720", "png"), HttpStatusCode.Redirect);
        await PostPictureAsync(browser, "?handler=Draft", form, await MadePicture.OfAsync("200x200", "png"), HttpStatusCode.Redirect, "Watermark");
        var page = await browser.ParseAsync($"/uploads/new?download={given.DownloadId}");
        using var mark = await browser.GetAsync(page.QuerySelector("#watermark")!.GetAttribute("src"), Token);
        Assert.Equal((HttpStatusCode.OK, "image/png"), (mark.StatusCode, mark.Content.Headers.ContentType!.MediaType));
        Assert.Equal(2, page.QuerySelectorAll("#thumbnail img").Length);

        await PostAsync(browser, "?handler=NoThumbnail", form, HttpStatusCode.Redirect);

        Assert.Equal("watermark", Assert.Single((await browser.ParseAsync($"/uploads/new?download={given.DownloadId}")).QuerySelectorAll("#thumbnail img")).Id);
    }

    [Fact]
    public async Task Both_pictures_may_be_as_large_as_they_may_be_at_once()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in await browser.ReadFormAsync(given))
            content.Add(new StringContent(value), name);
        foreach (var (field, size) in new[] { ("Thumbnail", "1280x720"), ("Watermark", "200x200") })
        {
            var picture = await MadePicture.OfAsync(size, "png");
            Array.Resize(ref picture, PublishPictures.MostBytes);
            content.Add(new ByteArrayContent(picture), field, "picture.png");
        }

        await ReadAsync(await browser.PostAsync("/uploads/new?handler=Draft", content, Token), HttpStatusCode.Redirect);

        Assert.Equal(2, (await browser.ParseAsync($"/uploads/new?download={given.DownloadId}")).QuerySelectorAll("#thumbnail img").Length);
    }

    [Fact]
    public async Task A_picture_that_is_none_is_refused_beside_its_field_and_the_rest_is_kept()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["Title"] = "Kept all the same";

        var page = await PostPictureAsync(browser, "?handler=Draft", form, "<svg onload=alert(1)>"u8.ToArray(), HttpStatusCode.UnprocessableEntity);

        Assert.Contains("no picture in JPEG or PNG", page.QuerySelector("#thumbnail-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Kept all the same", page.QuerySelector("#Title")!.GetAttribute("value"));
        Assert.Null(page.QuerySelector("#thumbnail img"));
    }

    [Fact]
    public async Task A_frame_of_the_video_becomes_the_thumbnail_and_is_left_to_youtube_again()
    {
        var given = await _app.GivenVideoAsync(film: await MadePicture.OfRedAndBlueAsync());
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["FrameAt"] = "0:01.5";

        await PostAsync(browser, "?handler=Frame", form, HttpStatusCode.Redirect);
        var page = await browser.ParseAsync($"/uploads/new?download={given.DownloadId}");
        var colour = await MadePicture.ColourOfAsync(await browser.GetByteArrayAsync(page.QuerySelector("#thumbnail img")!.GetAttribute("src"), Token));
        await PostAsync(browser, "?handler=NoThumbnail", form, HttpStatusCode.Redirect);

        Assert.Equal(2, colour.IndexOf(colour.Max()));
        Assert.Null((await browser.ParseAsync($"/uploads/new?download={given.DownloadId}")).QuerySelector("#thumbnail img"));
    }

    [Theory]
    [InlineData("", "Enter the frame's time")]
    [InlineData("soon", "Enter the frame's time")]
    [InlineData("1:2:3:4", "Enter the frame's time")]
    [InlineData("0:05", "within the video")]
    public async Task A_frame_at_no_time_of_the_video_is_refused(string at, string words)
    {
        var given = await _app.GivenVideoAsync(film: await MadePicture.OfRedAndBlueAsync());
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["FrameAt"] = at;

        var page = await PostAsync(browser, "?handler=Frame", form, HttpStatusCode.UnprocessableEntity);

        Assert.Contains(words, page.QuerySelector("#frame-error")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_is_one_of_the_chosen_zone_which_is_remembered()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        Assert.Equal("UTC", form["TimeZone"]);
        form["TimeZone"] = "Europe/Berlin";
        form["PublishAt"] = "2035-07-01T18:00";
        form["RightsStatement"] = "true";

        using var answer = await browser.PostAsync("/uploads/new", new FormUrlEncodedContent(form), Token);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("tv_zone=Europe%2FBerlin;", StringComparison.Ordinal));
        Assert.Equal(new DateTimeOffset(2035, 7, 1, 16, 0, 0, TimeSpan.Zero), Assert.Single(await UploadsAsync(given)).PublishAt);
    }

    [Fact]
    public async Task A_time_that_the_clocks_go_over_is_refused_and_one_that_comes_twice_is_told()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["RightsStatement"] = "true";
        form["TimeZone"] = "Europe/Berlin";
        form["PublishAt"] = "2035-10-28T02:30";
        var twice = await PostAsync(browser, "?handler=Preflight", form, HttpStatusCode.OK);
        form["PublishAt"] = "2035-03-25T02:30";
        var never = await PostAsync(browser, "", form, HttpStatusCode.UnprocessableEntity);

        Assert.Contains("comes twice: the first is meant", twice.QuerySelector("[data-state=warn]")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("no clock of Europe/Berlin shows 02:30", never.QuerySelector("#publish-at-error")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(await UploadsAsync(given));
    }

    [Fact]
    public async Task Each_channel_may_have_words_of_its_own()
    {
        var given = await _app.GivenVideoAsync();
        var second = await _app.GivenSecondChannelAsync(given);
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["Title"] = "For all";
        form["Description"] = "The same";
        form[$"Titles[{second}]"] = "For the second";
        form["RightsStatement"] = "true";
        var fields = form.Where(field => field.Key != "ChannelIds").Append(new("ChannelIds", given.ChannelId.ToString())).Append(new("ChannelIds", second.ToString())).ToList();

        using var answer = await browser.PostAsync("/uploads/new", new FormUrlEncodedContent(fields), Token);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var uploads = await UploadsAsync(given);
        Assert.Equal(("For all", "The same"), Said(uploads.Single(upload => upload.ChannelId == given.ChannelId)));
        Assert.Equal(("For the second", "The same"), Said(uploads.Single(upload => upload.ChannelId == second)));

        static (string, string) Said(UploadRow upload) => (upload.Title, upload.Description);
    }

    [Fact]
    public async Task A_fault_in_one_channels_words_is_told_beside_them()
    {
        var given = await _app.GivenVideoAsync();
        var second = await _app.GivenSecondChannelAsync(given);
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["ChannelIds"] = second.ToString();
        form[$"Titles[{second}]"] = "a < b";
        form["RightsStatement"] = "true";

        var page = await PostAsync(browser, "", form, HttpStatusCode.UnprocessableEntity);

        Assert.Contains("Second channel: The title may not contain", page.QuerySelector($"#Titles-{second}-error")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(page.QuerySelector("#Title-error")!.TextContent);
        Assert.True(page.QuerySelector("details[open] [aria-invalid=true]") is not null, "what is wrong can be seen");
        Assert.Empty(await UploadsAsync(given));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_creative_commons_source_is_named_unless_its_user_says_otherwise(bool isNamed)
    {
        var given = await _app.GivenVideoAsync(licence: "creativeCommon");
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        Assert.Equal("true", form["AddCredit"]);
        form["Description"] = "Mine";
        form["RightsStatement"] = "true";
        if (!isNamed)
            form.Remove("AddCredit");

        await PostAsync(browser, "", form, HttpStatusCode.Redirect);

        var expected = isNamed ? "Mine\n\n“A download” by Somebody, https://example.org/v, licensed under Creative Commons Attribution." : "Mine";
        Assert.Equal(expected, Assert.Single(await UploadsAsync(given)).Description);
    }

    [Fact]
    public async Task The_preflight_list_has_a_line_for_each_rule()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["Title"] = "Four";
        form["Description"] = "é\r\n";
        form["Tags"] = "two words, one";

        var list = await PostAsync(browser, "?handler=Preflight", form, HttpStatusCode.OK);

        var fine = list.QuerySelectorAll("[data-state=ok]").Select(line => line.TextContent).ToList();
        Assert.Contains("The title has 4 of 100 characters.", fine);
        Assert.Contains("The description has 3 of 5000 bytes.", fine);
        Assert.Contains("The tags count 15 of 500 characters.", fine);
        Assert.Equal(["Confirm that you may publish this video."], list.QuerySelectorAll("[data-state=bad]").Select(line => line.TextContent));
    }

    [Theory]
    [InlineData(0, "ok", "TikTok takes 5 more drafts for")]
    [InlineData(3, "ok", "TikTok takes 2 more drafts for")]
    [InlineData(4, "warn", "after this one the next waits")]
    [InlineData(5, "warn", "this one waits until TikTok takes another")]
    public async Task How_many_drafts_tiktok_still_takes_is_told(int begun, string state, string words)
    {
        var given = await _app.GivenVideoAsync("tiktok");
        await _app.Services.GetRequiredService<NpgsqlDataSource>().ExecuteAsync(
            """
            insert into tiktok_drafts (id, connected_account_id, begun_at)
            select gen_random_uuid(), connected_account_id, now() - make_interval(hours => hours)
            from channels
            cross join unnest(array[1, 2, 3, 4, 23]) with ordinality as begun (hours, n)
            where channels.id = @ChannelId
              and n <= @begun
            union all
            select gen_random_uuid(), connected_account_id, now() - interval '25 hours'
            from channels
            where channels.id = @ChannelId
            """,
            new { given.ChannelId, begun },
            Token);
        using var browser = await _app.SignInAsync(given.User);

        var list = await PostAsync(browser, "?handler=Preflight", await browser.ReadFormAsync(given), HttpStatusCode.OK);

        Assert.Contains(list.QuerySelectorAll($"[data-state={state}]"), line => line.TextContent.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public async Task How_much_of_the_days_quota_is_left_is_told()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        var left = (await _app.Services.GetRequiredService<YouTubeQuota>().ReadAsync(YouTubeBucket.Upload)) is { Used: var used, Limit: var limit } ? limit - used : 0;

        var list = await PostAsync(browser, "?handler=Preflight", form, HttpStatusCode.OK);

        Assert.Contains($"Today's quota of YouTube's API takes {left} more uploads.", list.QuerySelectorAll("[data-state=ok]").Select(line => line.TextContent));
    }

    [Fact]
    public async Task The_preview_shows_each_platform_that_is_chosen()
    {
        var given = await _app.GivenVideoAsync("tiktok");
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);

        var chosen = await PostAsync(browser, "?handler=Preflight", form, HttpStatusCode.OK);
        form.Remove("ChannelIds");
        var none = await PostAsync(browser, "?handler=Preflight", form, HttpStatusCode.OK);

        Assert.Equal(["tiktok"], Kinds(chosen));
        Assert.Equal(["youtube"], Kinds(none));

        static IEnumerable<string?> Kinds(IHtmlDocument page) => page.QuerySelectorAll("#previews .preview").Select(preview => preview.GetAttribute("data-kind"));
    }

    [Fact]
    public async Task A_draft_for_tiktok_is_not_scheduled()
    {
        var given = await _app.GivenVideoAsync("tiktok");
        using var browser = await _app.SignInAsync(given.User);
        var form = await browser.ReadFormAsync(given);
        form["PublishAt"] = "2035-07-01T18:00";
        form["RightsStatement"] = "true";

        await PostAsync(browser, "", form, HttpStatusCode.Redirect);

        Assert.Null(Assert.Single(await UploadsAsync(given)).PublishAt);
        Assert.DoesNotContain("scheduled", await browser.GetStringAsync("/uploads", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_that_this_version_does_not_understand_is_a_new_form()
    {
        var given = await _app.GivenVideoAsync();
        using var browser = await _app.SignInAsync(given.User);
        await _app.Services.GetRequiredService<NpgsqlDataSource>().ExecuteAsync(
            """insert into publish_drafts (user_id, download_id, form) values (@Id, @DownloadId, '{"Title": 7}')""", new { given.User.Id, given.DownloadId }, Token);

        Assert.Equal("A download", (await browser.ReadFormAsync(given))["Title"]);
        Assert.NotNull((await browser.ParseAsync("/uploads/new")).QuerySelector("#draft-list"));
    }

    private Task<IReadOnlyList<UploadRow>> UploadsAsync(Publishing.Given given) =>
        _app.Services.GetRequiredService<UploadStore>().ListAsync(given.User.Id, WorkFilter.None, null, 10, Token);

    private static async Task<IHtmlDocument> PostAsync(HttpClient browser, string query, Dictionary<string, string> form, HttpStatusCode status) =>
        await ReadAsync(await browser.PostAsync("/uploads/new" + query, new FormUrlEncodedContent(form), Token), status);

    private static async Task<IHtmlDocument> PostPictureAsync(HttpClient browser, string query, Dictionary<string, string> form, byte[] picture, HttpStatusCode status, string field = "Thumbnail")
    {
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in form)
            content.Add(new StringContent(value), name);
        var part = new ByteArrayContent(picture) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        content.Add(part, field, "picture.png");
        return await ReadAsync(await browser.PostAsync("/uploads/new" + query, content, Token), status);
    }

    private static async Task<IHtmlDocument> ReadAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        using var _ = answer;
        var body = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(status == answer.StatusCode, $"{answer.StatusCode}: {body[..Math.Min(body.Length, 2000)]}");
        return new HtmlParser().ParseDocument(body);
    }
}
