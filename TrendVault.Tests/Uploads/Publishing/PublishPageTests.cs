using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TrendVault.Tests.Accounts;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;
using TrendVault.Web.Sandbox.Faults;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Uploads;

/// <summary>The form in a real browser, with and without script.</summary>
public sealed class PublishPageTests : IClassFixture<ConnectApp>
{
    private readonly ConnectApp _app;
    private readonly BrowserFixture _browser;

    public PublishPageTests(ConnectApp app, BrowserFixture browser)
    {
        (_app, _browser) = (app, browser);
        app.Sandbox.Faults.Clear();
        app.Sandbox.Faults.Switches = new SandboxSwitches { ConsentAs = GoogleSandbox.Ada };
    }

    [Fact]
    public async Task The_checks_and_the_button_follow_what_is_typed_and_a_reload_loses_nothing()
    {
        var given = await _app.GivenVideoAsync(film: await MadePicture.OfRedAndBlueAsync());
        await using var tab = await _browser.OpenAsync(_app.Address);
        var page = tab.Page;
        await tab.SignInAsync(given.User, "/uploads");
        await page.GotoAsync($"/uploads/new?download={given.DownloadId}");
        await Expect(page.Locator("#publish-action")).ToHaveTextAsync("Publish on 1 channel");

        await page.Locator("#Title").FillAsync("Typed and not sent");
        await page.Locator("#TimeZone").SelectOptionAsync("Europe/Berlin");
        await page.Locator("#PublishAt").FillAsync("2035-07-01T18:00");

        await Expect(page.Locator("#publish-action")).ToHaveTextAsync("Schedule on 1 channel for Sun 1 Jul 18:00 Europe/Berlin");
        await Expect(page.Locator("#preflight")).ToContainTextAsync("The title has 18 of 100 characters.");
        await Expect(page.Locator("#preflight")).ToContainTextAsync("Saved as a draft.");
        await page.ReloadAsync();
        await Expect(page.Locator("#Title")).ToHaveValueAsync("Typed and not sent");
        await Expect(page.Locator("#PublishAt")).ToHaveValueAsync("2035-07-01T18:00");
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task The_clocks_are_the_users_own_until_others_are_chosen()
    {
        var given = await _app.GivenVideoAsync();
        await using var tab = await _browser.OpenAsync(_app.Address, timeZone: "Asia/Tokyo");
        var page = tab.Page;
        await tab.SignInAsync(given.User, "/uploads");
        await page.GotoAsync($"/uploads/new?download={given.DownloadId}");
        await Expect(page.Locator("#TimeZone")).ToHaveValueAsync("Asia/Tokyo");

        await page.Locator("#TimeZone").SelectOptionAsync("Europe/Berlin");
        await Expect(page.Locator("#preflight")).ToContainTextAsync("Saved as a draft.");
        await page.SetViewportSizeAsync(800, 600);
        await page.EvaluateAsync("new Promise(requestAnimationFrame)");
        await Expect(page.Locator("#TimeZone")).ToHaveValueAsync("Europe/Berlin");
        await page.ReloadAsync();

        await Expect(page.Locator("#TimeZone")).ToHaveValueAsync("Europe/Berlin");
    }

    [Fact]
    public async Task A_zone_that_the_browser_calls_by_its_older_name_is_understood()
    {
        var given = await _app.GivenVideoAsync();
        await using var tab = await _browser.OpenAsync(_app.Address, timeZone: "Asia/Calcutta");
        var page = tab.Page;
        await tab.SignInAsync(given.User, "/uploads");
        await page.GotoAsync($"/uploads/new?download={given.DownloadId}");

        await page.Locator("#PublishAt").FillAsync("2035-07-01T18:00");

        await Expect(page.Locator("#publish-action")).ToHaveTextAsync(new Regex("^Schedule on 1 channel for Sun 1 Jul 18:00 Asia/(Calcutta|Kolkata)$"));
        await page.ReloadAsync();
        await Expect(page.Locator("#TimeZone")).ToHaveValueAsync(new Regex("^Asia/(Calcutta|Kolkata)$"));
    }

    [Theory]
    [InlineData("#Title", "four", "4 / 100")]
    [InlineData("#Description", "é", "2 / 5000")]
    [InlineData("#Tags", " two words ,one,, ", "15 / 500")]
    public async Task Each_field_counts_as_youtube_does(string field, string text, string count)
    {
        var given = await _app.GivenVideoAsync();
        await using var tab = await _browser.OpenAsync(_app.Address);
        var page = tab.Page;
        await tab.SignInAsync(given.User, "/uploads");
        await page.GotoAsync($"/uploads/new?download={given.DownloadId}");

        await page.Locator(field).FillAsync(text);

        await Expect(page.Locator($"label[for={field[1..]}] .field__count")).ToHaveTextAsync(count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_frame_is_taken_a_draft_saved_and_published_with_one_press_of_enter(bool javaScript)
    {
        var given = await _app.GivenVideoAsync(film: await MadePicture.OfRedAndBlueAsync());
        await using var tab = await _browser.OpenAsync(_app.Address, javaScript: javaScript);
        var page = tab.Page;
        await tab.SignInAsync(given.User, "/uploads");
        await page.GotoAsync($"/uploads/new?download={given.DownloadId}");

        await page.Locator("#FrameAt").FillAsync("1.5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take this frame" }).ClickAsync();
        await Expect(page.Locator("#thumbnail img")).ToBeVisibleAsync();
        await page.Locator("#Title").FillAsync($"Framed {given.DownloadId:n}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();
        await Expect(page.GetByText("Saved as a draft: you find it under Publish.")).ToBeVisibleAsync();
        await page.GotoAsync("/uploads/new");
        await page.Locator("#draft-list").GetByRole(AriaRole.Link, new() { Name = "Go on" }).ClickAsync();
        await page.Locator("input[name=RightsStatement]").CheckAsync();
        await page.Locator("#Title").PressAsync("Enter");

        await Expect(page).ToHaveURLAsync(new Regex("/uploads$"));
        await Eventually.TrueAsync(
            () => _app.Sandbox.Ledger.Videos.Any(video => video.Title == $"Framed {given.DownloadId:n}" && video.ThumbnailSha256 is not null), "the video has its frame", TimeSpan.FromSeconds(60));
        Assert.Empty(tab.Errors);
    }

    [Fact]
    public async Task A_picture_is_chosen_from_the_disk_without_a_script_and_removed_again()
    {
        var given = await _app.GivenVideoAsync();
        await using var tab = await _browser.OpenAsync(_app.Address, javaScript: false);
        var page = tab.Page;
        await tab.SignInAsync(given.User, "/uploads");
        await page.GotoAsync($"/uploads/new?download={given.DownloadId}");

        await page.Locator("#Thumbnail").SetInputFilesAsync(new FilePayload { Name = "own.png", MimeType = "image/png", Buffer = await MadePicture.OfAsync("1280x720", "png") });
        await page.GetByRole(AriaRole.Button, new() { Name = "Save draft" }).ClickAsync();
        await Eventually.TrueAsync(() => page.Locator("#thumbnail img").EvaluateAsync<bool>("image => image.naturalWidth === 1280"), "the picture is shown");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the thumbnail" }).ClickAsync();

        await Expect(page.Locator("#thumbnail img")).ToHaveCountAsync(0);
        await Expect(page.GetByText("Without a thumbnail YouTube chooses a frame.")).ToBeVisibleAsync();
    }
}
