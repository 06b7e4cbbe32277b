namespace TrendVault.Core;

/// <summary>What makes sense after a platform has failed.</summary>
public enum PlatformRemedy
{
    /// <summary>It may pass: try again, not before <see cref="PlatformException.RetryAfter"/>.</summary>
    Retry,

    /// <summary>Nobody's fault and no failure: wait for <see cref="PlatformException.RetryAfter"/>, such as the quota's next day.</summary>
    Park,

    /// <summary>A setting, or what the platform allows TrendVault's key or client, has to be mended: whatever needs it waits, and nothing fails.</summary>
    Configure,

    /// <summary>The account has to be connected again.</summary>
    Reauthorize,

    /// <summary>Asking again changes nothing.</summary>
    GiveUp,
}

/// <summary>A platform did not do what it was asked.</summary>
/// <param name="remedy">What makes sense now.</param>
/// <param name="code">A stable word for scripts, the platform's own reason where it gives one.</param>
/// <param name="message">A sentence for the user. Never the platform's text, which may hold HTML or secrets.</param>
internal sealed class PlatformException(
    PlatformRemedy remedy, string code, string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What makes sense now.</summary>
    public PlatformRemedy Remedy { get; } = remedy;

    /// <summary>A stable word for scripts.</summary>
    public string Code { get; } = code;

    /// <summary>How long to wait, where that is known.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
