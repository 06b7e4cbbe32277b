using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TrendVault.Core.Egress;

/// <summary>
/// A host and a port in one spelling, so that two ways of writing one place are equal: lower case, punycode, no trailing dot, IPv4
/// as a dotted quad out of every notation that a resolver would take for one.
/// </summary>
internal sealed record EgressEndpoint
{
    private EgressEndpoint(string host, IPAddress? address, int port)
    {
        Host = host;
        Address = address;
        Port = port;
    }

    /// <summary>The host as it stands in a URL; IPv6 in brackets.</summary>
    public string Host { get; }

    /// <summary>The address, when the host is one.</summary>
    public IPAddress? Address { get; }

    /// <summary>1 to 65535.</summary>
    public int Port { get; }

    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>[IPv6]:port</c>; null when it is none of them.</summary>
    public static EgressEndpoint? TryParse(string authority, int? defaultPort)
    {
        var hostEnd = authority.StartsWith('[') ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        if (hostEnd < 0)
            hostEnd = authority.Length;
        if (hostEnd == 0 || ParsePort(authority[hostEnd..], defaultPort) is not { } port)
            return null;

        var host = authority[..hostEnd];
        return host[0] == '[' ? FromIPv6(host[1..^1], port) : FromName(host, port);
    }

    /// <summary>The endpoint of a connection that .NET is about to make, whose IPv6 hosts have no brackets.</summary>
    public static EgressEndpoint? From(DnsEndPoint endpoint) =>
        endpoint.Host.Contains(':') ? FromIPv6(endpoint.Host, endpoint.Port) : FromName(endpoint.Host, endpoint.Port);

    /// <summary><c>host:port</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static int? ParsePort(string text, int? defaultPort)
    {
        if (text is "" or ":")
            return defaultPort;
        return text[0] == ':' && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : null;
    }

    // A zone (%eth0) names an interface of this machine, which no stranger has to name.
    private static EgressEndpoint? FromIPv6(string text, int port) =>
        text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.') && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? new EgressEndpoint($"[{address}]", address, port)
            : null;

    private static EgressEndpoint? FromName(string text, int port)
    {
        var name = ToAscii(text)?.ToLowerInvariant();
        if (name is null)
            return null;
        if (name.EndsWith('.'))
            name = name[..^1];

        var labels = name.Split('.');
        if (IsNumber(labels[^1]))
            return ParseIPv4(labels) is { } address ? new EgressEndpoint(address.ToString(), address, port) : null;
        return name.Length <= 253 && labels.All(IsLabel) ? new EgressEndpoint(name, null, port) : null;
    }

    private static string? ToAscii(string text)
    {
        if (text.All(char.IsAscii))
            return text;
        try
        {
            return new IdnMapping().GetAscii(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= 63 && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    // Whatever ends in a number is an IPv4 address or nothing, as in browsers: inet_aton takes 0x7f.1, 017700000001 and 2130706433.
    private static bool IsNumber(string label) => label.Length > 0 && (label.All(char.IsAsciiDigit) || label.StartsWith("0x", StringComparison.Ordinal));

    private static IPAddress? ParseIPv4(string[] parts)
    {
        if (parts.Length > 4)
            return null;

        ulong value = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            // The last part fills all the bytes that are left.
            var bytes = i == parts.Length - 1 ? 4 - i : 1;
            if (ParseNumber(parts[i]) is not { } number || number >> (8 * bytes) != 0)
                return null;
            value = (value << (8 * bytes)) | number;
        }

        return new IPAddress([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
    }

    private static ulong? ParseNumber(string text)
    {
        if (text.Length == 0)
            return null;

        // A bare 0x is zero, as browsers have it.
        var (digits, radix) = text switch
        {
            ['0', 'x', .. var hex] => (hex, 16),
            ['0', .. { Length: > 0 } octal] => (octal, 8),
            _ => (text, 10),
        };
        ulong value = 0;
        foreach (var c in digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiHexDigitLower(c) ? c - 'a' + 10 : int.MaxValue;
            if (digit >= radix)
                return null;
            value = Math.Min((value * (ulong)radix) + (ulong)digit, uint.MaxValue + 1ul);
        }

        return value;
    }
}
