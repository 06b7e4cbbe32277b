using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using TrendVault.Core.Auth;

namespace TrendVault.Web.Pages.Auth;

[AllowAnonymous]
[RequireLimit(Limits.SignIns)]
internal sealed class RegisterModel(AuthService auth, BrowserSessions browsers) : PageModel
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    public bool IsOpen { get; private set; } = true;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (User.FindId() is not null)
            return LocalRedirect(Web.ReturnUrl.Local(ReturnUrl));
        IsOpen = await auth.MayRegisterAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        switch (await auth.RegisterAsync(Email, Password, Name, browsers.Client(HttpContext), cancellationToken))
        {
            case RegisterOutcome.Registered { User: var user }:
                await browsers.SignInAsync(HttpContext, user, cancellationToken);
                return LocalRedirect(Web.ReturnUrl.Local(ReturnUrl));
            case RegisterOutcome.Invalid { Errors: var errors }:
                Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
                foreach (var (field, sentence) in errors)
                    ModelState.AddModelError(field, sentence);
                return Page();
            default:
                Response.StatusCode = StatusCodes.Status403Forbidden;
                IsOpen = false;
                return Page();
        }
    }
}
