using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace TrendVault.Web.Pages;

/// <summary>Shows the problem that <see cref="ProblemMiddleware"/> sends here; called by itself it is a missing page.</summary>
[AllowAnonymous]
internal sealed class ErrorModel : PageModel
{
    public Problem Problem { get; private set; } = Problem.OfStatus(StatusCodes.Status404NotFound);

    public IActionResult OnGet()
    {
        Problem = HttpContext.Features.Get<Problem>() ?? Problem;
        Response.StatusCode = Problem.Status;
        if (!Request.WantsFragment())
            return Page();

        Response.Headers["HX-Retarget"] = "#flash";
        Response.Headers["HX-Reswap"] = "innerHTML";
        return Partial("_Problem", Problem.Message);
    }
}
