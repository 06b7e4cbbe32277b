using System.Globalization;
using System.Text;
using TrendVault.Core.Channels;
using TrendVault.Core.Downloads;
using TrendVault.Core.Work;
using TrendVault.Core.YouTube;

namespace TrendVault.Core.Uploads;

/// <summary>What a user wants to say of a video.</summary>
internal sealed record PublishDraft
{
    /// <summary>1 to 100 characters.</summary>
    public string Title { get; init; } = "";

    /// <summary>At most 5,000 bytes of UTF-8.</summary>
    public string Description { get; init; } = "";

    /// <summary>500 characters in all, by YouTube's way of counting.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Null while the user has not chosen.</summary>
    public VideoPrivacy? Privacy { get; init; }

    /// <summary>YouTube's number of an assignable category.</summary>
    public string CategoryId { get; init; } = PublishRules.DefaultCategory;

    /// <summary>As the user says.</summary>
    public bool MadeForKids { get; init; }

    /// <summary>Under which others may use it; null for what is none.</summary>
    public VideoLicence? Licence { get; init; } = VideoLicence.Standard;

    /// <summary>When a private video becomes public; null for none.</summary>
    public DateTimeOffset? PublishAt { get; init; }
}

/// <summary>A rule that a draft breaks.</summary>
/// <param name="Field">The field of <see cref="PublishDraft"/>, or <c>Download</c> for the file.</param>
/// <param name="Code">For scripts.</param>
/// <param name="Message">For people.</param>
internal sealed record RuleBreak(string Field, string Code, string Message);

/// <summary>How a line of the preflight list stands.</summary>
internal enum PreflightState
{
    /// <summary>Fine.</summary>
    Ok,

    /// <summary>It can be published, but the user should know.</summary>
    Warn,

    /// <summary>It cannot be published like this.</summary>
    Bad,
}

/// <summary>A line of the preflight list.</summary>
internal sealed record PreflightItem(PreflightState State, string Text);

/// <summary>
/// YouTube's rules for what is said of a video. Pure, and the same for the page, the API and the worker, so that YouTube itself has
/// nothing left to refuse.
/// </summary>
/// <remarks><see href="https://developers.google.com/youtube/v3/docs/videos#properties"/></remarks>
internal static class PublishRules
{
    /// <summary>UTF-16 units, the strictest way to count characters.</summary>
    public const int TitleLength = 100;

    /// <summary>Of UTF-8.</summary>
    public const int DescriptionBytes = 5000;

    /// <summary>All tags, with the commas between them, and two more for each with a space, as if it were quoted.</summary>
    public const int TagsWeight = 500;

    /// <summary>People &amp; Blogs.</summary>
    public const string DefaultCategory = "22";

    // A file above it is refused by YouTube.
    private const long FileBytes = 256L << 30;
    private static readonly TimeSpan LongestVideo = TimeSpan.FromHours(12);
    private static readonly TimeSpan LongestUnverified = TimeSpan.FromMinutes(15);

    /// <summary>The categories that an upload may have, by their numbers.</summary>
    public static IReadOnlyDictionary<string, string> Categories => YouTubeCategories.Assignable;

    /// <summary>What YouTube would refuse; nothing when all is well.</summary>
    /// <param name="draft">What is said.</param>
    /// <param name="now">A scheduled time must lie after it.</param>
    public static IReadOnlyList<RuleBreak> Check(PublishDraft draft, DateTimeOffset now) =>
        [.. CheckTitle(draft.Title), .. CheckDescription(draft.Description), .. CheckTags(draft.Tags), .. CheckRest(draft, now)];

    /// <summary>What a platform would refuse of the file.</summary>
    public static IReadOnlyList<RuleBreak> CheckFile(DownloadRow file, Platform platform)
    {
        if (file is not { Status: WorkStatus.Completed, StorageKey: not null, FileSize: > 0 })
            return [new(nameof(UploadRequest.DownloadId), "download_not_completed", "This download is not finished: there is no file to publish yet.")];
        if (!IsVideo(file.ContentType))
            return [new(nameof(UploadRequest.DownloadId), "not_a_video", "Only videos can be published, and this file is sound without a picture.")];
        if (platform == Platform.TikTok)
            return TikTokRules.Check(file);
        if (file.FileSize > FileBytes)
            return [new(nameof(UploadRequest.DownloadId), "too_large", "YouTube takes files of 256 GB at most.")];
        if (file.DurationSeconds > LongestVideo.TotalSeconds)
            return [new(nameof(UploadRequest.DownloadId), "too_long", "YouTube takes videos of 12 hours at most.")];
        return [];
    }

    /// <summary>What the platforms of the channels would refuse of the file.</summary>
    public static IReadOnlyList<RuleBreak> CheckFile(DownloadRow file, IReadOnlyList<PublishingChannel> targets) =>
        [.. PlatformsOf(targets).SelectMany(platform => CheckFile(file, platform)).Distinct()];

    /// <summary>The channels that cannot be published to at the moment.</summary>
    public static IReadOnlyList<RuleBreak> CheckChannels(IReadOnlyList<PublishingChannel> targets) =>
    [
        .. targets.Where(target => target.MissingSince is not null).Select(target => new RuleBreak(
            nameof(UploadRequest.ChannelIds),
            "channel_missing",
            $"{target.ChannelName}: {target.Platform} does not show this channel at the moment. Choose another, or read the channels again on the Accounts page.")),
    ];

    /// <summary>What YouTube would refuse of what is said on each channel; of what is said everywhere while none is chosen.</summary>
    public static IReadOnlyList<RuleBreak> Check(UploadRequest request, IReadOnlyList<PublishingChannel> targets, DateTimeOffset now) =>
        targets.Count == 0
            ? Check(request.Draft, now)
            : [.. targets.SelectMany(target => Check(request.DraftFor(target.Id), now).Select(broken => OnChannel(broken, request, target))).Distinct()];

    /// <summary>Everything at a glance: what stands in the way, what to know, what is fine and by which rule.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="file">What would be uploaded.</param>
    /// <param name="targets">The channels that are chosen.</param>
    /// <param name="now">The present.</param>
    public static IReadOnlyList<PreflightItem> Preflight(UploadRequest request, DownloadRow file, IReadOnlyList<PublishingChannel> targets, DateTimeOffset now)
    {
        var platforms = PlatformsOf(targets);
        IReadOnlyList<RuleBreak> breaks = [.. CheckFile(file, targets), .. CheckChannels(targets), .. Check(request, targets, now)];
        var items = breaks.Select(broken => new PreflightItem(PreflightState.Bad, broken.Message)).ToList();
        if (targets.Count == 0)
            items.Add(new(PreflightState.Bad, "Choose at least one channel."));
        if (string.IsNullOrWhiteSpace(request.RightsStatement))
            items.Add(new(PreflightState.Bad, "Confirm that you may publish this video."));
        if (platforms.Contains(Platform.TikTok))
            items.Add(new(PreflightState.Warn, "On TikTok it becomes a draft in your inbox, without title, description, tags, thumbnail and schedule: you write the caption and choose who may see it, and when, in the TikTok app."));
        if (platforms.Contains(Platform.YouTube))
            items.AddRange([.. Warnings(file), .. Fine(request.Draft, breaks)]);
        return items;
    }

    /// <summary>How YouTube counts tags.</summary>
    public static int Weigh(IReadOnlyList<string> tags) =>
        tags.Sum(tag => tag.Length + (tag.Contains(' ', StringComparison.Ordinal) ? 2 : 0)) + Math.Max(0, tags.Count - 1);

    /// <summary>What a user wrote into one field, between commas; doubles and empty ones are dropped.</summary>
    public static IReadOnlyList<string> SplitTags(string? text) =>
        [.. (text ?? "").Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];

    // Before one is chosen it will most likely be YouTube.
    private static IReadOnlyList<Platform> PlatformsOf(IReadOnlyList<PublishingChannel> targets) =>
        targets.Count == 0 ? [Platform.YouTube] : [.. targets.Select(target => target.Platform).Distinct()];

    private static RuleBreak OnChannel(RuleBreak broken, UploadRequest request, PublishingChannel target)
    {
        var words = request.Words.GetValueOrDefault(target.Id);
        return broken.Field switch
        {
            nameof(PublishDraft.Title) when words?.Title is not null => Named("Titles"),
            nameof(PublishDraft.Description) when words?.Description is not null => Named("Descriptions"),
            _ => broken,
        };

        RuleBreak Named(string field) => broken with { Field = $"{field}[{target.Id}]", Message = $"{target.ChannelName}: {broken.Message}" };
    }

    private static IEnumerable<PreflightItem> Warnings(DownloadRow file)
    {
        if (file.DurationSeconds > LongestUnverified.TotalSeconds)
            yield return new(PreflightState.Warn, "The video is longer than 15 minutes: YouTube takes that from verified channels only.");
    }

    /// <summary>A line for each rule that is kept.</summary>
    private static IEnumerable<PreflightItem> Fine(PublishDraft draft, IReadOnlyList<RuleBreak> breaks)
    {
        (string Field, string Text)[] lines =
        [
            (nameof(UploadRequest.DownloadId), "The file is a video of at most 256 GB and 12 hours."),
            (nameof(PublishDraft.Title), string.Create(CultureInfo.InvariantCulture, $"The title has {draft.Title.Length} of {TitleLength} characters.")),
            (nameof(PublishDraft.Description), string.Create(CultureInfo.InvariantCulture, $"The description has {Encoding.UTF8.GetByteCount(draft.Description)} of {DescriptionBytes} bytes.")),
            (nameof(PublishDraft.Tags), string.Create(CultureInfo.InvariantCulture, $"The tags count {Weigh(draft.Tags)} of {TagsWeight} characters.")),
        ];
        foreach (var (field, text) in lines.Where(line => breaks.All(broken => broken.Field != line.Field)))
            yield return new(PreflightState.Ok, text);
        if (draft.PublishAt is not null && breaks.All(broken => broken.Field != nameof(PublishDraft.PublishAt)))
            yield return new(PreflightState.Ok, "The video stays private until its time.");
    }

    private static IEnumerable<RuleBreak> CheckTitle(string title)
    {
        if (string.IsNullOrWhiteSpace(title))
            yield return new(nameof(PublishDraft.Title), "title_missing", "Enter a title.");
        if (title.Length > TitleLength)
            yield return new(nameof(PublishDraft.Title), "title_too_long", string.Create(CultureInfo.InvariantCulture, $"The title has {title.Length} characters; YouTube takes {TitleLength} at most."));
        if (HasAngle(title) || title.Any(char.IsControl))
            yield return new(nameof(PublishDraft.Title), "title_characters", "The title may not contain < or > or line breaks.");
    }

    private static IEnumerable<RuleBreak> CheckDescription(string description)
    {
        if (Encoding.UTF8.GetByteCount(description) is > DescriptionBytes and var bytes)
            yield return new(nameof(PublishDraft.Description), "description_too_long", string.Create(CultureInfo.InvariantCulture, $"The description has {bytes} bytes; YouTube takes {DescriptionBytes} at most."));
        if (HasAngle(description))
            yield return new(nameof(PublishDraft.Description), "description_characters", "The description may not contain < or >.");
    }

    private static IEnumerable<RuleBreak> CheckTags(IReadOnlyList<string> tags)
    {
        if (tags.Any(tag => string.IsNullOrWhiteSpace(tag) || HasAngle(tag) || tag.Contains(',', StringComparison.Ordinal) || tag.Any(char.IsControl)))
            yield return new(nameof(PublishDraft.Tags), "tag_characters", "A tag may not be empty or contain <, > or a comma.");
        if (Weigh(tags) is > TagsWeight and var weight)
            yield return new(nameof(PublishDraft.Tags), "tags_too_long", string.Create(CultureInfo.InvariantCulture, $"The tags count {weight} characters; YouTube takes {TagsWeight} in all."));
    }

    private static IEnumerable<RuleBreak> CheckRest(PublishDraft draft, DateTimeOffset now)
    {
        if (draft.Privacy is null)
            yield return new(nameof(PublishDraft.Privacy), "privacy_missing", "Choose who may see the video: public, unlisted or private.");
        if (!Categories.ContainsKey(draft.CategoryId))
            yield return new(nameof(PublishDraft.CategoryId), "category_unknown", "Choose one of YouTube's categories.");
        if (draft.Licence is null)
            yield return new(nameof(PublishDraft.Licence), "licence_unknown", "Choose one of YouTube's licences: standard or creative_common.");
        if (draft.PublishAt is { } publishAt && publishAt <= now)
            yield return new(nameof(PublishDraft.PublishAt), "publish_at_past", "The time to publish must lie in the future.");
        if (draft is { PublishAt: not null, Privacy: not (null or VideoPrivacy.Private) })
            yield return new(nameof(PublishDraft.PublishAt), "publish_at_private", "A scheduled video must be private until its time: choose Private.");
    }

    private static bool IsVideo(string? contentType) =>
        contentType is not null && (contentType.StartsWith("video/", StringComparison.OrdinalIgnoreCase) || contentType == "application/octet-stream");

    private static bool HasAngle(string text) => text.AsSpan().ContainsAny('<', '>');
}
