using Microsoft.AspNetCore.SignalR;
using TrendVault.Core.Jobs;

namespace TrendVault.Web.Hubs;

/// <summary>
/// Sends each change twice over the hub: <c>row</c> (element id, HTML of the page's own partial) for browsers, and the original's
/// event with JSON for scripts; and <c>counts</c> for the header when work begins, waits or ends.
/// </summary>
internal sealed class HubProgressSink(
    IHubContext<ProgressHub> hub, PartialRenderer renderer, IEnumerable<LiveRow> rows, HeaderCounts counts, OwnMemory memory, ILogger<HubProgressSink> log) : IProgressSink
{
    private readonly Dictionary<Type, LiveRow> _rows = rows.ToDictionary(row => row.Type);

    public async Task PublishAsync(ProgressEvent change, CancellationToken cancellationToken)
    {
        try
        {
            // Progress, four times a second, changes nothing that is remembered or counted.
            var isStep = !change.Name.EndsWith(":progress", StringComparison.Ordinal);
            if (isStep)
                memory.Forget(change.UserId);
            var live = _rows[change.Row.GetType()];
            var group = hub.Clients.Group(ProgressHub.GroupOf(change.UserId));
            var html = await renderer.RenderAsync(live.Partial, change.Row);
            await group.SendAsync("row", live.ElementId(change.Row), html, cancellationToken);
            await group.SendAsync(change.Name, live.ToJson(change.Row), cancellationToken);
            if (isStep)
                await group.SendAsync("counts", await counts.CountAsync(change.UserId, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A lost push costs a page five seconds; it must never cost the job its work.
            log.LogWarning(e, "Could not push {Event} to user {UserId}", change.Name, change.UserId);
        }
    }
}

/// <summary>How rows of one type are shown: the partial, the id of its root element, and the JSON of the API.</summary>
internal sealed record LiveRow(Type Type, string Partial, Func<object, string> ElementId, Func<object, object> ToJson);

internal static class LiveRowExtensions
{
    /// <summary>Registers the partial that shows <typeparamref name="T"/> in the page and in pushes alike.</summary>
    public static IServiceCollection AddLiveRow<T>(this IServiceCollection services, string partial, Func<T, string> elementId, Func<T, object> toJson)
        where T : notnull =>
        services.AddSingleton(new LiveRow(typeof(T), partial, row => elementId((T)row), row => toJson((T)row)));
}
