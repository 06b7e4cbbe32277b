using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TrendVault.Core.Egress;
using TrendVault.Tests.App;

namespace TrendVault.Tests.Egress;

public sealed class EgressGuardTests
{
    private const int Megabyte = 1024 * 1024;
    private static readonly IPAddress PublicAddress = IPAddress.Parse("93.184.215.14");

    [Fact]
    public async Task A_plain_request_reaches_the_site_as_it_was_but_for_the_credential()
    {
        string? seen = null;
        await using var site = await LocalSite.StartAsync(async context =>
        {
            seen = context.Features.Get<IHttpRequestFeature>()!.RawTarget + " " + context.Request.Host + " " + string.Join(",", context.Request.Headers.Keys.Order());
            await context.Response.WriteAsync("hello");
        });
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);

        var answer = await guard.TalkAsync($"GET http://{site.Endpoint}/a%2Fb/../c?sig=%7e&x=[1] HTTP/1.1\r\nHost: elsewhere.example\r\nAccept: */*\r\nX-Hop: 1\r\nConnection: keep-alive, x-hop\r\nProxy-Connection: keep-alive\r\n{{auth}}\r\n");

        Assert.Equal($"/a%2Fb/../c?sig=%7e&x=[1] {site.Endpoint} Accept,Connection,Host", seen);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("hello", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_pass_in_both_directions_whatever_their_framing()
    {
        var announced = new List<long?>();
        await using var site = await LocalSite.StartAsync(async context =>
        {
            announced.Add(context.Request.ContentLength);
            // Without a length set, the answer goes in chunks.
            await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
        });
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);
        using var client = guard.CreateClient();
        var body = RandomNumberGenerator.GetBytes(3 * Megabyte);

        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, site.Address) { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal([body.Length, null], announced);
    }

    [Fact]
    public async Task Head_and_ranges_work_and_one_client_makes_many_requests()
    {
        var media = RandomNumberGenerator.GetBytes(1000);
        await using var site = await LocalSite.StartAsync(context => Results.Bytes(media, "video/mp4", enableRangeProcessing: true).ExecuteAsync(context));
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);
        using var client = guard.CreateClient();

        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, site.Address), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, site.Address);
        request.Headers.Range = new(100, 199);
        using var part = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(1000, head.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(media[100..200], await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        for (var i = 0; i < 20; i++)
            Assert.Equal(media, await client.GetByteArrayAsync(site.Address, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_answer_that_ends_with_its_connection_passes_whole()
    {
        await using var guard = await RunningGuard.StartAsync(await RawSiteAsync("HTTP/1.0 200 OK\r\nServer: old\r\n\r\nto the end"));

        Assert.EndsWith("\r\n\r\nto the end", await guard.TalkAsync($"GET http://{RawSite}/ HTTP/1.1\r\n{{auth}}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tunnel_carries_TLS()
    {
        await using var site = await LocalSite.StartAsync(context => context.Response.WriteAsync("secret"), isSecure: true);
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);
        using var client = guard.CreateClient();

        Assert.Equal("secret", await client.GetStringAsync(site.Address, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_the_credential_nothing_is_reached()
    {
        await using var site = await LocalSite.StartAsync(context => context.Response.WriteAsync("hello"));
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);
        using var client = guard.CreateClient(withCredential: false);

        using var none = await client.GetAsync(site.Address, TestContext.Current.CancellationToken);
        var wrong = await guard.TalkAsync($"CONNECT {site.Endpoint} HTTP/1.1\r\nProxy-Authorization: Basic dHJlbmR2YXVsdDp3cm9uZw==\r\n\r\n");
        var right = await guard.TalkAsync($"GET http://{site.Endpoint}/right HTTP/1.1\r\n{{auth}}\r\n");

        Assert.Equal(HttpStatusCode.ProxyAuthenticationRequired, none.StatusCode);
        Assert.StartsWith("HTTP/1.1 407 ", wrong, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", right, StringComparison.Ordinal);
        Assert.Equal(["/right"], site.Paths);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("169.254.169.254")]
    public async Task A_private_address_is_refused_in_tunnels_and_plainly(string host)
    {
        await using var guard = await RunningGuard.StartAsync();

        var plain = await guard.TalkAsync($"GET http://{host}/ HTTP/1.1\r\n{{auth}}\r\n");
        var tunnel = await guard.TalkAsync($"CONNECT {host}:443 HTTP/1.1\r\n{{auth}}\r\n");

        Assert.StartsWith("HTTP/1.1 403 Address Not Allowed\r\n", plain, StringComparison.Ordinal);
        Assert.EndsWith("The address leads into a private network, which is not allowed.\n", plain, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 Address Not Allowed\r\n", tunnel, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_into_the_private_network_ends_at_the_guard()
    {
        await using var secret = await LocalSite.StartAsync(context => context.Response.WriteAsync("secret"));
        await using var site = await LocalSite.StartAsync(context => Results.Redirect(secret.Address.AbsoluteUri).ExecuteAsync(context));
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);
        using var client = guard.CreateClient();

        using var answer = await client.GetAsync(site.Address, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(EgressGuard.RefusalPhrase, answer.ReasonPhrase);
        Assert.Empty(secret.Paths);
    }

    [Fact]
    public async Task A_name_with_one_private_address_is_refused_whole()
    {
        await using var guard = await RunningGuard.StartAsync([], (_, _) => Task.FromResult<IPAddress[]>([PublicAddress, IPAddress.Loopback]));

        Assert.StartsWith("HTTP/1.1 403 ", await guard.TalkAsync("CONNECT example.org:443 HTTP/1.1\r\n{auth}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_cannot_turn_private_after_its_URL_was_allowed()
    {
        var answers = new Queue<IPAddress>([PublicAddress, IPAddress.Loopback]);
        await using var guard = await RunningGuard.StartAsync([], (_, _) => Task.FromResult<IPAddress[]>([answers.Dequeue()]));
        var options = Microsoft.Extensions.Options.Options.Create(new EgressOptions());

        var verdict = await new UrlPolicy(guard.Dialer, options).CheckAsync("https://rebind.example/", TestContext.Current.CancellationToken);

        Assert.IsType<UrlVerdict.Allowed>(verdict);
        Assert.StartsWith("HTTP/1.1 403 ", await guard.TalkAsync("CONNECT rebind.example:443 HTTP/1.1\r\n{auth}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_goes_to_the_address_that_was_judged()
    {
        await using var judged = await LocalSite.StartAsync(context => context.Response.WriteAsync("judged"));
        var answers = new Queue<IPAddress>([IPAddress.Loopback, IPAddress.Parse("127.0.0.2")]);
        await using var guard = await RunningGuard.StartAsync([$"site.example:{judged.Address.Port}"], (_, _) => Task.FromResult<IPAddress[]>([answers.Dequeue()]));

        var answer = await guard.TalkAsync($"GET http://site.example:{judged.Address.Port}/ HTTP/1.1\r\n{{auth}}\r\n");

        Assert.Contains("judged", answer, StringComparison.Ordinal);
        Assert.Single(answers);
    }

    [Fact]
    public async Task The_next_address_is_tried_when_one_does_not_answer()
    {
        await using var site = await LocalSite.StartAsync(context => context.Response.WriteAsync("here"));
        await using var guard = await RunningGuard.StartAsync([$"site.example:{site.Address.Port}"], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.9"), IPAddress.Loopback]));

        Assert.Contains("here", await guard.TalkAsync($"GET http://site.example:{site.Address.Port}/ HTTP/1.1\r\n{{auth}}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_is_for_its_port_alone()
    {
        await using var site = await LocalSite.StartAsync(context => context.Response.WriteAsync("hello"));
        await using var other = await LocalSite.StartAsync(context => context.Response.WriteAsync("hello"));
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);

        Assert.StartsWith("HTTP/1.1 200 ", await guard.TalkAsync($"GET http://{site.Endpoint}/ HTTP/1.1\r\n{{auth}}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await guard.TalkAsync($"GET http://{other.Endpoint}/ HTTP/1.1\r\n{{auth}}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await guard.TalkAsync($"CONNECT {other.Endpoint} HTTP/1.1\r\n{{auth}}\r\n"), StringComparison.Ordinal);
        Assert.Empty(other.Paths);
    }

    [Fact]
    public async Task Only_the_ports_of_the_web_are_reached()
    {
        await using var guard = await RunningGuard.StartAsync([], (_, _) => Task.FromResult<IPAddress[]>([PublicAddress]));

        Assert.EndsWith("Only the ports 80 and 443 are allowed.\n", await guard.TalkAsync("CONNECT example.org:25 HTTP/1.1\r\n{auth}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_request_on_one_connection_reaches_no_site()
    {
        await using var site = await LocalSite.StartAsync(context => context.Response.WriteAsync("hello"));
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);

        await guard.TalkAsync($"GET http://{site.Endpoint}/first HTTP/1.1\r\n{{auth}}\r\nGET http://{site.Endpoint}/second HTTP/1.1\r\n{{auth}}\r\n");

        Assert.Equal(["/first"], site.Paths);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n{auth}\r\n")]
    [InlineData("GET https://example.org/ HTTP/1.1\r\n{auth}\r\n")]
    [InlineData("GET ftp://example.org/ HTTP/1.1\r\n{auth}\r\n")]
    [InlineData("GET http:///x HTTP/1.1\r\n{auth}\r\n")]
    [InlineData("GET http://user@example.org/ HTTP/1.1\r\n{auth}\r\n")]
    [InlineData("GET http://example.org/ HTTP/2\r\n{auth}\r\n")]
    [InlineData("GET http://example.org/ x HTTP/1.1\r\n{auth}\r\n")]
    [InlineData("CONNECT example.org HTTP/1.1\r\n{auth}\r\n")]
    [InlineData("CONNECT [fe80::1%25eth0]:443 HTTP/1.1\r\n{auth}\r\n")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n{auth}\r\n")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n{auth}\r\n")]
    [InlineData("POST http://example.org/ HTTP/1.1\r\nContent-Length: +1\r\n{auth}\r\n")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nBad Field: 1\r\n{auth}\r\n")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nX: a\rb\r\n{auth}\r\n")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nX: 1\r\n folded\r\n{auth}\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\r\n\r\n")]
    public async Task What_is_no_proper_request_is_answered_400(string request)
    {
        await using var guard = await RunningGuard.StartAsync();

        Assert.StartsWith("HTTP/1.1 400 ", await guard.TalkAsync(request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_end_is_cut_off()
    {
        await using var guard = await RunningGuard.StartAsync();

        Assert.StartsWith("HTTP/1.1 400 ", await guard.TalkAsync("GET http://example.org/" + new string('a', 70_000)), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 400 ", await guard.TalkAsync("GET http://example.org/ HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("X: yyyyyyyyyyyyyyyyyyyyyyyy\r\n", 3000))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_that_fails_is_a_gateway_error()
    {
        await using var guard = await RunningGuard.StartAsync(await RawSiteAsync("this is no HTTP\r\n\r\n"), "127.0.0.1:1");

        Assert.StartsWith("HTTP/1.1 502 ", await guard.TalkAsync($"GET http://{RawSite}/ HTTP/1.1\r\n{{auth}}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 502 ", await guard.TalkAsync("CONNECT 127.0.0.1:1 HTTP/1.1\r\n{auth}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_site_that_says_nothing_is_given_up()
    {
        await using var site = await LocalSite.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var guard = await RunningGuard.StartAsync([site.Endpoint], Dns.GetHostAddressesAsync, new GuardLimits { Idle = TimeSpan.FromMilliseconds(300) });

        Assert.StartsWith("HTTP/1.1 504 ", await guard.TalkAsync($"GET http://{site.Endpoint}/ HTTP/1.1\r\n{{auth}}\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_request_at_the_site()
    {
        var aborted = new TaskCompletionSource();
        await using var site = await LocalSite.StartAsync(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            await context.Response.Body.FlushAsync(CancellationToken.None);
            await aborted.Task;
        });
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);

        using (var client = await guard.ConnectAsync())
        {
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"GET http://{site.Endpoint}/ HTTP/1.1\r\n{guard.Authorization}\r\n"), TestContext.Current.CancellationToken);
            await client.GetStream().ReadExactlyAsync(new byte[8], TestContext.Current.CancellationToken);
        }

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task More_connections_than_the_limit_are_turned_away_until_one_ends()
    {
        await using var guard = await RunningGuard.StartAsync([], Dns.GetHostAddressesAsync, new GuardLimits { Connections = 2 });
        const string Request = "GET http://127.0.0.1/ HTTP/1.1\r\n{auth}\r\n";

        using (var first = await guard.ConnectAsync())
        using (var second = await guard.ConnectAsync())
            Assert.StartsWith("HTTP/1.1 503 ", await guard.TalkAsync(Request), StringComparison.Ordinal);

        await Eventually.TrueAsync(async () => (await guard.TalkAsync(Request)).StartsWith("HTTP/1.1 403 ", StringComparison.Ordinal), "the guard serves again");
    }

    [Fact]
    public async Task Stopping_ends_open_tunnels()
    {
        await using var site = await LocalSite.StartAsync(context => Task.CompletedTask);
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);
        using var client = await guard.ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"CONNECT {site.Endpoint} HTTP/1.1\r\n{guard.Authorization}\r\n"), TestContext.Current.CancellationToken);
        await client.GetStream().ReadExactlyAsync(new byte["HTTP/1.1 200 Connection established\r\n\r\n".Length], TestContext.Current.CancellationToken);

        await guard.Guard.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Our_own_fetches_are_judged_by_the_same_judge()
    {
        await using var secret = await LocalSite.StartAsync(context => context.Response.WriteAsync("secret"));
        await using var site = await LocalSite.StartAsync(context => Results.Redirect(secret.Address.AbsoluteUri).ExecuteAsync(context));
        await using var guard = await RunningGuard.StartAsync(site.Endpoint);
        using var client = new HttpClient(new GuardedHttp(guard.Dialer).CreateHandler());

        using var answer = await client.GetAsync(site.Address, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(secret.Address, TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.IsType<EgressRefusedException>(refused.InnerException);
        Assert.Empty(secret.Paths);
    }

    private string RawSite { get; set; } = "";

    /// <summary>A site that gives each connection the same bytes and closes; answers its endpoint.</summary>
    private async Task<string> RawSiteAsync(string answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        RawSite = listener.LocalEndpoint.ToString()!;
        _ = Task.Run(async () =>
        {
            using (listener)
            {
                using var connection = await listener.AcceptSocketAsync();
                await connection.ReceiveAsync(new byte[4096]);
                await connection.SendAsync(Encoding.Latin1.GetBytes(answer));
            }
        });
        await Task.Yield();
        return RawSite;
    }
}
