using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using TrendVault.Core.Uploads;
using TrendVault.Core.Work;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>The history of uploads, and what is done to its rows.</summary>
[Authorize(Policy = Policies.Page)]
[RequireLimit(Limits.Uploads, Handler = "Retry")]
[RequireLimit(Limits.Uploads, Handler = "RetryTicked")]
[RequireLimit(Limits.Uploads, Handler = "RetryFailed")]
internal sealed class IndexModel(UploadService uploads, UploadStore store, InboxPosts posts) : HistoryModel<UploadRow>("/uploads", store, uploads)
{
    public WorkCounts Counts { get; private set; } = null!;

    protected override string Noun => "upload";

    /// <summary>The user says that this is the post that a draft became.</summary>
    public async Task<IActionResult> OnPostPostedAsync(Guid id, string post, CancellationToken cancellationToken) =>
        await AnswerAsync(id, await posts.ConfirmAsync(User.Id(), id, post, cancellationToken), cancellationToken);

    protected override async Task ReadAsync(CancellationToken cancellationToken) => Counts = await store.CountAsync(User.Id(), cancellationToken);
}
