using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace TrendVault.Web.Infrastructure;

/// <summary>
/// Pages and fragments as <see cref="KeptAnswer"/>, for readers who are not signed in. They differ in nothing but the antiforgery
/// token, which each gets anew.
/// </summary>
internal sealed class KeptPages(MinuteCache cache, IAntiforgery antiforgery)
{
    /// <summary>The page that was kept under this key, or null.</summary>
    public IActionResult? Find(string key) => cache.Find<KeptAnswer>(key) is { } answer ? new Kept(this, answer) : null;

    /// <summary>A whole page, which is kept when it is sent.</summary>
    public PageResult KeepPage(string key) => new MadePage(this, key);

    /// <summary>A fragment, which is kept when it is sent.</summary>
    public IActionResult Keep(string key, PartialViewResult fragment) => new MadeFragment(this, key, fragment);

    private async Task SendAndKeepAsync(string key, HttpContext context, Func<Task> make)
    {
        using var made = new MemoryStream();
        var body = context.Response.Body;
        context.Response.Body = made;
        try
        {
            await make();
        }
        finally
        {
            context.Response.Body = body;
        }

        // What has no form has no token in it; else it is the same all over the page.
        var answer = new KeptAnswer(made.ToArray(), antiforgery.GetTokens(context).RequestToken!);
        cache.Keep(key, answer, answer.Size);
        await SendAsync(answer, context);
    }

    private Task SendAsync(KeptAnswer answer, HttpContext context) =>
        answer.SendAsync(context.Response, "text/html; charset=utf-8", answer.HasGaps ? antiforgery.GetAndStoreTokens(context).RequestToken! : "");

    private sealed class Kept(KeptPages pages, KeptAnswer answer) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) => pages.SendAsync(answer, context.HttpContext);
    }

    // Razor Pages gives a page's view to results of this type only.
    private sealed class MadePage(KeptPages pages, string key) : PageResult
    {
        public override Task ExecuteResultAsync(ActionContext context) =>
            pages.SendAndKeepAsync(key, context.HttpContext, () => base.ExecuteResultAsync(context));
    }

    private sealed class MadeFragment(KeptPages pages, string key, PartialViewResult fragment) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) =>
            pages.SendAndKeepAsync(key, context.HttpContext, () => fragment.ExecuteResultAsync(context));
    }
}
