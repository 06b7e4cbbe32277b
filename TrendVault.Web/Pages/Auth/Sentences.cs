namespace TrendVault.Web.Pages.Auth;

/// <summary>What the pages and the API say in the same words.</summary>
internal static class Sentences
{
    /// <summary>Does not tell which of the two it was.</summary>
    public const string WrongPassword = "The e-mail address or the password is wrong.";

    public static string Wait(TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        return seconds < 120
            ? $"Too many wrong passwords. Try again in {seconds} seconds."
            : $"Too many wrong passwords. Try again in {(seconds + 59) / 60} minutes.";
    }
}
