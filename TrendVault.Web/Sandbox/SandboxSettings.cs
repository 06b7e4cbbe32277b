namespace TrendVault.Web.Sandbox;

/// <summary>
/// The settings that point a client at the sandbox, by platform. Whoever composes the app takes a group when the platform's own
/// credentials are missing, and leaves it otherwise: YouTube real and TikTok from the sandbox is a fine mix.
/// </summary>
public static class SandboxSettings
{
    internal const string ApiKey = "AIzaSandboxKeyThatOnlyTheSandboxKnows";
    internal const string ApifyToken = "apify_api_SandboxTokenThatOnlyTheSandboxKnows";
    internal const string ResearchKey = "awSandboxResearchKey";
    internal const string ResearchSecret = "SandboxResearchSecretThatOnlyTheSandboxKnows";
    internal const string TikTokKey = "awSandboxLoginKey";
    internal const string TikTokSecret = "SandboxLoginSecretThatOnlyTheSandboxKnows";
    internal const string ClientId = "sandbox.apps.googleusercontent.com";
    internal const string ClientSecret = "GOCSPX-sandbox-secret";

    /// <summary>What each platform needs, and whose absence makes the sandbox stand in for it.</summary>
    public static IReadOnlyDictionary<SandboxPlatform, string[]> Credentials { get; } = new Dictionary<SandboxPlatform, string[]>
    {
        [SandboxPlatform.YouTube] = ["YOUTUBE_API_KEY"],
        [SandboxPlatform.Apify] = ["APIFY_API_KEY"],
        [SandboxPlatform.TikTokResearch] = ["TIKTOK_RESEARCH_CLIENT_KEY", "TIKTOK_RESEARCH_CLIENT_SECRET"],
        [SandboxPlatform.TikTok] = ["TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET"],
        [SandboxPlatform.Google] = ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
    };

    /// <summary>The settings of one platform, credentials and addresses, for a sandbox at <paramref name="address"/>.</summary>
    public static IReadOnlyDictionary<string, string?> For(SandboxPlatform platform, Uri address) => platform switch
    {
        SandboxPlatform.YouTube => new Dictionary<string, string?>
        {
            ["YOUTUBE_API_KEY"] = ApiKey,
            ["YOUTUBE_API_URL"] = At(address, ""),
            ["YOUTUBE_WATCH_URL"] = At(address, "watch?v="),
            ["YOUTUBE_EMBED_URL"] = At(address, "embed/"),
        },
        SandboxPlatform.Apify => new Dictionary<string, string?>
        {
            ["APIFY_API_KEY"] = ApifyToken,
            ["APIFY_URL"] = At(address, ""),
            ["TIKTOK_WEB_URL"] = At(address, ""),
        },
        SandboxPlatform.TikTokResearch => new Dictionary<string, string?>
        {
            ["TIKTOK_RESEARCH_CLIENT_KEY"] = ResearchKey,
            ["TIKTOK_RESEARCH_CLIENT_SECRET"] = ResearchSecret,
            ["TIKTOK_API_URL"] = At(address, ""),
            ["TIKTOK_WEB_URL"] = At(address, ""),
        },
        SandboxPlatform.TikTok => new Dictionary<string, string?>
        {
            ["TIKTOK_CLIENT_KEY"] = TikTokKey,
            ["TIKTOK_CLIENT_SECRET"] = TikTokSecret,
            ["TIKTOK_AUTH_URL"] = At(address, "v2/auth/authorize/"),
            ["TIKTOK_PUBLISH_URL"] = At(address, ""),
            ["TIKTOK_VIDEO_LIST"] = "true",
        },
        SandboxPlatform.Google => new Dictionary<string, string?>
        {
            ["GOOGLE_CLIENT_ID"] = ClientId,
            ["GOOGLE_CLIENT_SECRET"] = ClientSecret,
            ["GOOGLE_AUTH_URL"] = At(address, "o/oauth2/v2/auth"),
            ["GOOGLE_TOKEN_URL"] = At(address, "token"),
            ["GOOGLE_REVOKE_URL"] = At(address, "revoke"),
            ["GOOGLE_USERINFO_URL"] = At(address, "v1/userinfo"),
            // Tokens of the sandbox's Google mean nothing at the real YouTube, so the uploads go where the tokens come from.
            ["YOUTUBE_UPLOAD_URL"] = At(address, ""),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(platform)),
    };

    private static string At(Uri address, string path) => new Uri(address, path).ToString();
}

/// <summary>What the sandbox can stand in for.</summary>
public enum SandboxPlatform
{
    YouTube,
    Apify,
    TikTokResearch,
    TikTok,
    Google,
}
