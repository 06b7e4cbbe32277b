using System.Security.Claims;
using Microsoft.Extensions.Options;

namespace TrendVault.Web.Infrastructure;

/// <summary>What stands around every page: who is signed in, the theme, and what the banner says. Asks no database.</summary>
internal sealed class PageFrame(IHttpContextAccessor accessor, Surroundings surroundings, IOptions<AppOptions> options)
{
    private readonly HttpContext _context = accessor.HttpContext!;

    public bool IsSignedIn => _context.User.Identity is { IsAuthenticated: true };

    /// <summary>Null for a stranger.</summary>
    public string? UserName => _context.User.FindFirstValue(ClaimTypes.Name);

    /// <summary><c>light</c>, <c>dark</c>, or null to follow the system.</summary>
    public string? Theme => _context.Request.Cookies[ThemeCookie] is "light" or "dark" ? _context.Request.Cookies[ThemeCookie] : null;

    /// <summary>The page before left a sentence for this one.</summary>
    public bool HasFlash => _context.Request.Cookies.ContainsKey(CookieNames.For("flash", options.Value.IsHttps));

    /// <summary>True for a page and all below it.</summary>
    public bool IsCurrent(string path) => _context.Request.Path.StartsWithSegments(path);

    /// <summary>Platforms that are not the real ones here.</summary>
    public IReadOnlyList<string> SandboxPlatforms => surroundings.SandboxPlatforms;

    /// <summary>Read by the server, so that the first paint has the right colours; it names nobody.</summary>
    public const string ThemeCookie = "tv_theme";
}
