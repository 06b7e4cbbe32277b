using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using TrendVault.Core;
using TrendVault.Core.Accounts;

namespace TrendVault.Web.Pages.Accounts;

/// <summary>
/// Where the consent page sends the browser back. Needs no session, but the browser that began. Success goes on to an address without
/// code and state; a problem is told here, and by then both are used up or worthless.
/// </summary>
[AllowAnonymous]
internal sealed class CallbackModel(OAuthFlow flow, IOptions<AppOptions> options) : PageModel
{
    public ConnectProblem Problem { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? state, string? code, string? error, CancellationToken cancellationToken)
    {
        var cookie = OAuthAddress.FlowCookie(options.Value);
        var answer = new FlowAnswer(state, code, error, Request.Cookies[cookie]);
        var outcome = await flow.FinishAsync(answer, OAuthAddress.CallbackOf(options.Value), cancellationToken);
        Response.Cookies.Delete(cookie, OAuthAddress.CookieOf(options.Value, lifetime: null));
        return outcome switch
        {
            ConnectOutcome.Connected connected => LocalRedirect($"/accounts?connected={connected.Account.Id}"),
            ConnectOutcome.Denied denied => Tell(StatusCodes.Status400BadRequest, "Not connected", denied.Message),
            ConnectOutcome.Failed { Reason: { Remedy: Remedy.Retry or Remedy.Wait } reason } =>
                Tell(StatusCodes.Status503ServiceUnavailable, "Not connected", $"{reason.Message} Try again in a little while."),
            ConnectOutcome.Failed failed => Tell(StatusCodes.Status400BadRequest, "Not connected", failed.Reason.Message),
            _ => Tell(
                StatusCodes.Status400BadRequest,
                "This link does not work",
                "It was used before, it is older than ten minutes, or it began in another browser. Start again from Accounts."),
        };
    }

    private PageResult Tell(int status, string title, string message)
    {
        Problem = new ConnectProblem(title, message);
        Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
            Response.Headers.RetryAfter = "30";
        return Page();
    }
}
