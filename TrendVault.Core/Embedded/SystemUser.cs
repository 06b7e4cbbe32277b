namespace TrendVault.Core.Embedded;

/// <summary>PostgreSQL refuses to run as root: started as root, it runs as the <c>postgres</c> user that its package makes.</summary>
internal static class SystemUser
{
    private const string Postgres = "postgres";

    /// <summary>Whom the cluster runs as: null for TrendVault's own user.</summary>
    /// <exception cref="StartupException">TrendVault is root and there is no postgres user.</exception>
    public static string? ForPostgres()
    {
        if (!Environment.IsPrivilegedProcess)
            return null;

        return File.ReadLines("/etc/passwd").Any(line => line.StartsWith(Postgres + ":", StringComparison.Ordinal))
            ? Postgres
            : throw new StartupException("PostgreSQL refuses to run as root and there is no user \"postgres\". Install postgresql-15, set DATABASE_URL, or start TrendVault as another user.");
    }

    /// <summary>The command line that runs <paramref name="command"/> as <paramref name="user"/>.</summary>
    public static string[] Wrap(IReadOnlyList<string> command, string? user) =>
        user is null
            ? [.. command]
            : ["setpriv", $"--reuid={user}", $"--regid={user}", "--init-groups", "--no-new-privs", "--", .. command];
}
