using Microsoft.Extensions.Options;
using TrendVault.Core.Uploads;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>Remembers by whose clocks a user schedules, in a cookie that names nobody.</summary>
internal static class ZoneCookie
{
    private const string Name = "tv_zone";

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    /// <summary>Null while nothing is remembered.</summary>
    public static TimeZoneInfo? Read(HttpRequest request) => ZonedTime.Find(request.Cookies[Name]);

    /// <summary>What is no zone is not kept.</summary>
    public static void Keep(HttpContext context, string? zone)
    {
        if (ZonedTime.Find(zone) is not { } found || found.Id == Read(context.Request)?.Id)
            return;
        var options = context.RequestServices.GetRequiredService<IOptions<AppOptions>>().Value;
        context.Response.Cookies.Append(Name, found.Id, new CookieOptions { Path = "/", HttpOnly = true, Secure = options.IsHttps, SameSite = SameSiteMode.Lax, MaxAge = Remembered });
    }
}
