using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TrendVault.Tests.App;
using static Microsoft.Playwright.Assertions;

namespace TrendVault.Tests.Browser;

/// <summary>The main job, as a newcomer does it: TrendVault as a process of its own, nothing configured, a browser.</summary>
public sealed partial class StoryTests(BrowserFixture browser) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tv-story-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Find_download_play_connect_publish_and_find_it_all_again_after_a_restart()
    {
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        await using var app = await AppProcess.Start(_folder).ReadyAsync();
        await using var tab = await browser.OpenAsync(app.Address);
        var page = tab.Page;

        await FindAsync(page);
        await RegisterAsync(page);
        var title = await DownloadAsync(page);
        var player = await PlayAndSaveAsync(page, title);
        await ConnectAsync(page);
        await PublishAsync(page, player);
        Assert.True(tab.Errors.Count == 0, string.Join('\n', tab.Errors));

        await app.InterruptAsync();
        Assert.Equal(0, await app.ExitAsync());
        await using var again = await AppProcess.Start(_folder, app.Settings).ReadyAsync();

        await FindItAllAgainAsync(page, title);
    }

    private static async Task FindAsync(IPage page)
    {
        // On a busy machine the first fetch may take longer than a page waits for it; then it answers 503, and asks to be loaded again.
        foreach (var path in (string[])["trending", "trending?platform=tiktok", "trending?platform=youtube&region=JP"])
            await Eventually.TrueAsync(async () => (await page.APIRequest.GetAsync(path)).Ok, $"{path} is there", TimeSpan.FromMinutes(2));

        await page.GotoAsync("trending");
        await Expect(page.Locator(".card").Nth(19)).ToBeAttachedAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "TikTok", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("platform=tiktok"));
        await Expect(page.Locator(".card__platform").First).ToHaveTextAsync("TT");

        await page.GetByRole(AriaRole.Link, new() { Name = "YouTube", Exact = true }).ClickAsync();
        await page.GetByLabel("Region").SelectOptionAsync("JP");
        await Expect(page).ToHaveURLAsync(new Regex("region=JP"));
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Japan");
    }

    private static async Task RegisterAsync(IPage page)
    {
        await page.GotoAsync("register");
        await page.GetByLabel("Name").FillAsync("Ada");
        await page.GetByLabel("E-mail").FillAsync("ada@example.org");
        await page.GetByLabel("Password").FillAsync("quiet-harbour-lantern");
        await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        await Expect(page.GetByLabel("Account")).ToBeVisibleAsync();
    }

    /// <summary>From a card, through the picker in place, to a finished row that moved without a reload.</summary>
    private static async Task<string> DownloadAsync(IPage page)
    {
        await page.GotoAsync("trending?platform=youtube&region=US");
        var card = page.Locator(".card").First;
        var title = (await card.Locator(".card__link").InnerTextAsync()).Trim();
        await card.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("720p").First.ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync();

        await Expect(page.Locator("#toasts")).ToContainTextAsync("The download has started.");
        await page.Locator("nav a[href='/downloads']").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("/downloads"));
        await page.EvaluateAsync("window.neverReloaded = true");
        var row = page.Locator("#download-list .row").First;
        await Expect(row).ToHaveAttributeAsync("data-state", "running");
        await Expect(row.Locator(".row__facts")).ToContainTextAsync(new Regex(@"/s"));
        await Expect(row.Locator(".row__facts")).ToContainTextAsync(new Regex("left"));
        var seen = await PercentsUntilDoneAsync(row);

        Assert.True(seen.Count >= 3, $"The percent moves: {string.Join(", ", seen)}");
        Assert.Equal(seen.Order(), seen);
        Assert.True(await page.EvaluateAsync<bool>("window.neverReloaded === true"), "The row moved without a reload.");
        return title;
    }

    private static async Task<string> PlayAndSaveAsync(IPage page, string title)
    {
        await page.Locator("#download-list .row__title a").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(title);
        await page.EvaluateAsync("async () => { const video = document.querySelector('video'); video.muted = true; await video.play(); }");
        await Eventually.TrueAsync(() => page.EvaluateAsync<bool>("document.querySelector('video')?.currentTime > 0.2"), "the video plays");
        Assert.Equal(720, await page.EvaluateAsync<int>("document.querySelector('video').videoHeight"));

        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Save to disk" }).ClickAsync());
        Assert.EndsWith(".mp4", file.SuggestedFilename, StringComparison.Ordinal);
        Assert.True(new FileInfo(await file.PathAsync()).Length > 100_000);
        return page.Url;
    }

    private static async Task ConnectAsync(IPage page)
    {
        await page.GotoAsync("accounts");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = ConnectGoogle() }).First.ClickAsync();
        await Expect(page.GetByText("stands in for Google").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/accounts"));
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);
        await Expect(page.Locator("#account-list .row")).ToContainTextAsync("subscribers");
    }

    private static async Task PublishAsync(IPage page, string player)
    {
        await page.GotoAsync(player);
        await page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Publish" }).ClickAsync();
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }).FillAsync("A story of my own");
        // Some days' first video is under a licence whose credit line has a box of its own, "End the description with …".
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Description" }).FillAsync("Found, kept and published.");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Tags" }).FillAsync("story, first");
        await page.Locator("input[name=ChannelIds]").First.CheckAsync();
        await page.Locator("input[name=Privacy][value=unlisted]").CheckAsync();
        await page.Locator("input[name=RightsStatement]").CheckAsync();
        await page.Locator("#publish").GetByRole(AriaRole.Button, new() { Name = "Publish" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/uploads"));
        var row = page.Locator(".rows .row").First;
        await Expect(row).ToHaveAttributeAsync("data-state", "done", new() { Timeout = 60_000 });

        await page.GotoAsync("published");
        var link = page.GetByRole(AriaRole.Link, new() { Name = "A story of my own", Exact = true });
        var answer = await page.APIRequest.GetAsync((await link.GetAttributeAsync("href"))!);
        Assert.Equal(200, answer.Status);
        Assert.Contains("A story of my own", await answer.TextAsync(), StringComparison.Ordinal);
    }

    private static async Task FindItAllAgainAsync(IPage page, string title)
    {
        await page.GotoAsync("downloads");
        await Expect(page.Locator("#download-list .row__title a")).ToHaveTextAsync(title);
        await page.Locator("#download-list .row__title a").ClickAsync();
        await Eventually.TrueAsync(() => page.EvaluateAsync<bool>("document.querySelector('video')?.readyState >= 1"), "the video can be played");
        await page.GotoAsync("accounts");
        await Expect(page.Locator("#account-list .row")).ToContainTextAsync("subscribers");
        await page.GotoAsync("published");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "A story of my own", Exact = true })).ToBeVisibleAsync();
    }

    private static async Task<List<int>> PercentsUntilDoneAsync(ILocator row)
    {
        var seen = new List<int>();
        await Eventually.TrueAsync(
            async () =>
            {
                // One look at the row as it is: between two looks a push may have put another in its place.
                var look = await row.EvaluateAsync<string>("row => row.dataset.state + ' ' + (row.querySelector('progress')?.value ?? '')");
                var (state, percent) = (look.Split(' ')[0], look.Split(' ')[1]);
                if (percent.Length > 0 && (seen.Count == 0 || seen[^1] != (int)double.Parse(percent, CultureInfo.InvariantCulture)))
                    seen.Add((int)double.Parse(percent, CultureInfo.InvariantCulture));
                return state == "done";
            },
            "the download ends as done",
            TimeSpan.FromSeconds(120));
        return seen;
    }

    [GeneratedRegex("Connect (Google|YouTube)")]
    private static partial Regex ConnectGoogle();
}
