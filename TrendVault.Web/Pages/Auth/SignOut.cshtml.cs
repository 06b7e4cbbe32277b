using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace TrendVault.Web.Pages.Auth;

/// <summary>Signing out is a post; whoever comes here by a link goes on to the front page.</summary>
[AllowAnonymous]
internal sealed class SignOutModel(BrowserSessions browsers) : PageModel
{
    public IActionResult OnGet() => LocalRedirect("/");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        await browsers.SignOutAsync(HttpContext, cancellationToken);
        return LocalRedirect("/signin");
    }
}
