using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace TrendVault.Web.Pages;

/// <summary>Home is the wall.</summary>
internal sealed class HomeModel : PageModel
{
    public IActionResult OnGet() => Redirect("/trending");
}
