using System.Net;
using System.Net.Sockets;

namespace TrendVault.Web;

/// <summary>From where a request comes: the connection's other end, unless that is a proxy that we trust to say.</summary>
internal static class ClientAddress
{
    private const string Header = "X-Forwarded-For";

    /// <summary>For the log and the list of sessions.</summary>
    public static string Of(HttpContext context, AppOptions options)
    {
        var address = Plain(context.Connection.RemoteIpAddress);
        if (address is null || options.TrustedProxies.Length == 0)
            return address?.ToString() ?? "local";

        var trusted = options.TrustedProxies.Select(proxy => Plain(IPAddress.Parse(proxy))).ToHashSet();
        if (!trusted.Contains(address))
            return address.ToString();

        // Each proxy adds the address that it saw at the end; what stands before the last foreign one anybody may have written.
        foreach (var entry in string.Join(',', context.Request.Headers[Header].ToArray()).Split(',', StringSplitOptions.TrimEntries).Reverse())
        {
            if (!IPAddress.TryParse(entry, out var hop))
                break;
            address = Plain(hop)!;
            if (!trusted.Contains(address))
                break;
        }

        return address.ToString();
    }

    /// <summary>What limits count by: a household has a whole IPv6 /64.</summary>
    public static string Group(string address)
    {
        if (!IPAddress.TryParse(address, out var ip) || ip.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = ip.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private static IPAddress? Plain(IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
