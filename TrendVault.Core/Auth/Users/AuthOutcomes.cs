namespace TrendVault.Core.Auth;

/// <summary>What became of a registration.</summary>
internal abstract record RegisterOutcome
{
    private RegisterOutcome()
    {
    }

    /// <summary>There is an account now.</summary>
    public sealed record Registered(User User) : RegisterOutcome;

    /// <summary>Nobody may register.</summary>
    public sealed record Closed : RegisterOutcome;

    /// <summary>What is wrong, one sentence per field: email, password, name.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string> Errors) : RegisterOutcome;
}

/// <summary>What became of a sign-in.</summary>
internal abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    /// <summary>The password was right.</summary>
    public sealed record Welcome(User User) : SignInOutcome;

    /// <summary>The password was wrong, or there is no such account: nobody is told which.</summary>
    public sealed record Refused : SignInOutcome;

    /// <summary>Too many wrong passwords; this one was not looked at.</summary>
    public sealed record Throttled(TimeSpan RetryAfter) : SignInOutcome;
}

/// <summary>What became of a change to one's own account.</summary>
internal abstract record ChangeOutcome
{
    private ChangeOutcome()
    {
    }

    /// <summary>It is changed.</summary>
    public sealed record Changed : ChangeOutcome;

    /// <summary>The current password was not right.</summary>
    public sealed record WrongPassword : ChangeOutcome;

    /// <summary>Too many wrong passwords; this one was not looked at.</summary>
    public sealed record Throttled(TimeSpan RetryAfter) : ChangeOutcome;

    /// <summary>The new value is not taken; one sentence says why.</summary>
    public sealed record Invalid(string Message) : ChangeOutcome;
}
