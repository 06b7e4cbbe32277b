namespace TrendVault.Core;

/// <summary>What helps after a failure.</summary>
public enum Remedy
{
    /// <summary>Nothing: asking again changes nothing.</summary>
    GiveUp,

    /// <summary>Trying again, a few times, and not before the time that comes with the failure.</summary>
    Retry,

    /// <summary>Trying again once, with a new look at the page.</summary>
    RetryOnce,

    /// <summary>Waiting, such as for the quota's next day, a premiere or a tool: nobody's fault, and no failure.</summary>
    Wait,

    /// <summary>A setting, or what the platform allows TrendVault's key or client, has to be mended: whatever needs it waits, and nothing fails.</summary>
    Configure,

    /// <summary>The account has to be connected again.</summary>
    Reauthorize,
}
