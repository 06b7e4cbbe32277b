using System.Text.Json;
using Microsoft.Extensions.Logging;
using TrendVault.Core.Auth;

namespace TrendVault.Core.Accounts;

/// <summary>
/// Hands out short-lived access tokens, the only form in which tokens leave this folder. A token is refreshed ten minutes before its
/// end, once for all instances and callers.
/// </summary>
internal sealed class AccountTokens(
    AccountStore store,
    TokenVault vault,
    AccountPlatforms platforms,
    AccountLocks locks,
    TimeProvider time,
    SecurityLog security,
    ILogger<AccountTokens> log)
{
    private static readonly TimeSpan RefreshBefore = TimeSpan.FromMinutes(10);

    // A platform that rotates refresh tokens has ended the old one by then: the new one is worth more than a worker's time.
    private static readonly TimeSpan WritePatience = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>A token that is good for ten minutes, where the platform gives so much.</summary>
    /// <exception cref="PlatformException">There is none to be had; the remedy says what to do.</exception>
    public Task<string> GetAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        GetAsync(userId, accountId, rejected: null, cancellationToken);

    /// <summary>Another token than the one that the platform has just refused.</summary>
    /// <exception cref="PlatformException">There is none to be had; the remedy says what to do.</exception>
    public Task<string> ReplaceAsync(Guid userId, Guid accountId, string rejected, CancellationToken cancellationToken) =>
        GetAsync(userId, accountId, rejected, cancellationToken);

    /// <summary>Does something with a token, and once more with a fresh one if the platform refuses the first, which must have changed nothing.</summary>
    /// <exception cref="PlatformException">It failed, or there is no token to be had.</exception>
    public async Task<T> UseAsync<T>(Guid userId, Guid accountId, Func<string, Task<T>> use, CancellationToken cancellationToken)
    {
        var token = await GetAsync(userId, accountId, cancellationToken);
        try
        {
            return await use(token);
        }
        catch (PlatformException e) when (e.Remedy == Remedy.Reauthorize)
        {
            token = await ReplaceAsync(userId, accountId, token, cancellationToken);
        }

        try
        {
            return await use(token);
        }
        catch (PlatformException e) when (e.Remedy == Remedy.Reauthorize)
        {
            await GiveUpAsync(userId, accountId, token, cancellationToken);
            throw;
        }
    }

    /// <summary>The platform has refused a fresh token too: its user has to connect the account again.</summary>
    internal async Task GiveUpAsync(Guid userId, Guid accountId, string rejected, CancellationToken cancellationToken)
    {
        var row = await FindAsync(userId, accountId, cancellationToken);
        if ((await OpenAsync(row, cancellationToken)).Access == rejected)
            await store.MarkReconnectNeededAsync(row, cancellationToken);
    }

    /// <summary>The token that ends all others when it is revoked; null when there is none to be had.</summary>
    internal async Task<string?> FindRevocableAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        if (await store.FindTokensAsync(userId, accountId, cancellationToken) is not { } row)
            return null;

        try
        {
            if (platforms.Of(row.Platform).RevokesAccessTokens)
                return await GetAsync(userId, accountId, cancellationToken);
            var tokens = await OpenAsync(row, cancellationToken);
            return tokens.Refresh ?? tokens.Access;
        }
        catch (PlatformException)
        {
            return null;
        }
    }

    /// <summary>The refresh token that is stored for an account and was not refused; null when there is none.</summary>
    internal async Task<string?> FindRefreshTokenAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        if (await store.FindTokensAsync(userId, accountId, cancellationToken) is not { Status: AccountStatus.Connected } row)
            return null;
        try
        {
            return (await OpenAsync(row, cancellationToken)).Refresh;
        }
        catch (PlatformException)
        {
            return null; // it does not open, which has been told
        }
    }

    /// <summary>Seals what a platform gave for a row that is about to be written.</summary>
    internal Task<SealedSecret> SealAsync(SecretOwner owner, string accessToken, string? refreshToken, CancellationToken cancellationToken) =>
        vault.SealAsync(owner, JsonSerializer.Serialize(new Tokens(accessToken, refreshToken)), cancellationToken);

    private async Task<string> GetAsync(Guid userId, Guid accountId, string? rejected, CancellationToken cancellationToken)
    {
        var row = await FindAsync(userId, accountId, cancellationToken);
        var tokens = await OpenAsync(row, cancellationToken);
        if (IsGood(row, tokens, rejected))
            return tokens.Access;

        await using var held = await locks.AcquireAsync(accountId, cancellationToken);
        row = await FindAsync(userId, accountId, cancellationToken);
        tokens = await OpenAsync(row, cancellationToken);
        return IsGood(row, tokens, rejected) ? tokens.Access : await RefreshAsync(row, tokens, cancellationToken);
    }

    private bool IsGood(TokenRow row, Tokens tokens, string? rejected) =>
        tokens.Access != rejected && row.ExpiresAt - time.GetUtcNow() > RefreshBefore;

    private async Task<TokenRow> FindAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        var row = await store.FindTokensAsync(userId, accountId, cancellationToken)
            ?? throw new PlatformException(Remedy.GiveUp, "account_gone", "The account is no longer connected.");
        return row.Status == AccountStatus.Connected ? row : throw Reconnect(row.Platform);
    }

    private async Task<Tokens> OpenAsync(TokenRow row, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize<Tokens>(await vault.OpenAsync(row.Owner, row.Secret, cancellationToken))!;
        }
        catch (SealBrokenException e)
        {
            security.TokensUnreadable(row.UserId, row.Id, row.KeyId);
            await store.MarkReconnectNeededAsync(row, cancellationToken);
            throw Reconnect(row.Platform, e);
        }
    }

    private async Task<string> RefreshAsync(TokenRow row, Tokens tokens, CancellationToken cancellationToken)
    {
        try
        {
            if (tokens.Refresh is null)
                throw Reconnect(row.Platform);
            // Not given up half way: a platform that rotates refresh tokens has ended the old one by then. The client has a limit.
            var grant = await platforms.Of(row.Platform).RefreshAsync(tokens.Refresh, CancellationToken.None);
            await KeepAsync(row, new Tokens(grant.AccessToken, grant.RefreshToken ?? tokens.Refresh), time.GetUtcNow() + grant.ExpiresIn);
            return grant.AccessToken;
        }
        catch (PlatformException e) when (e.Remedy == Remedy.Reauthorize)
        {
            log.LogWarning("Account {AccountId} of user {UserId} has to be connected again: {Code}", row.Id, row.UserId, e.Code);
            await store.MarkReconnectNeededAsync(row, cancellationToken);
            throw;
        }
    }

    /// <summary>
    /// Writes renewed tokens, however long PostgreSQL is away within reason: no cancel and no shutdown ends this, but for the end of
    /// the process.
    /// </summary>
    private async Task KeepAsync(TokenRow row, Tokens fresh, DateTimeOffset expiresAt)
    {
        var began = time.GetTimestamp();
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                var secret = await SealAsync(row.Owner, fresh.Access, fresh.Refresh, CancellationToken.None);
                if (!await store.ReplaceTokensAsync(row, secret, expiresAt, CancellationToken.None))
                    log.LogInformation("Account {AccountId} was connected again while its token was refreshed", row.Id);
                return;
            }
            catch (Exception e) when (Outage.IsOf(e) && time.GetElapsedTime(began) < WritePatience)
            {
                log.LogWarning("The renewed tokens of account {AccountId} wait for PostgreSQL: {Error}", row.Id, e.Message);
                await Task.Delay(wait, time, CancellationToken.None);
            }
        }
    }

    private PlatformException Reconnect(Platform platform, Exception? inner = null) => new(
        Remedy.Reauthorize,
        "reconnect_needed",
        $"{platforms.Of(platform).Name} no longer accepts this connection. Connect the account again on the Accounts page.",
        inner: inner);

    private sealed record Tokens(string Access, string? Refresh);
}
