using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using TrendVault.Core.Egress;

namespace TrendVault.Tests.Egress;

public sealed class UrlPolicyTests
{
    private static readonly IPAddress PublicAddress = IPAddress.Parse("93.184.215.14");

    [Theory]
    [InlineData("https://www.youtube.com/watch?v=abc&t=1", "https://www.youtube.com/watch?v=abc&t=1")]
    [InlineData("  HTTPS://WWW.YouTube.com/watch?v=AbC \n", "https://www.youtube.com/watch?v=AbC")]
    [InlineData("http://example.org", "http://example.org/")]
    [InlineData("http://example.org?q=1", "http://example.org/?q=1")]
    [InlineData("http://example.org:80/a", "http://example.org/a")]
    [InlineData("https://example.org:/a", "https://example.org/a")]
    [InlineData("http://example.org:443/a", "http://example.org:443/a")]
    [InlineData("https://example.org/a#t=10", "https://example.org/a")]
    [InlineData("https://example.org./a", "https://example.org/a")]
    [InlineData("https://bücher.example/ü?q=ö", "https://xn--bcher-kva.example/%C3%BC?q=%C3%B6")]
    [InlineData("https://example。org/a", "https://example.org/a")]
    [InlineData("https://a_b.example.org/a b", "https://a_b.example.org/a%20b")]
    [InlineData("https://example.org/a@b:c", "https://example.org/a@b:c")]
    [InlineData("http://134744072/", "http://8.8.8.8/")]
    [InlineData("http://0x8.010.8.8/", "http://8.8.8.8/")]
    [InlineData("http://[2606:4700:4700:0:0:0:0:1111]/", "http://[2606:4700:4700::1111]/")]
    [InlineData("http://[::ffff:8.8.8.8]/", "http://[::ffff:8.8.8.8]/")]
    public void A_good_address_goes_on_in_its_canonical_form(string text, string canonical) =>
        Assert.Equal(new UrlVerdict.Allowed(canonical), Policy().Judge(text));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.1")]
    [InlineData("127.0.1")]
    [InlineData("127.65535.")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0X7F.1")]
    [InlineData("0x7f.0x0.0x0.0x1")]
    [InlineData("017700000001")]
    [InlineData("0177.0.0.01")]
    [InlineData("0177.0x0.1")]
    [InlineData("１２７.０.０.１")]
    [InlineData("127。0。0。1")]
    [InlineData("①②⑦.0.0.1")]
    [InlineData("0")]
    [InlineData("0x")]
    [InlineData("0x0.0")]
    [InlineData("10.1")]
    [InlineData("192.168.257")]
    [InlineData("169.254.169.254")]
    [InlineData("2852039166")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[0:0:0:0:0:0:0:1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[fe80::1]")]
    public void A_private_address_is_refused_in_every_notation(string host) =>
        Assert.Equal("The address leads into a private network, which is not allowed.", Refusal(Policy().Judge($"http://{host}/x")));

    [Theory]
    [InlineData("")]
    [InlineData("youtube.com/watch?v=1")]
    [InlineData("ytsearch:cats")]
    [InlineData(":ytfav")]
    [InlineData("-exec")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/a")]
    [InlineData("data:text/plain,hello")]
    [InlineData("javascript:alert(1)")]
    [InlineData("http:example.org")]
    [InlineData("http:/example.org")]
    [InlineData("http://")]
    [InlineData("http:///a")]
    [InlineData("http://?a")]
    [InlineData("http://.example.org/")]
    [InlineData("http://example..org/")]
    [InlineData("http://exa mple.org/")]
    [InlineData("http://example.org:0/")]
    [InlineData("http://example.org:65536/")]
    [InlineData("http://example.org:+80/")]
    [InlineData("http://example.org:80:80/")]
    [InlineData("http://exam%70le.org/")]
    [InlineData("http://1.2.3.4.5/")]
    [InlineData("http://256.1.1.1/")]
    [InlineData("http://4294967296/")]
    [InlineData("http://08.8.8.8/")]
    [InlineData("http://0xg/")]
    [InlineData("http://8.8.8.0xzz/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://[::1/")]
    [InlineData("http://[::1]a/")]
    [InlineData("http://[8.8.8.8]/")]
    [InlineData("http://::1/")]
    [InlineData("http://example℀.org/")]
    public void What_names_no_site_is_no_web_address(string text) =>
        Assert.StartsWith("This is not a web address", Refusal(Policy().Judge(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://user@example.org/", "The address holds a user name")]
    [InlineData("https://user:secret@example.org/", "The address holds a user name")]
    [InlineData("https://127.0.0.1@example.org/", "The address holds a user name")]
    [InlineData("https://exam\nple.org/", "The address holds a character")]
    [InlineData("https://example.org/\0", "The address holds a character")]
    [InlineData("https://example.org\\@127.0.0.1/", "The address holds a character")]
    [InlineData("https://example.org/\ud800", "The address holds a character")]
    [InlineData("https://example.org/#__youtubedl_smuggle=%7B%7D", "The address holds instructions")]
    [InlineData("https://example.org:8080/", "Only the ports 80 and 443")]
    [InlineData("https://example.org:22/", "Only the ports 80 and 443")]
    public void A_refusal_says_why(string text, string sentence) =>
        Assert.StartsWith(sentence, Refusal(Policy().Judge(text)), StringComparison.Ordinal);

    [Fact]
    public void Length_counts_as_given_and_as_sent()
    {
        const string Site = "https://example.org/";
        Assert.IsType<UrlVerdict.Allowed>(Policy().Judge(Site + new string('a', UrlPolicy.MaxLength - Site.Length)));
        Assert.Contains("2048", Refusal(Policy().Judge(Site + new string('a', UrlPolicy.MaxLength - Site.Length + 1))), StringComparison.Ordinal);
        Assert.Contains("2048", Refusal(Policy().Judge(Site + new string('ü', 1000))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://youtube.com/", true)]
    [InlineData("https://www.YOUTUBE.com./", true)]
    [InlineData("https://m.bücher.example/", true)]
    [InlineData("https://youtube.com.evil.org/", false)]
    [InlineData("https://notyoutube.com/", false)]
    [InlineData("https://8.8.8.8/", false)]
    [InlineData("http://127.0.0.1:8090/", true)]
    public void A_list_of_hosts_takes_each_with_its_sub_domains(string text, bool allowed)
    {
        var policy = Policy(options: new EgressOptions { Hosts = ["YouTube.com", "bücher.example"], PrivateEndpoints = ["127.0.0.1:8090"] });

        Assert.Equal(allowed, policy.Judge(text) is UrlVerdict.Allowed);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8090/", true)]
    [InlineData("http://2130706433:8090/", true)]
    [InlineData("http://[::1]:8090/", true)]
    [InlineData("http://sandbox.internal:8091/", true)]
    [InlineData("http://127.0.0.1:8091/", false)]
    [InlineData("http://127.0.0.1/", false)]
    [InlineData("http://127.0.0.2:8090/", false)]
    [InlineData("http://localhost:8090/", false)]
    [InlineData("http://a.sandbox.internal:8091/", false)]
    public async Task An_exception_is_one_host_with_one_port(string text, bool allowed)
    {
        var policy = Policy([IPAddress.Loopback], new EgressOptions { PrivateEndpoints = ["127.0.0.1:8090", "[::1]:8090", "sandbox.internal:8091"] });

        Assert.Equal(allowed, await policy.CheckAsync(text, TestContext.Current.CancellationToken) is UrlVerdict.Allowed);
    }

    [Fact]
    public async Task Every_address_of_a_name_must_be_public()
    {
        var both = await Policy([PublicAddress, IPAddress.Parse("10.0.0.7")]).CheckAsync("https://example.org/", TestContext.Current.CancellationToken);
        var one = await Policy([PublicAddress]).CheckAsync("https://example.org/", TestContext.Current.CancellationToken);

        Assert.Equal("The address leads into a private network, which is not allowed.", Refusal(both));
        Assert.IsType<UrlVerdict.Allowed>(one);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_refused()
    {
        var unknown = new EgressDialer(Options.Create(new EgressOptions()), (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        var policy = new UrlPolicy(unknown, Options.Create(new EgressOptions()));

        Assert.Equal("The site example.invalid could not be found.", Refusal(await policy.CheckAsync("https://example.invalid/", TestContext.Current.CancellationToken)));
        Assert.Equal("The site example.invalid could not be found.", Refusal(await Policy([]).CheckAsync("https://example.invalid/", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task The_name_of_this_machine_is_private()
    {
        var options = Options.Create(new EgressOptions());
        var policy = new UrlPolicy(new EgressDialer(options, (host, token) => Dns.GetHostAddressesAsync(host, token)), options);

        Assert.Contains("private network", Refusal(await policy.CheckAsync("http://localhost/", TestContext.Current.CancellationToken)), StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_whatever_breaks_the_policy_or_passes_with_another_host()
    {
        var random = new Random(20260802);
        var policy = Policy();
        string[] parts = ["http://", "https://", "example.org", "127.0.0.1", "[::1]", "%31", "@", ":", "/", "\\", "?", "#", ".", "0x7f", "\u3002", "\ud83d", "\u202e", "ß", "xn--", "８０", "\t", " "];
        for (var i = 0; i < 50_000; i++)
        {
            var text = new StringBuilder(random.Next(4) == 0 ? "" : "http://");
            for (var n = random.Next(1, 8); n > 0; n--)
                text.Append(parts[random.Next(parts.Length)]);

            if (policy.Judge(text.ToString()) is not UrlVerdict.Allowed { Url: var url })
                continue;
            var uri = new Uri(url);
            Assert.True(url.All(char.IsAscii) && uri.Port is 80 or 443 && uri.UserInfo == "" && uri.Fragment == "", $"{text} became {url}");
            Assert.False(IPAddress.TryParse(uri.IdnHost, out var address) && !AddressJudge.IsPublic(address), $"{text} became {url}");
            Assert.Equal(new UrlVerdict.Allowed(url), policy.Judge(url));
        }
    }

    private static UrlPolicy Policy(IPAddress[]? addresses = null, EgressOptions? options = null)
    {
        var wrapped = Options.Create(options ?? new EgressOptions());
        return new UrlPolicy(new EgressDialer(wrapped, (_, _) => Task.FromResult(addresses ?? [PublicAddress])), wrapped);
    }

    private static string Refusal(UrlVerdict verdict) => Assert.IsType<UrlVerdict.Refused>(verdict).Message;
}
