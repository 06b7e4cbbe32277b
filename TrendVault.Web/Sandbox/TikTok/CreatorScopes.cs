namespace TrendVault.Web.Sandbox.TikTok;

/// <summary>TikTok's scopes that an app may ask its users for, and what the consent page says of them.</summary>
internal static class CreatorScopes
{
    public const string Basic = "user.info.basic";
    public const string Upload = "video.upload";
    public const string List = "video.list";

    private static readonly Dictionary<string, string> Meanings = new()
    {
        [Basic] = "See your name and picture",
        ["user.info.profile"] = "See your user name and bio",
        ["user.info.stats"] = "See your counts",
        [List] = "See your public videos",
        [Upload] = "Put drafts into your inbox",
        ["video.publish"] = "Post videos for you",
    };

    public static bool IsKnown(string scope) => Meanings.ContainsKey(scope);

    public static string MeaningOf(string scope) => Meanings[scope];

    /// <summary>Who one is cannot be unticked; what an app may do can.</summary>
    public static bool IsOptional(string scope) => scope != Basic;

    public static IReadOnlyList<string> Parse(string? text) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];
}
