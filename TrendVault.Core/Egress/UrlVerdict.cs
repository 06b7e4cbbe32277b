namespace TrendVault.Core.Egress;

/// <summary>What became of a user's URL.</summary>
internal abstract record UrlVerdict
{
    private UrlVerdict()
    {
    }

    /// <summary>It may be fetched.</summary>
    /// <param name="Url">Its canonical form, the only one that goes on; the user's string is only shown.</param>
    public sealed record Allowed(string Url) : UrlVerdict;

    /// <summary>It may not.</summary>
    /// <param name="Message">A sentence for the user.</param>
    public sealed record Refused(string Message) : UrlVerdict
    {
        /// <summary>The error's code in the API.</summary>
        public const string Code = "url_not_allowed";
    }
}
