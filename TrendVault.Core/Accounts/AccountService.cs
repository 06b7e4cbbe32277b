using Microsoft.Extensions.Logging;
using Npgsql;
using TrendVault.Core.Channels;

namespace TrendVault.Core.Accounts;

/// <summary>What became of a wish to disconnect.</summary>
internal enum DisconnectOutcome
{
    /// <summary>Revoked at the platform and deleted here.</summary>
    Done,

    /// <summary>Deleted here; the platform could not be told, so its user should remove TrendVault there.</summary>
    NotRevoked,

    /// <summary>The user has no such account.</summary>
    NotFound,
}

/// <summary>How reading the channels again went.</summary>
/// <param name="Accounts">How many accounts were asked.</param>
/// <param name="Failures">A sentence for each account that could not be read.</param>
internal sealed record ChannelsRefresh(int Accounts, IReadOnlyList<string> Failures);

/// <summary>Keeps users' accounts and the channels behind them.</summary>
internal sealed class AccountService(
    NpgsqlDataSource db,
    AccountStore store,
    ChannelStore channels,
    ChannelPictures pictures,
    AccountTokens tokens,
    AccountPlatforms platforms,
    TimeProvider time,
    ILogger<AccountService> log)
{
    /// <summary>Reads who granted, then keeps account, tokens and channels in one transaction: nothing is ever half connected.</summary>
    /// <exception cref="PlatformException">The platform does not say who it is, or gives no lasting access. Nothing was kept.</exception>
    internal async Task<ConnectedAccount> ConnectAsync(Guid userId, IAccountPlatform platform, TokenGrant grant, CancellationToken cancellationToken)
    {
        var expiresAt = time.GetUtcNow() + grant.ExpiresIn;
        var owner = await platform.ReadOwnerAsync(grant.AccessToken, cancellationToken);
        var found = await platform.ReadChannelsAsync(grant.AccessToken, cancellationToken);
        var connected = await SaveOnceAsync();
        await pictures.CopyAsync(userId, connected.Id, cancellationToken);
        return connected;

        async Task<ConnectedAccount> SaveOnceAsync()
        {
            try
            {
                return await SaveAsync();
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // Another window has just connected the same account: its row is there now.
                return await SaveAsync();
            }
        }

        async Task<ConnectedAccount> SaveAsync()
        {
            var channelId = found is [var first, ..] ? first.Id : null;
            var known = await store.FindKnownAsync(userId, platform.Platform, channelId, owner.Id, cancellationToken);
            var account = new ConnectedAccount
            {
                Id = known?.Id ?? Guid.CreateVersion7(),
                UserId = userId,
                Platform = platform.Platform,
                PlatformUserId = channelId ?? known?.PlatformUserId ?? owner.Id,
                PlatformUserName = owner.Name,
                Email = owner.Email,
                AvatarUrl = owner.AvatarUrl,
                Scopes = [.. grant.Scopes ?? []],
                Status = AccountStatus.Connected,
                CreatedAt = time.GetUtcNow(),
            };
            var refreshToken = grant.RefreshToken
                ?? await tokens.FindRefreshTokenAsync(userId, account.Id, cancellationToken)
                ?? throw OnlyForAnHour(platform);
            var secret = await tokens.SealAsync(
                SecretOwner.Account(account.Id, userId, platform.Platform), grant.AccessToken, refreshToken, cancellationToken);
            return await db.InTransactionAsync(
                async connection =>
                {
                    await AccountStore.SaveAsync(connection, account, owner.Id, secret, expiresAt, cancellationToken);
                    await ChannelStore.UpdateAsync(connection, userId, account.Id, platform.Platform, found, cancellationToken);
                    return account;
                },
                cancellationToken);
        }
    }

    /// <summary>Reads the channels of all of a user's accounts again.</summary>
    public async Task<ChannelsRefresh> RefreshChannelsAsync(Guid userId, CancellationToken cancellationToken)
    {
        var all = await store.ListAsync(userId, cancellationToken);
        var failures = new List<string>();
        foreach (var account in all)
        {
            try
            {
                await RefreshChannelsAsync(account, cancellationToken);
            }
            catch (PlatformException e)
            {
                failures.Add($"{account.PlatformUserName}: {e.Message}");
            }
        }

        return new ChannelsRefresh(all.Count, failures);
    }

    /// <summary>Looks for the channels that are missing; answers how many accounts were asked. What fails is asked the next time.</summary>
    internal async Task<int> LookForMissingAsync(CancellationToken cancellationToken)
    {
        var all = await channels.ListAccountsWithMissingAsync(cancellationToken);
        foreach (var (userId, accountId) in all)
        {
            try
            {
                if (await store.FindAsync(userId, accountId, cancellationToken) is { Status: AccountStatus.Connected } account)
                    await RefreshChannelsAsync(account, cancellationToken);
            }
            catch (PlatformException e)
            {
                log.LogInformation("The channels of account {AccountId} could not be looked for: {Code}", accountId, e.Code);
            }
        }

        return all.Count;
    }

    /// <summary>Revokes at the platform, then deletes; a platform that does not answer cannot keep an account here.</summary>
    public async Task<DisconnectOutcome> DisconnectAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(userId, accountId, cancellationToken) is not { } account)
            return DisconnectOutcome.NotFound;

        var isRevoked = await TryRevokeAsync(account, cancellationToken);
        var gone = await pictures.OfAccountAsync(userId, accountId, cancellationToken);
        await store.DeleteAsync(userId, accountId, cancellationToken);
        await pictures.RemoveAsync(userId, gone);
        return isRevoked ? DisconnectOutcome.Done : DisconnectOutcome.NotRevoked;
    }

    private async Task RefreshChannelsAsync(ConnectedAccount account, CancellationToken cancellationToken)
    {
        var platform = platforms.Of(account.Platform);
        var found = await tokens.UseAsync(
            account.UserId, account.Id, token => platform.ReadChannelsAsync(token, cancellationToken), cancellationToken);
        await channels.UpdateAsync(account.UserId, account.Id, account.Platform, found, cancellationToken);
        await pictures.CopyAsync(account.UserId, account.Id, cancellationToken);
    }

    private static PlatformException OnlyForAnHour(IAccountPlatform platform) => new(
        Remedy.GiveUp,
        "no_refresh_token",
        $"{platform.Name} gave access that ends within hours. Connect the account again and allow TrendVault on {platform.Name}'s page; "
            + $"should that page not ask, first remove TrendVault from the apps of your {platform.Name} account.");

    private async Task<bool> TryRevokeAsync(ConnectedAccount account, CancellationToken cancellationToken)
    {
        try
        {
            // A refused connection is gone at the platform already.
            if (await tokens.FindRevocableAsync(account.UserId, account.Id, cancellationToken) is not { } token)
                return account.Status == AccountStatus.ReconnectNeeded;
            await platforms.Of(account.Platform).RevokeAsync(token, cancellationToken);
            return true;
        }
        catch (PlatformException e)
        {
            log.LogWarning(e, "Account {AccountId} could not be revoked at its platform", account.Id);
            return false;
        }
    }
}
