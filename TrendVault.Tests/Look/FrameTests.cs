using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using TrendVault.Core.Auth;
using TrendVault.Tests.App;
using TrendVault.Tests.Browser;

namespace TrendVault.Tests.Look;

public sealed class FrameTests(SandboxApp app, BrowserFixture browser) : IClassFixture<SandboxApp>
{
    [Theory]
    [InlineData(1440, ColorScheme.Light)]
    [InlineData(1440, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task The_frame_is_accessible_and_breaks_no_rule_of_its_own_policy(int width, ColorScheme scheme)
    {
        await using var visit = await browser.OpenAsync(app.Address, width, scheme: scheme);
        await visit.Page.GotoAsync("/trending");

        var result = await visit.Page.RunAxe();

        Assert.Empty(result.Violations.Select(violation => violation.Id));
        Assert.Empty(visit.Errors);
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(720)]
    [InlineData(1280)]
    public async Task No_page_scrolls_sideways(int width)
    {
        await using var visit = await browser.OpenAsync(app.Address, width);
        await visit.Page.GotoAsync("/trending");

        Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/status")]
    public async Task A_users_pages_fit_a_phone_and_are_accessible(string path)
    {
        await using var visit = await browser.OpenAsync(app.Address, 390);
        var page = visit.Page;
        await page.GotoAsync($"/signin?returnUrl={path}");
        await page.GetByLabel("E-mail").FillAsync(DemoUser.Email);
        await page.GetByLabel("Password").FillAsync(DemoUser.Password);
        await page.Locator(".gate").GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync($"**{path}");

        var result = await page.RunAxe();

        Assert.Empty(result.Violations.Select(violation => violation.Id));
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(visit.Errors);
    }

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
        var paste = page.GetByLabel("Paste a video's URL");

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
        await page.GotoAsync("/trending");
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
