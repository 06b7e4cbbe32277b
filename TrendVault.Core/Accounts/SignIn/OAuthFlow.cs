using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TrendVault.Core.Accounts;

/// <summary>A flow that has begun.</summary>
/// <param name="Url">Where the browser goes.</param>
/// <param name="FlowCookie">What the browser has to bring back.</param>
internal sealed record FlowStart(Uri Url, string FlowCookie);

/// <summary>What came back through the browser.</summary>
internal sealed record FlowAnswer(string? State, string? Code, string? Error, string? FlowCookie);

/// <summary>How a flow ended.</summary>
internal abstract record ConnectOutcome
{
    private ConnectOutcome()
    {
    }

    /// <summary>The account is connected, and its channels are known.</summary>
    public sealed record Connected(ConnectedAccount Account) : ConnectOutcome;

    /// <summary>The state is unknown, expired or used, or belongs to another browser. Nothing was asked of the platform.</summary>
    public sealed record NotOurs : ConnectOutcome;

    /// <summary>The user said no, wholly or to what is indispensable.</summary>
    /// <param name="Message">A sentence for the user.</param>
    public sealed record Denied(string Message) : ConnectOutcome;

    /// <summary>The platform did not do its part. Nothing is connected.</summary>
    public sealed record Failed(PlatformException Reason) : ConnectOutcome;
}

/// <summary>
/// Connects an account through the platform's consent page. The state works once and for ten minutes, and only in the browser that
/// began: it names a user, and whoever finishes an attacker's flow would hand over a channel.
/// </summary>
/// <remarks>Keys: <c>oauth:state:{state}</c>, 10 minutes.</remarks>
internal sealed class OAuthFlow(AccountPlatforms platforms, AccountService accounts, IDatabase redis, ILogger<OAuthFlow> log)
{
    /// <summary>How long a user may take on the consent page; the cookie's life too.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int SecretBytes = 32;

    /// <summary>Begins a flow for a signed-in user.</summary>
    /// <param name="redirectUri">Where the platform sends the browser back, as registered there.</param>
    public async Task<FlowStart> BeginAsync(Guid userId, IAccountPlatform platform, string redirectUri)
    {
        var (state, verifier, cookie) = (Random(), Random(), Random());
        var pending = new PendingFlow(userId, platform.Provider, verifier, Digest(cookie));
        await redis.StringSetAsync(Key(state), JsonSerializer.Serialize(pending), Lifetime);
        return new FlowStart(platform.AuthorizeUrl(state, Digest(verifier), redirectUri), cookie);
    }

    /// <summary>Ends a flow: takes its state, trades the code, reads who it is, keeps the account with its channels.</summary>
    public async Task<ConnectOutcome> FinishAsync(FlowAnswer answer, string redirectUri, CancellationToken cancellationToken)
    {
        if (await TakeAsync(answer.State) is not { } pending || !IsSameBrowser(pending, answer.FlowCookie))
            return new ConnectOutcome.NotOurs();

        var platform = platforms.Find(pending.Provider)!;
        if (answer.Error == "access_denied")
            return new ConnectOutcome.Denied($"You did not allow TrendVault to use your {platform.Name} account.");
        if (answer.Error is not null || string.IsNullOrEmpty(answer.Code))
            return new ConnectOutcome.Failed(new PlatformException(Remedy.GiveUp, "authorization_failed", $"{platform.Name} did not give TrendVault access."));

        try
        {
            return await ConnectAsync(pending, platform, answer.Code, redirectUri, cancellationToken);
        }
        catch (PlatformException e)
        {
            log.LogWarning(e, "Connecting {Provider} for user {UserId} failed: {Code}", platform.Provider, pending.UserId, e.Code);
            return new ConnectOutcome.Failed(e);
        }
    }

    private async Task<ConnectOutcome> ConnectAsync(
        PendingFlow pending, IAccountPlatform platform, string code, string redirectUri, CancellationToken cancellationToken)
    {
        var grant = await platform.ExchangeAsync(code, pending.Verifier, redirectUri, cancellationToken);
        if (platform.MissingGrant([.. grant.Scopes ?? []]) is { } missing)
            return new ConnectOutcome.Denied(missing);
        return new ConnectOutcome.Connected(await accounts.ConnectAsync(pending.UserId, platform, grant, cancellationToken));
    }

    private async Task<PendingFlow?> TakeAsync(string? state)
    {
        if (state is null || state.Length != Base64Url.GetEncodedLength(SecretBytes))
            return null;
        var json = await redis.StringGetDeleteAsync(Key(state));
        return json.IsNull ? null : JsonSerializer.Deserialize<PendingFlow>(json.ToString());
    }

    private static bool IsSameBrowser(PendingFlow pending, string? cookie) =>
        cookie is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Digest(cookie)), Encoding.ASCII.GetBytes(pending.CookieDigest));

    private static string Key(string state) => $"oauth:state:{state}";

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>S256 of PKCE: base64url of SHA-256 without padding.</summary>
    private static string Digest(string secret) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed record PendingFlow(Guid UserId, string Provider, string Verifier, string CookieDigest);
}
