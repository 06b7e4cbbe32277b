using Htmx;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace TrendVault.Web.Pages.Shared;

/// <summary>The way back from an order to the list that it was given in.</summary>
internal static class ListRedirect
{
    /// <summary>To the list as the reader had it, filters and all; a script that asks for a fragment is told to load it.</summary>
    /// <param name="page">What took the order.</param>
    /// <param name="list">The list's path.</param>
    public static IActionResult ToList(this PageModel page, string list)
    {
        var referer = ReturnUrl.OfReferer(page.Request);
        var url = referer.StartsWith(list + "?", StringComparison.Ordinal) ? referer : list;
        if (!page.Request.IsHtmx())
            return page.LocalRedirect(url);
        page.Response.Htmx(headers => headers.Redirect(url));
        return new NoContentResult();
    }
}
