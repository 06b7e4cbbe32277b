using System.Collections.Concurrent;

namespace TrendVault.Web;

/// <summary>
/// What was read of a user's own a moment ago, so that a page with its fragments asks the database once. What this instance changes is
/// forgotten at once, and what another one changes within a second.
/// </summary>
internal sealed class OwnMemory(TimeProvider time)
{
    private const int MostUsers = 1000;
    private const int MostOfOne = 20;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, ConcurrentDictionary<object, Remembered>> _users = [];

    /// <param name="what">Names it, together with the type.</param>
    /// <param name="read">Asks the database.</param>
    public async ValueTask<T> RecallAsync<T>(Guid userId, object what, Func<Task<T>> read) where T : class
    {
        // What is read while the user's memory is dropped goes with it.
        var own = OwnOf(userId);
        if (own.TryGetValue(what, out var known) && known.Value is T value && time.GetElapsedTime(known.At) < Memory)
            return value;

        var at = time.GetTimestamp();
        value = await read();
        if (own.Count >= MostOfOne)
            own.Clear();
        own[what] = new Remembered(value, at);
        return value;
    }

    public void Forget(Guid userId) => _users.TryRemove(userId, out _);

    private ConcurrentDictionary<object, Remembered> OwnOf(Guid userId)
    {
        if (_users.Count >= MostUsers)
            _users.Clear();
        return _users.GetOrAdd(userId, static _ => new ConcurrentDictionary<object, Remembered>());
    }

    private sealed record Remembered(object Value, long At);
}
