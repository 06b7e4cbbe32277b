using Npgsql;

namespace TrendVault.Core.Data;

/// <summary>Turns <c>DATABASE_URL</c> into what Npgsql reads.</summary>
internal static class DatabaseUrl
{
    /// <summary>
    /// Accepts <c>postgres://</c> and <c>postgresql://</c> addresses (with <c>?host=/socket/folder</c> for a unix socket and
    /// <c>sslmode</c>), and Npgsql's own <c>Host=…;</c> form as it stands.
    /// </summary>
    /// <exception cref="FormatException">It is neither; the message completes the sentence "DATABASE_URL …".</exception>
    public static string ToConnectionString(string url)
    {
        if (!url.Contains("://", StringComparison.Ordinal))
            return FromKeywords(url);

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw new FormatException("must look like postgres://user:password@host:5432/database.");

        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host, Port = uri.Port > 0 ? uri.Port : 5432 };
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2)
            builder.Password = Uri.UnescapeDataString(user[1]);

        var database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/'));
        if (database.Length == 0)
            throw new FormatException("names no database: end it with /database.");
        builder.Database = database;

        foreach (var (name, value) in Query(uri))
            Apply(builder, name, value);
        return builder.ConnectionString;
    }

    private static string FromKeywords(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text) is { Host.Length: > 0 } builder
                ? builder.ConnectionString
                : throw new FormatException("names no host: it must look like postgres://user:password@host:5432/database.");
        }
        catch (ArgumentException)
        {
            // The original message quotes the text, which may hold a password.
            throw new FormatException("must look like postgres://user:password@host:5432/database.");
        }
    }

    private static IEnumerable<(string Name, string Value)> Query(Uri uri) =>
        from pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        let parts = pair.Split('=', 2)
        select (parts[0], parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "");

    private static void Apply(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        if (name == "host")
            builder.Host = value;
        else if (name == "sslmode" && Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode))
            builder.SslMode = mode;
        else
            throw new FormatException($"has an unknown or wrong parameter \"{name}\": host and sslmode are understood.");
    }
}
