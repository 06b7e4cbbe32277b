using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;

namespace TrendVault.Web;

/// <summary>What stands around every page: who is signed in, the theme, and what the banner says.</summary>
internal sealed class PageFrame(IHttpContextAccessor accessor, HeaderCounts counts, Surroundings surroundings, IOptions<AppOptions> options)
{
    private readonly HttpContext _context = accessor.HttpContext!;
    private OwnTexts? _own;

    public bool IsSignedIn => _context.User.Identity is { IsAuthenticated: true };

    /// <summary><c>light</c>, <c>dark</c>, or null to follow the system.</summary>
    public string? Theme => ThemeOf(_context.Request);

    /// <summary>The page before left a sentence for this one.</summary>
    public bool HasFlash => _context.Request.Cookies.ContainsKey(CookieNames.For("flash", options.Value.IsHttps));

    /// <summary>True for a page and all below it.</summary>
    public bool IsCurrent(string path) => _context.Request.Path.StartsWithSegments(path);

    /// <summary>Platforms that are not the real ones here.</summary>
    public IReadOnlyList<string> SandboxPlatforms => surroundings.SandboxPlatforms;

    /// <summary>While it is set, marks stand where the reader's own texts belong.</summary>
    public bool IsMarked { get; set; }

    /// <summary>What of the frame is the reader's own; null for a stranger. Asks the database at the first call.</summary>
    public async ValueTask<OwnTexts?> ReadOwnAsync()
    {
        if (!IsSignedIn)
            return null;
        _own ??= OwnTexts.Of(_context.User.FindFirstValue(ClaimTypes.Name)!, await counts.ReadAsync(_context));
        return IsMarked ? OwnTexts.Marks : _own;
    }

    public static string? ThemeOf(HttpRequest request) => request.Cookies[ThemeCookie] is "light" or "dark" ? request.Cookies[ThemeCookie] : null;

    /// <summary>Read by the server, so that the first paint has the right colours; it names nobody.</summary>
    public const string ThemeCookie = "tv_theme";
}

/// <summary>The texts of the frame that are one reader's own: the name, and how much is at work.</summary>
/// <param name="Name">Of the account.</param>
/// <param name="Downloading">How many.</param>
/// <param name="IsDownloading"><c>true</c> or <c>false</c>.</param>
/// <param name="Uploading">How many.</param>
/// <param name="IsUploading"><c>true</c> or <c>false</c>.</param>
/// <param name="Waiting">How many.</param>
internal sealed record OwnTexts(string Name, string Downloading, string IsDownloading, string Uploading, string IsUploading, string Waiting)
{
    /// <summary>Texts that no page has and nobody can guess.</summary>
    public static OwnTexts Marks { get; } = new(Mark(), Mark(), Mark(), Mark(), Mark(), Mark());

    /// <summary>False when the database could not say how much is at work.</summary>
    public bool HasCounts => Waiting.Length > 0;

    public static OwnTexts Of(string name, LiveCounts? work) => work is null
        ? new(name, "", "", "", "", "")
        : new(name, Text(work.Downloading), Some(work.Downloading), Text(work.Uploading), Some(work.Uploading), Text(work.Waiting));

    /// <summary>Each of them, always in the same order.</summary>
    public IEnumerable<string> All() => [Name, Downloading, IsDownloading, Uploading, IsUploading, Waiting];

    private static string Mark() => Guid.NewGuid().ToString("n");

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Some(int count) => count > 0 ? "true" : "false";
}
