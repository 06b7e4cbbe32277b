using System.Security.Claims;
using Htmx;
using Microsoft.Net.Http.Headers;

namespace TrendVault.Web;

internal static class RequestExtensions
{
    /// <summary>
    /// True when the caller swaps a fragment. One URL then has two bodies, so the answer varies by the header; and when htmx restores
    /// history it needs the whole page.
    /// </summary>
    public static bool WantsFragment(this HttpRequest request)
    {
        request.HttpContext.Response.Headers.Append(HeaderNames.Vary, HtmxRequestHeaders.Keys.Request);
        return request.IsFragment();
    }

    /// <summary>What <see cref="WantsFragment"/> says, for who does not answer.</summary>
    public static bool IsFragment(this HttpRequest request) =>
        request.IsHtmxNonBoosted() && !request.Headers.ContainsKey(HtmxRequestHeaders.Keys.HistoryRestoreRequest);

    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint lacks its authorisation.</exception>
    public static Guid Id(this ClaimsPrincipal user) =>
        user.FindId() ?? throw new InvalidOperationException("This endpoint needs a signed-in user and does not ask for one.");

    /// <summary>The signed-in user, or null.</summary>
    public static Guid? FindId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;
}
