using Dapper;
using Npgsql;

namespace TrendVault.Core.Data;

/// <summary>Where all instances find the keys that antiforgery tokens and short-lived cookies are sealed with.</summary>
/// <remarks>Not async: the key ring that reads it is not.</remarks>
internal sealed class KeyRingStore(NpgsqlDataSource db)
{
    /// <summary>Every key there is, as XML.</summary>
    public IReadOnlyList<string> ReadAll()
    {
        using var connection = db.OpenConnection();
        return connection.Query<string>("select xml from data_protection_keys order by created_at").AsList();
    }

    /// <summary>Adds a key under its name.</summary>
    public void Add(string name, string xml)
    {
        using var connection = db.OpenConnection();
        connection.Execute(
            """
            insert into data_protection_keys (friendly_name, xml)
            values (@name, @xml)
            on conflict (friendly_name) do update
            set xml = excluded.xml
            """,
            new { name, xml });
    }
}
