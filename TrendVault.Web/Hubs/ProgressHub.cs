using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;

namespace TrendVault.Web.Hubs;

/// <summary>
/// One-way: a connection joins the group of its own user and is told what changes. There is no method to call, so no id of another
/// user, job or group can be asked for.
/// </summary>
[Authorize(Policy = Policies.Hub)]
internal sealed class ProgressHub(HubConnections connections, HeaderCounts counts) : Hub
{
    public const string Path = "/hubs/progress";

    public static string GroupOf(Guid userId) => $"user:{userId}";

    public override async Task OnConnectedAsync()
    {
        if (!connections.TryAdd(Context))
        {
            Context.Abort();
            return;
        }

        var userId = Context.User!.Id();
        await Groups.AddToGroupAsync(Context.ConnectionId, GroupOf(userId), Context.ConnectionAborted);
        // What was pushed between the page and this connection is lost.
        if (await counts.FindAsync(userId, Context.ConnectionAborted) is { } now)
            await Clients.Caller.SendAsync("counts", now, Context.ConnectionAborted);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        connections.Remove(Context.ConnectionId);
        return Task.CompletedTask;
    }
}
