using System.Net;
using TrendVault.Core.Egress;

namespace TrendVault.Tests.Egress;

public sealed class AddressJudgeTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:80b::200e")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    [InlineData("2606:4700::5efe:8.8.8.8")]
    public void A_place_on_the_internet_is_public(string address) => Assert.True(AddressJudge.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.1.2.3")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("100::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2606:4700::5efe:127.0.0.1")]
    [InlineData("2606:4700::200:5efe:10.0.0.1")]
    [InlineData("2001:0:7f00:1::1")]
    public void Everything_else_is_not(string address) => Assert.False(AddressJudge.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public void Both_addresses_in_a_Teredo_address_count()
    {
        Assert.True(AddressJudge.IsPublic(Teredo(server: "65.54.227.120", client: "8.8.8.8")));
        Assert.False(AddressJudge.IsPublic(Teredo(server: "65.54.227.120", client: "127.0.0.1")));
        Assert.False(AddressJudge.IsPublic(Teredo(server: "10.0.0.1", client: "8.8.8.8")));
    }

    [Fact]
    public void Whatever_an_IPv4_address_is_wrapped_in_it_is_judged_the_same()
    {
        var random = new Random(20260801);
        for (var i = 0; i < 20_000; i++)
        {
            var inner = new byte[4];
            random.NextBytes(inner);
            // Half of them near the edges of the private blocks, which chance alone rarely hits.
            if (i % 2 == 0)
                inner[0] = new byte[] { 10, 100, 127, 169, 172, 192, 198, 203 }[random.Next(8)];
            var expected = AddressJudge.IsPublic(new IPAddress(inner));

            foreach (var wrapped in Wrappings(inner))
                Assert.True(AddressJudge.IsPublic(wrapped) == expected, $"{wrapped} is judged otherwise than {new IPAddress(inner)}.");
        }
    }

    private static IEnumerable<IPAddress> Wrappings(byte[] inner)
    {
        yield return new IPAddress(inner).MapToIPv6();
        yield return new IPAddress([.. new byte[12], .. inner]);
        yield return new IPAddress([0x00, 0x64, 0xff, 0x9b, .. new byte[8], .. inner]);
        yield return new IPAddress([0x20, 0x02, .. inner, .. new byte[10]]);
        yield return Teredo("65.54.227.120", new IPAddress(inner).ToString());
    }

    private static IPAddress Teredo(string server, string client) =>
        new([0x20, 0x01, 0, 0, .. IPAddress.Parse(server).GetAddressBytes(), 0, 0, 0x82, 0x9a, .. IPAddress.Parse(client).GetAddressBytes().Select(part => (byte)~part)]);
}
