using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using TrendVault.Core.Accounts;

namespace TrendVault.Web.Pages.Accounts;

/// <summary>Sends a signed-in browser to the platform's consent page, with a cookie that binds the flow to it.</summary>
[Authorize(Policy = Policies.Page)]
internal sealed class AuthorizeModel(AccountPlatforms platforms, OAuthFlow flow, IOptions<AppOptions> options) : PageModel
{
    public ConnectProblem Problem { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? provider)
    {
        if (platforms.Find(provider) is not { } platform)
            return NotFound();
        if (platform.Unavailable is { } reason)
        {
            Problem = new ConnectProblem($"{platform.Name} is not set up here", reason);
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Page();
        }

        var start = await flow.BeginAsync(User.Id(), platform, OAuthAddress.CallbackOf(options.Value));
        Response.Cookies.Append(
            OAuthAddress.FlowCookie(options.Value), start.FlowCookie, OAuthAddress.CookieOf(options.Value, OAuthFlow.Lifetime));
        return Redirect(start.Url.AbsoluteUri);
    }
}
