using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Auth;

namespace TrendVault.Web.Pages.Auth;

[AllowAnonymous]
[RequireLimit(Limits.SignIns)]
internal sealed class SignInModel(AuthService auth, BrowserSessions browsers, IWebHostEnvironment environment) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public bool MayRegister { get; private set; }

    public bool ShowsDemo => environment.IsDevelopment();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (User.FindId() is not null)
            return LocalRedirect(Web.ReturnUrl.Local(ReturnUrl));
        return await FormAsync(cancellationToken);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        switch (await auth.SignInAsync(Email, Password, browsers.Client(HttpContext, Email), cancellationToken))
        {
            case SignInOutcome.Welcome { User: var user }:
                await browsers.SignInAsync(HttpContext, user, cancellationToken);
                return LocalRedirect(Web.ReturnUrl.Local(ReturnUrl));
            case SignInOutcome.Throttled { RetryAfter: var wait }:
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
                ModelState.AddModelError("", Sentences.Wait(wait));
                break;
            default:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                ModelState.AddModelError("", Sentences.WrongPassword);
                break;
        }

        return await FormAsync(cancellationToken);
    }

    private async Task<PageResult> FormAsync(CancellationToken cancellationToken)
    {
        MayRegister = await auth.MayRegisterAsync(cancellationToken);
        return Page();
    }
}
