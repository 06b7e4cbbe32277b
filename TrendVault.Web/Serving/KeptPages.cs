using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace TrendVault.Web;

/// <summary>
/// Pages and fragments as <see cref="KeptAnswer"/>. The frame's own texts and the antiforgery token are each reader's; all else that
/// one reader sees and another does not is named by the key.
/// </summary>
internal sealed class KeptPages(MinuteCache cache, KeptRequests requests, IAntiforgery antiforgery, HtmlEncoder encoder)
{
    /// <summary>The page that was kept under this key, or null.</summary>
    public IActionResult? Find(KeptKey key) => cache.Find<KeptAnswer>(key.Name) is { } answer ? new Kept(this, key, answer) : null;

    /// <summary>A whole page, which is kept when it is sent.</summary>
    public PageResult KeepPage(KeptKey key) => new MadePage(this, key);

    /// <summary>A fragment, which is kept when it is sent.</summary>
    public IActionResult Keep(KeptKey key, PartialViewResult fragment) => new MadeFragment(this, key, fragment);

    private async Task SendAndKeepAsync(KeptKey key, HttpContext context, Func<Task> make)
    {
        using var made = new MemoryStream();
        var (body, frame) = (context.Response.Body, FrameOf(context));
        (context.Response.Body, frame.IsMarked) = (made, true);
        try
        {
            await make();
        }
        finally
        {
            (context.Response.Body, frame.IsMarked) = (body, false);
        }

        var answer = new KeptAnswer(made.ToArray(), frame.IsSignedIn ? [TokenOf(context), .. OwnTexts.Marks.All()] : []);
        cache.Keep(key.Name, answer, answer.Size);
        await SendAsync(key, answer, context);
    }

    private async Task SendAsync(KeptKey key, KeptAnswer answer, HttpContext context)
    {
        if (!FrameOf(context).IsSignedIn)
            requests.Keep(context, key.IsCurrent, again => SendAgainAsync(answer, again));
        await SendAsync(answer, context);
    }

    private Task SendAgainAsync(KeptAnswer answer, HttpContext context)
    {
        _ = context.Request.WantsFragment(); // which says by what the answer varies
        return SendAsync(answer, context);
    }

    private async Task SendAsync(KeptAnswer answer, HttpContext context) =>
        await answer.SendAsync(context.Response, "text/html; charset=utf-8", answer.HasGaps ? await FillsAsync(context) : []);

    private async Task<string[]> FillsAsync(HttpContext context)
    {
        var own = await FrameOf(context).ReadOwnAsync();
        return [TokenOf(context), .. own!.All().Select(encoder.Encode)];
    }

    // The same all over one page.
    private string TokenOf(HttpContext context) => antiforgery.GetAndStoreTokens(context).RequestToken!;

    private static PageFrame FrameOf(HttpContext context) => context.RequestServices.GetRequiredService<PageFrame>();

    private sealed class Kept(KeptPages pages, KeptKey key, KeptAnswer answer) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) => pages.SendAsync(key, answer, context.HttpContext);
    }

    // Razor Pages gives a page's view to results of this type only.
    private sealed class MadePage(KeptPages pages, KeptKey key) : PageResult
    {
        public override Task ExecuteResultAsync(ActionContext context) =>
            pages.SendAndKeepAsync(key, context.HttpContext, () => base.ExecuteResultAsync(context));
    }

    private sealed class MadeFragment(KeptPages pages, KeptKey key, PartialViewResult fragment) : IActionResult
    {
        public Task ExecuteResultAsync(ActionContext context) =>
            pages.SendAndKeepAsync(key, context.HttpContext, () => fragment.ExecuteResultAsync(context));
    }
}

/// <summary>Under what a page is kept.</summary>
/// <param name="Name">All that it is made of.</param>
/// <param name="IsCurrent">Whether the same address is still answered with it.</param>
internal sealed record KeptKey(string Name, Func<bool> IsCurrent);
