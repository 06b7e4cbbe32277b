using Npgsql;

namespace TrendVault.Core.Data;

/// <summary>What an admin sets while TrendVault runs, by name.</summary>
internal sealed class SettingStore(NpgsqlDataSource db)
{
    public Task<string?> FindAsync(string key, CancellationToken cancellationToken) =>
        db.QuerySingleOrDefaultAsync<string>("select value from app_settings where key = @key", new { key }, cancellationToken);

    public Task<int> SetAsync(string key, string value, CancellationToken cancellationToken) =>
        db.ExecuteAsync(
            """
            insert into app_settings (key, value)
            values (@key, @value)
            on conflict (key) do update
            set value = excluded.value, updated_at = now()
            """,
            new { key, value },
            cancellationToken);
}
