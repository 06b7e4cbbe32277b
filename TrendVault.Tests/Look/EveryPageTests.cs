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

    // What is left of a desk's window at 400 %.
    private const int AtFourfold = 320;

    // The rules of WCAG 2.2 AA that axe leaves to be asked for, too.
    private const string Everything = "rules: { 'target-size': { enabled: true } }";

    // What a narrower window and the other scheme can break; the rest is the same in all.
    private const string Appearance = "runOnly: ['color-contrast', 'target-size', 'scrollable-region-focusable']";

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly List<string> _faults = [];

    [Theory]
    [InlineData(Desk)]
    [InlineData(Phone)]
    public async Task Every_page_is_accessible_fits_its_window_and_is_light(int width)
    {
        await using var visit = await browser.OpenAsync(app.Address, width);
        var page = visit.Page;

        foreach (var path in (string[])["/trending", "/register", "/signin"])
            await VisitAsync(page, path);
        await page.GetByLabel("E-mail").FillAsync(app.User.Email);
        await page.GetByLabel("Password").FillAsync(SignedInExtensions.Password);
        await page.Locator(".gate").GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/trending");
        foreach (var path in Paths())
            await VisitAsync(page, path);
        foreach (var open in (Func<IPage, Task>[])[OpenPickerAsync, OpenKeysAsync, OpenMenusAsync])
        {
            await open(page);
            await LookAsync(page, open.Method.Name);
        }

        Assert.Empty(visit.Errors);
        // Chromium tells of a missing page on the console.
        await VisitAsync(page, "/nowhere");
        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
    }

    private string[] Paths()
    {
        var url = Uri.EscapeDataString(new Uri(app.Sandbox.Address, "media/clip.mp4").ToString());
        return
        [
            "/trending", "/trending?q=nothing+of+that+name", "/trending?platform=tiktok",
            "/downloads", "/downloads?q=nothing+of+that+name", $"/downloads/{app.Done}", $"/downloads/{app.Failed}", $"/downloads/{app.Running}", $"/downloads/{app.Done}/delete",
            "/downloads/new", $"/downloads/new?show=1&url={url}", "/downloads/new?show=1&url=nonsense",
            "/uploads", "/uploads/new", $"/uploads/new?download={app.Done}", "/published",
            "/accounts", $"/accounts/{app.AccountId}/disconnect", "/oauth/authorize?provider=google",
            "/settings", "/status",
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

    private async Task LookAsync(IPage page, string name)
    {
        // Not through the package's own RunAxe, which loads axe for each run and opens a page to put the results together: a minute more.
        await page.EvaluateAsync(Axe);
        await JudgeAsync(page, name, page.ViewportSize!.Width >= Desk ? Everything : Appearance);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await JudgeAsync(page, name + " in the dark", Appearance);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });

        var (width, height) = (page.ViewportSize.Width, page.ViewportSize.Height);
        await FitsAsync(page, name);
        if (width >= Desk)
            return;
        await page.SetViewportSizeAsync(AtFourfold, height);
        await FitsAsync(page, name);
        await page.SetViewportSizeAsync(width, height);
    }

    private async Task JudgeAsync(IPage page, string name, string options)
    {
        // The colours of the other scheme arrive by a transition, however short.
        var found = await page.EvaluateAsync<string[]>(
            $$"""
            Promise.allSettled(document.getAnimations().map(({ finished }) => finished))
              .then(() => axe.run(document, { resultTypes: ['violations'], {{options}} }))
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

    /// <summary>A menu, a row's story and the bar of actions.</summary>
    private static async Task OpenMenusAsync(IPage page)
    {
        await page.GotoAsync("/downloads");
        await page.Locator(".row__more summary").ClickAsync();
        await page.Locator(".row__select input").First.CheckAsync();
        await page.GetByLabel("Account").ClickAsync();
    }
}
