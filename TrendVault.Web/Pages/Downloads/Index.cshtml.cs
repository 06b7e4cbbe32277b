using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using TrendVault.Core.Downloads;
using TrendVault.Core.Media;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Downloads;

/// <summary>The history of downloads, and what is done to its rows.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Downloads, Handler = "Retry")]
[RequireLimit(Limits.Downloads, Handler = "RetryTicked")]
[RequireLimit(Limits.Downloads, Handler = "RetryFailed")]
internal sealed class IndexModel(
    DownloadService downloads, DownloadStore store, StorageShare share, Toolbox toolbox, IOptions<AppOptions> options)
    : HistoryModel<DownloadRow>("/downloads", store, downloads)
{
    private const string ViewCookie = "tv_view";

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    public DownloadCounts Counts { get; private set; } = null!;

    /// <summary>What the files hold, and may.</summary>
    public Space Space => new(Counts.Bytes, share.Limit);

    /// <summary>Pictures first, instead of a row for each.</summary>
    public bool IsGrid => Request.Cookies[ViewCookie] == "grid";

    /// <summary>Nothing that waits starts.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>What the admin should install; null when all is well.</summary>
    public string? ToolWarning { get; private set; }

    protected override string Noun => "download";

    protected override string Removed => "deleted";

    /// <summary>Remembers list or grid, in a cookie that names nobody.</summary>
    public IActionResult OnPostView(string? view)
    {
        var cookie = new CookieOptions { Path = "/downloads", HttpOnly = true, Secure = options.Value.IsHttps, SameSite = SameSiteMode.Lax };
        if (view == "grid")
            Response.Cookies.Append(ViewCookie, view, new CookieOptions(cookie) { MaxAge = Remembered });
        else
            Response.Cookies.Delete(ViewCookie, cookie);
        return this.ToList("/downloads");
    }

    public async Task<IActionResult> OnPostPauseAsync(CancellationToken cancellationToken)
    {
        await downloads.PauseAsync(User.Id(), cancellationToken);
        return this.ToList("/downloads");
    }

    public async Task<IActionResult> OnPostResumeAsync(CancellationToken cancellationToken)
    {
        await downloads.ResumeAsync(User.Id(), cancellationToken);
        return this.ToList("/downloads");
    }

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        Counts = await store.CountAsync(User.Id(), cancellationToken);
        IsPaused = await downloads.IsPausedAsync(User.Id(), cancellationToken);
        ToolWarning = await toolbox.WarningAsync(cancellationToken);
    }

    protected override async Task<IActionResult> GoneAsync(Guid id, CancellationToken cancellationToken) =>
        Partial("_Gone", new Gone(id, new Space(await share.UsedAsync(User.Id(), cancellationToken), share.Limit) { IsNews = true }));
}

/// <summary>What a user's files hold, and may.</summary>
/// <param name="Used">Bytes.</param>
/// <param name="Limit">Bytes; null where there is none.</param>
internal sealed record Space(long Used, long? Limit)
{
    /// <summary>Takes the place of what a page said before.</summary>
    public bool IsNews { get; init; }
}

/// <summary>A deleted download, and the space that is left without it.</summary>
internal sealed record Gone(Guid Id, Space Space);
