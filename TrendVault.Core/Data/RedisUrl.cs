using System.Globalization;
using StackExchange.Redis;

namespace TrendVault.Core.Data;

/// <summary>Turns <c>REDIS_URL</c> into what StackExchange.Redis reads.</summary>
internal static class RedisUrl
{
    /// <summary>Accepts <c>redis://</c>, <c>rediss://</c> (TLS) and <c>unix:/path</c>.</summary>
    /// <exception cref="FormatException">It is none of them; the message completes the sentence "REDIS_URL …".</exception>
    public static ConfigurationOptions Parse(string url)
    {
        if (url.StartsWith("unix:/", StringComparison.Ordinal))
            return ConfigurationOptions.Parse("!" + url["unix:".Length..]);

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0)
            throw new FormatException("must look like redis://:password@host:6379 or unix:/path/to/socket.");

        var options = new ConfigurationOptions { Ssl = uri.Scheme == "rediss" };
        options.EndPoints.Add(uri.Host, uri.Port > 0 ? uri.Port : 6379);

        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            options.User = Uri.UnescapeDataString(user[0]);
        if (user.Length == 2)
            options.Password = Uri.UnescapeDataString(user[1]);

        var database = uri.AbsolutePath.Trim('/');
        if (database.Length > 0)
            options.DefaultDatabase = int.TryParse(database, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new FormatException("must end in the number of a database, such as /0, or in nothing.");
        return options;
    }
}
