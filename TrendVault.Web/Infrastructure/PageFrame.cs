using System.Security.Claims;

namespace TrendVault.Web.Infrastructure;

/// <summary>What stands around every page: who is signed in, the theme, and what the banner says. Asks no database.</summary>
internal sealed class PageFrame(IHttpContextAccessor accessor, Surroundings surroundings)
{
    private readonly HttpContext _context = accessor.HttpContext!;

    public bool IsSignedIn => _context.User.Identity is { IsAuthenticated: true };

    /// <summary>Null for a stranger.</summary>
    public string? UserName => _context.User.FindFirstValue(ClaimTypes.Name);

    /// <summary><c>light</c>, <c>dark</c>, or null to follow the system.</summary>
    public string? Theme => _context.Request.Cookies[ThemeCookie] is "light" or "dark" ? _context.Request.Cookies[ThemeCookie] : null;

    /// <summary>True for a page and all below it.</summary>
    public bool IsCurrent(string path) => _context.Request.Path.StartsWithSegments(path);

    /// <summary>Platforms that are not the real ones here.</summary>
    public IReadOnlyList<string> SandboxPlatforms => surroundings.SandboxPlatforms;

    /// <summary>Read by the server, so that the first paint has the right colours; it names nobody.</summary>
    public const string ThemeCookie = "tv_theme";
}
