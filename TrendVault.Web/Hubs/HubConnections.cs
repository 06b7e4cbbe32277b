using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;
using Npgsql;
using TrendVault.Core.Auth;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Hubs;

/// <summary>
/// The connections of this instance. A connection is checked once, when it opens; so whoever signs out, loses the key or reaches the
/// token's end would go on listening. Asked every 20 seconds, each is closed within the promised 60.
/// </summary>
internal sealed class HubConnections(Sessions sessions, ApiKeys keys, TimeProvider time, ILogger<HubConnections> log) : BackgroundService
{
    private const int PerUser = 20;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, HubCallerContext> _connections = new();

    /// <summary>False when the user has too many here already.</summary>
    public bool TryAdd(HubCallerContext connection)
    {
        _connections[connection.ConnectionId] = connection;
        var userId = connection.User!.Id();
        return _connections.Values.Count(other => other.User!.Id() == userId) <= PerUser;
    }

    public void Remove(string connectionId) => _connections.TryRemove(connectionId, out _);

    /// <summary>Closes the connections whose session or key has ended.</summary>
    public async Task CloseEndedAsync(CancellationToken cancellationToken)
    {
        var open = _connections.Values.ToList();
        if (open.Count == 0)
            return;

        var living = new HashSet<Guid>(
        [
            .. await sessions.AliveAsync(Ids(open, SignInSchemes.SessionIdClaim), cancellationToken),
            .. await keys.AliveAsync(Ids(open, SignInSchemes.KeyIdClaim), cancellationToken),
        ]);
        foreach (var connection in open.Where(connection => !living.Contains(CredentialOf(connection))))
            connection.Abort();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CloseEndedAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                log.LogWarning("Could not ask which sessions still live: {Reason}", e.Message);
            }
        }
    }

    private static List<Guid> Ids(IEnumerable<HubCallerContext> connections, string claim) =>
        [.. connections.Select(connection => connection.User!.FindFirstValue(claim)).OfType<string>().Select(Guid.Parse).Distinct()];

    private static Guid CredentialOf(HubCallerContext connection) =>
        Guid.Parse(connection.User!.FindFirstValue(SignInSchemes.SessionIdClaim) ?? connection.User!.FindFirstValue(SignInSchemes.KeyIdClaim)!);
}
