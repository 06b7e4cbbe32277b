using System.Globalization;
using System.Text;
using System.Text.Json;
using TrendVault.Web.Sandbox.Catalogue;

namespace TrendVault.Web.Sandbox.YouTube;

/// <summary>What an upload says of its video, checked by YouTube's rules before a byte is taken.</summary>
internal sealed record VideoMetadata
{
    public required string Title { get; init; }

    public string Description { get; init; } = "";

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string CategoryId { get; init; } = "22";

    public string PrivacyStatus { get; init; } = "public";

    public string? PublishAt { get; init; }

    public string License { get; init; } = "youtube";

    public bool Embeddable { get; init; } = true;

    public bool? SelfDeclaredMadeForKids { get; init; }

    public static VideoMetadata Read(JsonElement body)
    {
        try
        {
            var snippet = Child(body, "snippet");
            var status = Child(body, "status");
            var metadata = new VideoMetadata
            {
                Title = Text(snippet, "title") ?? "",
                Description = Text(snippet, "description") ?? "",
                Tags = Child(snippet, "tags") is { ValueKind: JsonValueKind.Array } tags ? [.. tags.EnumerateArray().Select(tag => tag.GetString() ?? "")] : [],
                CategoryId = Text(snippet, "categoryId") ?? "22",
                PrivacyStatus = Text(status, "privacyStatus") ?? "public",
                PublishAt = Text(status, "publishAt"),
                License = Text(status, "license") ?? "youtube",
                Embeddable = Flag(status, "embeddable") ?? true,
                SelfDeclaredMadeForKids = Flag(status, "selfDeclaredMadeForKids"),
            };
            metadata.Check();
            if (Child(body, "localizations").ValueKind == JsonValueKind.Object && Text(snippet, "defaultLanguage") is null)
                throw Wrong("defaultLanguageNotSet", "The request is trying to add localized video details without specifying the default language of the video details.", "body.snippet.defaultLanguage");
            return metadata;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("invalidVideoMetadata", "The request metadata has a field of the wrong type.", "body");
        }
    }

    private void Check()
    {
        if (Title.Trim().Length == 0 || Title.Length > 100 || HasAngle(Title))
            throw Wrong("invalidTitle", "The request metadata specifies an invalid or empty video title.", "body.snippet.title");
        if (Encoding.UTF8.GetByteCount(Description) > 5000 || HasAngle(Description))
            throw Wrong("invalidDescription", "The request metadata specifies an invalid video description.", "body.snippet.description");
        if (Tags.Any(tag => tag.Length == 0 || HasAngle(tag)) || LengthOf(Tags) > 500)
            throw Wrong("invalidTags", "The request metadata specifies invalid video keywords.", "body.snippet.tags");
        if (Category.Find(CategoryId) is not { Assignable: true })
            throw Wrong("invalidCategoryId", "The snippet.categoryId property specifies an invalid category ID.", "body.snippet.categoryId");
        if (PrivacyStatus is not ("public" or "unlisted" or "private") || License is not ("youtube" or "creativeCommon"))
            throw Wrong("invalidVideoMetadata", "The request metadata is invalid.", "body.status");
        if (PublishAt is { } when && (PrivacyStatus != "private" || ReadTime(when) is null))
            throw Wrong("invalidPublishAt", "The request metadata specifies an invalid scheduled publishing time.", "body.status.publishAt");
    }

    /// <summary>The time of publishing, when there is one.</summary>
    public DateTimeOffset? PublishTime() => PublishAt is { } text ? ReadTime(text) : null;

    // Commas between tags count, and a tag with a space counts as if it were quoted.
    private static int LengthOf(IReadOnlyList<string> tags) =>
        tags.Sum(tag => tag.Length + (tag.Contains(' ', StringComparison.Ordinal) ? 2 : 0)) + Math.Max(0, tags.Count - 1);

    private static DateTimeOffset? ReadTime(string text) =>
        text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static bool HasAngle(string text) => text.AsSpan().IndexOfAny('<', '>') >= 0;

    private static JsonElement Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var child) ? child : default;

    private static string? Text(JsonElement parent, string name) =>
        Child(parent, name) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } child ? child.GetString() : null;

    private static bool? Flag(JsonElement parent, string name) =>
        Child(parent, name) is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } child ? child.GetBoolean() : null;

    private static YouTubeError Wrong(string reason, string message, string location) =>
        new(400, reason, message, "youtube.video", location, "other");
}
