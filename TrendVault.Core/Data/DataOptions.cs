using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Data;

/// <summary>Where the two servers are. Both are filled in by the embedded ones when the environment does not name them.</summary>
internal sealed class DataOptions : IValidatableObject
{
    /// <summary><c>postgres://user:password@host:port/database</c>, or an Npgsql connection string.</summary>
    [ConfigurationKeyName("DATABASE_URL")]
    public string DatabaseUrl { get; set; } = "";

    /// <summary><c>redis://[:password@]host:port[/database]</c>, <c>rediss://…</c> for TLS, or <c>unix:/path</c>.</summary>
    [ConfigurationKeyName("REDIS_URL")]
    public string RedisUrl { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DatabaseUrl.Length > 0 && Refusal(() => Data.DatabaseUrl.ToConnectionString(DatabaseUrl)) is { } database)
            yield return new ValidationResult($"DATABASE_URL {database}");
        if (RedisUrl.Length > 0 && Refusal(() => Data.RedisUrl.Parse(RedisUrl)) is { } redis)
            yield return new ValidationResult($"REDIS_URL {redis}");
    }

    private static string? Refusal(Action parse)
    {
        try
        {
            parse();
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
