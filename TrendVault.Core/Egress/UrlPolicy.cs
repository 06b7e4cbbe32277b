using System.Text;
using Microsoft.Extensions.Options;

namespace TrendVault.Core.Egress;

/// <summary>
/// Judges a URL that a user gave, before anything is started for it. The answer is for the user's sake: what protects the network
/// is the same judgement at the moment of each connection (<see cref="EgressDialer"/>).
/// </summary>
internal sealed class UrlPolicy(EgressDialer dialer, IOptions<EgressOptions> options)
{
    /// <summary>In characters, of the URL as it was given and of its canonical form.</summary>
    public const int MaxLength = 2048;

    private static readonly UrlVerdict.Refused NotAnAddress = new("This is not a web address: it must begin with http:// or https:// and name a site.");
    private static readonly UrlVerdict.Refused TooLong = new($"The address is longer than {MaxLength} characters.");
    private static readonly UrlVerdict.Refused BadCharacter = new("The address holds a character that no web address may hold.");
    private static readonly UrlVerdict.Refused Credentials = new("The address holds a user name or password: leave it out.");
    private static readonly UrlVerdict.Refused Smuggled = new("The address holds instructions for the downloader, which are not allowed.");

    /// <summary>Judges the text, then every address that its name has at this moment.</summary>
    public async Task<UrlVerdict> CheckAsync(string text, CancellationToken cancellationToken)
    {
        var (verdict, endpoint) = Read(text);
        if (endpoint is null)
            return verdict;

        try
        {
            await dialer.ResolveAsync(endpoint, cancellationToken);
            return verdict;
        }
        catch (EgressRefusedException e)
        {
            return new UrlVerdict.Refused(e.Message);
        }
    }

    /// <summary>Judges the text alone; asks no resolver.</summary>
    public UrlVerdict Judge(string text) => Read(text).Verdict;

    private (UrlVerdict Verdict, EgressEndpoint? Endpoint) Read(string text)
    {
        text = text.Trim();
        if (Flaw(text) is { } flaw)
            return (flaw, null);

        var (scheme, authority, path) = Split(text);
        if (authority.Contains('@'))
            return (Credentials, null);
        if (EgressEndpoint.TryParse(authority, scheme == "https" ? 443 : 80) is not { } endpoint)
            return (NotAnAddress, null);
        if (Refuse(endpoint) is { } refusal)
            return (refusal, null);

        // Uri only escapes the path and the query here: had it another idea of where the host ends, the two would differ.
        if (!Uri.TryCreate($"{scheme}://{endpoint}{path}", UriKind.Absolute, out var uri) || uri.Host != endpoint.Host || uri.Port != endpoint.Port || uri.UserInfo.Length > 0)
            return (NotAnAddress, null);
        return uri.AbsoluteUri.Length <= MaxLength ? (new UrlVerdict.Allowed(uri.AbsoluteUri), endpoint) : (TooLong, null);
    }

    private static UrlVerdict.Refused? Flaw(string text)
    {
        if (text.Length > MaxLength)
            return TooLong;
        // Parsers disagree on what a backslash is.
        if (text.Any(c => char.IsControl(c) || c == '\\') || text.EnumerateRunes().Contains(Rune.ReplacementChar))
            return BadCharacter;
        if (text.Contains("__youtubedl_smuggle", StringComparison.OrdinalIgnoreCase))
            return Smuggled;
        return text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? null : NotAnAddress;
    }

    private static (string Scheme, string Authority, string Path) Split(string text)
    {
        var colon = text.IndexOf(':');
        var afterScheme = text[(colon + 3)..].Split('#')[0];
        var authorityEnd = afterScheme.IndexOfAny(['/', '?']);
        if (authorityEnd < 0)
            authorityEnd = afterScheme.Length;
        return (text[..colon].ToLowerInvariant(), afterScheme[..authorityEnd], afterScheme[authorityEnd..]);
    }

    private UrlVerdict.Refused? Refuse(EgressEndpoint endpoint)
    {
        if (options.Value.AllowsPrivate(endpoint))
            return null;
        if (!options.Value.AllowsHost(endpoint))
            return new UrlVerdict.Refused($"Downloads from {endpoint.Host} are not allowed here, only from {string.Join(", ", options.Value.Hosts)}.");
        return EgressDialer.Objection(endpoint) is { } objection ? new UrlVerdict.Refused(objection) : null;
    }
}
