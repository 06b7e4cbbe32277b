using TrendVault.Core;
using TrendVault.Core.Accounts;

namespace TrendVault.Web;

/// <summary>What the operator can run instead of the server: <c>rotate-keys [--forget-lost]</c>.</summary>
internal static class KeyCommand
{
    private const string Name = "rotate-keys";
    private const string ForgetLost = "--forget-lost";

    /// <summary>True when the arguments are this command's.</summary>
    /// <exception cref="StartupException">They are nobody's.</exception>
    public static bool IsIn(string[] args) => args switch
    {
        [] => false,
        [Name] or [Name, ForgetLost] => true,
        // The test host's and ASP.NET's own settings.
        _ when args.All(arg => arg.StartsWith("--", StringComparison.Ordinal)) => false,
        _ => throw new StartupException($"The only command is {Name} [{ForgetLost}]."),
    };

    /// <summary>Runs it and answers the exit code: 0 when the current key has sealed all that can be opened.</summary>
    public static async Task<int> RunAsync(string[] args, KeyRotation rotation, CancellationToken cancellationToken)
    {
        if (args.Contains(ForgetLost))
            Console.WriteLine($"{await rotation.ForgetLostAsync(cancellationToken)} accounts must be connected again.");
        else
            await rotation.RequireKeysAsync(cancellationToken);

        KeyRotationResult result;
        try
        {
            result = await rotation.RotateAsync(cancellationToken);
        }
        catch (PlatformException)
        {
            await Console.Error.WriteLineAsync("An account cannot be held while its tokens are sealed anew: is the Redis of REDIS_URL there? Run it again; it goes on where it was.");
            return 75; // EX_TEMPFAIL
        }

        Console.WriteLine($"{result.Sealed} secrets are sealed with ENCRYPTION_KEY now, {result.Broken} do not open.");
        Console.WriteLine("ENCRYPTION_KEY_PREVIOUS is no longer needed: remove it and start TrendVault again.");
        return 0;
    }
}
