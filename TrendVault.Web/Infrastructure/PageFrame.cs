using System.Globalization;
using System.Security.Claims;
using TrendVault.Core.Auth;

namespace TrendVault.Web.Infrastructure;

/// <summary>What stands around every page: who is signed in, the theme, and what the banner says. Asks no database.</summary>
internal sealed class PageFrame(IHttpContextAccessor accessor, Surroundings surroundings, IHostEnvironment environment)
{
    private readonly HttpContext _context = accessor.HttpContext!;

    public bool IsSignedIn => _context.User.Identity is { IsAuthenticated: true };

    public bool IsAdmin => _context.User.IsInRole("admin");

    /// <summary>Null for a stranger.</summary>
    public string? UserName => _context.User.FindFirstValue(ClaimTypes.Name);

    /// <summary>The first letter of the name, whole even where it takes several code units.</summary>
    public string Initial => UserName is { Length: > 0 } name ? StringInfo.GetNextTextElement(name).ToUpperInvariant() : "";

    /// <summary><c>light</c>, <c>dark</c>, or null to follow the system.</summary>
    public string? Theme => _context.Request.Cookies[ThemeCookie] is "light" or "dark" ? _context.Request.Cookies[ThemeCookie] : null;

    public string Path => _context.Request.Path.Value ?? "/";

    /// <summary>True for a page and all below it.</summary>
    public bool IsCurrent(string path) => _context.Request.Path.StartsWithSegments(path);

    /// <summary>Platforms that are not the real ones here.</summary>
    public IReadOnlyList<string> SandboxPlatforms => surroundings.SandboxPlatforms;

    /// <summary>True where the demo's sign-in is shown.</summary>
    public bool ShowsDemoSignIn => environment.IsDevelopment() && !IsSignedIn;

    public static string DemoEmail => DemoUser.Email;

    public static string DemoPassword => DemoUser.Password;

    /// <summary>Read by the server, so that the first paint has the right colours; it names nobody.</summary>
    public const string ThemeCookie = "tv_theme";
}
