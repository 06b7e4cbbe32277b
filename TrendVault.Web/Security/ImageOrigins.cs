using Microsoft.Extensions.Options;
using TrendVault.Core.Trending;

namespace TrendVault.Web;

/// <summary>The hosts that pictures may come from. A page asks before it shows a platform's picture, and shows none otherwise.</summary>
internal sealed class ImageOrigins(IOptions<ImageOptions> options, Surroundings surroundings)
{
    private readonly string? _sandbox = surroundings.SandboxOrigin;

    /// <summary>As the Content-Security-Policy lists them.</summary>
    public IReadOnlyList<string> List { get; } =
        surroundings.SandboxOrigin is { } sandbox ? [.. options.Value.Origins, sandbox] : options.Value.Origins;

    /// <summary>True for an address on a listed host.</summary>
    public bool Allows(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && (options.Value.Allows(uri) || IsSandbox(uri));

    private bool IsSandbox(Uri uri) =>
        uri.GetLeftPart(UriPartial.Authority).Equals(_sandbox, StringComparison.OrdinalIgnoreCase);
}
