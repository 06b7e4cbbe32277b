namespace TrendVault.Web.Sandbox.Google;

/// <summary>Google's scopes, and what the consent page says of them.</summary>
internal static class Scopes
{
    public const string OpenId = "openid";
    public const string Email = "https://www.googleapis.com/auth/userinfo.email";
    public const string Profile = "https://www.googleapis.com/auth/userinfo.profile";
    public const string YouTubeUpload = "https://www.googleapis.com/auth/youtube.upload";
    public const string YouTubeReadonly = "https://www.googleapis.com/auth/youtube.readonly";
    public const string YouTube = "https://www.googleapis.com/auth/youtube";
    public const string YouTubeForceSsl = "https://www.googleapis.com/auth/youtube.force-ssl";

    private static readonly Dictionary<string, string> Meanings = new()
    {
        [OpenId] = "Know who you are on Google",
        [Email] = "See your e-mail address",
        [Profile] = "See your name and picture",
        [YouTubeUpload] = "Upload videos to your channel, with their thumbnails",
        [YouTubeReadonly] = "See your channel and your videos, private ones too",
        [YouTube] = "Manage your YouTube account",
        [YouTubeForceSsl] = "Manage your YouTube account, comments and captions too",
    };

    /// <summary>The short names come back as the long ones.</summary>
    public static string Canonical(string scope) => scope switch { "email" => Email, "profile" => Profile, _ => scope };

    public static bool IsKnown(string scope) => Meanings.ContainsKey(scope);

    public static string MeaningOf(string scope) => Meanings[scope];

    /// <summary>Who one is cannot be unticked; what an app may do can.</summary>
    public static bool IsOptional(string scope) => scope is not (OpenId or Email or Profile);

    public static IReadOnlyList<string> Parse(string? text) =>
        [.. (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Canonical).Distinct()];
}
