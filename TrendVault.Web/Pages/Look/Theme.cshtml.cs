using Htmx;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace TrendVault.Web.Pages.Look;

/// <summary>Remembers light, dark or as the system, in a cookie: the server then renders the choice and no page flashes.</summary>
[AllowAnonymous]
internal sealed class ThemeModel(IOptions<AppOptions> options) : PageModel
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    [BindProperty(SupportsGet = true, Name = "returnUrl")]
    public string? ReturnUrl { get; set; }

    public bool IsDialog { get; private set; }

    public IActionResult OnGet()
    {
        IsDialog = Request.WantsFragment();
        return IsDialog ? Partial("_Theme", this) : Page();
    }

    public IActionResult OnPost(string? theme)
    {
        var cookie = new CookieOptions { Path = "/", HttpOnly = true, Secure = options.Value.IsHttps, SameSite = SameSiteMode.Lax };
        if (theme is "light" or "dark")
            Response.Cookies.Append(PageFrame.ThemeCookie, theme, new CookieOptions(cookie) { MaxAge = Remembered });
        else
            Response.Cookies.Delete(PageFrame.ThemeCookie, cookie);

        if (!Request.IsHtmx())
            return LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl : "/");
        Response.Htmx(headers => headers.WithTrigger("dialog-close"));
        return new NoContentResult();
    }
}
