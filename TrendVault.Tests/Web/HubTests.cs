using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using TrendVault.Core.Auth;
using TrendVault.Core.Work;
using TrendVault.Tests.App;
using TrendVault.Web.Hubs;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Tests.Web;

public sealed class HubTests(TrendVaultApp app) : IClassFixture<TrendVaultApp>
{
    [Fact]
    public async Task A_script_connects_with_its_token_and_is_cut_when_its_session_ends()
    {
        var user = await app.GivenUserAsync();
        using var script = await app.ApiClientAsync(user);
        await using var connection = Connect(script.DefaultRequestHeaders.Authorization!.Parameter!);
        var closed = new TaskCompletionSource();
        connection.Closed += _ =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        await connection.StartAsync(TestContext.Current.CancellationToken);

        await HubConnections.CloseEndedAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HubConnectionState.Connected, connection.State);
        await app.Services.GetRequiredService<Sessions>().EndOthersAsync(user.Id, Guid.Empty, TestContext.Current.CancellationToken);

        // The script may be connected a moment before the hub knows of it; the app looks every 20 seconds.
        await Eventually.TrueAsync(
            async () =>
            {
                await HubConnections.CloseEndedAsync(TestContext.Current.CancellationToken);
                return closed.Task.IsCompleted;
            },
            "the connection is cut");
    }

    [Fact]
    public async Task An_order_for_many_rows_is_told_once_to_their_user_alone()
    {
        var (user, other) = (await app.GivenUserAsync(), await app.GivenUserAsync());
        var told = new ConcurrentQueue<Guid>();
        await using var mine = await ListenAsync(user);
        await using var others = await ListenAsync(other);

        await app.Services.GetRequiredService<IProgressSink>().PublishListAsync(user.Id, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => !told.IsEmpty, "the user's pages are told");
        await app.Services.GetRequiredService<IProgressSink>().PublishListAsync(other.Id, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => told.Count == 2, "so are the other's");

        Assert.Equal([user.Id, other.Id], told);

        async Task<HubConnection> ListenAsync(User listener)
        {
            using var script = await app.ApiClientAsync(listener);
            var connection = Connect(script.DefaultRequestHeaders.Authorization!.Parameter!);
            connection.On("list", () => told.Enqueue(listener.Id));
            await connection.StartAsync(TestContext.Current.CancellationToken);
            return connection;
        }
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData(null, 403)] // a browser that says neither its origin nor where it is
    [InlineData("own", 101)]
    public async Task A_cookie_opens_the_socket_from_our_own_pages_only(string? origin, int status)
    {
        using var browser = await app.SignInAsync();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", browser.DefaultRequestHeaders.GetValues("Cookie").Single());
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin == "own" ? app.Address.GetLeftPart(UriPartial.Authority) : origin);

        var address = new UriBuilder(new Uri(app.Address, ProgressHub.Path)) { Scheme = "ws" }.Uri;
        await Record.ExceptionAsync(() => socket.ConnectAsync(address, TestContext.Current.CancellationToken));

        Assert.Equal((HttpStatusCode)status, socket.HttpStatusCode);
    }

    [Fact]
    public async Task A_stranger_is_refused()
    {
        using var client = app.CreateBareClient();

        using var answer = await client.PostAsync(new Uri($"{ProgressHub.Path}/negotiate?negotiateVersion=1&access_token=nonsense", UriKind.Relative), content: null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_user_has_at_most_twenty_connections()
    {
        using var script = await app.ApiClientAsync();
        var token = script.DefaultRequestHeaders.Authorization!.Parameter!;
        var connections = Enumerable.Range(0, 21).Select(_ => Connect(token)).ToList();
        try
        {
            foreach (var connection in connections)
                await Record.ExceptionAsync(() => connection.StartAsync(TestContext.Current.CancellationToken));

            await Eventually.TrueAsync(() => connections.Count(connection => connection.State == HubConnectionState.Connected) == 20, "twenty are left");
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
    }

    private HubConnections HubConnections => app.Services.GetRequiredService<HubConnections>();

    private HubConnection Connect(string token) =>
        new HubConnectionBuilder()
            .WithUrl(new Uri(app.Address, ProgressHub.Path), options =>
            {
                options.Transports = HttpTransportType.WebSockets;
                options.AccessTokenProvider = () => Task.FromResult<string?>(token);
            })
            .Build();
}
