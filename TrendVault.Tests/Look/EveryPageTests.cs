using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;

namespace TrendVault.Tests.Look;

/// <summary>Every page, with something on it, as it is seen: in both schemes, on a desk, on a phone and at 400 %.</summary>
public sealed class EveryPageTests(FurnishedApp app, BrowserFixture browser) : IClassFixture<FurnishedApp>
{
    private const int Budget = 60 * 1024;
    private const int Desk = 1440;
    private const int Phone = 390;
    private const int Height = 900;

    // What is left of a desk's window at 400 %.
    private const int AtFourfold = 320;

    // The rules of WCAG 2.2 AA that axe leaves to be asked for, too.
    private const string Everything = "rules: { 'target-size': { enabled: true } }";

    // What a narrower window and the other scheme can break; the rest is the same in all.
    private const string Appearance = "runOnly: ['color-contrast', 'target-size', 'scrollable-region-focusable']";

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly List<string> _faults = [];

    [Fact]
    public async Task Every_page_is_accessible_fits_its_window_and_is_light()
    {
        await using var visit = await browser.OpenAsync(app.Address, Desk, Height);
        var page = visit.Page;

        foreach (var path in (string[])["/trending", "/register", "/signin"])
            await VisitAsync(page, path);
        await visit.SignInAsync(app.User, "/trending");
        foreach (var path in Paths())
            await VisitAsync(page, path);
        await OpenPickerAsync(page);
        await LookAsync(page, "the picker", within: "'#dialog'");
        await OpenKeysAsync(page);
        await LookAsync(page, "the keys", within: "'#dialog'");
        await OpenMenusAsync(page);
        await LookAsync(page, "the menus", within: "'.menu[open]'"); // what lies under them is looked at where they are closed
        await OpenGridAsync(page);
        await LookAsync(page, "the grid");
        await DeleteAsync(page);
        await LookAsync(page, "what was deleted");

        Assert.Empty(visit.Errors);
        // Chromium tells of a missing page on the console.
        await VisitAsync(page, "/nowhere");
        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
    }

    [Fact]
    public async Task What_was_told_stays_under_the_bell_on_the_next_page_and_goes_with_the_session()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await visit.SignInAsync(app.User, "/trending");
        await Assertions.Expect(page.GetByLabel("Messages")).ToBeHiddenAsync();

        await page.EvaluateAsync("document.dispatchEvent(new CustomEvent('toast', { detail: { text: 'It is there.', label: 'Open', href: '/downloads' } }))");
        await Assertions.Expect(page.Locator("#toasts")).ToContainTextAsync("It is there.");
        await page.GotoAsync("/settings");
        await page.GetByLabel("Messages").ClickAsync();

        await Assertions.Expect(page.Locator("#told")).ToContainTextAsync("It is there.");
        await Assertions.Expect(page.Locator("#told a")).ToHaveAttributeAsync("href", "/downloads");
        await page.GetByLabel("Account").ClickAsync();
        await page.Locator(".menu[open]").GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync(); // the page has others, for other sessions
        await Assertions.Expect(page.GetByLabel("Account")).ToBeHiddenAsync();
        await visit.SignInAsync(app.User, "/trending");
        await Assertions.Expect(page.GetByLabel("Messages")).ToBeHiddenAsync();
        Assert.Empty(visit.Errors);
    }

    [Fact]
    public async Task The_player_obeys_its_keys()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await visit.SignInAsync(app.User, "/trending");
        await page.GotoAsync($"/downloads/{app.Done}");
        Task<T> PlayerAsync<T>(string property) => page.EvaluateAsync<T>($"document.querySelector('video').{property}");
        await Eventually.TrueAsync(() => PlayerAsync<bool>("readyState >= 1"), "the film's length is known", TimeSpan.FromSeconds(60));

        await page.Keyboard.PressAsync("m");
        await page.Keyboard.PressAsync("Space");
        Assert.True(await PlayerAsync<bool>("muted"));
        await Eventually.TrueAsync(() => PlayerAsync<bool>("currentTime > 0"), "it plays", TimeSpan.FromSeconds(60));
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync(">");
        await page.Keyboard.PressAsync("ArrowLeft");

        Assert.True(await PlayerAsync<bool>("paused"));
        Assert.Equal(1.25, await PlayerAsync<double>("playbackRate"));
        Assert.Equal(0, await PlayerAsync<double>("currentTime"));
        await page.Keyboard.PressAsync("l");
        Assert.Equal(TestMedia.ClipSeconds, await PlayerAsync<double>("currentTime"), tolerance: 0.5);
    }

    private string[] Paths()
    {
        var url = Uri.EscapeDataString(new Uri(app.Sandbox.Address, "media/clip.mp4").ToString());
        return
        [
            "/trending", "/trending?q=nothing+of+that+name",
            "/downloads", "/downloads?q=nothing+of+that+name", $"/downloads/{app.Done}", $"/downloads/{app.Failed}", $"/downloads/{app.Running}", "/downloads?status=failed",
            "/downloads/new", $"/downloads/new?show=1&url={url}", "/downloads/new?show=1&url=nonsense",
            "/uploads", "/uploads?q=nothing+of+that+name", "/uploads/calendar", "/uploads/calendar?month=2020-02", "/uploads/new", $"/uploads/new?download={app.Done}", $"/uploads/{app.Refused}/edit", "/published",
            "/accounts", $"/accounts/{app.AccountId}/disconnect", "/oauth/authorize?provider=google",
            "/settings", "/status", "/theme",
        ];
    }

    private async Task VisitAsync(IPage page, string path)
    {
        var answer = await page.GotoAsync(path);
        var size = (await answer!.BodyAsync()).Length;
        if (size > Budget)
            _faults.Add($"{path}: {size} bytes of HTML");
        await LookAsync(page, path);
    }

    private async Task LookAsync(IPage page, string name, string within = "document")
    {
        // Not through the package's own RunAxe, which loads axe for each run and opens a page to put the results together: minutes more.
        await page.EvaluateAsync(Axe);
        await FitsAsync(page, name);
        await JudgeAsync(page, within, name, Everything);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await JudgeAsync(page, within, name + " in the dark", Appearance);
        await page.SetViewportSizeAsync(Phone, Height);
        await FitsAsync(page, name);
        await JudgeAsync(page, within, name + " on a phone in the dark", Appearance);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await JudgeAsync(page, within, name + " on a phone", Appearance);
        await page.SetViewportSizeAsync(AtFourfold, Height);
        await FitsAsync(page, name);
        await page.SetViewportSizeAsync(Desk, Height);
    }

    private async Task JudgeAsync(IPage page, string within, string name, string options)
    {
        // A frame on, the script knows of the window's new width; the colours of the other scheme arrive by a transition, however short.
        var found = await page.EvaluateAsync<string[]>(
            $$"""
            new Promise(requestAnimationFrame)
              .then(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
              .then(() => axe.run({{within}}, { resultTypes: ['violations'], {{options}} }))
              .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ' at ' + html)))
            """);
        _faults.AddRange(found.Select(fault => $"{name}: {fault}"));
    }

    private async Task FitsAsync(IPage page, string name)
    {
        if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"))
            _faults.Add($"{name}: wider than {page.ViewportSize!.Width}");
    }

    private static async Task OpenPickerAsync(IPage page)
    {
        await page.GotoAsync("/trending?platform=youtube");
        await page.Locator(".card").First.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync();
        await page.Locator("#dialog #picker form").WaitForAsync();
    }

    private static async Task OpenKeysAsync(IPage page)
    {
        await page.GotoAsync("/downloads");
        await page.Keyboard.PressAsync("?");
        await page.Locator("#dialog kbd").First.WaitForAsync();
    }

    private static async Task OpenGridAsync(IPage page)
    {
        await page.GotoAsync("/downloads");
        await page.GetByRole(AriaRole.Button, new() { Name = "Grid", Exact = true }).ClickAsync();
        await page.Locator(".grid .row").First.WaitForAsync();
    }

    /// <summary>The one that failed: no other test asks for it.</summary>
    private static async Task DeleteAsync(IPage page)
    {
        await page.Locator(".row[data-state=failed] .row__select input").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete with their files" }).ClickAsync();
        await page.Locator("#flash").GetByRole(AriaRole.Button, new() { Name = "Undo" }).WaitForAsync();
    }

    /// <summary>A menu, a row's story and the bar of actions.</summary>
    private static async Task OpenMenusAsync(IPage page)
    {
        await page.GotoAsync("/downloads");
        await page.Locator(".row__more summary").ClickAsync();
        await page.Locator(".row__select input").First.CheckAsync();
        await page.GetByLabel("Account").ClickAsync();
    }
}
