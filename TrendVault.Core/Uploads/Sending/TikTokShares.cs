using Microsoft.Extensions.Options;
using Npgsql;
using TrendVault.Core.TikTok;

namespace TrendVault.Core.Uploads;

/// <summary>
/// Counts the drafts that were begun for each TikTok account, over all instances: TikTok takes six a minute and few unfinished ones a day.
/// A draft whose beginning TikTok did not answer counts too; one that its creator has posted, or TikTok has ended, gives its place back.
/// </summary>
internal sealed class TikTokShares(NpgsqlDataSource db, IOptions<TikTokOptions> options)
{
    private const int PerMinute = 6;

    /// <summary>Counts a draft that is about to be begun.</summary>
    /// <returns>What <see cref="GiveBackAsync"/> takes.</returns>
    /// <exception cref="PlatformException">Not now: <see cref="PlatformException.RetryAfter"/> says when.</exception>
    public Task<Guid> TakeAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async connection =>
            {
                var waits = await WaitsAsync(connection, userId, accountId, cancellationToken);
                if (waits.ForDay > TimeSpan.Zero)
                    throw TikTokErrors.TooManyDrafts(waits.ForDay.Value, waits.Unanswered);
                if (waits.ForMinute > TimeSpan.Zero)
                    throw new PlatformException(Remedy.Wait, "rate_limited", $"TikTok takes {PerMinute} drafts a minute.", waits.ForMinute);

                var id = Guid.CreateVersion7();
                await connection.ExecuteAsync(
                    "insert into tiktok_drafts (id, connected_account_id) values (@id, @accountId)", new { id, accountId }, cancellationToken);
                return id;
            },
            cancellationToken);

    /// <summary>How many unfinished drafts each account of the user has of the last 24 hours; those without one are left out.</summary>
    public async Task<IReadOnlyDictionary<Guid, int>> CountAsync(Guid userId, CancellationToken cancellationToken) =>
        (await db.QueryAsync<(Guid AccountId, int Drafts)>(
            """
            select connected_accounts.id, count(*)::int
            from tiktok_drafts
            join connected_accounts on connected_accounts.id = tiktok_drafts.connected_account_id
            where connected_accounts.user_id = @userId
              and tiktok_drafts.begun_at > now() - interval '24 hours'
              and tiktok_drafts.finished_at is null
            group by connected_accounts.id
            """,
            new { userId },
            cancellationToken)).ToDictionary(account => account.AccountId, account => account.Drafts);

    /// <summary>TikTok has refused: there is no draft.</summary>
    public Task<int> GiveBackAsync(Guid id) =>
        db.ExecuteAsync("delete from tiktok_drafts where id = @id", new { id }, CancellationToken.None);

    /// <summary>TikTok has answered: from now on the draft is known by its <c>publish_id</c>.</summary>
    public Task<int> NameAsync(Guid id, string publishId) =>
        db.ExecuteAsync("update tiktok_drafts set publish_id = @publishId where id = @id", new { id, publishId }, CancellationToken.None);

    /// <summary>The drafts that take the account's places, as far as TikTok has named them, the oldest first.</summary>
    public Task<IReadOnlyList<string>> ListOpenAsync(Guid accountId, int limit, CancellationToken cancellationToken) =>
        db.QueryAsync<string>(
            """
            select publish_id
            from tiktok_drafts
            where connected_account_id = @accountId
              and begun_at > now() - interval '24 hours'
              and finished_at is null
              and publish_id is not null
            order by begun_at, id
            limit @limit
            """,
            new { accountId, limit },
            cancellationToken);

    /// <summary>The draft was posted or has ended: its place is free again. Answers how many were freed.</summary>
    public Task<int> FinishAsync(string publishId, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            update tiktok_drafts
            set finished_at = now()
            where publish_id = @publishId
              and finished_at is null
            """,
            new { publishId },
            cancellationToken);

    private async Task<Waits> WaitsAsync(NpgsqlConnection connection, Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        // Whoever else wants to begin a draft for this account waits here for the commit.
        await connection.ExecuteAsync(
            "select id from connected_accounts where id = @accountId and user_id = @userId for update", new { accountId, userId }, cancellationToken);
        await connection.ExecuteAsync(
            "delete from tiktok_drafts where connected_account_id = @accountId and begun_at <= now() - interval '24 hours'", new { accountId }, cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<Waits>(
            """
            select
              (
                select begun_at + interval '24 hours' - now()
                from tiktok_drafts
                where connected_account_id = @accountId
                  and finished_at is null
                order by begun_at desc
                offset @perDay - 1
                limit 1
              ) as for_day,
              (
                select begun_at + interval '1 minute' - now()
                from tiktok_drafts
                where connected_account_id = @accountId
                order by begun_at desc
                offset @perMinute - 1
                limit 1
              ) as for_minute,
              (
                select count(*)::int
                from tiktok_drafts
                where connected_account_id = @accountId
                  and publish_id is null
                  -- A younger one may be about to be answered.
                  and begun_at < now() - interval '1 minute'
              ) as unanswered
            """,
            new { accountId, perDay = options.Value.PendingLimit, perMinute = PerMinute },
            cancellationToken))!;
    }

    /// <summary>How long until another one is taken; null or negative for at once.</summary>
    private sealed record Waits
    {
        public TimeSpan? ForDay { get; init; }

        public TimeSpan? ForMinute { get; init; }

        public required int Unanswered { get; init; }
    }
}
