using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TrendVault.Core.Egress;

/// <summary>Says of an address whether it is a place on the public internet, whatever it is wrapped in.</summary>
internal static class AddressJudge
{
    // IANA's special-purpose registry, and 168.63.129.16: Azure's metadata and DNS service, which looks like a public address.
    private static readonly IPNetwork[] SpecialIPv4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("168.63.129.16/32"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // Protocol assignments (benchmarking, ORCHID, …) and the two documentation blocks.
    private static readonly IPNetwork[] SpecialIPv6 = [IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("3fff::/20")];

    private static readonly IPNetwork Compatible = IPNetwork.Parse("::/96");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Teredo = IPNetwork.Parse("2001::/32");

    /// <summary>
    /// True when the address is globally routable unicast. An IPv6 address that carries IPv4 addresses (mapped, compatible, 6to4,
    /// Teredo, NAT64, ISATAP) is as public as every one of them.
    /// </summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !SpecialIPv4.Any(network => network.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0)
            return false;

        var carried = CarriedBy(address);
        if (!carried.All(IsPublic))
            return false;
        return IsTransition(address) || (GlobalUnicast.Contains(address) && !SpecialIPv6.Any(network => network.Contains(address)));
    }

    private static bool IsTransition(IPAddress address) =>
        address.IsIPv4MappedToIPv6 || Compatible.Contains(address) || Nat64.Contains(address) || SixToFour.Contains(address) || Teredo.Contains(address);

    private static List<IPAddress> CarriedBy(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var carried = new List<IPAddress>();
        if (address.IsIPv4MappedToIPv6 || Compatible.Contains(address) || Nat64.Contains(address) || IsIsatap(bytes))
            carried.Add(new IPAddress(bytes.AsSpan(12, 4)));
        if (SixToFour.Contains(address))
            carried.Add(new IPAddress(bytes.AsSpan(2, 4)));
        if (Teredo.Contains(address))
        {
            // The server as it is, the client with every bit turned over (RFC 4380, 4).
            carried.Add(new IPAddress(bytes.AsSpan(4, 4)));
            carried.Add(new IPAddress([.. bytes[12..].Select(part => (byte)~part)]));
        }

        return carried;
    }

    // Interface ids 0000:5efe:a.b.c.d and 0200:5efe:a.b.c.d, under any prefix (RFC 5214, 6.1).
    private static bool IsIsatap(byte[] bytes) =>
        (BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8)) & 0xfdff_ffff) == 0x0000_5efe;
}
