using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TrendVault.Core.Downloads;
using TrendVault.Core.Storage;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Downloads;

/// <summary>What sites give that is hostile or odd, as the real yt-dlp tells it, from the page that is pasted to the file that is kept.</summary>
public sealed class OddSiteTests(DownloadsApp app, BrowserFixture browser) : IClassFixture<DownloadsApp>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Half_an_emoji_in_a_title_a_format_and_a_name_costs_those_alone()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);

        var offer = await FormatsAsync(client, app.Site.Url("halves.html"));
        var row = await DownloadAsync(client, user.Id, app.Site.Url("halves.html"));

        Assert.Equal("A film", offer.GetProperty("title").GetString());
        Assert.Equal(["good"], offer.GetProperty("formats").EnumerateArray().Select(format => format.GetProperty("formatId").GetString()));
        Assert.Equal(["fr"], offer.GetProperty("subtitles").EnumerateArray().Select(one => one.GetProperty("language").GetString()));
        Assert.Equal(("A film", "A film.mp4"), (row.Title, row.FileName));
    }

    [Theory]
    [InlineData("best", "360p", "h264")]
    [InlineData("aud-Français_'été'_|_声", "audio", null)]
    public async Task Ids_in_any_script_are_offered_and_asked_for_exactly(string format, string quality, string? codec)
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        var offer = await FormatsAsync(client, app.Site.Url("odd.m3u8"));
        Assert.Equal(["aud-Français_'été'_|_声", "高清"], offer.GetProperty("formats").EnumerateArray().Select(one => one.GetProperty("formatId").GetString()));

        var row = await DownloadAsync(client, user.Id, app.Site.Url("odd.m3u8"), format);

        Assert.Equal((quality, codec, "aac"), (row.Quality, row.VideoCodec, row.AudioCodec));
    }

    [Fact]
    public async Task The_shorter_side_is_the_quality_by_preset_and_by_name()
    {
        using var client = await app.ApiClientAsync();
        using var pages = await app.SignInAsync();

        var offer = await FormatsAsync(client, app.Site.Url("tall.m3u8"));
        var picker = await PickerAsync(pages, app.Site.Url("tall.m3u8"));

        Assert.Equal([(608, 1080), (1080, 1920), (2160, 3840)], offer.GetProperty("formats").EnumerateArray().Select(one => (one.GetProperty("width").GetInt32(), one.GetProperty("height").GetInt32())));
        Assert.Contains("<strong>Best</strong><small>2160p", picker, StringComparison.Ordinal);
        Assert.Contains("<strong>Up to 1080p</strong><small>1080p", picker, StringComparison.Ordinal);
        Assert.Contains("<strong>Up to 720p</strong><small>608p", picker, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_podcast_offers_its_sound_and_best_takes_it_and_says_so()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        using var pages = await app.SignInAsync(user);
        var url = app.Site.Url("podcast.mp3");

        var offer = await FormatsAsync(client, url);
        var picker = await PickerAsync(pages, url);
        var row = await DownloadAsync(client, user.Id, url);

        Assert.Equal(["audio", "mp3"], offer.GetProperty("presets").EnumerateArray().Select(preset => preset.GetString()));
        Assert.Contains("There is no picture at this address, only sound.", picker, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"best\"", picker, StringComparison.Ordinal);
        Assert.Equal(("audio, as there is no picture", "audio/mpeg", "podcast.mp3"), (row.Quality, row.ContentType, row.FileName));
        Assert.Contains("audio, as there is no picture", await pages.GetStringAsync(Path("/downloads"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_insists_on_a_format_gets_that_or_nothing()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);

        var row = await DownloadAsync(client, user.Id, app.Site.Url("podcast.mp3"), "137", WorkStatus.Failed);

        Assert.Equal(("format_unavailable", "The page does not offer this format: choose another."), (row.ErrorCode, row.Error));
    }

    [Fact]
    public async Task Lists_within_a_list_are_opened_and_never_started()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        using var pages = await app.SignInAsync(user);

        var offer = await FormatsAsync(client, app.Site.Url("lists.html"));
        var picker = await PickerAsync(pages, app.Site.Url("lists.html"));
        using var started = await PostAsync(client, "/api/downloads", new { videoUrl = app.Site.Url("lists.html") });
        using var form = new FormUrlEncodedContent([new("Several", "true"), new("url", app.Site.Url("lists.html")), new("items", "https://dailymotion.com/playlist/x1abc")]);
        using var ticked = await pages.PostAsync(Path("/downloads/new"), form, Token);

        Assert.Equal([true, true], offer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("isList").GetBoolean()));
        Assert.Contains("2 lists of videos", picker, StringComparison.Ordinal);
        Assert.Contains("href=\"/downloads/new?url=https%3A%2F%2Fdailymotion.com%2Fplaylist%2Fx1abc\"", picker, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"items\"", picker, StringComparison.Ordinal);
        Assert.DoesNotContain("Download what is ticked", picker, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity), (started.StatusCode, ticked.StatusCode));
        Assert.Contains("\"playlist\"", await started.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains("This is a list of videos", await ticked.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_meets_a_list_leads_to_its_videos()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        using var pages = await app.SignInAsync(user);
        var url = app.Site.Url("feed.xml?items=2");

        var row = await DownloadAsync(client, user.Id, url, "best", WorkStatus.Failed);
        var list = await pages.GetStringAsync(Path("/downloads"), Token);

        Assert.Equal("playlist", row.ErrorCode);
        Assert.Contains($"<a href=\"/downloads/new?url={Uri.EscapeDataString(url)}\">Choose from it</a>", list, StringComparison.Ordinal);
        Assert.DoesNotContain("handler=Retry&amp;id=" + row.Id, list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_title_that_nobody_can_see_has_a_name_in_row_page_file_and_for_screen_readers()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        using var pages = await app.SignInAsync(user);

        var row = await DownloadAsync(client, user.Id, app.Site.Url("unseen.html"));
        var page = await pages.GetStringAsync(Path($"/downloads/{row.Id}"), Token);
        var list = await pages.GetStringAsync(Path("/downloads"), Token);
        using var file = await pages.GetAsync(Path($"/downloads/{row.Id}/file?save=1"), Token);

        Assert.Equal(("unseen", "unseen.mp4"), (row.Title, row.FileName));
        Assert.Contains("<title>unseen · TrendVault</title>", page, StringComparison.Ordinal);
        Assert.Contains(">unseen</a></h2>", list, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"More for unseen\"", list, StringComparison.Ordinal);
        Assert.Contains("unseen.mp4", file.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_in_a_shared_text_is_used_by_the_api_too()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        using var pages = await app.SignInAsync(user);
        var shared = Shared(app.Site.Url("clip.mp4?shared"));

        var offer = await FormatsAsync(client, shared);
        var picker = await PickerAsync(pages, shared);
        var row = await DownloadAsync(client, user.Id, shared);
        using var words = await PostAsync(client, "/api/downloads/formats", new { videoUrl = "Wow! copy this" });

        Assert.Equal("clip", offer.GetProperty("title").GetString());
        Assert.Contains("value=\"best\"", picker, StringComparison.Ordinal);
        Assert.Equal(app.Site.Url("clip.mp4?shared"), row.SourceVideoUrl);
        Assert.Contains("This is not a web address", await words.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_text_is_pasted_into_the_header_as_it_is()
    {
        var user = await app.GivenUserAsync();
        await using var visit = await browser.OpenAsync(app.Address);
        await visit.SignInAsync(user, "/downloads");

        await visit.Page.Locator("#paste").FillAsync(Shared(app.Site.Url("master.m3u8?header")));
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.Locator("#picker .button--primary").ClickAsync();

        await Expect(visit.Page.Locator(".row__title").First).ToContainTextAsync("master");
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task Where_both_are_there_h264_is_taken()
    {
        await using var bench = await Bench.StartAsync([app.Site.Endpoint]);

        var info = await bench.YtDlp.ProbeAsync(app.Site.Url("codecs.m3u8"), Token);

        Assert.StartsWith("hvc1", info.Formats[^1].VideoCodec, StringComparison.Ordinal);
        Assert.All(new[] { "best", "480p" }, preset => Assert.StartsWith("avc1", FormatPicker.Pick(info, preset)!.Streams[0].VideoCodec, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_browser_that_cannot_show_the_picture_says_so_and_offers_the_file()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        var (hevc, clip) = (await DownloadAsync(client, user.Id, app.Site.Url("hevc.mp4")), await DownloadAsync(client, user.Id, app.Site.Url("clip.mp4")));
        Assert.Equal("hevc", hevc.VideoCodec);
        await using var visit = await browser.OpenAsync(app.Address);
        await visit.SignInAsync(user, $"/downloads/{hevc.Id}");
        var note = visit.Page.Locator("[data-unplayable]");

        await Expect(note).ToBeVisibleAsync();
        await Expect(note).ToContainTextAsync("This browser cannot show this file (H.265 (HEVC)).");
        await Expect(note.Locator("a")).ToHaveAttributeAsync("href", $"/downloads/{hevc.Id}/file?save=1");
        await Expect(visit.Page.Locator(".note.no-js-only")).ToBeHiddenAsync();

        await visit.Page.GotoAsync($"/downloads/{clip.Id}");
        await visit.Page.WaitForFunctionAsync("document.querySelector('[data-player]').videoWidth > 0");
        await Expect(note).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Without_the_script_the_page_of_an_hevc_file_says_what_may_be()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);
        var hevc = await DownloadAsync(client, user.Id, app.Site.Url("hevc.mp4"));
        await using var visit = await browser.OpenAsync(app.Address, javaScript: false);

        await visit.SignInAsync(user, $"/downloads/{hevc.Id}");

        await Expect(visit.Page.Locator(".note.no-js-only")).ToContainTextAsync("which not every browser can show");
        await Expect(visit.Page.Locator("[data-unplayable]")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_clip_that_a_telephone_filmed_on_its_side_is_upright()
    {
        var user = await app.GivenUserAsync();
        using var client = await app.ApiClientAsync(user);

        var row = await DownloadAsync(client, user.Id, app.Site.Url("turned.mp4"));
        using var pages = await app.SignInAsync(user);
        var poster = await pages.GetByteArrayAsync(Path($"/downloads/{row.Id}/poster"), Token);

        Assert.Equal((360, 640, "360p"), (row.Width, row.Height, row.Quality));
        Assert.Equal((360, 640), PictureHeader.SizeOf(poster));
    }

    private static async Task<JsonElement> FormatsAsync(HttpClient client, string videoUrl)
    {
        using var answer = await PostAsync(client, "/api/downloads/formats", new { videoUrl });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(answer.IsSuccessStatusCode, body.GetRawText());
        return body.GetProperty("data");
    }

    private static Task<string> PickerAsync(HttpClient pages, string text) =>
        pages.GetStringAsync(Path($"/downloads/new?show=1&url={Uri.EscapeDataString(text)}"), Token);

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, object body) => client.PostAsJsonAsync(Path(path), body, Token);

    // As a telephone shares a video.
    private static string Shared(string url) => $"Wow! {url}… copy this";

    private static Uri Path(string path) => new(path, UriKind.Relative);

    private async Task<DownloadRow> DownloadAsync(HttpClient client, Guid userId, string videoUrl, string format = "best", WorkStatus end = WorkStatus.Completed)
    {
        using var answer = await PostAsync(client, "/api/downloads", new { videoUrl, format });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body.GetRawText());
        return await app.BecomesAsync(userId, body.GetProperty("data").GetProperty("downloadId").GetGuid(), end);
    }
}
