using TrendVault.Core.Channels;

namespace TrendVault.Core.Accounts;

/// <summary>What accounts of one platform need: its OAuth server, and who is behind a token.</summary>
internal interface IAccountPlatform
{
    /// <summary>Whose accounts it connects.</summary>
    Platform Platform { get; }

    /// <summary>The word for it in URLs, such as <c>google</c>.</summary>
    string Provider { get; }

    /// <summary>Its name for people.</summary>
    string Name { get; }

    /// <summary>Why it is off, a sentence that names the setting; null when it can be used.</summary>
    string? Unavailable { get; }

    /// <summary>Why the platform refuses TrendVault's own credentials, a sentence that names the settings; null while it takes them, as far as any instance knows.</summary>
    Task<string?> ReadRefusalAsync();

    /// <summary>Whether a grant is ended by an access token that is alive; else by its refresh token.</summary>
    bool RevokesAccessTokens { get; }

    /// <summary>Where the browser is sent to ask its user.</summary>
    /// <param name="state">Comes back with the answer.</param>
    /// <param name="challenge">PKCE, S256, where the platform has it.</param>
    /// <param name="redirectUri">Where the answer goes, exactly as registered.</param>
    Uri AuthorizeUrl(string state, string challenge, string redirectUri);

    /// <summary>Trades the code of the answer for tokens. Not repeated: a code works once.</summary>
    /// <exception cref="PlatformException">The platform refuses, or does not answer.</exception>
    Task<TokenGrant> ExchangeAsync(string code, string verifier, string redirectUri, CancellationToken cancellationToken);

    /// <summary>What a connection cannot do without and the user did not grant, as a sentence; null when all is there.</summary>
    string? MissingGrant(IReadOnlyCollection<string> scopes);

    /// <summary>A new access token.</summary>
    /// <exception cref="PlatformException">
    /// <see cref="Remedy.Reauthorize"/> when the refresh token is dead, <see cref="Remedy.Configure"/> when TrendVault's own
    /// credentials are refused.
    /// </exception>
    Task<TokenGrant> RefreshAsync(string refreshToken, CancellationToken cancellationToken);

    /// <summary>Ends what the user granted. What is gone already counts as done.</summary>
    /// <exception cref="PlatformException">The platform does not answer.</exception>
    Task RevokeAsync(string token, CancellationToken cancellationToken);

    /// <summary>Who granted the token.</summary>
    /// <exception cref="PlatformException">The platform refuses, or does not answer.</exception>
    Task<PlatformOwner> ReadOwnerAsync(string accessToken, CancellationToken cancellationToken);

    /// <summary>The channels that the token can publish to; none for an account without one.</summary>
    /// <exception cref="PlatformException">The platform refuses, or does not answer.</exception>
    Task<IReadOnlyList<PlatformChannel>> ReadChannelsAsync(string accessToken, CancellationToken cancellationToken);
}

/// <summary>What an OAuth server gives.</summary>
/// <param name="AccessToken">Opaque.</param>
/// <param name="ExpiresIn">From now.</param>
/// <param name="RefreshToken">Null where the platform goes on with the one that it gave before.</param>
/// <param name="Scopes">What was granted, which may be less than was asked; null where the answer does not say.</param>
internal sealed record TokenGrant(string AccessToken, TimeSpan ExpiresIn, string? RefreshToken, IReadOnlyList<string>? Scopes);

/// <summary>Who granted a token.</summary>
/// <param name="Id">Stable.</param>
/// <param name="Name">For people.</param>
/// <param name="Email">Where the platform tells it.</param>
/// <param name="AvatarUrl">A picture.</param>
internal sealed record PlatformOwner(string Id, string Name, string? Email, string? AvatarUrl);
