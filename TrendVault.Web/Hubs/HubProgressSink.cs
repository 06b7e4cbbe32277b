using Microsoft.AspNetCore.SignalR;
using TrendVault.Core.Work;
using TrendVault.Web.Pages.Shared;

namespace TrendVault.Web.Hubs;

/// <summary>
/// Sends each change twice over the hub: <c>row</c> (element id, HTML of the page's own partial) for browsers, and the original's
/// event with JSON for scripts; and <c>counts</c> for the header whenever one may have changed.
/// </summary>
internal sealed class HubProgressSink(
    IHubContext<ProgressHub> hub, PartialRenderer renderer, IEnumerable<LiveRow> rows, HeaderCounts counts, OwnMemory memory, ILogger<HubProgressSink> log) : IProgressSink
{
    private readonly Dictionary<Type, LiveRow> _rows = rows.ToDictionary(row => row.Type);

    public async Task PublishAsync(ProgressEvent change, CancellationToken cancellationToken)
    {
        try
        {
            var userId = change.Row.UserId;
            if (change.ChangesCounts)
                memory.Forget(userId);
            var live = _rows[change.Row.GetType()];
            var group = hub.Clients.Group(ProgressHub.GroupOf(userId));
            var html = await renderer.RenderAsync(live.Partial, change.Row);
            await group.SendAsync("row", change.Row.ElementId(), html, cancellationToken);
            await group.SendAsync(change.Name, live.ToJson(change.Row), cancellationToken);
            if (change.ChangesCounts)
                await group.SendAsync("counts", await counts.CountAsync(userId, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A lost push costs a page five seconds; it must never cost the job its work.
            log.LogWarning(e, "Could not push {Event} to user {UserId}", change.Name, change.Row.UserId);
        }
    }

    public async Task PublishListAsync(Guid userId, CancellationToken cancellationToken)
    {
        try
        {
            memory.Forget(userId);
            var group = hub.Clients.Group(ProgressHub.GroupOf(userId));
            await group.SendAsync("list", cancellationToken);
            await group.SendAsync("counts", await counts.CountAsync(userId, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogWarning(e, "Could not tell user {UserId} that the lists have changed", userId);
        }
    }
}

/// <summary>How rows of one type are shown: the partial, and the JSON of the API.</summary>
internal sealed record LiveRow(Type Type, string Partial, Func<WorkRow, object> ToJson);

internal static class LiveRowExtensions
{
    /// <summary>Registers the partial that shows <typeparamref name="T"/> in the page and in pushes alike.</summary>
    public static IServiceCollection AddLiveRow<T>(this IServiceCollection services, string partial, Func<T, object> toJson)
        where T : WorkRow =>
        services.AddSingleton(new LiveRow(typeof(T), partial, row => toJson((T)row)));
}
