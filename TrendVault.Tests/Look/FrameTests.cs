using Microsoft.Playwright;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;

namespace TrendVault.Tests.Look;

public sealed class FrameTests(SandboxApp app, BrowserFixture browser) : IClassFixture<SandboxApp>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_chosen_theme_is_rendered_by_the_server_from_then_on(bool javaScript)
    {
        await using var visit = await browser.OpenAsync(app.Address, javaScript: javaScript);
        var page = visit.Page;
        await page.GotoAsync("/trending?region=DE");

        await page.GetByLabel("Theme").ClickAsync();
        var chosen = javaScript
            ? page.RunAndWaitForResponseAsync(() => Choose(page, "Dark"), "**/theme")
            : Choose(page, "Dark");
        await chosen;
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        Assert.EndsWith("/trending?region=DE", page.Url, StringComparison.Ordinal);

        await page.ReloadAsync();

        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Assertions.Expect(page.Locator("body")).ToHaveCSSAsync("color-scheme", "dark");
    }

    [Fact]
    public async Task The_keys_open_the_help_and_the_paste_box_and_leave_text_fields_alone()
    {
        await using var visit = await browser.OpenAsync(app.Address);
        var page = visit.Page;
        await page.GotoAsync("/trending");
        var dialog = page.Locator("#dialog");
        var paste = page.GetByLabel("Paste video URLs");

        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(dialog).ToContainTextAsync("Tick the row");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(dialog).ToBeHiddenAsync();

        await page.Keyboard.PressAsync("n");
        await Assertions.Expect(paste).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("n?/x");
        await Assertions.Expect(paste).ToHaveValueAsync("n?/x");
        await Assertions.Expect(dialog).ToBeHiddenAsync();
    }

    [Fact]
    public async Task The_theme_form_leads_to_no_other_site()
    {
        await using var visit = await browser.OpenAsync(app.Address, javaScript: false);
        var page = visit.Page;
        await page.GotoAsync("/theme?returnUrl=//elsewhere.example/");
        var form = page.Locator("form[action='/theme']");
        var token = await form.Locator("input[name=__RequestVerificationToken]").GetAttributeAsync("value");

        var answer = await page.Context.APIRequest.PostAsync("/theme", new APIRequestContextOptions
        {
            Form = page.Context.APIRequest.CreateFormData()
                .Set("theme", "dark").Set("returnUrl", "//elsewhere.example/").Set("__RequestVerificationToken", token!),
            MaxRedirects = 0,
        });

        Assert.Equal("/", answer.Headers["location"]);
    }

    [Fact]
    public void Styles_and_script_keep_to_their_budgets()
    {
        var root = Path.Combine(Repository.Root, "TrendVault.Web", "wwwroot");

        Assert.InRange(Directory.GetFiles(Path.Combine(root, "css")).Sum(file => new FileInfo(file).Length), 1, 30 * 1024);
        Assert.InRange(new FileInfo(Path.Combine(root, "js", "app.js")).Length, 1, 12 * 1024);
    }

    private static Task Choose(IPage page, string theme) => page.GetByRole(AriaRole.Button, new() { Name = theme, Exact = true }).ClickAsync();
}
