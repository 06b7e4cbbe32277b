using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace TrendVault.Core.Auth;

/// <summary>Removes what is kept no longer: ended sessions and their tokens after 30 days, kept answers after 24 hours.</summary>
internal sealed class AuthSweeper(NpgsqlDataSource db, ILogger<AuthSweeper> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    // Any number of instances may do it at once: a row is deleted once.
    public Task<int> SweepAsync(CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            delete from sessions
            where least(ended_at, expires_at, last_seen_at + interval '7 days') < now() - interval '30 days';

            delete from refresh_tokens
            where expires_at < now() - interval '30 days';

            delete from api_keys
            where revoked_at < now() - interval '30 days';

            delete from idempotency_keys
            where created_at < now() - interval '24 hours'
            """,
            null,
            cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                log.LogWarning(e, "Old sessions could not be removed; the next try is in an hour");
            }
        }
    }
}
