using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace TrendVault.Core.Egress;

/// <summary>Where downloads may come from.</summary>
internal sealed class EgressOptions : IValidatableObject
{
    /// <summary>Hosts that a user's URL may name, each with its sub-domains; <c>*</c> is every public host.</summary>
    [ConfigurationKeyName("DOWNLOAD_HOSTS")]
    public string[] Hosts { get; set; } = ["*"];

    /// <summary>Exact <c>host:port</c> pairs that are allowed although they are private.</summary>
    [ConfigurationKeyName("DOWNLOAD_PRIVATE_ENDPOINTS")]
    public string[] PrivateEndpoints { get; set; } = [];

    /// <summary>One sentence for each entry that is none.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var host in Hosts.Where(host => host != "*" && ParseHost(host) is null))
            yield return new ValidationResult($"DOWNLOAD_HOSTS must be * or a list of host names such as youtube.com, but it holds \"{host}\".");
        foreach (var endpoint in PrivateEndpoints.Where(endpoint => EgressEndpoint.TryParse(endpoint, defaultPort: null) is null))
            yield return new ValidationResult($"DOWNLOAD_PRIVATE_ENDPOINTS must be a list of host:port pairs such as 127.0.0.1:8090, but it holds \"{endpoint}\".");
    }

    /// <summary>True when a user's URL may name this host.</summary>
    internal bool AllowsHost(EgressEndpoint endpoint) =>
        Hosts.Any(allowed => allowed == "*" || (ParseHost(allowed) is { } host && IsOrIsUnder(endpoint, host)));

    /// <summary>True when this very pair is an exception.</summary>
    internal bool AllowsPrivate(EgressEndpoint endpoint) =>
        PrivateEndpoints.Any(exception => EgressEndpoint.TryParse(exception, defaultPort: null) == endpoint);

    private static string? ParseHost(string text) =>
        text.Contains(':') && !text.EndsWith(']') ? null : EgressEndpoint.TryParse(text, defaultPort: 80)?.Host;

    private static bool IsOrIsUnder(EgressEndpoint endpoint, string host) =>
        endpoint.Host == host || (endpoint.Address is null && endpoint.Host.EndsWith("." + host, StringComparison.Ordinal));
}
