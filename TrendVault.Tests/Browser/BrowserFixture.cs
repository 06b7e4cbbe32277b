using Microsoft.Playwright;
using TrendVault.Core.Auth;
using TrendVault.Tests.Auth;

[assembly: AssemblyFixture(typeof(TrendVault.Tests.Browser.BrowserFixture))]

namespace TrendVault.Tests.Browser;

/// <summary>One Chromium for the whole run, started by the first test that opens a page.</summary>
public sealed class BrowserFixture : IAsyncDisposable
{
    private static readonly string[] Arguments =
        ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

    private readonly SemaphoreSlim _once = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A page in a fresh, signed-out context; console errors and failed requests are kept for the test to look at.</summary>
    public async Task<BrowserPage> OpenAsync(Uri address, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light, bool javaScript = true, string timeZone = "UTC")
    {
        var browser = await BrowserAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = javaScript,
            TimezoneId = timeZone,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        return new BrowserPage(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _once.Dispose();
    }

    private async Task<IBrowser> BrowserAsync()
    {
        await _once.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = "/usr/bin/chromium",
                Args = Arguments,
            });
        }
        finally
        {
            _once.Release();
        }
    }
}

/// <summary>A page and what went wrong on it.</summary>
public sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    public BrowserPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Keep(message.Type == "error" && !IsOfLeaving(message.Text), $"{message.Text} ({message.Location})");
        page.PageError += (_, error) => Keep(true, error);
    }

    public IPage Page { get; }

    /// <summary>Console errors, Content-Security-Policy violations among them.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    /// <summary>Signs in with the form, and waits for the path that was wanted.</summary>
    internal async Task SignInAsync(User user, string path)
    {
        await Page.GotoAsync($"/signin?returnUrl={path}");
        await Page.GetByLabel("E-mail").FillAsync(user.Email);
        await Page.GetByLabel("Password").FillAsync(AuthServices.GoodPassword);
        await Page.Locator(".gate").GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Page.WaitForURLAsync("**" + path);
    }

    /// <summary>Ends it; with SCREENSHOTS set to a folder, what it showed last stays there.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{Guid.CreateVersion7():n}.png") });
        await _context.DisposeAsync();
    }

    // Who goes on while htmx still asks for something ends its request; a request that failed is told in other words, too.
    private static bool IsOfLeaving(string text) =>
        text.StartsWith("htmx:sendAbort", StringComparison.Ordinal) || text.StartsWith("htmx:afterRequest", StringComparison.Ordinal);

    private void Keep(bool isError, string text)
    {
        if (!isError)
            return;
        lock (_errors)
            _errors.Add(text);
    }
}
