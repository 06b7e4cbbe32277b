using TrendVault.Core.Uploads;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Pages.Uploads;

/// <summary>What is known of a draft in TikTok's inbox, as the row of its upload and Published show it.</summary>
/// <param name="State">Null before the first look.</param>
/// <param name="Error">Why TikTok has ended it.</param>
/// <param name="HasPost">Its link leads to the post.</param>
/// <param name="Likely">The post to confirm; null when none fits, or several do.</param>
internal sealed record InboxNews(InboxState? State, string? Error, bool HasPost, LikelyPost? Likely)
{
    public static InboxNews Of(UploadRow row) =>
        new(row.Inbox, row.InboxError, row.PostId is not null, LikelyPost.Of(row.Id, row.Title, row.LikelyPostId, row.LikelyPostedAt, "/uploads", row.ElementId()));

    public static InboxNews Of(PublishedVideo video) =>
        new(video.Inbox, video.InboxError, video.PostId is not null, LikelyPost.Of(video.UploadJobId, video.Title, video.LikelyPostId, video.LikelyPostedAt, "/published", elementId: null));
}

/// <summary>A post that a draft probably became.</summary>
/// <param name="Title">The upload's.</param>
/// <param name="PostedAt">UTC.</param>
/// <param name="ConfirmUrl">Where the user's word goes.</param>
/// <param name="ElementId">What is swapped in then; null for a whole page.</param>
internal sealed record LikelyPost(string PostId, string Title, DateTimeOffset PostedAt, string ConfirmUrl, string? ElementId)
{
    public static LikelyPost? Of(Guid uploadId, string title, string? postId, DateTimeOffset? postedAt, string page, string? elementId) =>
        postId is not null && postedAt is { } at ? new(postId, title, at, $"{page}?handler=Posted&id={uploadId}&post={postId}", elementId) : null;
}
