using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.TikTok;

/// <summary>How the PKCE challenge is sent to TikTok, whose documents ask for it from apps on phones and desktops alone.</summary>
internal enum TikTokPkce
{
    /// <summary>Not at all: the state and the flow's cookie protect the web's flow.</summary>
    None,

    /// <summary>In lower-case hex, as TikTok's documents have it.</summary>
    Hex,

    /// <summary>As RFC 7636 has it.</summary>
    Base64Url,
}

/// <summary>TrendVault's own credentials at TikTok's Login Kit, and where TikTok is. Those without a setting's name are fixed; tests shorten them.</summary>
internal sealed class TikTokOptions : IValidatableObject
{
    /// <summary>Of the registered app. Empty turns connecting TikTok accounts off.</summary>
    [ConfigurationKeyName("TIKTOK_CLIENT_KEY")]
    public string ClientKey { get; set; } = "";

    /// <summary>Of the registered app.</summary>
    [ConfigurationKeyName("TIKTOK_CLIENT_SECRET")]
    public string ClientSecret { get; set; } = "";

    /// <summary>Unfinished drafts that an account may have within 24 hours; TikTok takes 5.</summary>
    [ConfigurationKeyName("TIKTOK_PENDING_LIMIT")]
    [Range(1, 1000, ErrorMessage = "TIKTOK_PENDING_LIMIT must be a number from 1 to 1000.")]
    public int PendingLimit { get; set; } = 5;

    /// <summary>For an app that TikTok does not let through without PKCE.</summary>
    [ConfigurationKeyName("TIKTOK_PKCE")]
    public TikTokPkce Pkce { get; set; } = TikTokPkce.None;

    /// <summary>
    /// Also asks creators for the scope <c>video.list</c>, by which a draft that they have posted is found. Only for an app for which TikTok
    /// has approved it: the consent page of another one may refuse to open.
    /// </summary>
    [ConfigurationKeyName("TIKTOK_VIDEO_LIST")]
    public bool VideoList { get; set; }

    [ConfigurationKeyName("TIKTOK_AUTH_URL")]
    public Uri AuthUrl { get; set; } = new("https://www.tiktok.com/v2/auth/authorize/");

    /// <summary>Base of tokens, user info and drafts.</summary>
    [ConfigurationKeyName("TIKTOK_PUBLISH_URL")]
    public Uri PublishUrl { get; set; } = new("https://open.tiktokapis.com/");

    /// <summary>Base of TikTok's pages.</summary>
    [ConfigurationKeyName("TIKTOK_WEB_URL")]
    public Uri WebUrl { get; set; } = new("https://www.tiktok.com/");

    /// <summary>
    /// As large as TikTok lets the chunks of a larger video be: above it a video is cut, always. They are streamed, so memory does not
    /// grow with it.
    /// </summary>
    public int ChunkBytes { get; set; } = 64_000_000;

    /// <summary>Between questions for a draft's status; the last one again and again.</summary>
    public IReadOnlyList<TimeSpan> Polls { get; set; } = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)];

    /// <summary>How long a worker waits for TikTok's processing before the queue does.</summary>
    public TimeSpan ProcessingPatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a chunk may stand still, on its way or before its answer.</summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>The page of a public post, whoever's it is: TikTok puts its creator's name into the address by itself.</summary>
    public string PostUrl(string postId) => new Uri(WebUrl, $"@_/video/{postId}").AbsoluteUri;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ClientKey.Length > 0 != ClientSecret.Length > 0)
            yield return new ValidationResult("TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET belong together: set both or neither.");
        foreach (var (name, url) in new[] { ("AUTH", AuthUrl), ("PUBLISH", PublishUrl) })
        {
            if (url.Scheme is not ("http" or "https") || !url.AbsolutePath.EndsWith('/'))
                yield return new ValidationResult($"TIKTOK_{name}_URL must be a http(s) address that ends with a slash.");
        }
    }
}
